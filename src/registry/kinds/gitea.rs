//! Gitea and Forgejo. Sources: `routers/api/packages/npm` in their source.

use super::{Offers, Overwriting, Publishable, Traits};
use crate::registry::kind::RegistryKind;

/// See the module.
pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Gitea,
    by_url: |url| url.path().contains("/api/packages/") && url.path().contains("/npm"),
    by_headers: |_| false,
    offers: Offers::NOTHING,
    publishable: |_| Publishable::Yes,
    overwriting: Overwriting::Refused {
        code: "E409",
        text: "409 Conflict - PUT",
    },
    npmjs_rules: false,
    packument_proves_credential: true,
    redirect_means_absent: false,
    repository: None,
};
