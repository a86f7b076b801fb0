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
    /// No rule speaks of it: npm packs what nobody leaves out.
    NoRule,
    /// A rule of the package's own, of an ignore file or of npm.
    Rule(RuleSource),
    /// A rule leaves out a folder above it.
    Folder {
        /// The folder.
        folder: String,
        /// The rule.
        rule: RuleSource,
    },
    /// It is in a bundled dependency.
    Bundled(String),
    /// It is not there.
    Absent,
    /// It is a symbolic link, or lies behind one; npm packs none.
    Link {
        /// The link.
        path: String,
    },
    /// It is a folder: npm packs files.
    IsFolder,
    /// It is a pipe, a socket or a device.
    IsSpecial,
    /// npm packs no name with a `*` in it.
    Star,
}
