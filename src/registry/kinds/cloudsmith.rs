//! Cloudsmith. Source: Cloudsmith's documentation.

use super::{Destination, Offers, Overwriting, Traits, header_holds};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Cloudsmith,
    login,
    by_url: |url| url.host_str() == Some("npm.cloudsmith.io"),
    by_headers: |headers| header_holds(headers, "server", "cloudsmith"),
    offers: Offers {
        trusted_publishing: true,
        ..Offers::NOTHING
    },
    overwriting: Overwriting::Depends,
    phrases: &["cloudsmith"],
    ..Traits::USUAL
};

fn login(to: &Destination<'_>) -> Vec<Help> {
    vec![to.write_token("CLOUDSMITH_API_KEY", "take your API key")]
}
