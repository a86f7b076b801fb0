//! The files that npm looks for, and whether it reads them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::file::{self, FileError};
use crate::npmrc::unread::Unread;
use crate::origin::Layer;

/// A file that npm looked for, or that it does not look for although a user may expect it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// The layer that it provides.
    pub layer: Layer,
    /// Where.
    pub path: PathBuf,
    /// The result.
    pub state: FileState,
}

/// The result of looking for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// It was read.
    Read,
    /// It does not exist.
    Missing,
    /// It exists, but npm also continues without it: a folder, no permission, a loop of links.
    Unreadable(String),
    /// npm does not read it, and why.
    Ignored(Unread),
}

/// A file's text, and whether all of it was UTF-8.
pub(super) fn read(path: &Path) -> Result<(String, bool), FileState> {
    match file::read(path, file::limit::CONFIG) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok((text, true)),
            Err(error) => Ok((
                String::from_utf8_lossy(error.as_bytes()).into_owned(),
                false,
            )),
        },
        Err(FileError::Io(error)) if error.kind() == ErrorKind::NotFound => Err(FileState::Missing),
        Err(error) => Err(FileState::Unreadable(error.to_string())),
    }
}
