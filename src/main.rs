//! safe-publish.
fn main() {}
