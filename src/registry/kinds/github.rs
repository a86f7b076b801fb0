//! GitHub Packages, on github.com and GitHub Enterprise Server. Sources: GitHub's
//! documentation ("Working with the npm registry"), npm/cli#4751.

use super::{Offers, Overwriting, Publishable, Traits, header_holds};
use crate::registry::kind::RegistryKind;

/// See the module.
pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::GitHub,
    by_url: |url| {
        url.host_str() == Some("npm.pkg.github.com") || url.path().starts_with("/_registry/npm")
    },
    by_headers: |headers| header_holds(headers, "www-authenticate", "github package registry"),
    offers: Offers::NOTHING,
    publishable: |_| Publishable::Yes,
    overwriting: Overwriting::Refused {
        code: "E409",
        text: "Cannot publish over existing version",
    },
    npmjs_rules: false,
    packument_proves_credential: true,
    redirect_means_absent: false,
    repository: None,
};
