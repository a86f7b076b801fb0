//! The kinds of registry, by the names that reports use.

use std::fmt;

/// Who answers at the other end. It decides what can be asked and what an
/// answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum RegistryKind {
    Npmjs,
    GitHub,
    GitLab,
    Artifactory,
    Nexus,
    Azure,
    CodeArtifact,
    Google,
    Verdaccio,
    Gitea,
    Cnpm,
    Cloudsmith,
    Jsr,
    Other,
}

impl RegistryKind {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 14] = [
        Self::Npmjs,
        Self::GitHub,
        Self::GitLab,
        Self::Artifactory,
        Self::Nexus,
        Self::Azure,
        Self::CodeArtifact,
        Self::Google,
        Self::Verdaccio,
        Self::Gitea,
        Self::Cnpm,
        Self::Cloudsmith,
        Self::Jsr,
        Self::Other,
    ];

    /// The name in reports and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Npmjs => "npmjs",
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Artifactory => "artifactory",
            Self::Nexus => "nexus",
            Self::Azure => "azure",
            Self::CodeArtifact => "codeartifact",
            Self::Google => "google",
            Self::Verdaccio => "verdaccio",
            Self::Gitea => "gitea",
            Self::Cnpm => "cnpm",
            Self::Cloudsmith => "cloudsmith",
            Self::Jsr => "jsr",
            Self::Other => "other",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for RegistryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
