//! The packages of a repository, and which of them were chosen.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::error::Error;
use crate::finding::Packer;
use crate::manifest::workspaces::{Layout, LayoutSource, Member, WorkspaceError};
use crate::manifest::{DependencyField, Manifest, named_package};
use crate::npmrc::Config;

use super::order::{Edge, Need};

/// The root of the repository that contains npm's prefix: the nearest folder above whose
/// pnpm-workspace.yaml or lerna.json lists it, not above git's root.
pub(super) fn root_of(prefix: &Path) -> PathBuf {
    let is_root = |folder: &&Path| {
        let declares = ["pnpm-workspace.yaml", "lerna.json"];
        if !declares.iter().any(|name| folder.join(name).is_file()) {
            return false;
        }
        let Ok(manifest) = Manifest::read(&folder.join("package.json")) else {
            return false;
        };
        let members = Layout::of(folder, &manifest, Packer::Pnpm)
            .and_then(|layout| layout.members(folder, &manifest));
        // A repository that cannot be read is reported where it is read.
        *folder == prefix || members.map_or(true, |all| all.iter().any(|it| it.directory == prefix))
    };
    let above = prefix.ancestors();
    let mut inside = true;
    let found = above
        .take_while(|folder| std::mem::replace(&mut inside, !folder.join(".git").exists()))
        .find(is_root);
    found.unwrap_or(prefix).to_owned()
}

/// The packages of a repository.
pub(super) struct Found {
    /// Those that its tool sees, and the root where that is asked for.
    pub(super) members: Vec<Member>,
    /// The name of the root package, where it could be published and is not among them.
    pub(super) root_left_out: Option<String>,
}

/// Every package that the repository's tool sees. `includes_root` adds a root that can be
/// published and is no member, as npm does.
pub(super) fn all(
    root: &Path,
    manifest: &Manifest,
    packer: Packer,
    includes_root: bool,
) -> Result<Found, Error> {
    let failed = |error: &WorkspaceError| {
        Error::new(format!("finding the packages of {}", root.display()), error)
    };
    let layout = Layout::of(root, manifest, packer).map_err(|error| failed(&error))?;
    let declares = manifest.object.contains_key("workspaces");
    if layout.source == LayoutSource::Single && declares {
        let cause = format!(
            "{} does not read `workspaces` in package.json, and there is no pnpm-workspace.yaml",
            packer.name()
        );
        let doing = format!("finding the packages of {}", root.display());
        return Err(Error::new(doing, cause)
            .next("write pnpm-workspace.yaml, or name the tool: --packer npm"));
    }
    let mut members = layout
        .members(root, manifest)
        .map_err(|error| failed(&error))?;
    let left_out = Layout::left_out_root(root, manifest, &members);
    let root_left_out = left_out
        .as_ref()
        .filter(|_| !includes_root)
        .map(|root| root.name.clone());
    if includes_root {
        members.splice(0..0, left_out);
    }
    match same_name(&members) {
        Some((name, first, second)) => Err(failed(&WorkspaceError::SameName {
            name,
            first,
            second,
        })),
        None => Ok(Found {
            members,
            root_left_out,
        }),
    }
}

/// Two packages with the same name, at least one of them public. Private ones (fixtures) may
/// share a name.
fn same_name(members: &[Member]) -> Option<(String, PathBuf, PathBuf)> {
    let mut seen: std::collections::HashMap<&str, &Member> = std::collections::HashMap::new();
    for member in members.iter().filter(|member| is_named(&member.manifest)) {
        let Some(other) = seen.get(member.name.as_str()) else {
            seen.insert(&member.name, member);
            continue;
        };
        if !(member.manifest.is_private() && other.manifest.is_private()) {
            let (first, second) = (other.directory.clone(), member.directory.clone());
            return Some((member.name.clone(), first, second));
        }
    }
    None
}

fn is_named(manifest: &Manifest) -> bool {
    manifest.object.contains_key("name")
}

