//! What is said, as plain data, and one function per format that says it.

pub mod explanation;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod item;
pub mod json;
pub mod junit;
pub mod locate;
pub mod rehearsal;
pub mod sarif;
pub mod style;
pub mod verification;

use std::path::PathBuf;

use crate::check::{Finding, Level};
use crate::facts::Gap;
use crate::manifest::Manifest;
use crate::npm::Npm;
use crate::plan::Skipped;
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

    /// How many checks could not decide and are worth a line.
    pub fn undecided_count(&self) -> usize {
        let of_packages = self.packages.iter().flat_map(|package| &package.undecided);
        of_packages.filter(|undecided| undecided.matters()).count()
    }

    /// Whether there is nothing to tell, but for what is so in every run.
    pub fn is_spotless(&self) -> bool {
        let mut open = self.packages.iter().flat_map(|package| &package.undecided);
        self.all_findings().next().is_none()
            && !open.any(|open| open.matters() && !open.gap.is_about_the_token())
    }
}

/// What a preflight comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing stands in the way.
    Ready,
    /// Nothing blocks, but a deciding fact could not be had.
    Undecided,
    /// At least one error-level finding that is not allowed.
    Blocked,
}

impl Outcome {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Undecided => "undecided",
            Self::Blocked => "blocked",
        }
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

/// A finding together with the check that made it.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The check's id.
    pub check: &'static str,
    /// The level after the user's settings.
    pub level: Level,
    /// The user allowed it: it is shown and does not block.
    pub allowed: bool,
    /// The finding.
    pub finding: Finding,
}

/// A check that could not decide, and why.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// The check's id.
    pub check: &'static str,
    /// Why.
    pub gap: Gap,
}

impl Undecided {
    /// Whether it is worth a line: it could have blocked, and the gap says
    /// something. What could at most have warned is told on demand.
    pub fn matters(&self) -> bool {
        let blocks =
            crate::checks::find(self.check).is_none_or(|check| check.level == Level::Error);
        blocks && self.gap.is_shown()
    }
}

/// One request that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// GET or HEAD.
    pub method: &'static str,
    /// The URL, safe to show.
    pub url: String,
    /// The status; `None` when nobody answered.
    pub status: Option<u16>,
    /// Nobody waited for the answer any more: another one made it needless.
    pub given_up: bool,
    /// From the first try to the end of the body, retries included.
    pub milliseconds: u64,
}
