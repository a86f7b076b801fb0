//! What is said, as plain data, and one function per format that says it.

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
pub mod rehearsal;
pub mod sarif;
pub mod staging;
pub mod style;
pub mod verification;

use std::path::PathBuf;

use crate::finding::{Level, Outcome, Reported, Undecided};
use crate::manifest::Manifest;
use crate::npm::Npm;
use crate::plan::Skipped;
use crate::registry::client::RequestRecord;
use crate::registry::kind::RegistryKind;

/// The result of a preflight.
#[derive(Clone, Debug)]
pub struct Report {
    /// What it comes to.
    pub verdict: Outcome,
    /// The npm that the verdict is for.
    pub npm: Option<Npm>,
    /// One entry per package that would be published.
    pub packages: Vec<PackageReport>,
    /// Private workspace members, left out with a note.
    pub skipped: Vec<Skipped>,
    /// Findings that belong to no single package.
    pub findings: Vec<Reported>,
    /// Every request, in the order of asking.
    pub requests: Vec<RequestRecord>,
    /// How long it took.
    pub elapsed: std::time::Duration,
    /// The working folder: paths below it are shown relative to it.
    pub cwd: PathBuf,
}

impl Report {
    fn all_findings(&self) -> impl Iterator<Item = &Reported> {
        let of_packages = self.packages.iter().flat_map(|package| &package.findings);
        self.findings.iter().chain(of_packages)
    }

    /// How many findings of a level there are, allowed ones left out.
    pub fn count(&self, level: Level) -> usize {
        self.all_findings()
            .filter(|found| found.level == level && !found.allowed)
            .count()
    }

    /// How many checks lack a deciding answer.
    pub fn undecided_count(&self) -> usize {
        let of_packages = self.packages.iter().flat_map(|package| &package.undecided);
        of_packages.filter(|undecided| undecided.decisive).count()
    }

    /// Whether there is nothing to tell, but for what is so in every run.
    pub fn is_spotless(&self) -> bool {
        let mut open = self.packages.iter().flat_map(|package| &package.undecided);
        self.all_findings().next().is_none() && !open.any(|open| open.decisive)
    }
}

/// One package's part of the report.
#[derive(Clone, Debug)]
pub struct PackageReport {
    /// The name, or the text that stands in its place.
    pub name: Option<String>,
    /// The version as npm would send it.
    pub version: Option<String>,
    /// Where it lies, relative to the working folder.
    pub directory: String,
    /// Where it would go, safe to show.
    pub registry: Option<String>,
    /// Of which kind that is.
    pub kind: RegistryKind,
    /// The tag that would be sent.
    pub tag: String,
    /// The access that would be sent.
    pub access: Option<String>,
    /// Who would publish, where the registry says so.
    pub account: Option<String>,
    /// What it comes to for this package.
    pub verdict: Outcome,
    /// What is wrong.
    pub findings: Vec<Reported>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// For snippets.
    pub manifest: Manifest,
}
