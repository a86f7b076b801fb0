//! What the tests share: a bare HTTP client, real npm versions, a hermetic sandbox, the
//! embedded registry, and a server that acts as the real one.

pub(crate) mod account;
pub(crate) mod answers;
pub(crate) mod bounded;
pub(crate) mod git;
pub(crate) mod http;
pub(crate) mod managers;
pub(crate) mod npm_oracle;
pub(crate) mod npm_versions;
pub(crate) mod packages;
pub(crate) mod random;
pub(crate) mod real_registry;
pub(crate) mod registry;
#[cfg(target_os = "linux")]
pub(crate) mod release;
pub(crate) mod sandbox;
#[cfg(target_os = "linux")]
pub(crate) mod terminal;
pub(crate) mod tls;
