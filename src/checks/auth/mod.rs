//! Credentials.

pub(super) mod auth_address_not_allowed;
pub(super) mod auth_bypass_retiring;
pub(super) mod auth_elsewhere;
pub(super) mod auth_email_unverified;
pub(super) mod auth_expiring;
pub(super) mod auth_exposed;
pub(super) mod auth_malformed;
pub(super) mod auth_missing;
pub(super) mod auth_npmrc_not_read;
pub(super) mod auth_otp_expected;
pub(super) mod auth_otp_impossible;
pub(super) mod auth_package_not_covered;
pub(super) mod auth_placeholder;
pub(super) mod auth_read_only;
pub(super) mod auth_rejected;
pub(super) mod auth_unscoped;
pub(super) mod auth_variable_unset;

use crate::check::Finding;
use crate::facts::{Facts, Gap};
use crate::npmrc::credentials::{EmptyCredential, Gate};

/// Trusted publishing may serve: what is wrong with the configured credential
/// is no proof of a failure then.
fn unless_oidc(facts: &Facts) -> Result<(), Gap> {
    if super::ci::may_serve(facts)? {
        return Err(Gap::Unknown("trusted publishing may replace the credential, and npm tries it only when it publishes".to_owned()));
    }
    Ok(())
}

/// A finding at the line that holds the token.
fn of_token(facts: &Facts, message: impl Into<String>) -> Finding {
    let finding = Finding::new(message);
    match &facts.package.credential.request {
        Some(request) => finding.set_by(&request.origin),
        None => finding,
    }
}

/// Whether no credential is wanted at all: nothing is sent, or nowhere.
pub(in crate::checks) fn needs_none(facts: &Facts) -> bool {
    facts.package.dry_run || facts.package.registry.is_err()
}

/// The key that npm's gate wants and does not find.
pub(in crate::checks) fn closed(facts: &Facts) -> Option<(&str, Option<&EmptyCredential>)> {
    match &facts.package.credential.gate {
        Gate::Closed { key, empty } if !needs_none(facts) => Some((key, empty.as_ref())),
        _ => None,
    }
}

/// What npm says where it finds no credential.
pub(in crate::checks) fn need_auth(facts: &Facts) -> String {
    let registry = facts
        .package
        .registry
        .as_ref()
        .map_or(String::new(), |registry| registry.value.to_string());
    format!("This command requires you to be logged in to {registry}")
}
