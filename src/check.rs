//! A check: a constant, its documentation, and a plain function from facts to
//! findings. A checklist, and a for-loop over it.

use crate::facts::{Facts, Gap};
use crate::origin::Origin;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// A strong hint, or something legal that users regret. Never blocks by
    /// itself.
    Warning,
    /// Proof that npm or the registry will refuse. Blocks.
    Error,
}

impl Level {
    /// The word in reports and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One entry of the catalogue that is decided before npm runs.
#[derive(Debug)]
pub struct Check {
    /// `topic-state`: the state complained of, never the fix. Stays for ever.
    pub id: &'static str,
    /// The level of its findings, unless a finding says otherwise.
    pub level: Level,
    /// One line.
    pub summary: &'static str,
    /// Markdown: the doc comment above the check.
    pub documentation: &'static str,
    /// The check itself. No I/O, no clock, no environment.
    pub run: fn(&Facts) -> Verdict,
}

/// Findings, or the gap that keeps the check from deciding.
pub type Verdict = Result<Vec<Finding>, Gap>;

/// Something that is wrong, with its proof and its remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Commands or steps that mend it, the best one first.
    pub help: Vec<String>,
    /// What npm would have said.
    pub predicts: Option<Prediction>,
    /// What was asked and answered.
    pub evidence: Vec<Evidence>,
    /// Where it stands.
    pub place: Option<Place>,
    /// A level other than the check's own.
    pub level: Option<Level>,
}

/// npm's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// `E403`; `None` for the refusals that npm prints without a code.
    pub code: Option<String>,
    /// The informative sentence.
    pub text: String,
}

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// `GET https://…`, or a file or variable that was read.
    pub request: String,
    /// What came back, in a few words.
    pub answer: String,
}

/// Where a finding stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A JSON pointer into the package's package.json.
    Manifest(String),
    /// The line, variable or flag that decided a setting.
    Setting(Origin),
}

impl Finding {
    /// A finding with nothing but its message.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Vec::new(),
            predicts: None,
            evidence: Vec::new(),
            place: None,
            level: None,
        }
    }

    /// Points into package.json.
    #[must_use]
    pub fn at(mut self, pointer: &str) -> Self {
        self.place = Some(Place::Manifest(pointer.to_owned()));
        self
    }

    /// Points at the place that decided a setting.
    #[must_use]
    pub fn set_by(mut self, origin: &Origin) -> Self {
        self.place = Some(Place::Setting(origin.clone()));
        self
    }

    /// Adds a way to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Says what npm would have said.
    #[must_use]
    pub fn predicts(mut self, code: &str, text: impl Into<String>) -> Self {
        self.predicts = Some(Prediction {
            code: (!code.is_empty()).then(|| code.to_owned()),
            text: text.into(),
        });
        self
    }

    /// Adds proof.
    #[must_use]
    pub fn because(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// Gives it another level than the check's own.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }
}

/// Declares a file's check from its documentation:
///
/// ```text
/// check! {
///     /// The first paragraph says why it matters.
///     "version-taken", Error, "the version is on the registry already"
/// }
/// ```
///
/// It makes the constant `CHECK`, which runs the file's `fn run(&Facts) -> Verdict`.
macro_rules! check {
    ($(#[doc = $line:literal])+ $id:literal, $level:ident, $summary:literal) => {
        $(#[doc = $line])+
        pub(in crate::checks) const CHECK: crate::check::Check = crate::check::Check {
            id: $id,
            level: crate::check::Level::$level,
            summary: $summary,
            documentation: concat!($($line, "\n"),+),
            run,
        };
    };
}
pub(crate) use check;
