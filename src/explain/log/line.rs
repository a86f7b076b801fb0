//! A line of a log.

use std::sync::Arc;

/// How severe a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogLevel {
    /// Said as an error by npm or by a tool that publishes.
    Error,
    /// Below an error: a warning, a notice or a verbose line.
    Info,
    /// Nothing says what it is.
    Unknown,
}

/// npm's own error prefix, which dates npm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NpmPrefix {
    /// `npm ERR!`: npm 10.5 and before, which has no trusted publishing.
    Err,
    /// `npm error`: npm 10.6 and later.
    Error,
}

/// A line without its prefixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its text.
    pub(crate) text: String,
    /// How severe it is.
    pub(crate) level: LogLevel,
    /// npm's own prefix, where it has one.
    pub(crate) prefix: Option<NpmPrefix>,
    /// Whether it is of a stack trace, which npm's message says better.
    pub(crate) stack: bool,
    /// The whole line, as the log has it.
    pub(crate) raw: Arc<str>,
}
