//! The integration tests: one binary, hermetic, on loopback only.

mod differential_config;
mod differential_manifest;
mod support;
