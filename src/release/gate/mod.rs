//! Looks at the tarballs before anything is sent. A tarball is what gets published, whatever
//! the folder, the packer and its output say.

mod repository;
mod tarball;

use crate::checks::{self, Judged, Rules};
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::manifest::Manifest;
use crate::plan::{Packing, Protocols, Spec};
use crate::report::PackageReport;

pub(crate) use repository::{RepositoryPackages, Sibling};
pub(crate) use tarball::Tarball;

/// The verdict on a tarball: the preflight's checks, run again on its manifest and files, and
/// the checks that only a release can make. `source` is the member's package.json before it was
/// packed.
pub(crate) fn judge(
    tarball: &Tarball,
    before: &Facts,
    source: &Manifest,
    repository: &RepositoryPackages,
    rules: &Rules<'_>,
) -> Judged {
    let facts = facts_of(tarball, before);
    let judged = checks::judge(&facts, rules);
    let mut own = repository.findings(&facts, &judged.findings);
    own.extend(repository::unresolved(source, &tarball.manifest));
    own.extend(tarball.unwanted_files());
    with(judged, own, rules)
}

/// Adds to the verdict on a package, before it is packed, what the other packages of the
/// repository say. A script may still correct package.json, so with scripts nothing is proven.
pub(crate) fn judge_plan(
    facts: &Facts,
    repository: &RepositoryPackages,
    (report, rules): (&mut PackageReport, &Rules<'_>),
) {
    let mut own = repository.findings(facts, &report.findings);
    if own.is_empty() {
        return;
    }
    if !facts.package.scripts.is_empty() {
        for (_, finding) in &mut own {
            finding.level = Some(Level::Warning);
        }
    }
    let judged = Judged {
        findings: std::mem::take(&mut report.findings),
        undecided: std::mem::take(&mut report.undecided),
        outcome: report.verdict,
    };
    let judged = with(judged, own, rules);
    report.verdict = judged.outcome;
    report.findings = judged.findings;
    report.undecided = judged.undecided;
}

/// Adds findings of a release to those of the checks.
fn with(mut judged: Judged, own: Vec<(&'static str, Finding)>, rules: &Rules<'_>) -> Judged {
    repository::replace(&mut judged, &own);
    let own = own.into_iter();
    judged
        .findings
        .extend(own.filter_map(|(id, finding)| checks::reported(id, finding, rules)));
    checks::fold(&mut judged.findings);
    judged.outcome = checks::outcome(&judged.findings, &judged.undecided, rules);
    judged
}

/// The facts of a packed package: its scripts have run, and npm no longer changes it.
pub(crate) fn facts_of(tarball: &Tarball, before: &Facts) -> Facts {
    let mut facts = before.clone();
    let package = &mut facts.package;
    package.name = tarball.name.clone();
    package.version.clone_from(&tarball.version);
    package.manifest = tarball.manifest.clone();
    package.spec = Spec::Tarball;
    package.packing = Packing::Tarball(tarball.path.clone());
    package.protocols = Protocols::Kept;
    package.as_workspace = false;
    package.scripts.clear();
    package.rewrites.clear();
    facts.contents = Some(Ok(tarball.contents.clone()));
    facts
}

#[cfg(test)]
mod tests;
