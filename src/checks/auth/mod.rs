//! Credentials.

pub(super) mod auth_address_not_allowed;
pub(super) mod auth_approval_impossible;
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
pub(super) mod auth_stage_only;
pub(super) mod auth_unscoped;
pub(super) mod auth_variable_unset;

use super::credential::{
    closed, login, may_take_anything, missing_credential, need_auth, needs_none, registry,
};
use crate::facts::Facts;
use crate::finding::{Finding, Gap, Level};
use crate::npmrc::credentials::RequestCredential;

/// The credential that npm sends, where the publish needs one.
fn needed_credential(facts: &Facts) -> Option<&RequestCredential> {
    let request = facts.package.credential.request.as_ref();
    request.filter(|_| !needs_none(facts))
}

/// A gap if trusted publishing is available: then a bad credential does not prove that the
/// publish fails.
fn unless_oidc(facts: &Facts) -> Result<(), Gap> {
    if super::ci::oidc_may_work(facts)? {
        return Err(Gap::Unknown("npm may replace the credential by trusted publishing, which it tries only when it publishes".to_owned()));
    }
    Ok(())
}

/// The level of a finding about a credential that cannot be real.
fn level_of_a_dummy(facts: &Facts) -> Level {
    if may_take_anything(facts) {
        Level::Warning
    } else {
        Level::Error
    }
}

/// A finding at the line that holds the token.
fn of_token(facts: &Facts, message: impl Into<String>) -> Finding {
    let finding = Finding::new(message);
    match &facts.package.credential.request {
        Some(request) => finding.set_by(&request.origin),
        None => finding,
    }
}

/// Whether anything suggests another registry than the one npm uses: then logging in there is
/// not the remedy.
fn registry_is_in_doubt(facts: &Facts) -> bool {
    auth_elsewhere::registry_is_in_doubt(facts)
        || auth_npmrc_not_read::registry_is_in_doubt(facts)
        || super::registry::is_set_by_wrapper(facts)
}
