//! The registry that the package would go to.

pub(super) mod registry_github_permission;
pub(super) mod registry_insecure;
pub(super) mod registry_not_allowed;
pub(super) mod registry_overwrites;
pub(super) mod registry_proxy;
pub(super) mod registry_read_only;
pub(super) mod registry_repository_field;
pub(super) mod registry_scope_owner;
pub(super) mod registry_set_by_wrapper;
pub(super) mod registry_unreachable;
pub(super) mod registry_untrusted_certificate;
pub(super) mod registry_url_invalid;
pub(super) mod stage_name_public;
pub(super) mod stage_script_early;
pub(super) mod stage_unavailable;

use crate::checks::check::Verdict;
use crate::facts::Facts;
use crate::finding::{Gap, RequestFailure};

/// Whether another tool's variable chose the registry.
pub(super) fn is_set_by_wrapper(facts: &Facts) -> bool {
    registry_set_by_wrapper::exporter(facts).is_some()
}

/// Undecided where this kind of failure kept the registry from answering.
fn silent_over(facts: &Facts, failure: impl Fn(RequestFailure) -> bool) -> Verdict {
    if facts.package.registry.is_err() {
        return Ok(Vec::new());
    }
    match facts.packument() {
        Err(gap @ Gap::NoAnswer { failure: of, .. }) if failure(of) => Err(gap),
        _ => Ok(Vec::new()),
    }
}
