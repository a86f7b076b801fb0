//! The facts about the project, which npm reads before any package, and where findings about
//! them belong.

use std::path::Path;

use super::{Prepared, facts as of_package};
use crate::checks::{self, Judged, Rules, outcome};
use crate::environment::Environment;
use crate::facts::gather::Gathered;
use crate::facts::{Answers, Facts, ProjectFacts};
use crate::finding::{Gap, Place, Reported};
use crate::git::Git;
use crate::manifest::dev_engines::Host;
use crate::npm::host::host;
use crate::origin::Origin;
use crate::plan::PackagePlan;
use crate::registry::kind::RegistryKind;
use crate::report::PackageReport;

/// The facts about the project. Asks no registry.
pub async fn facts(prepared: &Prepared, environment: &Environment) -> ProjectFacts {
    let project = &prepared.plan.project;
    let host = match (&project.manifest, &prepared.npm) {
        (Some(manifest), Some(npm)) if manifest.object.contains_key("devEngines") => {
            host(manifest, npm, environment).await
        }
        _ => Host::default(),
    };
    let skipped = prepared.plan.skipped.iter().filter(|one| one.is_read);
    ProjectFacts {
        npm: npm_of(prepared),
        plan: project.clone(),
        host,
        private: skipped
            .map(|skipped| unasked(&skipped.package, prepared, environment))
            .collect(),
    }
}

pub(super) fn npm_of(prepared: &Prepared) -> Result<crate::npm::NpmVersion, Gap> {
    let npm = prepared.npm.as_ref().map(|npm| npm.version.clone());
    npm.ok_or(Gap::NotAsked("npm is not on PATH"))
}

/// A package that no registry is asked about.
fn unasked(plan: &PackagePlan, prepared: &Prepared, environment: &Environment) -> Facts {
    let gap = Gap::NotAsked("npm skips a private package");
    let gathered = Gathered {
        kind: RegistryKind::Other,
        answers: Answers::none(&gap),
    };
    of_package(plan, gathered, Git::none(&gap), prepared, environment)
}

/// Judges the project. A finding about the package.json of one of the packages goes to that
/// package; the others are returned.
pub(super) fn judge(
    facts: &ProjectFacts,
    rules: &Rules<'_>,
    packages: &mut [PackageReport],
) -> Judged {
    let mut judged = checks::judge_project(facts, rules);
    let (mut own, all) = (Vec::new(), std::mem::take(&mut judged.findings));
    for found in all {
        let home = packages
            .iter_mut()
            .find(|package| stands_in(&found, &package.manifest.path));
        match home {
            Some(package) => package.add(found, rules),
            None => own.push(found),
        }
    }
    // In every format, an undecided check belongs to a package.
    if let Some(first) = packages.first_mut() {
        first.undecided.append(&mut judged.undecided);
    }
    judged.outcome = outcome(&own, &judged.undecided, rules);
    judged.findings = own;
    judged
}

fn stands_in(found: &Reported, manifest: &Path) -> bool {
    matches!(
        &found.finding.place,
        Some(Place::Setting(Origin::Manifest { path, .. })) if path == manifest
    )
}

impl PackageReport {
    /// Adds a finding.
    fn add(&mut self, found: Reported, rules: &Rules<'_>) {
        self.findings.push(found);
        checks::fold(&mut self.findings);
        self.verdict = outcome(&self.findings, &self.undecided, rules);
    }
}
