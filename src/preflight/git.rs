//! What git knows about each package, asked only if a check needs it.

use std::collections::BTreeMap;

use tokio::sync::Notify;

use crate::checks;
use crate::environment::Environment;
use crate::finding::Gap;
use crate::git::{self, Git, Pushed};
use crate::plan::{PackagePlan, Spec};
use crate::settings::CheckLevel;

use super::Prepared;

/// Asks git about each package. It starts no process if every check that needs git is off, nor
/// in the hook, where the pushed tags are known. `ended` is notified when the registries have
/// answered.
pub(super) async fn of_packages(
    prepared: &Prepared,
    environment: &Environment,
    ended: &Notify,
) -> Vec<Git> {
    let packages = &prepared.plan.packages;
    let off = Gap::NotAsked("the git checks are turned off");
    if !is_wanted(&prepared.settings.checks) {
        return packages.iter().map(|_| Git::none(&off)).collect();
    }
    if prepared.pushed.is_empty() {
        let in_folder = |plan: &'_ &PackagePlan| plan.spec == Spec::Folder;
        let manifests: Vec<_> = packages
            .iter()
            .map(|plan| Some(plan).filter(in_folder).map(|plan| &plan.manifest))
            .collect();
        return git::gather::of_all(&manifests, environment, ended).await;
    }
    let of_push = |plan: &PackagePlan| pushed_for(plan, &prepared.pushed);
    let each = packages.iter().map(of_push);
    each.map(|pushed| pushed.map_or_else(|| Git::none(&off), Git::of_push))
        .collect()
}

fn pushed_for(plan: &PackagePlan, pushed: &[Pushed]) -> Option<Pushed> {
    let folder = plan.manifest.path.parent()?;
    pushed.iter().find(|one| one.folder == folder).cloned()
}

/// Whether any check that needs git is on.
fn is_wanted(levels: &BTreeMap<String, CheckLevel>) -> bool {
    checks::ALL
        .iter()
        .filter(|check| check.id.starts_with("git-"))
        .any(|check| levels.get(check.id) != Some(&CheckLevel::Off))
}
