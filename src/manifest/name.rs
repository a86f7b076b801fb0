//! npm's rules for names (`validate-npm-package-name`, `normalize.js`).

/// A package's name, judged by npm's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A name that npm publishes. It may still be refused for a *new* package.
    Usable {
        /// The name, trimmed as npm does.
        name: String,
        /// Why a registry refuses it for a new package (capitals, length, core
        /// modules, special characters), in npm's words.
        only_for_old_packages: Vec<String>,
    },
    /// No `name`, or an empty one.
    Missing,
    /// A name that npm itself refuses.
    Invalid {
        /// The value as it stands in package.json.
        name: String,
        /// Why, in npm's words.
        reasons: Vec<String>,
        /// The code of npm's refusal: `EINVALIDPACKAGENAME`, or empty for
        /// `Invalid name: …`, which has none.
        code: &'static str,
    },
}

impl Name {
    /// The name where there is a usable one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Usable { name, .. } => Some(name),
            Self::Missing | Self::Invalid { .. } => None,
        }
    }

    /// The scope without its `@`.
    pub fn scope(&self) -> Option<&str> {
        let (scope, _) = self.as_str()?.strip_prefix('@')?.split_once('/')?;
        Some(scope)
    }
}
