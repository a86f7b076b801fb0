//! The user's own settings: levels per check, and policies for licences, registries, branches
//! and contents. Read from the platform's config folder, then from the project:
//! `safe-publish.json` next to package.json, or the key `safe-publish` in it.

mod read;
mod schema;

use std::collections::BTreeMap;

use crate::finding::{Level, Packer};
use crate::origin::Resolved;
use crate::registry::kind::RegistryKind;

pub use read::{SettingsError, load, nearest};
pub use schema::{CheckEntry, schema};

/// The level of a check's findings in the user's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckLevel {
    /// Its findings have this level.
    At(Level),
    /// It is not run.
    Off,
}

/// The settings of a run: the user-wide file, overridden by the project's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Levels by check id.
    pub checks: BTreeMap<String, CheckLevel>,
    /// Which licences may be published or depended on.
    pub licenses: LicensePolicy,
    /// URL prefixes of the registries that packages may go to; empty for any.
    pub allowed_registries: Vec<String>,
    /// The kind of registry for each URL prefix, for registries on a company's own domain.
    pub registry_kinds: Vec<(String, RegistryKind)>,
    /// Branches to release from; empty for any.
    pub branches: Vec<String>,
    /// Ask before npm starts, as `--confirm` does.
    pub confirm: bool,
    /// Limits on what is packed.
    pub contents: ContentsPolicy,
    /// What the git hook checks.
    pub hook: HookPolicy,
    /// How `release` packs and publishes.
    pub release: ReleasePolicy,
}

/// SPDX identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LicensePolicy {
    /// Only these, if not empty.
    pub allow: Vec<String>,
    /// None of these.
    pub deny: Vec<String>,
}

/// What the git hook checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HookPolicy {
    /// The patterns of tags that name a version, with `{version}` and `{name}`; empty for the
    /// usual ones.
    pub tags: Vec<String>,
}

/// How `release` packs and publishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleasePolicy {
    /// The tool that packs.
    pub packer: Option<Packer>,
    /// The dist-tag, and the line that sets it.
    pub tag: Option<Resolved<String>>,
    /// The access level, and the line that sets it.
    pub access: Option<Resolved<String>>,
}

/// Limits on what is packed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentsPolicy {
    /// The most bytes of the packed tarball.
    pub max_size: Option<u64>,
    /// Files that the contents checks ignore; globs.
    pub allow: Vec<String>,
}
