//! npm's command line, read as `nopt` reads it.

mod names;
mod parser;
#[cfg(test)]
mod tests;

use std::fmt;

use super::validate::Context;
use super::value::Value;
use crate::npm::NpmVersion;

/// Arguments for npm, parsed.
#[derive(Clone, Debug, Default)]
pub struct CommandLine {
    /// The effective flags, in the order of their first appearance.
    pub flags: Vec<Flag>,
    /// Everything that is not a flag.
    pub positionals: Vec<String>,
    /// A complaint of npm.
    pub problems: Vec<ArgumentProblem>,
}

/// One flag.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// The key it sets.
    pub key: String,
    /// The value, validated but not expanded.
    pub value: Value,
    /// The flag as written, without its value: `--reg`.
    pub written: String,
}

impl Flag {
    /// The flag in a form that npm reads as the same; a list becomes several arguments.
    pub(crate) fn args(&self) -> Vec<String> {
        match &self.value {
            Value::List(values) => values
                .iter()
                .map(|value| format!("--{}={}", self.key, value.to_text()))
                .collect(),
            Value::Bool(true) => vec![format!("--{}", self.key)],
            Value::Null | Value::Bool(false) => vec![format!("--no-{}", self.key)],
            value => vec![format!("--{}={}", self.key, value.to_text())],
        }
    }
}

/// A complaint of npm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentProblem {
    /// A key that npm does not know. Fatal from npm 12 on.
    Unknown {
        /// The flag as written.
        written: String,
    },
    /// A unique abbreviation of a key. Fatal from npm 12 on.
    Abbreviated {
        /// The flag as written.
        written: String,
        /// The key that it abbreviates.
        key: String,
    },
    /// A shorthand of several letters after a single hyphen (`-ws`). Fatal from npm 12 on.
    SingleHyphen {
        /// The flag as written.
        written: String,
    },
    /// Several letters after two hyphens (`--acc`), which npm reads one by one (`-a -c -c`).
    Glued {
        /// The flag as written.
        written: String,
    },
    /// A switch has something other than true or false after its `=`: npm switches it on, and
    /// reads the value as the thing to publish.
    NotASwitch {
        /// The flag as written.
        written: String,
        /// The text after `=`.
        value: String,
    },
    /// A value that the key does not accept: npm drops the flag and continues.
    Invalid {
        /// The flag as written.
        written: String,
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// A word after an unknown flag. npm reads it as the folder or package to publish, not as
    /// the flag's value.
    Loose {
        /// The flag as written.
        written: String,
        /// The word.
        word: String,
    },
}

impl ArgumentProblem {
    /// The flag as written.
    pub fn written(&self) -> &str {
        match self {
            Self::Unknown { written }
            | Self::Abbreviated { written, .. }
            | Self::SingleHyphen { written }
            | Self::Glued { written }
            | Self::NotASwitch { written, .. }
            | Self::Invalid { written, .. }
            | Self::Loose { written, .. } => written,
        }
    }
}

impl fmt::Display for ArgumentProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { .. } => f.write_str("npm does not know this flag; npm 12 refuses it"),
            Self::Abbreviated { key, .. } => {
                write!(f, "npm reads it as `--{key}`; npm 12 refuses it")
            }
            Self::SingleHyphen { written } => {
                write!(
                    f,
                    "write it `-{written}`; npm 12 refuses it with one hyphen"
                )
            }
            Self::Glued { .. } => f.write_str("npm reads each letter as a separate flag"),
            Self::NotASwitch { .. } => {
                f.write_str("npm reads the text after `=` as the thing to publish")
            }
            Self::Invalid { key, .. } => {
                write!(f, "npm drops it: `{key}` does not accept this value")
            }
            Self::Loose { .. } => {
                f.write_str("npm reads the next word as the thing to publish, not as its value")
            }
        }
    }
}

impl CommandLine {
    /// Reads the arguments after `npm publish`. Paths stay as written; the configuration
    /// resolves them against the working folder.
    pub fn parse(args: &[String], npm: Option<&NpmVersion>) -> Self {
        let major = npm.map_or(12, NpmVersion::major).clamp(10, 12);
        let context = Context {
            major,
            ..Context::default()
        };
        parser::parse(args, &context)
    }

    /// Removes complaints about flags that npm does not know: after `--` they are
    /// passed on unread.
    pub fn forget_unknown(&mut self) {
        self.problems
            .retain(|problem| !matches!(problem, ArgumentProblem::Unknown { .. }));
    }

    /// The value of a flag.
    pub fn get(&self, key: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.key == key)
    }

    /// A flag that npm drops because of its value.
    pub fn dropped(&self, key: &str) -> Option<(&str, &str)> {
        self.problems.iter().find_map(|problem| match problem {
            ArgumentProblem::Invalid {
                written,
                key: found,
                value,
            } if found == key && self.get(key).is_none() => {
                Some((written.as_str(), value.as_str()))
            }
            _ => None,
        })
    }
}
