//! What the tests share: real npm versions, and a hermetic sandbox.

pub(crate) mod npm_oracle;
pub(crate) mod npm_versions;
pub(crate) mod registry;
pub(crate) mod sandbox;
