//! Why there is no list.

use std::path::{Path, PathBuf};

use crate::file::FileError;

/// Why npm would fail to pack, or why we cannot tell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Something cannot be read, and npm stops there.
    #[error("npm cannot read {}: {code}", path.display())]
    Unreadable {
        /// What.
        path: PathBuf,
        /// The system's code: `EISDIR`, `ENOENT`, `EACCES`.
        code: &'static str,
    },
    /// A pipe, a device or a far too large file, on which npm may wait for ever.
    #[error("{} is not read: {reason}", path.display())]
    NotRead {
        /// What.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A name that is not UTF-8, which npm then cannot find.
    #[error("the name {shown} is not UTF-8, and npm fails on it")]
    NotUtf8 {
        /// The name, with marks for what cannot be shown.
        shown: String,
    },
    /// `files` is no array of texts.
    #[error("\"files\" must be an array of texts, and npm crashes on this one: {says}")]
    BadFiles {
        /// npm's own words.
        says: &'static str,
    },
    /// A pattern that is too long for npm.
    #[error("a pattern is longer than 65536 characters, and npm fails on it")]
    PatternTooLong,
    /// Nothing would be packed.
    #[error("npm finds no file at all to pack")]
    Nothing,
    /// Both `.npm-extension.mjs` and `.npm-extension.cjs` stand there.
    #[error("both .npm-extension.mjs and .npm-extension.cjs are there, and npm 12 takes one")]
    TwoExtensions,
    /// More files than we look at.
    #[error("there are more than {} files and folders", Self::MAX_FILES)]
    TooMany,
    /// A pattern took too many steps.
    #[error("a pattern in `files` or an ignore file takes too many steps to match")]
    TooComplex,
    /// A tarball that is none.
    #[error("the tarball {} cannot be read: {reason}", path.display())]
    BadTarball {
        /// The tarball.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

impl PackError {
    /// How many files and folders are looked at.
    pub const MAX_FILES: usize = 2_000_000;

    /// Something could not be read.
    pub(super) fn unreadable(path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let code = match error.kind() {
            ErrorKind::NotFound => "ENOENT",
            ErrorKind::PermissionDenied => "EACCES",
            ErrorKind::IsADirectory => "EISDIR",
            ErrorKind::NotADirectory => "ENOTDIR",
            ErrorKind::InvalidFilename => "ENAMETOOLONG",
            _ => "EIO",
        };
        Self::Unreadable {
            path: path.into(),
            code,
        }
    }

    /// A file could not be read whole.
    pub(super) fn of_file(path: &Path, error: &FileError) -> Self {
        match error {
            FileError::Io(error) => Self::unreadable(path, error),
            FileError::NotRegular if path.is_dir() => Self::Unreadable {
                path: path.to_owned(),
                code: "EISDIR",
            },
            other => Self::NotRead {
                path: path.to_owned(),
                reason: other.to_string(),
            },
        }
    }

    /// npm's own words, where they can be foretold.
    pub fn npm_says(&self) -> Option<(Option<&'static str>, String)> {
        match self {
            Self::Unreadable { code, path } => {
                Some((Some(code), format!("{code}: {}", path.display())))
            }
            Self::NotUtf8 { .. } => Some((
                Some("ENOENT"),
                "ENOENT: no such file or directory, lstat".to_owned(),
            )),
            Self::BadFiles { says } => Some((None, (*says).to_owned())),
            Self::PatternTooLong => Some((None, "pattern is too long".to_owned())),
            Self::Nothing => Some((None, "no paths specified to add to archive".to_owned())),
            Self::TwoExtensions => Some((Some("ENPMEXTENSIONDUP"), String::new())),
            Self::NotRead { .. } | Self::TooMany | Self::TooComplex | Self::BadTarball { .. } => {
                None
            }
        }
    }
}
