//! The files npm looks for, and what came of it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::npmrc::unread::Unread;
use crate::origin::Layer;

/// A file that npm looked for, or does not look for although a user may think
/// so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// The layer it makes.
    pub layer: Layer,
    /// Where.
    pub path: PathBuf,
    /// What came of it.
    pub state: FileState,
}

/// What came of looking for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// It was read.
    Read,
    /// It is not there.
    Missing,
    /// It is there and npm, too, goes on without it: a folder, no right, a loop.
    Unreadable(String),
    /// npm does not read it, and why.
    Ignored(Unread),
}

/// npm reads files of any size; more than this is no configuration.
const LARGEST: u64 = 64 << 20;

/// A file's text, and whether all of it was UTF-8.
pub(super) fn read(path: &Path) -> Result<(String, bool), FileState> {
    let bytes = fs::metadata(path).and_then(|about| {
        if about.is_dir() {
            return Err(std::io::Error::other("it is a folder"));
        }
        if is_device(&about) {
            // `/dev/null`, which people name to have no file at all.
            return Ok(Vec::new());
        }
        if !about.is_file() {
            return Err(std::io::Error::other("it is no regular file"));
        }
        if about.len() > LARGEST {
            return Err(std::io::Error::other("it is larger than 64 MiB"));
        }
        fs::read(path)
    });
    match bytes {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok((text, true)),
            Err(error) => Ok((
                String::from_utf8_lossy(error.as_bytes()).into_owned(),
                false,
            )),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Err(FileState::Missing),
        Err(error) => Err(FileState::Unreadable(error.to_string())),
    }
}

/// A character device. Of those only `/dev/null` makes sense here.
#[cfg(unix)]
fn is_device(about: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&about.file_type())
}

#[cfg(not(unix))]
fn is_device(_: &std::fs::Metadata) -> bool {
    false
}
