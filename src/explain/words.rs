//! Gives the causes their texts, filled in from the error.

use super::causes;
use super::rank::Ranked;
use super::record::{Endpoint, Record, Script, Stage};
use super::substitutions::Substitutions;
use super::{Cause, FirstQuestion, Likelihood, Question, questions};
use crate::checks::remedy::{Remedy, Step};
use crate::finding::{Help, NpmCommand, Verb};

/// The causes with their texts; `unknown` if there is none.
pub(super) fn name(ranked: &[Ranked], record: &Record) -> Vec<Cause> {
    let causes: Vec<Cause> = ranked
        .iter()
        .filter_map(|ranked| cause(ranked.id, ranked.likelihood, record))
        .collect();
    if causes.is_empty() {
        return cause("unknown", Likelihood::Possible, record)
            .into_iter()
            .collect();
    }
    causes
}

/// A cause with the check's texts, or those of a cause that no check has.
pub(super) fn cause(id: &'static str, likelihood: Likelihood, record: &Record) -> Option<Cause> {
    if id == "publish-already-accepted" && record.failed_in(Stage::AfterThePut) {
        let spec = Substitutions::of(record).sentence("{spec}");
        let script = record.script.as_ref().map_or(String::new(), Script::called);
        return Some(Cause {
            likelihood,
            ..published_before_its_script(&spec, &script)
        });
    }
    if OF_A_SERVICE.contains(&id) && record.endpoint == Some(Endpoint::Signing) {
        return Some(signing_failed(id, likelihood, record));
    }
    let (summary, remedies) = causes::said_of(id)?;
    let remedy = Remedy::of(remedies, record.error.kind)?;
    let substitutions = Substitutions::of(record);
    let mut questions = remedy.questions.iter();
    let is_open = likelihood < Likelihood::Certain;
    let is_sent = !record.is_absent && !record.failed_in(Stage::BeforeThePut);
    let separates = questions.find(|ask| is_open && (is_sent || !ask.is_of_presence));
    Some(Cause {
        id,
        likelihood,
        why: substitutions.sentence(remedy.why.unwrap_or(summary)),
        help: remedy.steps.iter().map(|step| help(step, record)).collect(),
        separates: separates.map(|ask| Question {
            question: substitutions.sentence(ask.text),
            command: substitutions.commands(ask),
        }),
    })
}

/// Causes that any service can have, not only a registry.
const OF_A_SERVICE: [&str; 2] = ["registry-outage", "registry-unreachable"];

/// What signs a statement, or issues the token for it, failed before the registry was asked.
fn signing_failed(id: &'static str, likelihood: Likelihood, record: &Record) -> Cause {
    let error = &record.error;
    let is_of_ci = error
        .url
        .as_deref()
        .is_some_and(|url| url.contains("/idtoken/"));
    let service = if is_of_ci {
        "the CI service, which issues identity tokens,"
    } else {
        "sigstore, which signs the provenance statement,"
    };
    let without = NpmCommand::new(Verb::NpmPublish, "--provenance=false");
    Cause {
        id,
        likelihood,
        why: format!(
            "{service} failed or refused; the registry was not asked: {}",
            error.text
        ),
        help: vec![
            Help::text(
                "run the job again later; https://status.sigstore.dev and the status page of \
                 the CI service list known incidents",
            ),
            Help::step("or publish without provenance", without),
        ],
        separates: None,
    }
}

/// The registry accepted the package, and a script that npm runs afterwards failed.
pub(super) fn published_before_its_script(spec: &str, script: &str) -> Cause {
    let why = format!(
        "the registry accepted {spec}; afterwards the script {script} failed: do not publish it \
         again"
    );
    let help = "correct the script and run it by itself: publishing again would be refused";
    Cause::certain("publish-already-accepted", why, vec![Help::text(help)])
}

/// A cause that facts prove, and why.
pub(super) fn proven(id: &'static str, why: String, record: &Record) -> Option<Cause> {
    let said = cause(id, Likelihood::Certain, record)?;
    Some(Cause::certain(id, why, said.help))
}

/// What to do, without looking at the registry if its answer is known.
fn help(step: &Step, record: &Record) -> Help {
    match step {
        Step::LookFirst(then) if record.is_absent => {
            Help::from(format!("the version is not there: {then}"))
        }
        step => Substitutions::of(record).help(&step.help()),
    }
}

/// The question that separates the causes, with the answers that leave at least one of them.
pub(super) fn first_question(
    rule: &questions::QuestionRule,
    causes: &[Cause],
    record: &Record,
) -> Option<FirstQuestion> {
    let substitutions = Substitutions::of(record);
    let answers = rule.answers.iter();
    let asked = FirstQuestion {
        question: Question {
            question: substitutions.sentence(rule.ask.text),
            command: substitutions.commands(&rule.ask),
        },
        answers: answers
            .map(|(answer, ids)| (*answer, ids.split(' ').collect()))
            .collect(),
    };
    narrowed(asked, causes)
}

/// A question with the answers that leave at least one of these causes; `None` if a cause is
/// certain, or only one answer is left.
pub(super) fn narrowed(mut first: FirstQuestion, causes: &[Cause]) -> Option<FirstQuestion> {
    for (_, ids) in &mut first.answers {
        ids.retain(|id| causes.iter().any(|cause| cause.id == *id));
    }
    first.answers.retain(|(_, ids)| !ids.is_empty());
    let decided = matches!(causes.first(), Some(first) if first.likelihood == Likelihood::Certain);
    (!decided && first.answers.len() > 1).then_some(first)
}
