//! What npm reads before it looks at any package.

use crate::finding::Gap;
use crate::manifest::dev_engines::Host;
use crate::npm::NpmVersion;
use crate::plan::ProjectPlan;

use super::Facts;

/// Everything that a check may know about the project as a whole.
#[derive(Clone, Debug)]
pub struct ProjectFacts {
    /// The npm that would run, where one was found.
    pub npm: Result<NpmVersion, Gap>,
    /// What npm reads at its local prefix.
    pub plan: ProjectPlan,
    /// What `devEngines` are compared with.
    pub host: Host,
    /// The private members of the workspace that npm goes through, without
    /// any registry's answers.
    pub private: Vec<Facts>,
}

impl ProjectFacts {
    /// The npm that would run.
    pub fn npm(&self) -> Result<&NpmVersion, Gap> {
        self.npm.as_ref().map_err(Clone::clone)
    }
}
