//! Explains with evidence: what the registry answers after npm failed, and the
//! course of the run, make one of the causes certain, and rule others out.

use super::log::Log;
use super::{Cause, Explanation, Likelihood, NpmError, elimination, exchange, settle, weigh};
use crate::checks::Judged;
use crate::checks::check::{Check, Silence};
use crate::facts::Facts;
use crate::finding::{Evidence, Level, Reported};
use crate::npm::story::Story;

/// Causes that only a publish with an exchanged OIDC token can have.
const OF_AN_EXCHANGE: [&str; 3] = [
    "oidc-publisher-mismatch",
    "oidc-shadowed",
    "oidc-first-publish",
];

/// What is known about one package of the run, once npm has failed.
#[derive(Clone, Copy, Debug)]
pub struct After<'a> {
    /// What the registry answers now.
    pub facts: &'a Facts,
    /// What the checks make of that.
    pub judged: &'a Judged,
    /// Whether the version stood there before npm was started, where known.
    pub stood_before: Option<bool>,
    /// The SHA-1 of the tarball that npm packed, where its log tells it.
    pub shasum: Option<&'a str>,
}

/// What became of one package of a run that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands there with the bytes that npm packed.
    Published,
    /// It was not there before and is now; nobody tells its bytes.
    ProbablyPublished,
    /// It is not there, or was there before.
    NotPublished,
}

impl After<'_> {
    pub(super) fn name(&self) -> Option<&str> {
        self.facts.package.name.as_str()
    }

    /// `name@version`.
    pub fn spec(&self) -> String {
        let version = self.facts.package.version.as_ref();
        let version = version.map_or(String::new(), ToString::to_string);
        format!("{}@{version}", self.name().unwrap_or("the package"))
    }

    /// The address that npm sends the package to, as its log shows it.
    fn address(&self) -> Option<String> {
        let registry = self.facts.package.registry.as_ref().ok()?;
        Some(registry.value.package(self.name()?))
    }

    /// What became of it.
    pub fn fate(&self) -> Fate {
        let Ok(answer) = self.facts.version() else {
            return Fate::NotPublished;
        };
        let Some(version) = &answer.value else {
            return Fate::NotPublished;
        };
        match (self.stood_before, self.shasum, version.shasum.as_deref()) {
            (Some(true), ..) => Fate::NotPublished,
            (_, Some(packed), Some(stands)) if packed.eq_ignore_ascii_case(stands) => {
                Fate::Published
            }
            (Some(false), None, _) | (Some(false), _, None) => Fate::ProbablyPublished,
            _ => Fate::NotPublished,
        }
    }

    /// Whether the script that ended npm is one that runs once this package
    /// has been accepted.
    fn failed_behind_its_put(&self, story: &Story) -> bool {
        let Some(failed) = &story.failed_script else {
            return false;
        };
        let scripts = self.facts.package.manifest.object.get("scripts");
        let is = |name: &str| {
            let script = scripts.and_then(|scripts| scripts.get(name));
            script.and_then(serde_json::Value::as_str) == Some(failed.command.as_str())
        };
        let accepted = self
            .address()
            .is_some_and(|address| story.was_accepted(&address));
        accepted && (is("postpublish") || is("publish"))
    }
}

