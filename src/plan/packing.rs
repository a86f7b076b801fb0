//! What a package's tarball would be made of, or which existing tarball is sent.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Input;
use crate::manifest::Manifest;
use crate::manifest::workspaces::Workspaces;
use crate::npm::NpmVersion;
use crate::pack::{Edition, Request};

/// Where the files of a package come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packing {
    /// npm packs a folder.
    Folder(Request),
    /// Another tool packs this folder, by its own rules.
    Foreign(PathBuf),
    /// A tarball is sent unchanged.
    Tarball(PathBuf),
    /// Nothing here is packed: npm fetches the package.
    Remote,
}

impl Packing {
    /// The folder that is packed.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(request) => Some(&request.folder),
            Self::Foreign(folder) => Some(folder),
            Self::Tarball(_) | Self::Remote => None,
        }
    }
}

/// How npm would pack a folder. `workspaces`: the members that the run covers.
pub(super) fn of_folder(
    input: Input<'_>,
    npm: &NpmVersion,
    folder: &Path,
    manifest: &Manifest,
    workspaces: &Arc<[PathBuf]>,
) -> Packing {
    let has_members = manifest.object.contains_key("workspaces")
        && Workspaces::read(folder, manifest).is_ok_and(|members| !members.is_empty());
    Packing::Folder(Request {
        folder: folder.to_owned(),
        manifest: Arc::clone(&manifest.object),
        edition: Edition::of(npm),
        prefix: input.config.local_prefix().to_owned(),
        workspaces: Arc::clone(workspaces),
        has_members,
        global_ignore_file: input
            .config
            .global_ignore_file(input.environment, input.npm),
    })
}
