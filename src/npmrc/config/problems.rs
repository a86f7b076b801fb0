//! Problems in npm's files and variables: what npm warns about, fails on, or ignores.

use std::fmt;
use std::path::PathBuf;

use super::Config;
use crate::npmrc::definitions::{self, EXCLUSIVE, is_npms_own};
use crate::npmrc::value::Value;
use crate::origin::{Layer, Origin};

/// A problem, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// What.
    pub kind: ProblemKind,
    /// Where.
    pub origin: Origin,
}

/// The kind of problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A value that the key does not accept: npm warns and uses the next layer's, but still
    /// *sends* this one.
    InvalidValue {
        /// The key.
        key: String,
        /// What npm accepts there, in npm's wording.
        must_be: String,
    },
    /// A key that npm does not know. npm warns about it from 11.2.0 on.
    UnknownKey {
        /// The key.
        key: String,
    },
    /// A key below a `[section]`, which npm does not see.
    InSection {
        /// The key.
        key: String,
        /// The section.
        section: String,
    },
    /// Two keys that exclude each other: npm fails with a TypeError.
    Exclusive {
        /// This key.
        key: String,
        /// The other one.
        other: String,
    },
    /// One file for two layers: npm fails with `double-loading config`.
    DoubleLoaded {
        /// The file.
        path: PathBuf,
        /// The layer it was read for first.
        first: Layer,
    },
    /// npm fails with a TypeError: its parser cannot read the line, or the value of `cache` or
    /// `prefix` is not a string.
    Crash,
    /// `prefix` in a project's file: npm reports that it cannot be changed there.
    PrefixInProject,
    /// Bytes that are not UTF-8; they were replaced.
    NotUtf8,
    /// A variable whose value is not UTF-8; it was not read.
    UnreadableVariable {
        /// Its name.
        name: String,
    },
    /// Two variables that set the same key to different values: which one counts depends on
    /// their order in the environment.
    TwoVariables {
        /// The key.
        key: String,
        /// The variable that was not used.
        other: String,
    },
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidValue { key, must_be } => {
                write!(
                    f,
                    "`{key}` must be {must_be}; npm warns, and sends this anyway"
                )
            }
            Self::UnknownKey { key } => write!(f, "npm does not know `{key}`"),
            Self::InSection { key, section } => {
                write!(
                    f,
                    "npm does not see `{key}`, because it is below `[{section}]`"
                )
            }
            Self::Exclusive { key, other } => {
                write!(
                    f,
                    "`{key}` and `{other}` exclude each other: npm fails with a TypeError"
                )
            }
            Self::DoubleLoaded { path, first } => write!(
                f,
                "{} is already the {} file: npm fails with `double-loading config`",
                path.display(),
                first.name()
            ),
            Self::Crash => f.write_str("npm fails with a TypeError on this"),
            Self::PrefixInProject => f.write_str("`prefix` cannot be changed in a project's file"),
            Self::NotUtf8 => f.write_str("the file is not UTF-8"),
            Self::UnreadableVariable { name } => {
                write!(f, "the value of {name} is not UTF-8, and was not read")
            }
            Self::TwoVariables { key, other } => write!(
                f,
                "{other} also sets `{key}`, to a different value: which one counts depends on \
                 their order"
            ),
        }
    }
}

impl ProblemKind {
    /// The two keys, if they are `provenance` and `provenance-file`.
    pub fn excludes_provenance(&self) -> Option<(&str, &str)> {
        match self {
            Self::Exclusive { key, other } if key.starts_with("provenance") => Some((key, other)),
            _ => None,
        }
    }

    /// Whether npm fails before it does anything.
    pub fn ends_npm(&self) -> bool {
        matches!(
            self,
            Self::Exclusive { .. } | Self::DoubleLoaded { .. } | Self::Crash
        )
    }
}

impl Config {
    /// Notes the values that npm will drop, and the keys that it does not know.
    pub(super) fn note_odd_entries(&mut self) {
        let mut found = self.untextual_paths();
        for entry in self.entries() {
            // A one-time password in a layer changes the layer's `auth-type` to `legacy` before
            // validation.
            let otp = self.get_in(entry.layer, "otp");
            let is_mended =
                entry.key == "auth-type" && otp.is_some_and(|otp| otp.value.is_truthy());
            if is_mended
                || matches!(
                    entry.layer,
                    Layer::CommandLine | Layer::Builtin | Layer::Default
                )
            {
                continue;
            }
            let definition = definitions::find(&entry.key, self.major);
            let kind = match definition {
                Some(definition) if self.judged(entry).1 => ProblemKind::InvalidValue {
                    key: entry.key.clone(),
                    must_be: definition.describe(),
                },
                // A section: its keys are listed one by one.
                None if matches!(entry.value, Value::Object(_)) => continue,
                None if !is_npms_own(&entry.key, self.major) => ProblemKind::UnknownKey {
                    key: entry.key.clone(),
                },
                _ => continue,
            };
            found.push(ConfigProblem {
                kind,
                origin: entry.origin.clone(),
            });
        }
        self.problems.extend(found);
    }

    /// Every `cache`, and the `prefix` that determines the global file, if they are not
    /// strings.
    fn untextual_paths(&self) -> Vec<ConfigProblem> {
        let mut dependents = prefix_dependents(self.major).iter();
        let prefix = dependents
            .any(|key| self.get(key).is_none())
            .then(|| self.get("prefix"))
            .flatten();
        let all = self.all("cache").chain(prefix);
        all.filter(|entry| entry.value.as_text().is_none())
            .map(|entry| ConfigProblem {
                kind: ProblemKind::Crash,
                origin: entry.origin.clone(),
            })
            .collect()
    }

    /// npm fails when it builds the global file's path from a `prefix` that is not a string.
    pub(super) fn has_no_global_path(&self) -> bool {
        let is_text = |key| self.get(key).is_none_or(|it| it.value.as_text().is_some());
        self.get("globalconfig").is_none() && !is_text("prefix")
    }

    /// The key that makes npm fail together with this one: any that excludes it, in a layer
    /// read so far.
    pub(super) fn excluded_by(&self, key: &str) -> Option<&'static str> {
        let groups = EXCLUSIVE.iter().filter(|group| group.first <= self.major);
        groups
            .filter(|group| group.keys.contains(&key))
            .flat_map(|group| group.keys)
            .find(|&&other| other != key && self.get(other).is_some())
            .copied()
    }
}

/// Keys whose default npm derives from `prefix`, through properties with getters and setters.
pub(super) fn prefix_dependents(major: u64) -> &'static [&'static str] {
    match major {
        ..=11 => &["globalconfig"],
        _ => &["globalconfig", "global-ignore-file"],
    }
}
