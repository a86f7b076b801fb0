//! Questions about the credential that several topics ask.

use crate::facts::Facts;
use crate::finding::Help;
use crate::npmrc::credentials::{AuthCheck, EmptyCredential};
use crate::registry::kinds::{Destination, traits};

/// Whether no credential is needed: nothing is sent, or there is no registry.
pub(super) fn needs_none(facts: &Facts) -> bool {
    facts.package.dry_run || facts.package.registry.is_err()
}

/// The key that npm looks for before the PUT and does not find.
pub(super) fn closed(facts: &Facts) -> Option<(&str, Option<&EmptyCredential>)> {
    match &facts.package.credential.auth_check {
        AuthCheck::Fails { key, empty } if !needs_none(facts) => Some((key, empty.as_ref())),
        _ => None,
    }
}

/// npm's message where it finds no credential.
pub(super) fn need_auth(facts: &Facts) -> String {
    let registry = facts
        .package
        .registry
        .as_ref()
        .map_or(String::new(), |registry| registry.value.to_string());
    format!("This command requires you to be logged in to {registry}")
}

/// The key that npm looks under, where it finds no credential there, or one that
/// cannot be one.
pub(super) fn missing_credential(facts: &Facts) -> Option<&str> {
    if let Some((key, _)) = closed(facts) {
        return Some(key);
    }
    let request = facts.package.credential.request.as_ref()?;
    let AuthCheck::Passes { key } = &facts.package.credential.auth_check else {
        return None;
    };
    (!needs_none(facts) && !request.is_usable()).then_some(key)
}

/// The registry that the package goes to, safe to show.
pub(super) fn registry(facts: &Facts) -> String {
    let registry = facts.package.registry.as_ref();
    registry.map_or(String::new(), |registry| registry.value.to_string())
}

/// How a credential for the package's registry is made, the best way first.
pub(super) fn login(facts: &Facts) -> Vec<Help> {
    let Ok(registry) = &facts.package.registry else {
        return Vec::new();
    };
    let (AuthCheck::Passes { key } | AuthCheck::Fails { key, .. }) =
        &facts.package.credential.auth_check;
    let destination = Destination {
        registry: &registry.value,
        key,
        in_ci: facts.ci.name.is_some(),
    };
    (traits(facts.kind).login)(&destination)
}
