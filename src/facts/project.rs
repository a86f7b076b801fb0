//! What npm reads before it reads any package.

use crate::finding::Gap;
use crate::manifest::dev_engines::Host;
use crate::npm::NpmVersion;
use crate::plan::ProjectPlan;

use super::Facts;

/// Everything that a check can know about the project as a whole.
#[derive(Clone, Debug)]
pub struct ProjectFacts {
    /// The npm that would run, if one was found.
    pub npm: Result<NpmVersion, Gap>,
    /// What npm reads at its local prefix.
    pub plan: ProjectPlan,
    /// What `devEngines` is compared with.
    pub host: Host,
    /// The private workspace members that npm processes, without any registry's answers.
    pub private: Vec<Facts>,
}

impl ProjectFacts {
    /// The npm that would run.
    pub fn npm(&self) -> Result<&NpmVersion, Gap> {
        self.npm.as_ref().map_err(Clone::clone)
    }
}
