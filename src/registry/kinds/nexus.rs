//! Sonatype Nexus Repository 3 (and 2 by its paths): hosted repositories take
//! packages, groups and proxies do not. Sources: nexus-public's npm plugin, np#519.

use url::Url;

use super::{Offers, Overwriting, Publishable, Refusal, Traits, behind, header_holds};
use crate::registry::kind::RegistryKind;

/// See the module.
pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Nexus,
    by_url: |url| {
        url.path().contains("/repository/")
            || url.path().contains("/content/repositories/")
            || url.path().contains("/content/groups/")
    },
    by_headers: |headers| {
        header_holds(headers, "server", "nexus")
            || header_holds(headers, "www-authenticate", "nexus repository")
    },
    offers: Offers {
        whoami: true,
        ..Offers::NOTHING
    },
    publishable,
    overwriting: Overwriting::Depends,
    npmjs_rules: false,
    packument_proves_credential: true,
    redirect_means_absent: false,
};

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
    Publishable::Doubtful(Refusal {
        reason: format!(
            "{repository} is {what} by its name, and Nexus takes packages into hosted repositories only"
        ),
        instead: url.as_str().replacen(repository, "HOSTED_REPOSITORY", 1),
        npm_says: ("E400", "400 Bad Request - PUT"),
    })
}
