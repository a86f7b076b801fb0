//! Why npm cannot pack a folder.

use std::path::{Path, PathBuf};

use crate::file::FileError;
use crate::manifest::gunzip::GzipFault;

/// Why npm would fail to pack, or why we cannot tell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// A file or folder cannot be read, and npm fails.
    #[error("npm cannot read {}: {code}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The system's code: `EISDIR`, `ENOENT`, `EACCES`.
        code: &'static str,
        /// The system call, as Node names it: `open`, `scandir`, `lstat`.
        call: &'static str,
    },
    /// A pipe or a device; npm may wait on it for ever.
    #[error("{} was not read: {reason}", path.display())]
    NotRead {
        /// The file.
        path: PathBuf,
        /// Why it is not read.
        reason: String,
    },
    /// A name that is not UTF-8, which npm then cannot find.
    #[error("the name {shown} is not UTF-8, and npm fails on it")]
    NotUtf8 {
        /// The name, with placeholders for what cannot be shown.
        shown: String,
    },
    /// `files` is not an array of strings.
    #[error("\"files\" must be an array of strings, and npm crashes on this one: {says}")]
    BadFiles {
        /// npm's message.
        says: &'static str,
    },
    /// The same in a package that is bundled.
    #[error(
        "\"files\" of the bundled package {package} is not an array of strings, and npm crashes on it: {says}"
    )]
    BadBundledFiles {
        /// Its name.
        package: String,
        /// npm's message.
        says: &'static str,
    },
    /// A pattern that is too long for npm.
    #[error("a pattern is longer than 65536 characters, and npm fails on it")]
    PatternTooLong,
    /// A pattern that npm makes an invalid regular expression of. It ends without a
    /// message then.
    #[error(
        "npm crashes on the pattern `{pattern}`: a named class such as [[:alpha:]] beside `-`, `,`, `#` or a blank"
    )]
    BadPattern {
        /// The pattern.
        pattern: String,
    },
    /// npm 12 fails on an extension of the project before it packs.
    #[error("npm fails before it packs: {reason}")]
    BadExtension {
        /// Why.
        reason: String,
    },
    /// Nothing would be packed.
    #[error("npm finds no file at all to pack")]
    Nothing,
    /// More files than we look at.
    #[error(
        "there are more than {} files and folders, which is too many to examine",
        Self::MAX_FILES
    )]
    TooMany,
    /// A tarball with more content than we examine.
    #[error(
        "the tarball holds more than {} entries, or unpacks to too many bytes",
        Self::MAX_ENTRIES
    )]
    TooLarge,
    /// A pattern took too many steps.
    #[error("a pattern in `files` or an ignore file takes too many steps to match")]
    TooComplex,
    /// More patterns than we examine.
    #[error("`files` or the ignore files contain too many patterns to examine")]
    TooManyPatterns,
    /// A file that is larger than what we read.
    #[error("{} has more than {limit} bytes, which is too large to examine", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// How large it may be, in bytes.
        limit: u64,
    },
    /// Not a gzipped tar, or one that cannot be read.
    #[error("the tarball {} cannot be read: {reason}", path.display())]
    BadTarball {
        /// The tarball.
        path: PathBuf,
        /// Why it cannot be read.
        reason: String,
        /// What npm fails on.
        fault: Option<TarballFault>,
    },
}

/// What npm fails on in a tarball.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TarballFault {
    /// The gzip file.
    Gzip(GzipFault),
    /// The archive ends within a file.
    Cut,
    /// It is not an archive, or is empty.
    NoArchive,
}

impl PackError {
    /// How many files and folders are examined.
    pub const MAX_FILES: usize = 2_000_000;
    /// How many entries of a tarball are examined.
    pub const MAX_ENTRIES: usize = 200_000;

