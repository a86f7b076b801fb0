//! Explains why npm failed.
//!
//! A log becomes lines (`log`), lines become a typed `record` per failure, `rules` name the
//! causes of a record, `rank` puts them in order, and `words` adds the texts: from the checks,
//! or from `causes` for causes that no check has. Facts from the preflight, or asked
//! afterwards, can make one of them certain ([`evidence`]).

mod causes;
mod elimination;
pub mod evidence;
mod exchange;
mod log;
mod package_after;
mod questions;
mod rank;
mod record;
mod rules;
mod self_evident;
mod substitutions;
mod text;
mod words;

pub use causes::{AfterCause, all as after_causes};
pub use log::Log;
pub use record::{is_code, text_of_code};

use record::Record;

use crate::finding::Help;
use crate::registry::kind::RegistryKind;

/// npm's error, and what it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The error; `None` if the input contains no failure of npm.
    pub error: Option<NpmError>,
    /// The causes, best first, at most five. Empty only if there is no error.
    pub causes: Vec<Cause>,
    /// What to ask first if there are several.
    pub first: Option<FirstQuestion>,
    /// The most informative line of the log, masked.
    pub decisive: Option<String>,
    /// Causes that were ruled out, each with the reason.
    pub struck: Vec<(&'static str, &'static str)>,
    /// The log's other failures.
    pub others: Vec<Explanation>,
}

/// The one question that separates several causes best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstQuestion {
    /// The question, and a command that answers it.
    pub question: Question,
    /// Each answer, and the causes that it leaves.
    pub answers: Vec<(&'static str, Vec<&'static str>)>,
}

/// npm's error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NpmError {
    /// `E404`; `None` for refusals that npm prints without a code.
    pub code: Option<String>,
    /// The HTTP status, if a server answered.
    pub status: Option<u16>,
    /// The request's method.
    pub method: Option<String>,
    /// The request's URL, or the registry's if only that is known.
    pub url: Option<String>,
    /// The package's name.
    pub package: Option<String>,
    /// The package's version.
    pub version: Option<String>,
    /// The one informative sentence, without npm's standard text.
    pub text: String,
    /// Which kind of registry answered, as far as URL and text tell.
    pub kind: Option<RegistryKind>,
}

/// Why it may have failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// An id of the catalogue.
    pub id: &'static str,
    /// How certain it is.
    pub likelihood: Likelihood,
    /// Why it makes the publish fail.
    pub why: String,
    /// What to do, the best first.
    pub help: Vec<Help>,
    /// A question that separates it from the other causes.
    pub separates: Option<Question>,
}

impl Cause {
    /// A cause that facts prove.
    fn certain(id: &'static str, why: String, help: Vec<Help>) -> Self {
        Self {
            id,
            likelihood: Likelihood::Certain,
            why,
            help,
            separates: None,
        }
    }
}

/// A question that separates causes, and a command that answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub question: String,
    /// The command.
    pub command: String,
}

/// How certain a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// Worth a look.
    Possible,
    /// Most logs of this form had this cause.
    Likely,
    /// The text or the evidence leaves no other cause.
    Certain,
}

impl Likelihood {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// Explains a log by its text alone.
pub fn explain_text(log: &Log) -> Explanation {
    let records = record::records(log);
    let failures = records.iter().filter(|record| is_failure(log, record));
    let mut explained = failures.map(|record| explain_record(log, record, rank::MAX_CAUSES));
    let mut first = explained.next().unwrap_or_default();
    first.others = explained.collect();
    first
}

/// Whether a record is a failure of npm, or of a tool that publishes.
fn is_failure(log: &Log, record: &Record) -> bool {
    let by_shape = record.failed == record::Failed::Npm && record::is_of_publishing(log, record);
    let outside_a_publish = record.script.as_ref().is_some_and(|script| {
        let is_another = !record.script_is_of_a_publish() || record.is_read();
        !script.sent && record.error.status.is_none() && is_another
    });
    (by_shape || rank::speaks_for_itself(record, record::speaks_of_packages(log)))
        && !outside_a_publish
        && record.failed != record::Failed::Another
        && !record::succeeded_later(log, record)
}

/// The explanation of one failure, with at most `max` causes.
fn explain_record(log: &Log, record: &Record, max: usize) -> Explanation {
    let mut ranking = rank::rank(record);
    ranking.causes.truncate(max);
    let mut causes = words::name(&ranking.causes, record);
    self_evident::add_causes(log, record, &mut causes);
    Explanation {
        first: questions::first(record)
            .and_then(|rule| words::first_question(rule, &causes, record)),
        error: Some(record.error.clone()),
        causes,
        decisive: record.decisive.clone(),
        struck: ranking.struck,
        others: Vec::new(),
    }
}
