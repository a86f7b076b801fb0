//! Explains with evidence: the registry's answers after npm failed, and the course of the run,
//! make one of the causes certain and rule others out.

use super::log::Log;
use super::record::{self, Record};
use super::{
    Cause, Explanation, Likelihood, NpmError, elimination, exchange, explain_record, rank, words,
};
use crate::checks::check::{Check, Silence};
use crate::finding::{Evidence, Help, Level, Reported};
use crate::npm::publish_trace::PublishTrace;

pub use super::package_after::{PackageAfter, PublishState};

/// Causes that only a publish with an exchanged OIDC token can have.
const EXCHANGE_CAUSES: [&str; 3] = [
    "oidc-publisher-mismatch",
    "oidc-shadowed",
    "oidc-first-publish",
];

/// Explains a failed run.
pub fn explain_with(log: &Log, trace: &PublishTrace, packages: &[PackageAfter<'_>]) -> Explanation {
    let mut records = record::records(log);
    let mut record = if records.is_empty() {
        Record::default()
    } else {
        records.remove(0)
    };
    // The facts identify the registry better than the log does.
    if let Some(package) = packages.first() {
        record.error.kind = Some(package.facts.kind);
    }
    let concerned = concerned(&record.error, packages);
    record.is_absent = !concerned.is_empty() && concerned.iter().all(|package| package.is_absent());
    // All causes take part in the elimination, not only those that are shown.
    let mut explanation = if log.is_empty() {
        Explanation::default()
    } else {
        explain_record(log, &record, usize::MAX)
    };
    if let Some(cause) = decided_by_the_run(&concerned, packages, trace, &record) {
        return Explanation {
            error: Some(explanation.error.unwrap_or_default()),
            causes: vec![cause],
            first: None,
            ..explanation
        };
    }
    explanation.causes = judge(&concerned, &mut explanation, &record);
    explanation.causes.truncate(rank::MAX_CAUSES);
    if explanation.error.is_none() && !explanation.causes.is_empty() {
        explanation.error = Some(NpmError::default());
    }
    if explanation.error.is_some() && explanation.causes.is_empty() {
        let unknown = words::cause("unknown", Likelihood::Possible, &record);
        explanation.causes.extend(unknown);
    }
    explanation.first = explanation
        .first
        .take()
        .and_then(|first| words::narrowed(first, &explanation.causes));
    explanation
}

/// Causes that the course of the run proves: the package is published, a script failed, or the
/// exchange of an identity token was refused.
fn decided_by_the_run(
    concerned: &[&PackageAfter<'_>],
    packages: &[PackageAfter<'_>],
    trace: &PublishTrace,
    record: &Record,
) -> Option<Cause> {
    let error = &record.error;
    let out = packages
        .iter()
        .filter(|package| package.failed_behind_its_put())
        .chain(concerned.iter().copied())
        .find_map(|package| accepted(package, trace, Some(error)));
    let script = || failed_script(trace, packages, record);
    let exchange = || {
        concerned
            .iter()
            .find_map(|package| exchange::refused(package, trace, record))
    };
    out.or_else(script).or_else(exchange)
}

/// A script that failed before anything was refused.
fn failed_script(
    trace: &PublishTrace,
    packages: &[PackageAfter<'_>],
    record: &Record,
) -> Option<Cause> {
    let failed = trace.failed_script.as_ref()?;
    let mut script = record.script.clone().unwrap_or_default();
    // npm's log has the command, the manifest its name.
    let mut manifests = packages.iter().map(|package| package.facts);
    script.name = script.name.or_else(|| {
        manifests.find_map(|facts| {
            let scripts = facts.package.manifest.object.get("scripts")?.as_object()?;
            let mut named = scripts.iter();
            let (name, _) = named.find(|(_, text)| text.as_str() == Some(&failed.command))?;
            Some(name.clone())
        })
    });
    let record = Record {
        script: Some(script),
        ..Record::default()
    };
    let mut cause = words::cause("script-failed", Likelihood::Certain, &record)?;
    if let Some(folder) = &failed.folder {
        cause.why = format!("{} (in {folder})", cause.why);
    }
    Some(cause)
}

/// The causes, with the checks' findings first, and without those that a check looked for and
/// did not find.
fn judge(
    concerned: &[&PackageAfter<'_>],
    explanation: &mut Explanation,
    record: &Record,
) -> Vec<Cause> {
    let said = explanation.error.clone().unwrap_or_default();
    let by_text = std::mem::take(&mut explanation.causes);
    let sure_by_text =
        matches!(by_text.as_slice(), [only] if only.likelihood == Likelihood::Certain);
    let mut causes = proofs(concerned, &said, &by_text);
    if causes.is_empty() && !sure_by_text {
        causes.extend(
            concerned
                .iter()
                .find_map(|package| elimination::only_one_left(package, record)),
        );
    }
    let decided = causes
        .first()
        .is_some_and(|cause| cause.likelihood == Likelihood::Certain);
    if decided {
        return causes;
    }
    let before = by_text.len();
    let is_out = |id: &str| concerned.iter().any(|package| is_ruled_out(id, package));
    let rest: Vec<Cause> = by_text
        .into_iter()
        .filter(|cause| sure_by_text || !is_out(cause.id))
        .collect();
    let fewer = rest.len() < before;
    for cause in rest {
        if causes.iter().all(|known| known.id != cause.id) {
            causes.push(cause);
        }
    }
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.likelihood));
    if let ([only], true) = (causes.as_mut_slice(), fewer)
        && only.likelihood == Likelihood::Likely
    {
        only.likelihood = Likelihood::Certain;
    }
    causes
}

/// The packages that the error may concern: the one that it names, or all that the registry did
/// not accept in this run.
fn concerned<'a>(error: &NpmError, packages: &'a [PackageAfter<'a>]) -> Vec<&'a PackageAfter<'a>> {
    let named = error.package.as_deref();
    let of_name: Vec<_> = packages
        .iter()
        .filter(|package| named.is_some() && package.name() == named)
        .collect();
    let left: Vec<_> = packages
        .iter()
        .filter(|package| !package.was_accepted())
        .collect();
    if !of_name.is_empty() {
        of_name
    } else if left.is_empty() {
        packages.iter().collect()
    } else {
        left
    }
}

/// npm failed, but the publish succeeded.
fn accepted(
    package: &PackageAfter<'_>,
    trace: &PublishTrace,
    error: Option<&NpmError>,
) -> Option<Cause> {
    let spec = package.spec();
    let state = package.state();
    if package.failed_behind_its_put() {
        return script_after_put(&spec, trace);
    }
    // A package that was published without trouble is not the one that failed.
    let in_order = package.was_accepted();
    let is_refusal_before_the_put = error.is_none_or(|error| error.status.is_none())
        && trace.puts.is_empty()
        && !is_network(error);
    if in_order || is_refusal_before_the_put {
        return None;
    }
    let request = package.facts.version().ok().map(|answer| &answer.request)?;
    let help = vec![Help::text(
        "do not publish it again, and do not raise the version: there is nothing left to do here",
    )];
    match state {
        PublishState::Published => Some(Cause::certain(
            "publish-already-accepted",
            format!(
                "npm reports an error, but {spec} is published with the bytes that npm sent \
                 ({request}: 200, the same shasum): an earlier try of this run succeeded"
            ),
            help,
        )),
        PublishState::ProbablyPublished => Some(Cause {
            likelihood: Likelihood::Likely,
            ..Cause::certain(
                "publish-already-accepted",
                format!(
                    "npm reports an error, but {spec} was not there before and is there now \
                     ({request}: 200): an earlier try of this run succeeded"
                ),
                help,
            )
        }),
        PublishState::NotPublished => None,
    }
}

/// The registry took the package, and a script that npm runs after it failed.
fn script_after_put(spec: &str, trace: &PublishTrace) -> Option<Cause> {
    let failed = trace.failed_script.as_ref()?;
    let why = format!(
        "the registry accepted {spec}; afterwards the script `{}` failed (code {})",
        failed.command, failed.code
    );
    let help = vec![Help::text(
        "correct the script and run it by itself: publishing again would be refused",
    )];
    Some(Cause::certain("publish-already-accepted", why, help))
}

fn is_network(error: Option<&NpmError>) -> bool {
    let code = error.and_then(|error| error.code.as_deref());
    code.is_some_and(|code| {
        [
            "ECONN",
            "ETIMEDOUT",
            "ERR_SOCKET",
            "EPIPE",
            "ESOCKET",
            "EPROTO",
        ]
        .iter()
        .any(|start| code.starts_with(start))
    })
}

/// The findings of the checks, the best first. The first one that fits the error is certain;
/// the others would have stopped the publish next.
fn proofs(concerned: &[&PackageAfter<'_>], error: &NpmError, by_text: &[Cause]) -> Vec<Cause> {
    let mut found: Vec<(usize, usize, &Reported)> = Vec::new();
    let all = concerned
        .iter()
        .flat_map(|package| &package.judged.findings);
    for reported in all {
        let at = by_text.iter().position(|cause| cause.id == reported.check);
        let is_new = found
            .iter()
            .all(|(.., known)| known.check != reported.check);
        if let Some(fit) = fit(reported, at, error).filter(|_| is_new) {
            found.push((fit, at.unwrap_or(usize::MAX), reported));
        }
    }
    found.sort_by_key(|(fit, at, _)| (*fit, *at));
    let accepted = concerned
        .iter()
        .all(|package| package.facts.account().is_ok());
    let oidc = concerned
        .iter()
        .any(|package| package.facts.package.credential.oidc_possible);
    let each = found.iter().enumerate().map(|(index, (fit, _, reported))| {
        let proven = match fit {
            0..=2 => true,
            3 if reported.check == "scope-not-yours" => {
                accepted && !oidc && matches!(error.status, Some(403 | 404))
            }
            3 => accepted && error.status == Some(403),
            _ => by_text.is_empty(),
        };
        let likelihood = match (index, proven) {
            (0, true) => Likelihood::Certain,
            _ => Likelihood::Likely,
        };
        Cause {
            likelihood,
            ..of_finding(reported)
        }
    });
    each.collect()
}

/// How well a finding fits the error, 0 being the best. `at`: its position among the causes
/// that the log's text suggests.
fn fit(reported: &Reported, at: Option<usize>, error: &NpmError) -> Option<usize> {
    let predicted = reported.finding.predicts.as_ref();
    let predicted = predicted.filter(|predicted| predicted.code == error.code);
    let same_code = predicted.is_some();
    let same_text =
        predicted.is_some_and(|predicted| error.text.contains(first_words(&predicted.text)));
    Some(match (reported.level, at) {
        (Level::Error, _) if same_text => 0,
        (Level::Error, Some(_)) => 1,
        (Level::Error, None) if same_code && error.code.is_some() => 2,
        (Level::Error, None) => 4,
        (Level::Warning, Some(_)) => 3,
        _ => return None,
    })
}

/// The start of a predicted text, up to the first part that depends on a registry's own data.
fn first_words(text: &str) -> &str {
    let end = text.find([':', '"', '\'']).unwrap_or(text.len());
    text[..end].trim_end_matches('.')
}

fn of_finding(reported: &Reported) -> Cause {
    let finding = &reported.finding;
    let evidence = finding.evidence.first();
    let proof = |Evidence { request, answer }: &Evidence| format!(" ({request}: {answer})");
    let why = format!(
        "{}{}",
        finding.message,
        evidence.map(proof).unwrap_or_default()
    );
    Cause::certain(reported.check, why, finding.help.clone())
}

/// Whether a check looked for this cause and did not find it, or the registry's answer excludes
/// it.
fn is_ruled_out(id: &str, package: &PackageAfter<'_>) -> bool {
    if id == "publish-already-accepted" {
        return package.facts.version().is_ok() && package.state() == PublishState::NotPublished;
    }
    // Where no token can be exchanged, no exchange has failed.
    if EXCHANGE_CAUSES.contains(&id) && !package.facts.package.credential.oidc_possible {
        return true;
    }
    if id.starts_with("provenance-") && !package.facts.package.may_sign_provenance() {
        return true;
    }
    // A damaged credential would not be answered with an account name.
    if id == "auth-malformed" && package.facts.account().is_ok() {
        return true;
    }
    let rules_out = |check: &Check| check.silence == Silence::RulesOut;
    crate::checks::find(id).is_some_and(rules_out)
        && package
            .judged
            .findings
            .iter()
            .all(|found| found.check != id)
        && package.judged.undecided.iter().all(|open| open.check != id)
}
