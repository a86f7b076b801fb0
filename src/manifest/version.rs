//! npm's rules for versions: a loose reading, then strict SemVer, build
//! metadata dropped.

use std::fmt;

/// A version as npm sends it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub semver::Version);

impl Version {
    /// Whether it has a prerelease part.
    pub fn is_prerelease(&self) -> bool {
        !self.0.pre.is_empty()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a package.json's version cannot be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionProblem {
    /// There is none.
    Missing,
    /// It is no version, even by npm's loose reading.
    Invalid {
        /// The value as it stands in package.json.
        value: String,
        /// The nearest valid spelling, where there is an obvious one.
        nearest: Option<String>,
    },
}
