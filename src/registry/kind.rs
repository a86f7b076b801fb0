//! The kinds of registry, by the names that reports use.

use std::fmt;

/// The kinds, one per line, in the order in which they are recognised: file in `kinds`,
/// variant, name in reports and settings. Hosts that are not registries come first, because
/// their paths may look like any kind.
macro_rules! each_kind {
    ($of:ident) => {
        $of! {
            other: Other = "other",
            npmjs: Npmjs = "npmjs",
            jsr: Jsr = "jsr",
            github: GitHub = "github",
            azure: Azure = "azure",
            codeartifact: CodeArtifact = "codeartifact",
            google: Google = "google",
            cloudsmith: Cloudsmith = "cloudsmith",
            gitlab: GitLab = "gitlab",
            artifactory: Artifactory = "artifactory",
            gitea: Gitea = "gitea",
            cnpm: Cnpm = "cnpm",
            nexus: Nexus = "nexus",
            verdaccio: Verdaccio = "verdaccio",
        }
    };
}
pub(super) use each_kind;

macro_rules! kinds {
    ($($module:ident: $variant:ident = $name:literal),+ $(,)?) => {
        /// The software or service that answers. It decides what can be asked and what an
        /// answer means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum RegistryKind {
            $($variant),+
        }

        impl RegistryKind {
            /// All of them, in the order in which they are recognised.
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
each_kind!(kinds);

impl RegistryKind {
    /// The kind with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for RegistryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
