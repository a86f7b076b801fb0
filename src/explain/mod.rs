//! After npm: what an error means. A log is read, what failed is taken out of
//! it, and rules name the causes; facts that the preflight gathered, or that
//! were asked afterwards, make one of them certain where they can.

mod boilerplate;
mod canonical;
mod causes;
mod codes;
mod elimination;
pub mod evidence;
mod exchange;
mod extract;
mod failing;
mod log;
mod mask;
mod mask_fields;
mod package;
mod plain;
mod request;
mod rule;
mod settle;
mod signs;
mod weigh;
mod words;

pub use causes::AfterCause;
pub use codes::is_code;
pub use log::Log;

use crate::registry::kind::RegistryKind;

/// What npm said, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The error; `None` when the input holds no failure of npm's.
    pub error: Option<NpmError>,
    /// The causes, best first, at most five. Empty only without an error.
    pub causes: Vec<Cause>,
    /// What to ask first where there are several.
    pub first: Option<Fork>,
}

/// The one question that separates several causes best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The question, and the command that answers it.
    pub question: Question,
    /// Each answer, and the causes that it leaves.
    pub answers: Vec<(&'static str, Vec<&'static str>)>,
}

/// What npm said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NpmError {
    /// `E404`; `None` for the refusals that npm prints without a code.
    pub code: Option<String>,
    /// The HTTP status, where a server answered.
    pub status: Option<u16>,
    /// The request's method.
    pub method: Option<String>,
    /// The request's address, or the registry's where only that is known.
    pub url: Option<String>,
    /// The package's name.
    pub package: Option<String>,
    /// The package's version.
    pub version: Option<String>,
    /// The one informative sentence, without npm's boilerplate.
    pub text: String,
    /// Who answered, as far as address and words tell.
    pub kind: Option<RegistryKind>,
}

/// Why it may have failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// An id of the catalogue.
    pub id: &'static str,
    /// How sure that is.
    pub likelihood: Likelihood,
    /// Why it fails then.
    pub why: String,
    /// What to do, the best first.
    pub help: Vec<String>,
    /// What separates it from the other causes.
    pub separates: Option<Question>,
}

/// A question that separates causes, and the command that answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub question: String,
    /// The command.
    pub command: String,
}

/// How sure a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// Worth a look.
    Possible,
    /// Most logs of this shape had it.
    Likely,
    /// Text or evidence leave no other cause.
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

/// A cause that no check has, by its id.
pub fn after_cause(id: &str) -> Option<&'static AfterCause> {
    causes::after_causes().find(|cause| cause.id == id)
}

/// The causes that no check has.
pub fn after_causes() -> impl Iterator<Item = &'static AfterCause> + Clone {
    causes::after_causes()
}

/// Their ids.
pub fn after_ids() -> impl Iterator<Item = &'static str> {
    causes::after_causes().map(|cause| cause.id)
}

/// Explains a log by its text alone.
pub fn explain_text(log: &Log) -> Explanation {
    weigh::weigh(log)
}
