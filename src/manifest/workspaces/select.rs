//! Which members a run covers: `lib/utils/get-workspaces.js`.

use std::path::{Path, PathBuf};

use super::{Manifest, Member, WorkspaceError, Workspaces, js, paths};
use crate::manifest::glob::{Glob, MatchOptions};

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The values of `--workspace`; empty means all members. If npm was started in a member's
    /// folder, that member is one of them, as its absolute path.
    pub filters: &'a [String],
    /// `--include-workspace-root`.
    pub include_root: bool,
    /// The folder npm was started in, absolute.
    pub cwd: &'a Path,
}

/// A package that a run covers.
#[derive(Clone, Debug)]
pub struct Selected {
    /// Its name, as [`Member::name`].
    pub name: String,
    /// Its folder.
    pub directory: PathBuf,
    /// Its package.json.
    pub manifest: Manifest,
    /// Whether it is the root rather than a member.
    pub is_root: bool,
}

impl Workspaces {
    /// The packages that npm would process, in its order: the root first if it is asked for,
    /// then those that each filter names, each once.
    ///
    /// # Errors
    /// As [`Workspaces::read`], and when nothing is named.
    pub fn select(
        root: &Path,
        manifest: &Manifest,
        selection: Selection<'_>,
    ) -> Result<Vec<Selected>, WorkspaceError> {
        let members = Self::read(root, manifest)?;
        let mut chosen: Vec<Selected> = Vec::new();
        if selection.include_root {
            chosen.push(Selected {
                name: js::truthy(&manifest.object, "name")
                    .map(js::to_text)
                    .unwrap_or_default(),
                directory: root.to_owned(),
                manifest: manifest.clone(),
                is_root: true,
            });
        }
        if selection.filters.is_empty() {
            for member in &members {
                choose(&mut chosen, member);
            }
        }
        for filter in selection.filters {
            for member in &members {
                if member.is_named(filter, root, selection.cwd) {
                    choose(&mut chosen, member);
                }
            }
        }
        if chosen.is_empty() {
            return Err(WorkspaceError::NotFound {
                filters: selection.filters.to_vec(),
            });
        }
        Ok(chosen)
    }
}

/// npm's map is keyed by name: a member with the root's name replaces it.
fn choose(chosen: &mut Vec<Selected>, member: &Member) {
    let selected = Selected {
        name: member.name.clone(),
        directory: member.directory.clone(),
        manifest: member.manifest.clone(),
        is_root: false,
    };
    match chosen.iter_mut().find(|other| other.name == member.name) {
        Some(other) => *other = selected,
        None => chosen.push(selected),
    }
}

impl Member {
    /// Whether a value of `-w`, given in the folder `cwd`, names it.
    pub fn is_named(&self, filter: &str, root: &Path, cwd: &Path) -> bool {
        // npm resolves it against its prefix unless that is above the working folder.
        let from = if paths::relative(root, cwd).starts_with("..") {
            root
        } else {
            cwd
        };
        let mut path = paths::relative(from, &self.directory);
        if filter.starts_with("./") {
            path = format!("./{path}");
        }
        let folder_of = |filter: &str| {
            let pattern = format!("{}/*", filter.replace('\\', "/"));
            Glob::new(&pattern).matches(&path, MatchOptions::default())
        };
        filter == self.name
            || paths::resolve(from, filter) == self.directory
            || folder_of(&paths::relative(root, &cwd.join(filter)))
            || folder_of(filter)
    }
}
