//! The kinds of registry, by the names that reports use.

use std::fmt;

/// The kinds, a line each: variant and name.
macro_rules! kinds {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// Who answers at the other end. It decides what can be asked and what an
        /// answer means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum RegistryKind {
            $($variant),+
        }

        impl RegistryKind {
            /// All of them, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in reports and settings.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }
    };
}

kinds! {
    Npmjs = "npmjs",
    GitHub = "github",
    GitLab = "gitlab",
    Artifactory = "artifactory",
    Nexus = "nexus",
    Azure = "azure",
    CodeArtifact = "codeartifact",
    Google = "google",
    Verdaccio = "verdaccio",
    Gitea = "gitea",
    Cnpm = "cnpm",
    Cloudsmith = "cloudsmith",
    Jsr = "jsr",
    Other = "other",
}

impl RegistryKind {
    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for RegistryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
