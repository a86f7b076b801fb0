//! Sonatype Nexus Repository 3 (and 2, by its paths): hosted repositories accept packages,
//! groups and proxies do not (in the Pro edition a group may pass them on). Its REST API tells
//! which it is to accounts that may ask. Sources: nexus-public's npm plugin and REST API,
//! np#519.

use url::Url;

use super::{
    Destination, Offers, Overwriting, Publishable, Refusal, RepositoryApi, Traits, behind, beside,
    header_holds, with_part,
};
use crate::finding::Help;
use crate::registry::client::Reply;
use crate::registry::kind::RegistryKind;
use crate::registry::read;

/// What precedes the repository's name in a registry's path.
const MARKER: &str = "/repository/";

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Nexus,
    login,
    by_url: |url| {
        url.path().contains(MARKER)
            || url.path().contains("/content/repositories/")
            || url.path().contains("/content/groups/")
    },
    by_headers: |headers| {
        header_holds(headers, "server", "nexus")
            || header_holds(headers, "www-authenticate", "nexus repository")
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
    phrases: &[
        "sonatype nexus",
        "nexus repository",
        "does not allow updating a",
        "repository with ID=",
    ],
    ..Traits::USUAL
};

fn login(to: &Destination<'_>) -> Vec<Help> {
    let key = to.key;
    let basic = Help::from(format!(
        "write {key}:_auth=BASE64 into your own .npmrc, where BASE64 is the base64 of user:password"
    ));
    if to.in_ci {
        return vec![basic];
    }
    let bearer = Help::step("with the realm \"npm Bearer Token\" active", to.npm_login());
    vec![bearer, basic]
}

fn publishable(url: &Url) -> Publishable {
    let named = behind(url, "/repository/").or_else(|| behind(url, "/content/repositories/"));
    let repository = named
        .or_else(|| behind(url, "/content/groups/"))
        .unwrap_or_default();
    let what = match repository {
        _ if repository.ends_with("-group") || url.path().contains("/content/groups/") => "a group",
        _ if repository.ends_with("-proxy") => "a proxy",
        _ => return Publishable::Yes,
    };
    Publishable::Doubtful(refusal(
        url,
        repository,
        &format!("{what}, judging by its name"),
    ))
}

fn refusal(url: &Url, repository: &str, what: &str) -> Refusal {
    Refusal {
        reason: format!(
            "{repository} is {what}, and Nexus accepts packages only in hosted repositories"
        ),
        instead: with_part(url, repository, "HOSTED_REPOSITORY"),
        npm_says: ("E400", "400 Bad Request - PUT"),
    }
}

fn api(url: &Url) -> Option<Url> {
    let repository = behind(url, MARKER)?;
    let path = format!("/service/rest/v1/repositories/{repository}");
    beside(url, MARKER, &path)
}

/// In the Pro edition a group may accept packages: if the answer does not state the edition,
/// this is only a hint.
fn read(url: &Url, reply: &Reply) -> Option<Publishable> {
    let repository = read::repository(&reply.body)?;
    let name = behind(url, MARKER).unwrap_or_default();
    match repository.kind.as_deref()? {
        "hosted" => Some(Publishable::Yes),
        "proxy" => Some(Publishable::No(refusal(url, name, "a proxy"))),
        "group" if is_free_edition(reply) => Some(Publishable::No(refusal(url, name, "a group"))),
        "group" => Some(Publishable::Doubtful(refusal(url, name, "a group"))),
        _ => None,
    }
}

fn is_free_edition(reply: &Reply) -> bool {
    header_holds(&reply.headers, "server", "(oss)")
        || header_holds(&reply.headers, "server", "(community)")
}