/// The members that the command line names, by index; all if it names none.
///
/// # Errors
/// Where an argument names no member.
pub(super) fn chosen(
    members: &[Member],
    root: &Path,
    config: &Config,
    environment: &Environment,
) -> Result<BTreeSet<usize>, Error> {
    let mut args = config.list("workspace");
    args.extend(config.command_line().positionals.iter().cloned());
    // A lone `.` means the folder that npm is started in, as no argument does.
    args.retain(|arg| arg != ".");
    if args.is_empty() {
        let inside = config.implicit_workspace().unwrap_or(&environment.cwd);
        let own = members.iter().position(|it| it.directory == inside);
        return Ok(match own.filter(|_| inside != root) {
            Some(own) => BTreeSet::from([own]),
            None => (0..members.len()).collect(),
        });
    }
    let mut chosen = BTreeSet::new();
    for arg in args {
        let named = |member: &Member| member.is_named(&arg, root, &environment.cwd);
        let named = (0..members.len()).filter(|&at| named(&members[at]));
        let named: Vec<usize> = named.collect();
        chosen.extend(&named);
        if named.is_empty() {
            return Err(unknown(&arg, members));
        }
    }
    if config.flag("include-workspace-root") {
        let is_root = |member: &Member| member.directory == root;
        chosen.extend(members.iter().position(is_root));
    }
    Ok(chosen)
}

fn unknown(word: &str, members: &[Member]) -> Error {
    // npm's value of a flag that has none.
    if word == "true" {
        return Error::new("choosing packages", "`-w` has no name after it")
            .next("name the package: safe-publish release -w NAME")
            .wrong_usage();
    }
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    let near = crate::settings::nearest(word, &names);
    let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    let cause = format!("`{word}` names no package of this repository{hint}");
    Error::new("choosing packages", cause)
        .next("name a package by its name or folder, or name none to choose all")
        .wrong_usage()
}

/// The dependencies among the public members, by index. `names` are their names, `None` for
/// those that no other can depend on.
pub(super) fn needs(manifests: &[&Manifest], names: &[Option<&str>]) -> Vec<Edge> {
    let by_name: std::collections::HashMap<&str, usize> = names
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some(((*name)?, at)))
        .collect();
    let mut edges = Vec::new();
    for (from, manifest) in manifests.iter().enumerate() {
        for (name, spec, need) in wanted(manifest) {
            let to = named_package(name, spec).and_then(|name| by_name.get(name));
            if let Some(&to) = to.filter(|to| **to != from) {
                edges.push(Edge { from, to, need });
            }
        }
    }
    edges
}

/// Every dependency, and how strongly it is needed. Bundled packages are listed among the
/// dependencies, too.
fn wanted(manifest: &Manifest) -> impl Iterator<Item = (&str, &str, Need)> {
    let published = DependencyField::PUBLISHED
        .into_iter()
        .flat_map(move |field| {
            manifest.dependencies(field).map(move |dependency| {
                let need = match field {
                    DependencyField::Dependencies => Need::Dependency,
                    DependencyField::OptionalDependencies => Need::Optional,
                    DependencyField::PeerDependencies
                        if manifest.is_optional_peer(dependency.name) =>
                    {
                        Need::OptionalPeer
                    }
                    DependencyField::PeerDependencies => Need::Peer,
                };
                (dependency.name, dependency.spec, need)
            })
        });
    let development = manifest.object.get("devDependencies");
    let development = development.and_then(serde_json::Value::as_object);
    let development = development.into_iter().flatten();
    published.chain(development.filter_map(|(name, spec)| {
        let spec = spec.as_str()?;
        Some((name.as_str(), spec, Need::Build))
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn needs_follow_the_dependencies_of_all_kinds() {
        let a = Manifest::from_json(json!({
            "dependencies": { "b": "workspace:^", "other": "npm:c@^1", "b2": "https://h/b.tgz" },
            "optionalDependencies": { "c": "1" },
            "peerDependencies": { "d": "1", "e": "1" },
            "peerDependenciesMeta": { "e": { "optional": true } },
            "devDependencies": { "f": "workspace:*", "a": "1" },
        }));
        let empty = Manifest::from_json(json!({}));
        let manifests = [&a, &empty, &empty, &empty, &empty, &empty, &empty];
        let names = ["a", "b", "c", "d", "e", "f", "b2"].map(Some);
        let found: Vec<(usize, usize, Need)> = needs(&manifests, &names)
            .into_iter()
            .map(|edge| (edge.from, edge.to, edge.need))
            .collect();
        assert_eq!(
            found,
            [
                (0, 1, Need::Dependency),
                (0, 2, Need::Dependency),
                (0, 2, Need::Optional),
                (0, 3, Need::Peer),
                (0, 4, Need::OptionalPeer),
                (0, 5, Need::Build),
            ]
        );
    }
}
