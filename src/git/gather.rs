//! Asks git about the folders that would be published, beside the questions to
//! the registries. It decides no publish, so it never keeps anybody waiting
//! for long, and where it fails that is a gap.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join_all, join3};
use tokio::sync::Notify;

use super::{Git, Program, Pushed, WorkTree, program, root_above, status};
use crate::checks::looks_at_git;
use crate::environment::Environment;
use crate::facts::Gap;
use crate::manifest::Manifest;
use crate::plan::{PackagePlan, Spec};
use crate::settings::CheckLevel;

/// How long after the registries' last answer git may still work.
const PATIENCE: Duration = Duration::from_millis(1500);

/// A repository's answers.
#[derive(Clone)]
struct Repository {
    work_tree: Result<Arc<WorkTree>, Gap>,
    tags: Result<Arc<Vec<String>>, Gap>,
    /// Of the package.json files that were asked for, those that git tracks.
    tracked: Result<BTreeSet<String>, Gap>,
}

/// What git tells of each package: nothing is asked where no check looks at
/// it, nor in the hook, where the tags that are pushed are known.
pub async fn where_wanted(
    asking: impl Future<Output = Vec<Git>>,
    packages: &[PackagePlan],
    pushed: &[Pushed],
    levels: &BTreeMap<String, CheckLevel>,
) -> Vec<Git> {
    let off = Gap::NotAsked("the checks of git are switched off");
    if !looks_at_git(levels) {
        return packages.iter().map(|_| Git::none(&off)).collect();
    }
    if pushed.is_empty() {
        return asking.await;
    }
    let of_push = |plan: &PackagePlan| {
        let folder = plan.manifest.path.parent()?;
        pushed
            .iter()
            .find(|pushed| pushed.folder == folder)
            .cloned()
    };
    let each = packages.iter().map(of_push);
    each.map(|pushed| pushed.map_or_else(|| Git::none(&off), Git::of_push))
        .collect()
}

/// Asks about every package, each repository once. `ended` tells that the
/// registries have answered.
pub async fn of_all(
    packages: &[PackagePlan],
    environment: &Environment,
    ended: &Notify,
) -> Vec<Git> {
    let all = |gap: Gap| packages.iter().map(|_| Git::none(&gap)).collect();
    let mut roots: BTreeMap<&Path, BTreeSet<String>> = BTreeMap::new();
    for package in packages {
        if let Some((folder, root)) = place(package) {
            roots
                .entry(root)
                .or_default()
                .extend(manifests_above(folder, root));
        }
    }
    if roots.is_empty() {
        return all(Gap::NotAsked("the folder lies outside git"));
    }
    // `npm version` has written package.json and commits it next.
    if environment.variable("npm_lifecycle_event") == Some("version") {
        return all(Gap::NotAsked("npm version is at work"));
    }
    let Some(git) = Program::find(environment) else {
        return all(Gap::NotAsked("there is no git on PATH"));
    };
    let asking = roots
        .iter()
        .map(|(root, manifests)| ask(&git, root, manifests));
    let late = async {
        ended.notified().await;
        tokio::time::sleep(PATIENCE).await;
    };
    let answers = tokio::select! {
        answers = join_all(asking) => answers,
        () = late => return all(Gap::Unknown("git took too long".to_owned())),
    };
    let answers: BTreeMap<&Path, Repository> = roots.keys().copied().zip(answers).collect();
    let each = packages.iter();
    each.map(|package| of_package(package, &answers)).collect()
}

/// The folder of a package, and the repository's.
fn place(package: &PackagePlan) -> Option<(&Path, &Path)> {
    if package.spec != Spec::Folder {
        return None;
    }
    let folder = package.manifest.path.parent()?;
    Some((folder, root_above(folder)?))
}

/// The places of package.json from a folder up to the root, relative to it.
fn manifests_above<'a>(folder: &'a Path, root: &'a Path) -> impl Iterator<Item = String> + 'a {
    let inside = folder
        .ancestors()
        .take_while(move |one| one.starts_with(root));
    inside.filter_map(move |one| relative(&one.join("package.json"), root))
}

fn relative(path: &Path, root: &Path) -> Option<String> {
    let path = path.strip_prefix(root).ok()?.to_str()?;
    Some(path.replace('\\', "/"))
}

async fn ask(git: &Program, root: &Path, manifests: &BTreeSet<String>) -> Repository {
    let run = async |words: &[&str]| {
        let mut command = git.at(root);
        command.args(words);
        let said = program::output(command, &[]).await;
        said.map_err(|reason| Gap::Unknown(format!("git {}: {reason}", words[0])))
    };
    let mut tracked = vec!["ls-files", "-z", "--"];
    tracked.extend(manifests.iter().map(String::as_str));
    let (work_tree, tags, tracked) = join3(
        run(&status::WORDS),
        run(&[
            "for-each-ref",
            "--points-at=HEAD",
            "--format=%(refname:strip=2)",
            "refs/tags/",
        ]),
        run(&tracked),
    )
    .await;
    let words = |said: Vec<u8>, end: char| -> Vec<String> {
        let said = String::from_utf8_lossy(&said).into_owned();
        let words = said.split(end).filter(|word| !word.is_empty());
        words.map(program::printable).collect()
    };
    Repository {
        work_tree: work_tree.map(|said| Arc::new(status::read(&said))),
        tags: tags.map(|said| Arc::new(words(said, '\n'))),
        tracked: tracked.map(|said| words(said, '\0').into_iter().collect()),
    }
}

fn of_package(package: &PackagePlan, answers: &BTreeMap<&Path, Repository>) -> Git {
    let Some((folder, root)) = place(package) else {
        return Git::none(&Gap::NotAsked("the folder lies outside git"));
    };
    let Some(repository) = answers.get(root) else {
        return Git::none(&Gap::NotAsked("the folder lies outside git"));
    };
    let tracked = match &repository.tracked {
        Err(gap) => return Git::none(gap),
        // A repository of somebody's home folder, or of something else.
        Ok(tracked) if !manifests_above(folder, root).any(|path| tracked.contains(&path)) => {
            return Git::none(&Gap::NotAsked("git does not track the package"));
        }
        Ok(tracked) => tracked,
    };
    let manifest = relative(&package.manifest.path, root);
    let changed = |tree: &Arc<WorkTree>| {
        let mut changed = tree.changed.iter();
        changed.any(|path| Some(path) == manifest.as_ref())
    };
    let is_tracked = manifest.as_ref().is_some_and(|path| tracked.contains(path));
    Git {
        manifest_changed: !is_tracked || repository.work_tree.as_ref().is_ok_and(changed),
        work_tree: repository.work_tree.clone(),
        tags: repository.tags.clone(),
        plain_tags: is_the_only_one(package, folder, root),
        pushed: None,
    }
}

/// Files that say that a repository holds several packages.
pub(crate) const OF_MANY: [&str; 3] = ["pnpm-workspace.yaml", "lerna.json", "rush.json"];

/// Whether the repository holds one package and this is it, in the root or
/// built from there (`npm publish ./dist`).
fn is_the_only_one(package: &PackagePlan, folder: &Path, root: &Path) -> bool {
    if OF_MANY.iter().any(|name| root.join(name).exists()) {
        return false;
    }
    let path: PathBuf = root.join("package.json");
    let at_root;
    let manifest = if folder == root {
        &package.manifest
    } else {
        let Ok(read) = Manifest::read(&path) else {
            return false;
        };
        at_root = read;
        &at_root
    };
    let name = |manifest: &Manifest| manifest.object.get("name").cloned();
    !manifest.object.contains_key("workspaces") && name(manifest) == name(&package.manifest)
}
