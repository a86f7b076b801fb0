//! AWS CodeArtifact. Sources: AWS's documentation (`npm-commands`, `npm-auth`).

use super::{Destination, Overwriting, Traits, behind};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::CodeArtifact,
    login,
    by_url: |url| {
        url.host_str().is_some_and(|host| {
            host.contains(".d.codeartifact.")
                && (host.ends_with(".amazonaws.com") || host.ends_with(".on.aws"))
        })
    },
    by_headers: |headers| headers.contains_key("x-amzn-codeartifact"),
    overwriting: Overwriting::Refused {
        code: "E409",
        text: "409 Conflict - PUT",
    },
    packument_proves_credential: true,
    phrases: &[".codeartifact."],
    ..Traits::USUAL
};

/// The command that writes a token, valid for at most twelve hours, with values from the URL:
/// `DOMAIN-ACCOUNT.d.codeartifact.REGION.amazonaws.com/npm/REPOSITORY/`.
fn login(to: &Destination<'_>) -> Vec<Help> {
    let url = to.registry.url();
    let host = url.host_str().unwrap_or_default();
    let domain = host.split(".d.codeartifact.").next().unwrap_or_default();
    let region = host.split('.').nth(3).unwrap_or("REGION");
    let (domain, owner) = domain.rsplit_once('-').unwrap_or(("DOMAIN", "ACCOUNT"));
    let repository = behind(url, "/npm/").unwrap_or("REPOSITORY");
    vec![Help::from(format!(
        "aws codeartifact login --tool npm --domain {domain} --domain-owner {owner} --repository {repository} --region {region}"
    ))]
}
