//! Gitea and Forgejo. Sources: `routers/api/packages/npm` in their source.

use super::{Destination, Overwriting, Traits};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Gitea,
    login,
    by_url: |url| url.path().contains("/api/packages/") && url.path().contains("/npm"),
    overwriting: Overwriting::Refused {
        code: "E409",
        text: "409 Conflict - PUT",
    },
    packument_proves_credential: true,
    phrases: &["/api/packages/"],
    ..Traits::USUAL
};

fn login(to: &Destination<'_>) -> Vec<Help> {
    vec![to.write_token(
        "GITEA_TOKEN",
        "make an access token with the scope write:package",
    )]
}
