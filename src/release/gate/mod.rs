//! Looks at the tarballs before anything is sent. A tarball is what gets published, whatever
//! the folder, the packer and its output say.

mod repository;
mod tarball;

use crate::checks::{self, Judged, Rules};
use crate::facts::Facts;
use crate::manifest::Manifest;
use crate::plan::{Packing, Protocols, Spec};

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
    let mut judged = checks::judge(&facts, rules);
    let mut own = repository.findings(tarball, &facts, &judged);
    own.extend(repository::unresolved(source, &tarball.manifest));
    own.extend(tarball.unwanted_files());
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
