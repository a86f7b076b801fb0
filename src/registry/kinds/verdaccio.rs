//! Verdaccio, tested with 6.2. `whoami` answers `{}` to a credential that it does not accept;
//! packuments are merged with those of the uplinks, and so are refusals.

use super::{Destination, Offers, Overwriting, Staging, Traits, header_holds};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Verdaccio,
    login,
    by_headers: |headers| {
        header_holds(headers, "x-powered-by", "verdaccio")
            || header_holds(headers, "x-powered-by", "hidden")
    },
    offers: Offers {
        trusted_publishing: true,
        whoami: true,
        version: true,
        profile: true,
        ..Offers::NOTHING
    },
    overwriting: Overwriting::Refused {
        code: "E409",
        text: "this package is already present",
    },
    phrases: &[
        "localhost:4873",
        "verdaccio",
        "sinopia",
        "uplinks is down",
        "this package is already present",
    ],
    staging: Staging::Possible,
    ..Traits::USUAL
};

fn login(to: &Destination<'_>) -> Vec<Help> {
    if to.in_ci {
        return vec![to.write_token("NPM_TOKEN", "log in once, and keep the token as a secret")];
    }
    vec![Help::run(to.npm_login())]
}
