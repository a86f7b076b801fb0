//! The integration tests: one binary, hermetic, on loopback only.

mod support;
