//! The git pre-push hook: before a version tag is pushed, the tagged commit is
//! checked, read from git's objects and not from the work tree.

pub mod commits;
pub mod install;
mod mask;
pub mod npm_runs;
mod outbound;
pub mod place;
pub mod run;
pub mod script;
pub mod severity;
pub mod targets;
