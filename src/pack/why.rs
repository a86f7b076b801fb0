//! Why a path is packed, or is not.

use super::rules::RuleSource;

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The path that was asked about.
    pub path: String,
    /// Whether it is packed.
    pub packed: bool,
    /// What decided.
    pub reason: Reason,
}

/// What decides whether a path is packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No rule matches: npm packs everything that is not excluded.
    NoRule,
    /// A rule of the package, of an ignore file or of npm.
    Rule(RuleSource),
    /// A rule excludes a folder that contains it.
    Folder {
        /// The folder.
        folder: String,
        /// The rule.
        rule: RuleSource,
    },
    /// It is in a bundled dependency.
    Bundled(String),
    /// It is in the tarball, which is sent unchanged.
    InTarball,
    /// The file does not exist.
    Absent,
    /// It is not below the package's folder.
    Outside,
    /// It is a symbolic link, or below one; npm packs no links.
    Link {
        /// The link.
        path: String,
    },
    /// It is a folder: npm packs files.
    IsFolder,
    /// It is a pipe, a socket or a device.
    IsSpecial,
    /// npm does not pack a name with a `*` in it.
    Star,
}
