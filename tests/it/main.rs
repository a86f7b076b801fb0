//! Tests.
mod differential_manifest;
