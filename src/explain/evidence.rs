//! Explains with evidence: the registry's answers after npm failed, and the course of the run,
//! make one of the causes certain and rule others out.

use super::log::Log;
use super::record::{self, Record, Stage};
use super::{
    Cause, Explanation, Likelihood, NpmError, elimination, exchange, explain_record, rank, words,
};
use crate::checks::check::Silence;
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
    let mut record = record::records(log).into_iter().next().unwrap_or_default();
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
    if !explanation.causes.is_empty() {
        explanation.error.get_or_insert_default();
    } else if explanation.error.is_some() {
        let unknown = words::cause("unknown", Likelihood::Possible, &record);
        explanation.causes.extend(unknown);
    }
    let first = explanation.first.take();
    explanation.first = first.and_then(|first| words::narrowed(first, &explanation.causes));
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
    let out = packages
        .iter()
        .filter(|package| package.failed_behind_its_put())
        .chain(concerned.iter().copied())
        .find_map(|package| accepted(package, trace, &record.error));
    let script = || failed_script(trace, packages, record);
    let refused = |package: &&PackageAfter<'_>| exchange::refused(package, trace, record);
    let exchange = || concerned.iter().find_map(refused);
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
    let mut names = packages
        .iter()
        .flat_map(|package| package.scripts(&failed.command));
    script.name = script.name.or_else(|| names.next().map(str::to_owned));
    if trace.puts.is_empty() {
        script.stage = Stage::BeforeThePut;
    }
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
        let mut left = concerned.iter();
        causes.extend(left.find_map(|package| elimination::only_one_left(package, record)));
    }
    if matches!(causes.first(), Some(first) if first.likelihood == Likelihood::Certain) {
        return causes;
    }
    let (before, mut rest) = (by_text.len(), by_text);
    let is_out = |id: &str| concerned.iter().any(|package| is_ruled_out(id, package));
    rest.retain(|cause| sure_by_text || !is_out(cause.id));
    let fewer = rest.len() < before;
    rest.retain(|cause| causes.iter().all(|known| known.id != cause.id));
    causes.extend(rest);
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
    let name = error.package.as_deref();
    let those = |wanted: &dyn Fn(&PackageAfter<'_>) -> bool| -> Vec<&'a PackageAfter<'a>> {
        packages.iter().filter(|package| wanted(package)).collect()
    };
    let choices = [
        those(&|package| name.is_some() && package.name() == name),
        those(&|package| !package.was_accepted()),
    ];
    let mut some = choices.into_iter().filter(|some| !some.is_empty());
    some.next().unwrap_or_else(|| packages.iter().collect())
}

/// npm failed, but the publish succeeded.
fn accepted(package: &PackageAfter<'_>, trace: &PublishTrace, error: &NpmError) -> Option<Cause> {
    let spec = package.spec();
    if package.failed_behind_its_put() {
        return script_after_put(&spec, trace);
    }
    let is_refusal_before_the_put =
        error.status.is_none() && trace.puts.is_empty() && !is_network(error);
    // A package that was published without trouble is not the one that failed.
    if package.was_accepted() || is_refusal_before_the_put {
        return None;
    }
    let request = package.facts.version().ok().map(|answer| &answer.request)?;
    let (likelihood, proof) = match package.state() {
        PublishState::Published => (
            Likelihood::Certain,
            format!("is published with the bytes that npm sent ({request}: 200, the same shasum)"),
        ),
        PublishState::ProbablyPublished => (
            Likelihood::Likely,
            format!("was not there before and is there now ({request}: 200)"),
        ),
        PublishState::NotPublished => return None,
    };
    let why =
        format!("npm reports an error, but {spec} {proof}: an earlier try of this run succeeded");
    let help = Help::text(
        "do not publish it again, and do not raise the version: there is nothing left to do here",
    );
    Some(Cause {
        likelihood,
        ..Cause::certain("publish-already-accepted", why, vec![help])
    })
}

/// The registry took the package, and a script that npm runs after it failed.
fn script_after_put(spec: &str, trace: &PublishTrace) -> Option<Cause> {
    let failed = trace.failed_script.as_ref()?;
    let script = format!("`{}` (code {})", failed.command, failed.code);
    Some(words::published_before_its_script(spec, &script))
}

fn is_network(error: &NpmError) -> bool {
    let mut begins = "ECONN ETIMEDOUT ERR_SOCKET EPIPE ESOCKET EPROTO".split(' ');
    let code = error.code.as_deref();
    code.is_some_and(|code| begins.any(|begin| code.starts_with(begin)))
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
    let mut each = concerned.iter().map(|package| package.facts);
    let accepted = each.clone().all(|facts| facts.account().is_ok());
    let oidc = each.any(|facts| facts.package.credential.oidc_possible);
    let likelihood = |at: usize, fit: usize, reported: &Reported| {
        let proven = match fit {
            0..=2 => true,
            3 if reported.check == "scope-not-yours" => {
                accepted && !oidc && matches!(error.status, Some(403 | 404))
            }
            3 => accepted && error.status == Some(403),
            _ => by_text.is_empty(),
        };
        match (at, proven) {
            (0, true) => Likelihood::Certain,
            _ => Likelihood::Likely,
        }
    };
    let found = found.into_iter().enumerate();
    let each = found.map(|(at, (fit, _, reported))| Cause {
        likelihood: likelihood(at, fit, reported),
        ..of_finding(reported)
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
    let proof = |Evidence { request, answer }: &Evidence| format!(" ({request}: {answer})");
    let proof = finding.evidence.first().map(proof).unwrap_or_default();
    let why = format!("{}{proof}", finding.message);
    Cause::certain(reported.check, why, finding.help.clone())
}

/// Whether a check looked for this cause and did not find it, or the registry's answer excludes
/// it.
fn is_ruled_out(id: &str, package: &PackageAfter<'_>) -> bool {
    if id == "publish-already-accepted" {
        return package.is_absent();
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
    let judged = package.judged;
    crate::checks::find(id).is_some_and(|check| check.silence == Silence::RulesOut)
        && judged.findings.iter().all(|found| found.check != id)
        && judged.undecided.iter().all(|open| open.check != id)
}
