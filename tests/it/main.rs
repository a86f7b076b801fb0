//! Tests.
#[test]
fn placeholder() {}
