//! The parts of package.json that a check depends on.

use super::{Extent, Rewrite};
use crate::origin::Origin;
use crate::plan::{PackagePlan, Unused};

/// What npm reads from package.json after its scripts have run. What it reads before is not
/// listed here: `devEngines`, `packageExtensions`, a name or version that it cannot read at
/// all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `name`.
    Name,
    /// `version`.
    Version,
    /// `private`.
    Private,
    /// Where the PUT goes: `publishConfig` and the scope of the name.
    Registry,
    /// The credential for that registry. npm has read all credentials before its scripts, so
    /// this matters only if there is one for another registry.
    Credential,
    /// `publishConfig.access`.
    Access,
    /// `publishConfig.tag`, and npm's own `tag` at the top level.
    Tag,
    /// `publishConfig.provenance`.
    Provenance,
    /// `repository`.
    Repository,
    /// The dependencies that users see.
    Dependencies,
    /// What npm reads in the folder when it packs it, before `postpack`: dependencies,
    /// `overrides`, `workspaces` and the files next to it.
    Tree,
    /// What is promised to users and what is packed: `main`, `bin`, `exports`, `files` and the
    /// like, read when npm packs, before `postpack`.
    EntryPoints,
}

/// The fields that name files for users, and `files`, which names what is packed.
const ENTRY_POINTS: [&str; 9] = [
    "main",
    "bin",
    "exports",
    "types",
    "typings",
    "module",
    "browser",
    "files",
    "directories",
];

impl Field {
    /// The script that may change it before npm reads it, if any.
    pub fn rewritten_by(self, package: &PackagePlan) -> Option<&Rewrite> {
        if self == Self::Credential && !has_another_credential(package) {
            return None;
        }
        let mut rewrites = package.rewrites.iter();
        rewrites.find(|rewrite| {
            let is_read_early = matches!(self, Self::Tree | Self::EntryPoints);
            let in_time = !is_read_early || rewrite.script != "postpack";
            in_time && !self.is_set_by_a_flag(package) && self.is_within(&rewrite.extent)
        })
    }

    fn is_within(self, extent: &Extent) -> bool {
        match extent {
            Extent::Nothing => false,
            Extent::Paths(paths) => paths.iter().any(|path| self.holds(path)),
            Extent::Anything => true,
        }
    }

    /// Whether a path in package.json is part of it.
    fn holds(self, path: &str) -> bool {
        let (top, inner) = path.split_once('.').unwrap_or((path, ""));
        let configures =
            |is_it: fn(&str) -> bool| top == "publishConfig" && (inner.is_empty() || is_it(inner));
        match self {
            Self::Name => top == "name",
            Self::Version => top == "version",
            Self::Private => top == "private",
            Self::Registry | Self::Credential => {
                top == "name"
                    || configures(|key| {
                        matches!(key, "registry" | "scope") || key.ends_with(":registry")
                    })
            }
            Self::Access => top == "name" || configures(|key| key == "access"),
            Self::Tag => top == "tag" || configures(|key| key == "tag"),
            Self::Provenance => configures(|key| key.starts_with("provenance")),
            Self::Repository => top == "repository",
            Self::Dependencies => top.ends_with("ependencies"),
            Self::EntryPoints => ENTRY_POINTS.contains(&top),
            Self::Tree => top.ends_with("ependencies") || matches!(top, "overrides" | "workspaces"),
        }
    }

    /// Whether a flag on the command line sets it, which overrides publishConfig.
    fn is_set_by_a_flag(self, package: &PackagePlan) -> bool {
        let origin = match self {
            Self::Registry | Self::Credential => package
                .registry
                .as_ref()
                .ok()
                .map(|registry| &registry.origin),
            Self::Access => package.access.as_ref().map(|access| &access.origin),
            Self::Provenance => package.provenance.asked.as_ref(),
            _ => None,
        };
        matches!(origin, Some(Origin::CommandLine { .. }))
    }
}

/// Whether npm has a credential for another registry than the one where it would publish now.
fn has_another_credential(package: &PackagePlan) -> bool {
    let others = &package.credential.elsewhere.credentials;
    others.iter().any(|other| other.why == Unused::OtherKey)
}
