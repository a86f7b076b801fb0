//! Cloudsmith. Source: Cloudsmith's documentation.

use super::{Offers, Overwriting, Publishable, Traits, header_holds};
use crate::registry::kind::RegistryKind;

/// See the module.
pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Cloudsmith,
    by_url: |url| url.host_str() == Some("npm.cloudsmith.io"),
    by_headers: |headers| header_holds(headers, "server", "cloudsmith"),
    offers: Offers {
        trusted_publishing: true,
        ..Offers::NOTHING
    },
    publishable: |_| Publishable::Yes,
    overwriting: Overwriting::Depends,
    npmjs_rules: false,
    packument_proves_credential: false,
    redirect_means_absent: false,
    repository: None,
};
