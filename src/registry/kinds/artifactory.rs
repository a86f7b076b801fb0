//! JFrog Artifactory: local repositories take packages, remote ones never, virtual
//! ones with a default deployment repository. Sources: JFrog's help, release-it#989.

use url::Url;

use super::{
    Offers, Overwriting, Publishable, Refusal, Traits, behind, header_holds, host_ends_with,
};
use crate::registry::kind::RegistryKind;

/// See the module.
pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Artifactory,
    by_url: |url| url.path().contains("/api/npm/") || host_ends_with(url, ".jfrog.io"),
    by_headers: |headers| {
        header_holds(headers, "server", "artifactory")
            || header_holds(headers, "www-authenticate", "artifactory realm")
            || headers.contains_key("x-jfrog-version")
            || headers.contains_key("x-artifactory-id")
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
    let repository = behind(url, "/api/npm/").unwrap_or_default();
    if !repository.ends_with("-remote") {
        return Publishable::Yes;
    }
    Publishable::No(Refusal {
        reason: format!(
            "{repository} is a remote repository by its name, a cache of another registry"
        ),
        instead: url
            .as_str()
            .replacen(repository, &repository.replace("-remote", "-local"), 1),
        npm_says: ("E405", "405 Method Not Allowed - PUT"),
    })
}