    /// A file or folder that could not be read, by a system call.
    pub(super) fn unreadable(
        path: impl Into<PathBuf>,
        call: &'static str,
        error: &std::io::Error,
    ) -> Self {
        use std::io::ErrorKind;
        let code = match error.kind() {
            ErrorKind::NotFound => "ENOENT",
            ErrorKind::PermissionDenied => "EACCES",
            ErrorKind::IsADirectory => "EISDIR",
            ErrorKind::NotADirectory => "ENOTDIR",
            ErrorKind::InvalidFilename => "ENAMETOOLONG",
            _ if is_loop(error) => "ELOOP",
            _ => "EIO",
        };
        Self::Unreadable {
            path: path.into(),
            code,
            call,
        }
    }

    /// A file could not be read completely.
    pub(super) fn of_file(path: &Path, error: &FileError) -> Self {
        match error {
            FileError::Io(error) => Self::unreadable(path, "open", error),
            FileError::NotRegular if path.is_dir() => Self::Unreadable {
                path: path.to_owned(),
                code: "EISDIR",
                call: "read",
            },
            FileError::TooLarge(limit) => Self::TooLong {
                path: path.to_owned(),
                limit: *limit,
            },
            other => Self::NotRead {
                path: path.to_owned(),
                reason: other.to_string(),
            },
        }
    }

    /// The same error, where it is in a bundled package.
    pub(super) fn of_bundled(self, name: &str) -> Self {
        match self {
            Self::BadFiles { says } => Self::BadBundledFiles {
                package: name.to_owned(),
                says,
            },
            other => other,
        }
    }

    /// npm's message and its code, where they are predictable.
    pub fn npm_says(&self) -> Option<(Option<&'static str>, String)> {
        match self {
            Self::Unreadable { path, code, call } => Some((Some(code), of_node(path, code, call))),
            Self::NotUtf8 { .. } => Some((
                Some("ENOENT"),
                "ENOENT: no such file or directory, lstat".to_owned(),
            )),
            Self::BadFiles { says } | Self::BadBundledFiles { says, .. } => {
                Some((None, (*says).to_owned()))
            }
            Self::PatternTooLong => Some((None, "pattern is too long".to_owned())),
            Self::Nothing => Some((None, "no paths specified to add to archive".to_owned())),
            Self::BadTarball { fault, .. } => fault.map(of_tarball),
            Self::BadPattern { .. }
            | Self::BadExtension { .. }
            | Self::NotRead { .. }
            | Self::TooMany
            | Self::TooLarge
            | Self::TooComplex
            | Self::TooManyPatterns
            | Self::TooLong { .. } => None,
        }
    }
}

/// The code and message of Node's zlib, or of npm's `tar`.
fn of_tarball(fault: TarballFault) -> (Option<&'static str>, String) {
    let (code, text) = match fault {
        TarballFault::Gzip(GzipFault::Cut) => ("Z_BUF_ERROR", "zlib: unexpected end of file"),
        // Which header, block or sum it is depends on where the fault lies.
        TarballFault::Gzip(GzipFault::Corrupt) => ("Z_DATA_ERROR", "zlib: "),
        TarballFault::Cut => ("TAR_BAD_ARCHIVE", "Truncated input"),
        TarballFault::NoArchive => ("TAR_BAD_ARCHIVE", "Unrecognized archive format"),
    };
    (Some(code), text.to_owned())
}

/// Links that form a loop.
#[cfg(unix)]
fn is_loop(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

#[cfg(not(unix))]
fn is_loop(_error: &std::io::Error) -> bool {
    false
}

/// The message of Node's error for a system call (libuv's `UV_ERRNO_MAP`). A read
/// has no path.
fn of_node(path: &Path, code: &str, call: &str) -> String {
    let meaning = match code {
        "ENOENT" => "no such file or directory",
        "EACCES" => "permission denied",
        "EISDIR" => "illegal operation on a directory",
        "ENOTDIR" => "not a directory",
        "ENAMETOOLONG" => "name too long",
        "ELOOP" => "too many symbolic links encountered",
        _ => "i/o error",
    };
    match call {
        "read" => format!("{code}: {meaning}, read"),
        _ => format!("{code}: {meaning}, {call} '{}'", path.display()),
    }
}
