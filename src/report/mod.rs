//! Reports as plain data, and one function per format to write them.

pub mod catalogue;
mod changes;
mod comparison;
mod contents;
pub mod explanation;
pub mod files;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod item;
pub mod json;
pub mod junit;
pub mod locate;
pub mod markdown;
pub mod rehearsal;
pub mod release;
pub mod sarif;
mod size;
pub mod staging;
pub mod style;
pub mod verification;

use std::path::PathBuf;
use std::sync::Arc;

use crate::facts::contents::{Comparison, Contents};
use crate::finding::{Gap, Level, Outcome, Reported, Undecided};
use crate::manifest::Manifest;
use crate::npm::Npm;
use crate::origin::Origin;
use crate::plan::Skipped;
use crate::registry::client::RequestRecord;
use crate::registry::kind::RegistryKind;
use crate::secret::Scrubber;

/// The result of a preflight.
#[derive(Clone, Debug)]
pub struct Report {
    /// The verdict.
    pub verdict: Outcome,
    /// The npm that the verdict applies to.
    pub npm: Option<Npm>,
    /// One entry per package that would be published.
    pub packages: Vec<PackageReport>,
    /// Private workspace members, which npm skips.
    pub skipped: Vec<Skipped>,
    /// Findings that belong to no single package.
    pub findings: Vec<Reported>,
    /// Every request, in the order in which it was sent.
    pub requests: Vec<RequestRecord>,
    /// How long it took.
    pub elapsed: std::time::Duration,
    /// The working folder; paths below it are shown relative to it.
    pub cwd: PathBuf,
    /// What must not be printed: hidden in the lines of files before they are cut.
    pub secrets: Arc<Scrubber>,
}

impl Report {
    /// Whether anything was found, notes included.
    pub fn has_findings(&self) -> bool {
        self.all_findings().next().is_some()
    }

    fn all_findings(&self) -> impl Iterator<Item = &Reported> {
        let of_packages = self.packages.iter().flat_map(|package| &package.findings);
        self.findings.iter().chain(of_packages)
    }

    /// The number of findings of a level, except allowed ones.
    pub fn count(&self, level: Level) -> usize {
        self.all_findings()
            .filter(|found| found.level == level && !found.allowed)
            .count()
    }

    /// The number of checks that lack a decisive answer.
    pub fn undecided_count(&self) -> usize {
        let of_packages = self.packages.iter().flat_map(|package| &package.undecided);
        of_packages.filter(|undecided| undecided.decisive).count()
    }

    /// Whether nothing is wrong: only notes and allowed findings, and nothing decisive is
    /// undecided.
    pub fn has_no_findings(&self) -> bool {
        let is_harmless = |found: &Reported| found.allowed || found.level == Level::Note;
        self.all_findings().all(is_harmless) && self.undecided_count() == 0
    }
}

/// What the registry has under a package's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Unknown.
    #[default]
    Unknown,
    /// Nothing.
    New,
    /// A package.
    Known {
        /// The version that the tag to be sent points at.
        tagged: Option<String>,
        /// The version that `latest` points at.
        latest: Option<String>,
    },
}

/// One package's part of the report.
#[derive(Clone, Debug)]
pub struct PackageReport {
    /// The name, or the invalid value of `name`.
    pub name: Option<String>,
    /// The version as npm would send it.
    pub version: Option<String>,
    /// Its folder, relative to the working folder.
    pub directory: String,
    /// What is published under its name.
    pub standing: Standing,
    /// The registry, masked.
    pub registry: Option<String>,
    /// What set the registry.
    pub registry_origin: Option<Origin>,
    /// The proxy for it and where that is set, masked.
    pub proxy: Option<String>,
    /// The kind of the registry.
    pub kind: RegistryKind,
    /// The tag that would be sent.
    pub tag: String,
    /// The access that would be sent.
    pub access: Option<String>,
    /// The account that would publish, if the registry names it.
    pub account: Option<String>,
    /// Whether there is a credential to publish with.
    pub has_credential: bool,
    /// npm would upload nothing.
    pub dry_run: bool,
    /// The verdict on this package.
    pub verdict: Outcome,
    /// What is wrong.
    pub findings: Vec<Reported>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// The manifest, for snippets.
    pub manifest: Manifest,
    /// What is in the tarball.
    pub contents: Option<Contents>,
    /// What differs from the published version, or why that is unknown; `None` if it was not
    /// requested, or nothing is published.
    pub comparison: Option<Result<Comparison, Gap>>,
}

impl PackageReport {
    /// The version that the tag to be sent points at now.
    pub fn latest(&self) -> Option<&str> {
        match &self.standing {
            Standing::Known { tagged, .. } => tagged.as_deref(),
            Standing::New | Standing::Unknown => None,
        }
    }

    /// The name in package.json, valid or not.
    pub fn name_as_written(&self) -> String {
        self.as_written("name", self.name.as_ref(), "(no name)")
    }

    /// The version as npm would send it, otherwise as in package.json.
    pub fn version_as_written(&self) -> String {
        self.as_written("version", self.version.as_ref(), "(no version)")
    }

    fn as_written(&self, key: &str, usable: Option<&String>, missing: &str) -> String {
        let written = self.manifest.object.get(key);
        match (usable, written) {
            (Some(usable), _) => usable.clone(),
            (None, Some(serde_json::Value::String(text))) if !text.is_empty() => text.clone(),
            (None, Some(value)) => value.to_string(),
            (None, None) => missing.to_owned(),
        }
    }
}
