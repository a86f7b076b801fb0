//! What several topics ask of the credential that npm would send.

use crate::facts::Facts;
use crate::npmrc::credentials::{EmptyCredential, Gate};

/// Whether no credential is wanted at all: nothing is sent, or nowhere.
pub(super) fn needs_none(facts: &Facts) -> bool {
    facts.package.dry_run || facts.package.registry.is_err()
}

/// The key that npm's gate wants and does not find.
pub(super) fn closed(facts: &Facts) -> Option<(&str, Option<&EmptyCredential>)> {
    match &facts.package.credential.gate {
        Gate::Closed { key, empty } if !needs_none(facts) => Some((key, empty.as_ref())),
        _ => None,
    }
}

/// What npm says where it finds no credential.
pub(super) fn need_auth(facts: &Facts) -> String {
    let registry = facts
        .package
        .registry
        .as_ref()
        .map_or(String::new(), |registry| registry.value.to_string());
    format!("This command requires you to be logged in to {registry}")
}
