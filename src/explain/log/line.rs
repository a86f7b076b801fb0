//! A line of a log.

use std::sync::Arc;

/// How severe a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogLevel {
    /// An error of npm or of a tool that publishes.
    Error,
    /// Below an error: a warning, a notice or a verbose line.
    Info,
    /// The severity is unknown.
    Unknown,
}

/// npm's own error prefix, which dates npm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NpmPrefix {
    /// `npm ERR!`: npm 10.5 and earlier, without trusted publishing.
    Err,
    /// `npm error`: npm 10.6 and later.
    Error,
    /// A line of npm's debug log, or of its stack, which does not date it.
    Log,
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
    /// Whether it belongs to a stack trace, which says less than npm's message.
    pub(crate) stack: bool,
    /// The whole line, as the log has it.
    pub(crate) raw: Arc<str>,
}
