//! JSR's npm compatibility registry: it ignores the method and answers 200 to a PUT of a known
//! name, which npm takes as success. Source: JSR's `lb/main.ts`.

use url::Url;

use super::{Destination, Publishable, Refusal, Traits};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Jsr,
    login,
    by_url: |url| url.host_str() == Some("npm.jsr.io"),
    publishable,
    ..Traits::USUAL
};

fn login(_: &Destination<'_>) -> Vec<Help> {
    vec![Help::text(
        "npx jsr publish (npm.jsr.io only serves what was published to jsr.io)",
    )]
}

fn publishable(_: &Url) -> Publishable {
    Publishable::No(Refusal {
        reason: "JSR serves npm packages there but accepts none; npm would even report success"
            .to_owned(),
        instead: "`npx jsr publish` for JSR, or https://registry.npmjs.org/".to_owned(),
        npm_says: ("E404", "404 Not Found - PUT"),
    })
}
