//! Why the manifest cannot be read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::finding::Prediction;

/// The largest package.json that is read, in bytes. The largest one on the
/// public registry is a few hundred kilobytes.
pub const MAX_MANIFEST: u64 = 4 << 20;

/// Why a package.json cannot be read. Each says what was being done, to
/// what, and what to do next.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ManifestError {
    /// There is no such file.
    #[error(
        "no package.json to read at {}: run this in the package's folder, or name the folder",
        path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The system does not allow reading it, or it is not a file.
    #[error("cannot read {}: {reason}; make it a file that you may read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// It is larger than [`MAX_MANIFEST`].
    #[error("{} is larger than 4 MB, too large for a package.json: check the path", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// It is empty, or has only white space.
    #[error("{} is empty: run `npm init` to write one", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// UTF-16, as written by Windows editors and PowerShell's `>`.
    #[error("{} is UTF-16, which npm does not read: save it as UTF-8", path.display())]
    Utf16 {
        /// The file.
        path: PathBuf,
    },
    /// It has Git's conflict markers.
    #[error(
        "{}:{}:1: unresolved merge conflict: choose one side and remove the markers",
        at.path.display(), at.line
    )]
    MergeConflict {
        /// The first marker.
        at: Box<ErrorLocation>,
    },
    /// Not JSON.
    #[error(
        "{}:{}:{}: {reason}: correct the JSON there",
        at.path.display(), at.line, at.column
    )]
    Syntax {
        /// Where reading stopped.
        at: Box<ErrorLocation>,
        /// What is wrong there, in V8's words.
        reason: &'static str,
    },
    /// JSON, but not an object.
    #[error("{} holds {found}, not an object: run `npm init` to write one", path.display())]
    NotAnObject {
        /// The file.
        path: PathBuf,
        /// `null`, `an array`, …
        found: &'static str,
    },
    /// Nested more deeply than people write by hand.
    #[error("{} is nested more than {} levels deep: flatten it", path.display(), super::json::MAX_DEPTH)]
    TooDeep {
        /// The file.
        path: PathBuf,
    },
    /// Its values take more memory than we give them.
    #[error("{} has more than about 60,000 objects, too many for a package.json: shorten it, or check the path", path.display())]
    TooMuch {
        /// The file.
        path: PathBuf,
    },
    /// There is no such tarball.
    #[error(
        "no tarball to read at {}: check the path, or make one with `npm pack`",
        path.display()
    )]
    NoTarball {
        /// The file.
        path: PathBuf,
    },
    /// Not a gzipped tar.
    #[error("cannot read {} as a tarball: {reason}; make one with `npm pack`", path.display())]
    NotATarball {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A tarball without a manifest.
    #[error(
        "{} holds no package.json in its top folder: make the tarball with `npm pack`",
        path.display()
    )]
    NotInTarball {
        /// The tarball.
        path: PathBuf,
    },
}

/// A place in a text that is not a manifest, with everything that a snippet needs.
#[derive(Clone, Debug)]
pub struct ErrorLocation {
    /// The file.
    pub path: PathBuf,
    /// Its text, with invalid UTF-8 replaced as Node does.
    pub text: Arc<str>,
    /// The byte in `text`, at most its length.
    pub offset: usize,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl ErrorLocation {
    pub(crate) fn new(path: &Path, text: &Arc<str>, offset: usize) -> Self {
        let (line, column) = super::json::line_and_column(text, offset);
        Self {
            path: path.to_owned(),
            text: Arc::clone(text),
            offset,
            line,
            column,
        }
    }
}

impl ManifestError {
    /// The file in question.
    pub fn path(&self) -> &Path {
        match self {
            Self::Missing { path }
            | Self::Unreadable { path, .. }
            | Self::TooLarge { path }
            | Self::Empty { path }
            | Self::Utf16 { path }
            | Self::NotAnObject { path, .. }
            | Self::TooDeep { path }
            | Self::TooMuch { path }
            | Self::NoTarball { path }
            | Self::NotATarball { path, .. }
            | Self::NotInTarball { path } => path,
            Self::MergeConflict { at } | Self::Syntax { at, .. } => &at.path,
        }
    }

    /// The place in the text, for a snippet.
    pub fn place(&self) -> Option<&ErrorLocation> {
        match self {
            Self::MergeConflict { at } | Self::Syntax { at, .. } => Some(at),
            _ => None,
        }
    }

    /// What npm would have printed; `None` if npm would read it, or crash with a JavaScript
    /// error message.
    pub fn npm_says(&self) -> Option<Prediction> {
        let (code, text) = match self {
            Self::NoTarball { .. } => (
                "ENOENT",
                "ENOENT: no such file or directory, open".to_owned(),
            ),
            Self::Missing { .. } | Self::NotInTarball { .. } => (
                "ENOENT",
                "Could not read package.json: Error: ENOENT: no such file or directory".to_owned(),
            ),
            Self::Empty { .. } => (
                "EJSONPARSE",
                "Invalid package.json: JSONParseError: Unexpected end of JSON input".to_owned(),
            ),
            Self::Syntax { reason, .. } => (
                "EJSONPARSE",
                format!("Invalid package.json: JSONParseError: {reason}"),
            ),
            Self::Utf16 { .. } | Self::MergeConflict { .. } => (
                "EJSONPARSE",
                "Invalid package.json: JSONParseError: Unexpected token".to_owned(),
            ),
            Self::NotAnObject { found: "null", .. } => {
                ("", "Can not normalize without content".to_owned())
            }
            Self::NotATarball { .. } => (
                "TAR_BAD_ARCHIVE",
                "TAR_BAD_ARCHIVE: Unrecognized archive format".to_owned(),
            ),
            Self::Unreadable { .. }
            | Self::TooLarge { .. }
            | Self::NotAnObject { .. }
            | Self::TooDeep { .. }
            | Self::TooMuch { .. } => return None,
        };
        Some(Prediction {
            code: (!code.is_empty()).then(|| code.to_owned()),
            text,
        })
    }
}
