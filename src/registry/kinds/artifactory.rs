//! JFrog Artifactory: local repositories accept packages, remote ones never do, virtual ones do
//! if they have a default deployment repository. The repository API tells which it is to
//! accounts that may ask; for others a name is a hint. Sources: JFrog's help, release-it#989.

use url::Url;

use super::{
    Destination, Offers, Overwriting, Publishable, Refusal, RepositoryApi, Traits, behind, beside,
    header_holds, host_ends_with, with_part,
};
use crate::finding::Help;
use crate::registry::client::Reply;
use crate::registry::kind::RegistryKind;
use crate::registry::read;

/// What precedes the repository's key in a registry's path.
const MARKER: &str = "/api/npm/";

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Artifactory,
    login,
    by_url: |url| url.path().contains("/api/npm/") || host_ends_with(url, ".jfrog.io"),
    by_headers: |headers| {
        header_holds(headers, "server", "artifactory")
            || header_holds(headers, "www-authenticate", "artifactory realm")
            || headers.contains_key("x-jfrog-version")
            || headers.contains_key("x-artifactory-id")
    },
    offers: Offers {
        trusted_publishing: true,
        whoami: true,
        ..Offers::NOTHING
    },
    publishable,
    overwriting: Overwriting::Depends,
    packument_proves_credential: true,
    repository: Some(RepositoryApi { url: api, read }),
    phrases: &["artifactory realm", "/artifactory/", "jfrog", "|/api/npm/"],
    ..Traits::USUAL
};

fn login(to: &Destination<'_>) -> Vec<Help> {
    vec![to.write_token(
        "ARTIFACTORY_TOKEN",
        "make an identity token in Artifactory (Set Me Up on the repository)",
    )]
}

fn publishable(url: &Url) -> Publishable {
    let repository = behind(url, MARKER).unwrap_or_default();
    if !repository.ends_with("-remote") {
        return Publishable::Yes;
    }
    Publishable::Doubtful(refusal(
        url,
        format!(
            "{repository} is a remote repository by its name, that is, a cache of another \
            registry"
        ),
    ))
}

fn refusal(url: &Url, reason: String) -> Refusal {
    let repository = behind(url, MARKER).unwrap_or_default();
    let local = match repository.strip_suffix("-remote") {
        Some(stem) => format!("{stem}-local"),
        None => "LOCAL_REPOSITORY".to_owned(),
    };
    Refusal {
        reason,
        instead: with_part(url, repository, &local),
        npm_says: ("E405", "405 Method Not Allowed - PUT"),
    }
}

fn api(url: &Url) -> Option<Url> {
    let repository = behind(url, MARKER)?;
    beside(url, MARKER, &format!("/api/repositories/{repository}"))
}

/// Accounts without administrator rights see only a part of the configuration, so a missing
/// default deployment repository is not proof.
fn read(url: &Url, reply: &Reply) -> Option<Publishable> {
    let repository = read::repository(&reply.body)?;
    let key = behind(url, MARKER).unwrap_or_default();
    match repository.class.as_deref()? {
        "local" | "federated" => Some(Publishable::Yes),
        "remote" => Some(Publishable::No(refusal(
            url,
            format!("{key} is a remote repository, that is, a cache of another registry"),
        ))),
        "virtual" if repository.deploys_to.is_some() => Some(Publishable::Yes),
        "virtual" => Some(Publishable::Doubtful(refusal(
            url,
            format!(
                "{key} is a virtual repository, and this account sees no default deployment \
                 repository for it"
            ),
        ))),
        _ => None,
    }
}
