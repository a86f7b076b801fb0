//! The folder that npm uses as the project (`localPrefix`), and its global prefix.

use std::path::{Path, PathBuf};

use super::unread::Unread;
use crate::environment::Environment;
use crate::npm::Npm;

/// npm's `localPrefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    /// The folder whose .npmrc is the project's.
    pub(super) folder: PathBuf,
    /// The workspace member that the working folder is in.
    pub(super) member: Option<PathBuf>,
    /// Folders above whose package.json npm reads on the way because they may be the root of a
    /// workspace, but are not.
    pub(super) no_roots: Vec<PathBuf>,
}

impl Prefix {
    pub(super) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            member: None,
            no_roots: Vec::new(),
        }
    }

    /// The .npmrc files that a user may expect npm to read, but that it does not.
    pub(super) fn passed_over(&self, cwd: &Path) -> Vec<(PathBuf, Unread)> {
        let mut files = Vec::new();
        if let Some(member) = &self.member {
            files.push((member.join(".npmrc"), Unread::OfMember));
        }
        if !cwd.starts_with(&self.folder) || cwd == self.folder {
            let parents = self.folder.ancestors().skip(1);
            files.extend(parents.map(|parent| (parent.join(".npmrc"), Unread::AboveProject)));
            return files;
        }
        let below = cwd.ancestors().take_while(|folder| *folder != self.folder);
        files.extend(below.map(|folder| (folder.join(".npmrc"), Unread::BelowRoot)));
        let parents = self.folder.ancestors().skip(1);
        files.extend(parents.map(|parent| (parent.join(".npmrc"), Unread::AboveProject)));
        files
    }
}

/// Walks up to the first folder with a package.json or a `node_modules`, and from there up to a
/// workspace root that has it as a member.
pub(super) fn find(
    cwd: &Path,
    with_workspaces: bool,
    is_member: &dyn Fn(&Path, &Path) -> bool,
) -> Prefix {
    let mut found: Option<&Path> = None;
    let mut no_roots = Vec::new();
    for folder in cwd.ancestors() {
        let has_manifest = folder.join("package.json").is_file();
        match found {
            None if has_manifest || folder.join("node_modules").is_dir() => {
                found = Some(folder);
                if !with_workspaces {
                    break;
                }
            }
            Some(member) if has_manifest && is_member(folder, member) => {
                return Prefix {
                    folder: folder.to_path_buf(),
                    member: Some(member.to_path_buf()),
                    no_roots,
                };
            }
            Some(_) if has_manifest => no_roots.push(folder.to_path_buf()),
            _ => {}
        }
    }
    Prefix {
        no_roots,
        ..Prefix::at(found.unwrap_or(cwd))
    }
}

/// npm's default `prefix`: `$PREFIX`, else two folders above Node, which on most systems is
/// three folders above npm's own `node_modules/npm`.
pub(super) fn global(environment: &Environment, npm: Option<&Npm>) -> PathBuf {
    if let Some(prefix) = environment.filled("PREFIX") {
        return PathBuf::from(prefix);
    }
    let node = environment
        .variable("PATH")
        .and_then(|path| which::which_in("node", Some(path), &environment.cwd).ok())
        .and_then(|node| dunce::canonicalize(node).ok());
    let up = if cfg!(windows) { 1 } else { 2 };
    let by_node = node.as_deref().and_then(|node| node.ancestors().nth(up));
    let by_npm = npm.and_then(|npm| npm.root.ancestors().nth(3));
    let prefix = by_node.or(by_npm).unwrap_or(Path::new("/usr/local"));
    match environment.filled("DESTDIR") {
        Some(destination) if cfg!(unix) => {
            Path::new(destination).join(prefix.strip_prefix("/").unwrap_or(prefix))
        }
        _ => prefix.to_path_buf(),
    }
}
