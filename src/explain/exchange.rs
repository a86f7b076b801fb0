//! Trusted publishing that failed. npm keeps the refusal of an exchange for its
//! debug log and goes on with whatever credential stands around; its error is then
//! about that one.

use super::package_after::PackageAfter;
use super::record::Record;
use super::{Cause, words};
use crate::ci::{Provider, Runner};
use crate::npm::publish_trace::PublishTrace;

/// The registry refused the exchange, and the package is there: the record of its
/// publisher does not fit the job. Only where nothing else could have served.
pub(super) fn refused(
    package: &PackageAfter<'_>,
    trace: &PublishTrace,
    record: &Record,
) -> Option<Cause> {
    let answer = trace.exchange_refused.as_ref()?;
    // Anything else is the registry's trouble, or the token's.
    if answer != "OIDC token exchange error - package not found" {
        return None;
    }
    let facts = package.facts;
    let is_there = facts.packument().ok()?.value.is_some();
    // The check speaks where trusted publishing is the only way in.
    let id = "oidc-publisher-mismatch";
    let findings = &package.judged.findings;
    let alone = findings.iter().find(|found| found.check == id)?;
    let on_github = facts.ci.provider == Some(Provider::GitHub);
    let runner = facts.ci.runner.map(|runner| runner.value);
    if !is_there || !on_github || runner != Some(Runner::Hosted) {
        return None;
    }
    let claims: Vec<String> = alone
        .finding
        .evidence
        .iter()
        .map(|claim| format!("{} {}", claim.request, claim.answer))
        .collect();
    let job = if claims.is_empty() {
        String::new()
    } else {
        format!(" This job is {}", claims.join(", "))
    };
    let name = package.name().unwrap_or("the package");
    let why = format!(
        "the registry refused the job's identity token ({answer}), and {name} is there: its record of the trusted publisher does not fit this job, or there is none.{job}"
    );
    words::proven(id, why, record)
}
