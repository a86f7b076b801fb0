//! A line of a log.

use std::sync::Arc;

/// How loud a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loudness {
    /// Said as an error by npm or by a tool that publishes.
    Error,
    /// A warning, a notice or a verbose line.
    Aside,
    /// Nothing says what it is.
    Plain,
}

/// npm's own error prefix, which dates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Era {
    /// `npm ERR!`: npm 10.5 and before, which has no trusted publishing.
    Old,
    /// `npm error`: npm 10.6 and later.
    New,
}

/// A line without what stood before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// What was said.
    pub(crate) text: String,
    /// How.
    pub(crate) loudness: Loudness,
    /// By which npm, where the prefix tells.
    pub(crate) era: Option<Era>,
    /// Whether it is of a stack trace, which npm's message says better.
    pub(crate) stack: bool,
    /// The whole line, as the log has it.
    pub(crate) raw: Arc<str>,
}
