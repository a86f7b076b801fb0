//! Why a member could not be packed, and what was printed.

use std::fmt;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use crate::file;

/// At most this many bytes of the end of a log are shown.
const MAX_SHOWN: u64 = 32 << 10;

/// Why a member could not be packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PackFailure {
    /// What went wrong.
    pub(crate) problem: Problem,
    /// The end of what was printed.
    pub(crate) output: String,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// A script ended with this code.
    Script(&'static str, i32),
    /// The packer ended with this code.
    Packer(i32),
    /// The packer succeeded but wrote no tarball.
    NoTarball,
    /// The packer's folder holds this many tarballs.
    Tarballs(usize),
    /// A program could not be started, or its folder could not be used.
    NotStarted(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Script(name, code) => write!(f, "its script `{name}` ended with {code}"),
            Self::Packer(code) => write!(f, "the packer ended with {code}"),
            Self::NoTarball => f.write_str("the packer wrote no tarball"),
            Self::Tarballs(count) => write!(f, "the packer wrote {count} tarballs instead of one"),
            Self::NotStarted(error) => write!(f, "the packer could not be run: {error}"),
        }
    }
}

impl PackFailure {
    pub(super) fn new(problem: Problem) -> Self {
        Self {
            problem,
            output: String::new(),
        }
    }

    /// With the end of a log.
    pub(super) fn of_log(problem: Problem, log: &Path) -> Self {
        let output = tail(log);
        Self { problem, output }
    }

    /// With the end of a log of Yarn's, and of the log that it names there: what a script
    /// printed is in that one alone.
    pub(super) fn of_yarn(problem: Problem, log: &Path) -> Self {
        let mut output = tail(log);
        let mut words = output.split_whitespace().map(|word| {
            Path::new(word.trim_matches(|c: char| !(c.is_alphanumeric() || "/\\.:_-".contains(c))))
        });
        let is_log =
            |path: &&Path| path.is_absolute() && path.extension().is_some_and(|it| it == "log");
        if let Some(named) = words.find(is_log).map(tail) {
            output.push_str(&named);
        }
        Self { problem, output }
    }
}

/// The end of a file, starting at a line.
fn tail(path: &Path) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = file::open(path).map_err(std::io::Error::from)?;
        let size = file.metadata()?.len();
        let skipped = size.saturating_sub(MAX_SHOWN);
        file.seek(SeekFrom::Start(skipped))?;
        let mut bytes = Vec::new();
        file.take(MAX_SHOWN).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(match text.split_once('\n') {
            Some((_, rest)) if skipped > 0 => rest.to_owned(),
            _ => text.into_owned(),
        })
    };
    read().unwrap_or_default()
}
