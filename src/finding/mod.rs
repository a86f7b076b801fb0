//! Plain data that every layer shares: findings and their levels, facts, and gaps for missing
//! facts.

mod command;
mod gap;
mod help;
mod packer;
mod verb;

use std::borrow::Cow;
use std::path::Path;

use crate::origin::Origin;

pub use command::{CommandContext, NpmCommand};
pub use gap::{Denial, Gap, RequestFailure};
pub use help::Help;
pub use packer::Packer;
pub use verb::Verb;

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// A strong hint, or something legal that users regret. Blocks only with `--strict`.
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

/// Something that is wrong, with its proof and its remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Commands or steps that fix it, the best one first.
    pub help: Vec<Help>,
    /// What npm would have printed.
    pub predicts: Option<Prediction>,
    /// Requests or files with their answers.
    pub evidence: Vec<Evidence>,
    /// Where it is.
    pub place: Option<Place>,
    /// A level other than the check's own.
    pub level: Option<Level>,
    /// How many findings it stands for: itself, and others that nobody would read.
    pub stands_for: usize,
}

/// npm's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// `E403`; `None` for the refusals that npm prints without a code.
    pub code: Option<String>,
    /// The informative sentence.
    pub text: String,
}

/// A request and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// `GET https://…`, or a file or variable that was read.
    pub request: String,
    /// The answer, in a few words.
    pub answer: String,
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A JSON pointer into the package's package.json.
    Manifest(String),
    /// The line, variable or flag that sets the value.
    Setting(Origin),
}

impl Finding {
    /// A finding with only its message.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Vec::new(),
            predicts: None,
            evidence: Vec::new(),
            place: None,
            level: None,
            stands_for: 1,
        }
    }

    /// Points into package.json.
    #[must_use]
    pub fn at(mut self, pointer: &str) -> Self {
        self.place = Some(Place::Manifest(pointer.to_owned()));
        self
    }

    /// Points into a package.json that may belong to another package.
    #[must_use]
    pub fn in_manifest(self, path: &Path, pointer: &str) -> Self {
        self.set_by(&Origin::Manifest {
            path: path.to_owned(),
            pointer: pointer.to_owned(),
        })
    }

    /// Points at the origin of a setting.
    #[must_use]
    pub fn set_by(mut self, origin: &Origin) -> Self {
        self.place = Some(Place::Setting(origin.clone()));
        self
    }

    /// Adds a way to fix it.
    #[must_use]
    pub fn help(mut self, help: impl Into<Help>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds the command that fixes it.
    #[must_use]
    pub fn run(self, command: NpmCommand) -> Self {
        self.help(command)
    }

    /// Adds a command that fixes it, and what it is for.
    #[must_use]
    pub fn step(self, text: impl Into<Cow<'static, str>>, command: NpmCommand) -> Self {
        self.help(Help {
            text: text.into(),
            command: Some(command),
        })
    }

    /// The remedies as text.
    pub fn helps(&self) -> Vec<String> {
        self.help.iter().map(ToString::to_string).collect()
    }

    /// Adds npm's expected message.
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

/// A finding, with the check that made it.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The check's id.
    pub check: &'static str,
    /// The level after the user's settings.
    pub level: Level,
    /// The user allowed it: it is shown but does not block.
    pub allowed: bool,
    /// The id of the finding that makes this one moot, if any.
    pub moot_by: Option<&'static str>,
    /// The finding.
    pub finding: Finding,
}

/// A check that could not decide, and why.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// The check's id.
    pub check: &'static str,
    /// Why.
    pub gap: Gap,
    /// The answer would decide the verdict: it could have blocked, but no answer came.
    pub decisive: bool,
}

/// The verdict of a preflight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing blocks.
    Ready,
    /// Nothing blocks, but a deciding fact is missing.
    Undecided,
    /// At least one error-level finding that is not allowed.
    Blocked,
}

impl Outcome {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Undecided => "undecided",
            Self::Blocked => "blocked",
        }
    }
}

/// A fact, or why it is missing.
pub type Known<T> = Result<Answer<T>, Gap>;

/// An answer, with its question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// The parsed answer.
    pub value: T,
    /// The question as `GET https://…`, masked.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
}

impl<T> Answer<T> {
    /// This answer as evidence in a finding: `200, versions holds 1.0.2`.
    pub fn evidence(&self, what: impl std::fmt::Display) -> Evidence {
        Evidence {
            request: self.request.clone(),
            answer: format!("{}, {what}", self.status),
        }
    }
}
