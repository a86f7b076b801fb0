//! Why npm does not read an .npmrc that a user may expect it to read.

use std::fmt;

use crate::origin::Origin;

/// Why npm does not read an .npmrc that a user may expect it to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// npm runs in global mode, without a project.
    GlobalMode,
    /// The project's file is the user's file as well.
    AlsoTheUsers,
    /// It belongs to a workspace member; npm reads the root's.
    OfMember,
    /// It is in a folder above the project.
    AboveProject,
    /// It is the workspace root's, but `--workspaces=false` made the member the project.
    WorkspacesOff,
    /// It is in a folder below the project's root.
    BelowRoot,
    /// It is in the published folder; npm reads the one of the folder where it
    /// starts.
    InPublishedFolder,
    /// It is next to the published tarball.
    BesideTarball,
    /// Another file is set as the user's file.
    OtherUserFile {
        /// What sets it.
        by: Origin,
    },
}

impl Unread {
    /// Whether a flag or a variable, rather than the file's place, made npm skip it.
    pub fn is_by_setting(&self) -> bool {
        matches!(self, Self::OtherUserFile { .. } | Self::GlobalMode)
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GlobalMode => "npm runs in global mode",
            Self::AlsoTheUsers => "it is also the user's file, and npm reads it as such",
            Self::OfMember => "npm reads the workspace root's file, not a member's",
            Self::AboveProject => {
                "npm reads the file next to the project's own package.json, not those of parent \
                 folders"
            }
            Self::WorkspacesOff => {
                "--workspaces=false makes this folder the project instead of the workspace's root"
            }
            Self::BelowRoot => {
                "npm reads the file in the project's root, not those of folders below it"
            }
            Self::InPublishedFolder => {
                "npm reads the .npmrc of the folder where it starts, not of the one it publishes"
            }
            Self::BesideTarball => {
                "npm reads the .npmrc of the folder where it starts, not the one next to the \
                 tarball"
            }
            Self::OtherUserFile { by } => return write!(f, "{by} names another file"),
        })
    }
}
