//! Trusted publishing that failed. npm reports the refusal of an exchange only in its debug log
//! and continues with any other credential it finds; its error is then about that one.

use super::package_after::PackageAfter;
use super::record::Record;
use super::{Cause, words};
use crate::ci::{Provider, Runner};
use crate::npm::publish_trace::PublishTrace;

/// The registry refused the exchange although the package exists: the configured publisher does
/// not match the job. Only if nothing else could have been used.
pub(super) fn refused(
    package: &PackageAfter<'_>,
    trace: &PublishTrace,
    record: &Record,
) -> Option<Cause> {
    let answer = trace.exchange_refused.as_ref()?;
    // Any other answer means trouble at the registry, or with the token.
    if answer != "OIDC token exchange error - package not found" {
        return None;
    }
    let facts = package.facts;
    let is_there = facts.packument().ok()?.value.is_some();
    // If trusted publishing is the only possible way, the check reports it.
    let id = "oidc-publisher-mismatch";
    let findings = &package.judged.findings;
    let alone = findings.iter().find(|found| found.check == id)?;
    let on_github = facts.ci.provider == Some(Provider::GitHub);
    let runner = facts.ci.runner.map(|runner| runner.value);
    if !is_there || !on_github || runner != Some(Runner::Hosted) {
        return None;
    }
    let claims = alone.finding.evidence.iter();
    let claims = claims.map(|claim| format!("{} {}", claim.request, claim.answer));
    let claims = claims.collect::<Vec<_>>().join(", ");
    let job = if claims.is_empty() {
        claims
    } else {
        format!(" This job is {claims}")
    };
    let name = package.name().unwrap_or("the package");
    let why = format!(
        "the registry refused the job's identity token ({answer}), although {name} exists: its \
         trusted publisher does not match this job, or it has none.{job}"
    );
    words::proven(id, why, record)
}
