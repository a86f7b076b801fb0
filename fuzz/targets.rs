//! The targets, which the product's own tests run as well.

#[path = "../tests/it/fuzz/targets.rs"]
mod shared;

pub use shared::*;
