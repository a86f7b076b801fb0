//! `safe-publish`: a daemon-free wrapper around `npm publish` that knows why it would fail
//! before it does.
//!
//! The data flows through arguments, npm's configuration, the manifests, the plan (what npm
//! would do), the facts (what registries answer), the checks and the report; then npm runs.

pub mod checks;
pub mod ci;
pub mod cli;
pub mod commands;
pub mod config_report;
pub mod environment;
pub mod error;
pub mod escape;
pub mod explain;
pub mod facts;
pub mod file;
pub mod finding;
pub mod git;
pub mod hook;
pub mod manifest;
pub mod npm;
pub mod npmrc;
pub mod origin;
pub mod output;
pub mod pack;
pub mod plan;
pub mod preflight;
mod private;
pub mod process;
pub mod progress;
pub mod registry;
pub mod rehearsal;
pub mod release;
pub mod report;
pub mod secret;
pub mod settings;
mod threads;
pub mod verify;
mod yaml;
