//! The integration tests: one binary, hermetic, on loopback only.

mod differential_manifest;
mod oracle;
mod support;
