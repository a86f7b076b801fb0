//! Gitea and Forgejo. Sources: `routers/api/packages/npm` in their source.

use super::{Destination, Offers, Overwriting, Publishable, Traits};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;

/// See the module.
pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Gitea,
    login,
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

fn login(to: &Destination<'_>) -> Vec<Help> {
    vec![to.write_token(
        "GITEA_TOKEN",
        "make an access token with the scope write:package",
    )]
}
