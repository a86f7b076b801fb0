//! Errors of our own: what was being done, to what, and what to do next.

use std::fmt;

/// The job could not be done at all. Ends with exit code 102, or 2 if the command line is
/// wrong.
#[derive(Debug)]
pub struct Error {
    /// `reading`, `looking for`, …: what was being done, to what.
    doing: String,
    /// What went wrong.
    cause: String,
    /// The line that causes it.
    excerpt: Option<Box<Excerpt>>,
    /// What to do next.
    next: Option<String>,
    /// The exit code.
    code: u8,
}

/// A whole line of a text: it is cut when it is shown, after secrets are removed.
#[derive(Debug)]
struct Excerpt {
    line: usize,
    /// From 1; `None` if the line was changed.
    column: Option<usize>,
    text: String,
}

/// Lines are shown up to this many characters.
const MAX_EXCERPT: usize = 100;

impl Error {
    /// Something went wrong while `doing` something to something.
    pub fn new(doing: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self {
            doing: doing.into(),
            cause: cause.to_string(),
            excerpt: None,
            next: None,
            code: exit_code::COULD_NOT_WORK,
        }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Shows a line of a text; line and column from 1.
    #[must_use]
    pub fn at(mut self, line: usize, column: usize, text: &str) -> Self {
        let shown: String = text
            .chars()
            .filter(|c| !c.is_control() || *c == '\t')
            .collect();
        if column <= MAX_EXCERPT {
            self.excerpt = Some(Box::new(Excerpt {
                line,
                column: Some(column),
                text: shown.replace('\t', " "),
            }));
        }
        self
    }

    /// The same error, with its text rewritten.
    #[must_use]
    pub fn reworded(mut self, word: impl Fn(&str) -> String) -> Self {
        self.doing = word(&self.doing);
        self.cause = word(&self.cause);
        self.next = self.next.as_deref().map(&word);
        self.excerpt = self.excerpt.map(|excerpt| {
            let text = word(&excerpt.text);
            Box::new(Excerpt {
                column: excerpt.column.filter(|_| text == excerpt.text),
                text,
                line: excerpt.line,
            })
        });
        self
    }

    /// Marks the command line as the cause.
    #[must_use]
    pub fn wrong_usage(mut self) -> Self {
        self.code = exit_code::WRONG_USAGE;
        self
    }

    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}: {}", self.doing, self.cause)?;
        if let Some(Excerpt { line, column, text }) = self.excerpt.as_deref() {
            let margin = " ".repeat(line.to_string().len());
            let text: String = text.chars().take(MAX_EXCERPT).collect();
            write!(f, "\n{margin} |\n{line} | {text}")?;
            if let Some(column) = column {
                let place = " ".repeat(column - 1);
                write!(f, "\n{margin} | {place}^")?;
            }
        }
        if let Some(next) = &self.next {
            write!(f, "\nhelp: {next}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// The exit codes that scripts rely on; anything else is npm's own.
pub mod exit_code {
    /// Ready; or published, and the wait for the version (if any) did not fail.
    pub const READY: u8 = 0;
    /// The command line is wrong.
    pub const WRONG_USAGE: u8 = 2;
    /// At least one error-level finding. npm was not started.
    pub const BLOCKED: u8 = 100;
    /// A deciding fact is missing. npm was not started.
    pub const UNDECIDED: u8 = 101;
    /// The job could not be done at all.
    pub const COULD_NOT_WORK: u8 = 102;
    /// npm reported success, but the version was not visible in time, or has other bytes.
    pub const NOT_SEEN: u8 = 103;
    /// A release is incomplete: some of its packages are published, others are not.
    pub const INCOMPLETE: u8 = 104;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_where_and_what_next() {
        let error = Error::new("reading x.json", "a comma too many")
            .at(12, 3, "\t},")
            .next("take it out");
        let wanted =
            "error: reading x.json: a comma too many\n   |\n12 |  },\n   |   ^\nhelp: take it out";
        assert_eq!(error.to_string(), wanted);
        assert_eq!(error.exit_code(), exit_code::COULD_NOT_WORK);
        assert_eq!(
            Error::new("a", "b").wrong_usage().exit_code(),
            exit_code::WRONG_USAGE
        );
    }
}
