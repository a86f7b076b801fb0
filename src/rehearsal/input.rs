//! The inputs of a rehearsal.

use crate::environment::Environment;
use crate::manifest::Manifest;
use crate::npmrc::Config;

/// The inputs of a rehearsal.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// npm's configuration.
    pub config: &'a Config,
    /// The user's variables and working folder.
    pub environment: &'a Environment,
    /// The packages that would be published.
    pub manifests: &'a [Manifest],
}
