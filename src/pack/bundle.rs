//! Bundled dependencies, resolved in node_modules as Node and `@npmcli/arborist`
//! do.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::error::PackError;
use super::folder::Tree;
use super::package::PackFields;
use super::{Edition, Request, paths, walk};
use crate::manifest::Manifest;

/// A package in the tree of dependencies.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Its path below node_modules.
    pub(super) path: PathBuf,
    /// Its real path.
    real: PathBuf,
    /// It is a symbolic link.
    pub(super) is_link: bool,
    pub(super) package: PackFields,
}

impl Node {
    /// The package that is packed.
    pub(super) fn root(request: &Request, package: PackFields) -> Self {
        Self {
            path: request.folder.clone(),
            real: request.folder.clone(),
            is_link: false,
            package,
        }
    }
}

/// Collects the files of bundled dependencies.
pub(super) struct Bundle<'a> {
    request: &'a Request,
    files: &'a mut Vec<String>,
    /// Packages whose dependencies were visited.
    followed: HashSet<PathBuf>,
    /// Packages whose files were added.
    packed: HashSet<PathBuf>,
}

impl<'a> Bundle<'a> {
    pub(super) fn new(request: &'a Request, files: &'a mut Vec<String>) -> Self {
        Self {
            request,
            files,
            followed: HashSet::new(),
            packed: HashSet::new(),
        }
    }

    /// Adds what a package bundles, and everything that those packages depend on.
    pub(super) fn gather(&mut self, root: Node, tree: &mut Tree) -> Result<(), PackError> {
        let mut waiting = vec![(root, true)];
        while let Some((node, is_root)) = waiting.pop() {
            if !self.followed.insert(node.real.clone()) {
                continue;
            }
            let package = &node.package;
            let names = if is_root {
                package.bundled.clone()
            } else {
                [package.dependencies.clone(), package.optional.clone()].concat()
            };
            for name in names {
                let top = is_root || node.is_link;
                let is_member = is_root && self.is_member(&name);
                if !is_member && !package.bundles(&name, top) {
                    continue;
                }
                let Some(found) = self.resolve(&node, &name)? else {
                    continue;
                };
                self.add(&found, tree)?;
                waiting.push((found, false));
            }
        }
        Ok(())
    }

    /// A workspace member of the root is one of its dependencies.
    fn is_member(&self, name: &str) -> bool {
        self.request.has_members
            && std::fs::symlink_metadata(self.request.folder.join("node_modules").join(name))
                .is_ok_and(|found| found.is_symlink())
    }

    fn add(&mut self, node: &Node, tree: &mut Tree) -> Result<(), PackError> {
        if !self.packed.insert(node.path.clone()) {
            return Ok(());
        }
        let from = relative(&self.request.folder, &node.path);
        for file in walk::list_bundled(self.request, &node.path, node.is_link, &node.package, tree)?
        {
            // npm reads a backslash in a bundled path as a slash, even on Unix.
            let path = paths::normalize(&format!("{from}/{file}"));
            self.files.push(path.replace('\\', "/"));
        }
        Ok(())
    }

    /// The package of that name, as Node would find it from another package.
    fn resolve(&self, from: &Node, name: &str) -> Result<Option<Node>, PackError> {
        let common = common_ancestor(&from.real, &self.request.folder);
        for folder in from.real.ancestors() {
            if !folder.starts_with(&common) {
                break;
            }
            if folder
                .file_name()
                .is_some_and(|name| name == "node_modules")
            {
                continue;
            }
            let path = folder.join("node_modules").join(name);
            if let Ok(found) = std::fs::symlink_metadata(&path) {
                let read = read(path, found.is_symlink(), self.request.edition);
                return read.map_err(|error| error.of_bundled(name));
            }
            if folder == self.request.folder {
                break;
            }
        }
        Ok(None)
    }
}

fn read(path: PathBuf, is_link: bool, edition: Edition) -> Result<Option<Node>, PackError> {
    let Ok(real) = dunce::canonicalize(&path) else {
        return Ok(None);
    };
    let package = match Manifest::read(&real.join("package.json")) {
        Ok(manifest) => PackFields::of(&manifest.object, &real, edition)?,
        Err(_) => PackFields::default(),
    };
    Ok(Some(Node {
        path,
        real,
        is_link,
        package,
    }))
}

fn common_ancestor(a: &Path, b: &Path) -> PathBuf {
    let common = a.components().zip(b.components());
    common.take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
}

/// `path.relative`, with forward slashes.
fn relative(from: &Path, to: &Path) -> String {
    let common = common_ancestor(from, to);
    let rest = |path: &Path| {
        let rest = path.strip_prefix(&common).unwrap_or(path);
        rest.components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect::<Vec<_>>()
    };
    let up = rest(from).into_iter().map(|_| "..".to_owned());
    up.chain(rest(to)).collect::<Vec<_>>().join("/")
}
