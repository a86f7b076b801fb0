//! The real npm: which one is on PATH, what its version implies, how it is run.

pub mod debug_log;
pub mod find;
pub mod publish_trace;
pub mod rules;
pub mod run;

use std::path::PathBuf;

pub use rules::NpmVersion;

/// The npm that would be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Npm {
    /// The executable (or `npm.cmd`) found on PATH.
    pub path: PathBuf,
    /// Its version, read from its package.json: no process is started.
    pub version: NpmVersion,
    /// The folder that holds npm's own package.json and builtin `npmrc`.
    pub root: PathBuf,
}
