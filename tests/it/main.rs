//! The integration tests: one binary, hermetic, on loopback only.

mod cli;
mod differential_manifest;
mod oracle;
mod support;