/// Explains a failed run.
pub fn explain_with(log: &Log, story: &Story, packages: &[After<'_>]) -> Explanation {
    let kind = packages.first().map(|package| package.facts.kind);
    // Every cause takes part in the elimination, not only those that are shown.
    let mut explanation = weigh::weigh_at(log, kind, usize::MAX);
    let error = explanation.error.take();
    let concerned = concerned(error.as_ref(), packages);
    if let Some(cause) = concerned
        .iter()
        .find_map(|package| accepted(package, story, error.as_ref()))
    {
        return Explanation {
            error: Some(error.unwrap_or_default()),
            causes: vec![cause],
            first: None,
        };
    }
    if story.failed_script.is_some() {
        return Explanation {
            error,
            causes: Vec::new(),
            first: None,
        };
    }
    if let Some(cause) = concerned
        .iter()
        .find_map(|package| exchange::refused(package, story))
    {
        return Explanation {
            error,
            causes: vec![cause],
            first: None,
        };
    }
    let said = error.clone().unwrap_or_default();
    let proofs = proofs(&concerned, &said, &explanation.causes);
    let sure_by_text =
        matches!(explanation.causes.as_slice(), [only] if only.likelihood == Likelihood::Certain);
    let mut causes = proofs;
    if causes.is_empty() && !sure_by_text {
        causes.extend(
            concerned
                .iter()
                .find_map(|package| elimination::only_one_left(package, &said)),
        );
    }
    let decided = causes
        .first()
        .is_some_and(|cause| cause.likelihood == Likelihood::Certain);
    if !decided {
        let before = explanation.causes.len();
        let rest: Vec<Cause> = explanation
            .causes
            .into_iter()
            .filter(|cause| {
                let ruled_out = |package: &&After<'_>| is_ruled_out(cause.id, package);
                sure_by_text || !concerned.iter().any(ruled_out)
            })
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
    }
    causes.truncate(weigh::MOST_CAUSES);
    let error = error.or_else(|| (!causes.is_empty()).then_some(said));
    let explained = Explanation {
        error,
        causes,
        first: explanation.first,
    };
    settle::settle(explained, &concerned)
}

/// The packages that the error is about: the one that it names, else all.
fn concerned<'a>(error: Option<&NpmError>, packages: &'a [After<'a>]) -> Vec<&'a After<'a>> {
    let named = error.and_then(|error| error.package.as_deref());
    let of_name: Vec<_> = packages
        .iter()
        .filter(|package| named.is_some() && package.name() == named)
        .collect();
    if of_name.is_empty() {
        packages.iter().collect()
    } else {
        of_name
    }
}

/// npm failed, and the publish went through all the same.
fn accepted(package: &After<'_>, story: &Story, error: Option<&NpmError>) -> Option<Cause> {
    let spec = package.spec();
    let fate = package.fate();
    let help = vec![
        "do not publish it again, and do not raise the version: nothing is left to do here"
            .to_owned(),
    ];
    if package.failed_behind_its_put(story) {
        let failed = story.failed_script.as_ref()?;
        let why = format!(
            "the registry accepted {spec}; what failed afterwards is the script `{}` (code {})",
            failed.command, failed.code
        );
        let help = vec![
            "mend the script and run it by itself: publishing again would be refused".to_owned(),
        ];
        return Some(certain("publish-already-accepted", why, help));
    }
    // A package that was accepted in good order is not the one that failed.
    let in_order = package
        .address()
        .is_some_and(|address| story.was_accepted(&address));
    let is_refusal_before_the_put = error.is_none_or(|error| error.status.is_none())
        && story.puts.is_empty()
        && !is_network(error);
    if in_order || is_refusal_before_the_put {
        return None;
    }
    let request = package.facts.version().ok().map(|answer| &answer.request)?;
    match fate {
        Fate::Published => Some(certain(
            "publish-already-accepted",
            format!(
                "npm ends with an error, but {spec} is there with the very bytes that npm sent ({request}: 200, the same shasum): an earlier try of this run got through"
            ),
            help,
        )),
        Fate::ProbablyPublished => Some(Cause {
            likelihood: Likelihood::Likely,
            ..certain(
                "publish-already-accepted",
                format!(
                    "npm ends with an error, but {spec}, which was not there before, is there now ({request}: 200): an earlier try of this run got through"
                ),
                help,
            )
        }),
        Fate::NotPublished => None,
    }
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

pub(super) fn certain(id: &'static str, why: String, help: Vec<String>) -> Cause {
    Cause {
        id,
        likelihood: Likelihood::Certain,
        why,
        help,
        separates: None,
    }
}

/// What the checks prove, the best first. The first that fits the error is
/// certain; the others would have stopped the publish next.
fn proofs(concerned: &[&After<'_>], error: &NpmError, by_text: &[Cause]) -> Vec<Cause> {
    let place = |id: &str| by_text.iter().position(|cause| cause.id == id);
    let mut found: Vec<(usize, usize, &Reported)> = Vec::new();
    for package in concerned {
        for reported in &package.judged.findings {
            let at = place(reported.check);
            let predicted = reported.finding.predicts.as_ref();
            let same_code = predicted.is_some_and(|words| words.code == error.code);
            let same_words = same_code
                && predicted.is_some_and(|words| error.text.contains(first_words(&words.text)));
            let fit = match (reported.level, at) {
                (Level::Error, _) if same_words => 0,
                (Level::Error, Some(_)) => 1,
                (Level::Error, None) if same_code && error.code.is_some() => 2,
                (Level::Error, None) => 4,
                (Level::Warning, Some(_)) => 3,
                _ => continue,
            };
            if found
                .iter()
                .all(|(.., known)| known.check != reported.check)
            {
                found.push((fit, at.unwrap_or(usize::MAX), reported));
            }
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

/// The words of a prediction up to the first that depends on a registry's own
/// data.
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
    certain(reported.check, why, finding.helps())
}

/// Whether a check looked for this cause in vain, or the registry's answer
/// denies it.
fn is_ruled_out(id: &str, package: &After<'_>) -> bool {
    if id == "publish-already-accepted" {
        return package.facts.version().is_ok() && package.fate() == Fate::NotPublished;
    }
    // Where no token can be exchanged, no exchange has failed.
    if OF_AN_EXCHANGE.contains(&id) && !package.facts.package.credential.oidc_possible {
        return true;
    }
    if id.starts_with("provenance-") && !package.facts.package.may_sign_provenance() {
        return true;
    }
    // A damaged credential is not answered with a name.
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
