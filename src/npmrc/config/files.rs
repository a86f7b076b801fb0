//! The files npm looks for, and what came of it.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::origin::{Layer, Origin};

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

/// Why npm does not read an .npmrc that a user may think it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// npm runs in global mode, without a project.
    GlobalMode,
    /// The project's file is the user's file as well.
    AlsoTheUsers,
    /// It belongs to a workspace member; npm reads the root's.
    OfMember,
    /// It lies in a folder above the project.
    AboveProject,
    /// It is the workspace root's, and `--workspaces=false` made the member the
    /// project.
    WorkspacesOff,
    /// It lies in a folder below the project's root.
    BelowRoot,
    /// It lies in the folder that is published; npm reads the one of the folder
    /// where it starts.
    InPublishedFolder,
    /// It lies beside the tarball that is published.
    BesideTarball,
    /// Something else names the user's file.
    OtherUserFile {
        /// What names it.
        by: Origin,
    },
}

impl Unread {
    /// Whether a flag or a variable made npm pass the file over, and not the
    /// place where it lies.
    pub fn is_by_setting(&self) -> bool {
        matches!(self, Self::OtherUserFile { .. } | Self::GlobalMode)
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GlobalMode => "npm runs in global mode",
            Self::AlsoTheUsers => "it is also the user's file, and npm reads it as that",
            Self::OfMember => "npm reads the workspace root's file, not a member's",
            Self::AboveProject => {
                "npm reads the file beside the project's own package.json, not those of parent folders"
            }
            Self::WorkspacesOff => {
                "--workspaces=false makes this folder the project, and not the workspace's root"
            }
            Self::BelowRoot => {
                "npm reads the file in the project's root, not those of folders below it"
            }
            Self::InPublishedFolder => {
                "npm reads the .npmrc of the folder where it starts, not of the one it publishes"
            }
            Self::BesideTarball => {
                "npm reads the .npmrc of the folder where it starts, not the one beside the tarball"
            }
            Self::OtherUserFile { by } => return write!(f, "{by} names another file"),
        })
    }
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
