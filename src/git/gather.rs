//! Asks git about the folders that would be published, during the requests to the registries.
//! It decides no publish, so the run never waits long for it, and a failure is a gap.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join_all, join3};
use tokio::sync::Notify;

use super::{Git, Program, WorkTree, bump, filters, program, root_above, status};
use crate::environment::Environment;
use crate::finding::Gap;
use crate::manifest::Manifest;

/// How long git may still run after the registries' last answer.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// A repository's answers.
#[derive(Clone)]
struct Repository {
    work_tree: Result<Arc<WorkTree>, Gap>,
    tags: Result<Arc<Vec<String>>, Gap>,
    /// The package.json files, of those asked about, that git tracks.
    tracked: Result<BTreeSet<String>, Gap>,
}

/// Asks about the folder of every manifest, each repository once. `None` is a package that is
/// not published from a folder. `ended` is notified when the registries have answered.
pub async fn of_all(
    packages: &[Option<&Manifest>],
    environment: &Environment,
    ended: &Notify,
) -> Vec<Git> {
    let all = |gap: Gap| packages.iter().map(|_| Git::none(&gap)).collect();
    let mut roots: BTreeMap<&Path, BTreeSet<String>> = BTreeMap::new();
    for manifest in packages.iter().flatten() {
        if let Some((folder, root)) = place(manifest) {
            roots
                .entry(root)
                .or_default()
                .extend(manifests_above(folder, root));
        }
    }
    if roots.is_empty() {
        return all(Gap::NotAsked("the folder is outside git"));
    }
    let Some(git) = Program::find(environment) else {
        return all(Gap::NotAsked("git is not on PATH"));
    };
    let asking = roots
        .iter()
        .map(|(root, manifests)| ask(&git, root, manifests));
    let late = async {
        ended.notified().await;
        tokio::time::sleep(TIMEOUT).await;
    };
    let mut answers = tokio::select! {
        answers = join_all(asking) => answers,
        () = late => return all(Gap::Unknown("git took too long".to_owned())),
    };
    if environment.variable("npm_lifecycle_event") == Some("version") {
        answers.iter_mut().for_each(changes_belong_to_the_release);
    }
    let answers: BTreeMap<&Path, Repository> = roots.keys().copied().zip(answers).collect();
    let each = packages.iter();
    each.map(|package| of_package(*package, &answers)).collect()
}

/// `npm version` and lerna start the script `version` in a clean work tree, and commit next.
/// Files that are changed now belong to that commit: manifests, lock files, lerna.json, a
/// changelog.
fn changes_belong_to_the_release(repository: &mut Repository) {
    if let Ok(tree) = &mut repository.work_tree {
        let tree = Arc::make_mut(tree);
        tree.bumped = tree.changed.iter().cloned().collect();
    }
}

/// A package's folder, and its repository's.
fn place(manifest: &Manifest) -> Option<(&Path, &Path)> {
    let folder = manifest.path.parent()?;
    Some((folder, root_above(folder)?))
}

/// The package.json paths from a folder up to the root, relative to it.
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
    let run = async |args: &[&str]| {
        let mut command = git.at(root);
        command.args(args);
        let said = program::output(command, &[]).await;
        said.map_err(|reason| failed(args[0], &reason))
    };
    let mut tracked = vec!["ls-files", "-z", "--"];
    tracked.extend(manifests.iter().map(String::as_str));
    let (work_tree, tags, tracked) = join3(
        work_tree(git, root),
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
        work_tree: work_tree.map(Arc::new),
        tags: tags.map(|said| Arc::new(words(said, '\n'))),
        tracked: tracked.map(|said| words(said, '\0').into_iter().collect()),
    }
}

fn failed(command: &str, reason: &str) -> Gap {
    Gap::Unknown(format!("git {command}: {reason}"))
}

/// The work tree, without running the repository's own filters.
async fn work_tree(git: &Program, root: &Path) -> Result<WorkTree, Gap> {
    let filters = filters::of_repository(git, root).await;
    let filters = filters.map_err(|reason| failed("config", &reason))?;
    let Some(switched_off) = filters::switched_off(&filters) else {
        return Err(failed(
            "status",
            "a filter of the repository cannot be disabled",
        ));
    };
    let mut command = git.at(root);
    command.args(switched_off).args(status::ARGS);
    let listing = program::output(command, &[]).await;
    let mut tree = status::read(&listing.map_err(|reason| failed("status", &reason))?);
    let bumped = bump::of(git, root, &tree.changed).await;
    tree.bumped = bumped.map_err(|reason| failed("cat-file", &reason))?;
    if filters.is_empty() || tree.changed.is_empty() {
        return Ok(tree);
    }
    let filtered = filters::filtered(git, root, &tree.changed, &filters).await;
    let filtered = filtered.map_err(|reason| failed("check-attr", &reason))?;
    tree.changed.retain(|path| !filtered.contains(path));
    if tree.changed.is_empty() && !filtered.is_empty() {
        let reason = "a filter in the repository's own configuration would have to run, which could be \
             any program";
        return Err(failed("status", reason));
    }
    Ok(tree)
}

fn of_package(package: Option<&Manifest>, answers: &BTreeMap<&Path, Repository>) -> Git {
    let Some((package, (folder, root))) = package.and_then(|one| Some((one, place(one)?))) else {
        return Git::none(&Gap::NotAsked("the folder is outside git"));
    };
    let Some(repository) = answers.get(root) else {
        return Git::none(&Gap::NotAsked("the folder is outside git"));
    };
    let tracked = match &repository.tracked {
        Err(gap) => return Git::none(gap),
        // The repository may be that of the whole home folder, or of something else.
        Ok(tracked) if !manifests_above(folder, root).any(|path| tracked.contains(&path)) => {
            return Git::none(&Gap::NotAsked("git does not track the package"));
        }
        Ok(tracked) => tracked,
    };
    let manifest = relative(&package.path, root);
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

/// Files that indicate that a repository has several packages.
pub(crate) const MONOREPO_FILES: [&str; 3] = ["pnpm-workspace.yaml", "lerna.json", "rush.json"];

/// Whether the repository has only one package and this is it, in the root or built from there
/// (`npm publish ./dist`).
fn is_the_only_one(package: &Manifest, folder: &Path, root: &Path) -> bool {
    if MONOREPO_FILES.iter().any(|name| root.join(name).exists()) {
        return false;
    }
    let path: PathBuf = root.join("package.json");
    let at_root;
    let manifest = if folder == root {
        package
    } else {
        let Ok(read) = Manifest::read(&path) else {
            return false;
        };
        at_root = read;
        &at_root
    };
    let name = |manifest: &Manifest| manifest.object.get("name").cloned();
    !manifest.object.contains_key("workspaces") && name(manifest) == name(package)
}
