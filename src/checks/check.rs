//! A check: a constant, its documentation, and a plain function from facts to
//! findings. A checklist, and a for-loop over it.

use crate::facts::Facts;
use crate::finding::{Finding, Gap, Level};

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
        pub(in crate::checks) const CHECK: crate::checks::check::Check = crate::checks::check::Check {
            id: $id,
            level: crate::finding::Level::$level,
            summary: $summary,
            documentation: concat!($($line, "\n"),+),
            run,
        };
    };
}
pub(crate) use check;
