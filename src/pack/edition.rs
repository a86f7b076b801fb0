//! Which npm's rules apply.

use crate::npm::NpmVersion;

/// A version of npm's packing rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// npm 10 and earlier (npm-packlist 9).
    Npm10,
    /// npm 11 (npm-packlist 10).
    Npm11,
    /// npm 12 and later (npm-packlist 11).
    Npm12,
}

impl Edition {
    /// The edition of an npm.
    pub fn of(npm: &NpmVersion) -> Self {
        match npm.major() {
            0..=10 => Self::Npm10,
            11 => Self::Npm11,
            _ => Self::Npm12,
        }
    }

    /// The first npm of this edition, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Npm10 => "npm 10",
            Self::Npm11 => "npm 11",
            Self::Npm12 => "npm 12",
        }
    }

    /// Whether `files` is expanded on disk instead of being matched as patterns.
    pub(super) fn expands_files(self) -> bool {
        self == Self::Npm12
    }

    /// Lock files and the like in the package's root that are never packed.
    pub(super) fn never_in_root(self) -> &'static [&'static str] {
        const ALL: [&str; 8] = [
            "/package-lock.json",
            "/yarn.lock",
            "/pnpm-lock.yaml",
            "/bun.lockb",
            "/npm-shrinkwrap.json",
            "/bun.lock",
            "/.npm-extension.mjs",
            "/.npm-extension.cjs",
        ];
        match self {
            Self::Npm10 => &ALL[..3],
            Self::Npm11 => &ALL[..4],
            Self::Npm12 => &ALL,
        }
    }
}
