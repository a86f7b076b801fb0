//! Google Artifact Registry. Sources: Google's documentation (`artifact-registry`, nodejs): a
//! version can be published once, even if it was deleted; the wording of the refusal is not
//! known.

use super::{Destination, Overwriting, Traits, host_ends_with};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Google,
    login,
    by_url: |url| host_ends_with(url, "-npm.pkg.dev"),
    overwriting: Overwriting::Refused {
        code: "",
        text: "a version can be published only once",
    },
    packument_proves_credential: true,
    phrases: &["-npm.pkg.dev"],
    ..Traits::USUAL
};

fn login(_: &Destination<'_>) -> Vec<Help> {
    vec![Help::text(
        "npx google-artifactregistry-auth (it writes a token that is valid for one hour into \
         your own .npmrc)",
    )]
}
