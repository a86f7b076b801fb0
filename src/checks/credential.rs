//! Questions about the credential that several topics share.

use crate::facts::Facts;
use crate::finding::Help;
use crate::npmrc::credentials::{AuthCheck, EmptyCredential};
use crate::registry::documents::Whoami;
use crate::registry::kinds::{Destination, traits};

/// Whether no credential is needed: nothing is sent, or there is no registry.
pub(super) fn needs_none(facts: &Facts) -> bool {
    facts.package.dry_run || facts.package.registry.is_err()
}

/// The key that npm looks up before the PUT and does not find.
pub(super) fn closed(facts: &Facts) -> Option<(&str, Option<&EmptyCredential>)> {
    match &facts.package.credential.auth_check {
        AuthCheck::Fails { key, empty } if !needs_none(facts) => Some((key, empty.as_ref())),
        _ => None,
    }
}

/// Whether the registry may accept a publish with an unknown credential: test set-ups on this
/// machine and in its network let everybody publish (Verdaccio's `publish: $all`), and npm only
/// asks that there be some credential. A refusal proves that it does not.
pub(super) fn may_take_anything(facts: &Facts) -> bool {
    let registry = facts.package.registry.as_ref();
    let is_near = registry.is_ok_and(|registry| registry.value.is_in_private_network());
    let refuses = facts
        .whoami()
        .is_ok_and(|answer| answer.value == Whoami::Rejected);
    is_near && !refuses && !traits(facts.kind).npmjs_rules
}

/// npm's message when it finds no credential.
pub(super) fn need_auth(facts: &Facts) -> String {
    let registry = facts
        .package
        .registry
        .as_ref()
        .map_or(String::new(), |registry| registry.value.to_string());
    format!("This command requires you to be logged in to {registry}")
}

/// The key that npm looks up, if it finds no credential there, or an unusable one.
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

/// The registry that the package goes to, masked.
pub(super) fn registry(facts: &Facts) -> String {
    let registry = facts.package.registry.as_ref();
    registry.map_or(String::new(), |registry| registry.value.to_string())
}

/// How to make a credential for the package's registry, the best way first.
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
