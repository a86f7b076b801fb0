//! Azure Artifacts. Sources: learn.microsoft.com (artifacts), release-it#486,
//! Azure/typespec-azure#4813.

use url::Url;

use super::{
    Destination, MB, Overwriting, Publishable, Refusal, TarballLimit, Traits, behind,
    host_ends_with, with_part,
};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Azure,
    login,
    by_url: |url| {
        url.host_str() == Some("pkgs.dev.azure.com")
            || host_ends_with(url, ".pkgs.visualstudio.com")
    },
    by_headers: |headers| {
        headers
            .keys()
            .any(|name| name.as_str().starts_with("x-vss-") || name.as_str().starts_with("x-tfs-"))
    },
    publishable,
    overwriting: Overwriting::Refused {
        code: "E403",
        text: "The feed already contains this version",
    },
    packument_proves_credential: true,
    is_unencoded_password,
    phrases: &[
        "pkgs.dev.azure.com",
        "pkgs.visualstudio.com",
        "already contains file",
        "the feed already contains the package",
    ],
    tarball: TarballLimit::Documented(500 * MB),
    ..Traits::USUAL
};

fn login(to: &Destination<'_>) -> Vec<Help> {
    let key = to.key;
    let token = Help::from(format!(
        "make a personal access token with the scope Packaging (read and write), and write {key}:username=ANY and {key}:_password=BASE64 into your own .npmrc, where BASE64 is the base64 of the token"
    ));
    if to.in_ci {
        return vec![
            Help::text(
                "in Azure Pipelines, run the task npmAuthenticate@0 on the .npmrc before this step",
            ),
            token,
        ];
    }
    vec![
        token,
        Help::text("on Windows: vsts-npm-auth -config .npmrc"),
    ]
}

fn publishable(url: &Url) -> Publishable {
    match behind(url, "/_packaging/") {
        Some(feed) if feed.contains('@') => Publishable::Doubtful(Refusal {
            reason: format!(
                "{feed} is a view of a feed; packages are published to the feed itself"
            ),
            instead: with_part(url, feed, feed.split('@').next().unwrap_or(feed)),
            npm_says: ("E405", "405 Method Not Allowed - PUT"),
        }),
        _ => Publishable::Yes,
    }
}

/// A personal access token of Azure DevOps as its owner sees it: 52 lower-case letters and
/// digits of base32, or 84 characters that contain `AZDO`.
fn is_unencoded_password(text: &str) -> bool {
    let base32 = |c: char| c.is_ascii_lowercase() || ('2'..='7').contains(&c);
    (text.len() == 52 && text.chars().all(base32)) || (text.len() == 84 && text.contains("AZDO"))
}
