//! Sizes, modes and order: what node-tar writes of a list of paths.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::collate::Key;
use super::error::PackError;
use super::package::PackFields;
use super::{Edition, Packed, Request, stripped};
use crate::file;

/// A file in the tarball.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedFile {
    /// Its path in the package.
    pub path: String,
    /// In bytes; 0 for a hard link.
    pub size: u64,
    /// The permission bits.
    pub mode: u32,
    /// Whether the tarball holds its bytes.
    pub kind: FileKind,
}

/// How a file is stored in the tarball.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// With its bytes.
    File,
    /// As a hard link, which npm drops when it installs.
    HardLink {
        /// The file that it links to.
        to: String,
    },
}

/// Finds out size and mode of each path.
pub(super) fn describe(
    request: &Request,
    package: &PackFields,
    paths: Vec<String>,
) -> Result<Packed, PackError> {
    let paths: BTreeSet<String> = paths.into_iter().collect();
    if paths.is_empty() {
        return Err(PackError::Nothing);
    }
    let mut keyed: Vec<(Key, String)> = paths
        .into_iter()
        .map(|path| (Key::new(&path), path))
        .collect();
    keyed.sort_by(|(a, _), (b, _)| a.compare(b));
    let mut links = HashMap::new();
    let mut files = Vec::with_capacity(keyed.len());
    for (_, path) in keyed {
        files.push(file(request, package, path, &mut links)?);
    }
    let bundled: BTreeSet<String> = files
        .iter()
        .filter_map(|file| bundled_name(&file.path))
        .collect();
    Ok(Packed {
        files,
        bundled: bundled.into_iter().collect(),
        packed_size: None,
        integrity: None,
    })
}

fn file(
    request: &Request,
    package: &PackFields,
    path: String,
    links: &mut HashMap<(u64, u64), String>,
) -> Result<PackedFile, PackError> {
    let absolute = request.folder.join(&path);
    let found = std::fs::symlink_metadata(&absolute)
        .map_err(|error| PackError::unreadable(&absolute, "lstat", &error))?;
    let mut mode = mode_of(&found);
    if mode & 0o444 != 0o444 {
        readable(&absolute)?;
    }
    // npm compares with the path without its first part.
    let behind = path.split_once('/').map_or(path.as_str(), |(_, rest)| rest);
    let listed = if path.starts_with('@') {
        path.as_str()
    } else {
        behind
    };
    if package.bins.iter().any(|bin| bin == listed) {
        mode |= 0o111;
    }
    let mode = (mode & 0o7777 | 0o600) & !0o022;
    let is_stripped =
        path == "package.json" && package.has_patches && request.edition == Edition::Npm12;
    if is_stripped {
        let size = stripped::size(&absolute, &request.manifest)?;
        return Ok(PackedFile {
            path,
            size,
            mode,
            kind: FileKind::File,
        });
    }
    if let Some(identity) = shared_identity(&found) {
        if let Some(to) = links.get(&identity) {
            return Ok(PackedFile {
                path,
                size: 0,
                mode,
                kind: FileKind::HardLink { to: to.clone() },
            });
        }
        links.insert(identity, path.clone());
    }
    Ok(PackedFile {
        path,
        size: found.len(),
        mode,
        kind: FileKind::File,
    })
}

fn readable(path: &Path) -> Result<(), PackError> {
    let opened = file::open(path).map(drop);
    opened.map_err(|error| PackError::of_file(path, &error))
}

#[cfg(unix)]
fn mode_of(found: &std::fs::Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    found.mode()
}

#[cfg(not(unix))]
fn mode_of(_found: &std::fs::Metadata) -> u32 {
    0o666
}

/// Device and inode of a file that has more than one name.
#[cfg(unix)]
fn shared_identity(found: &std::fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    (found.nlink() > 1).then(|| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn shared_identity(_found: &std::fs::Metadata) -> Option<(u64, u64)> {
    None
}

/// The dependency that a path in node_modules belongs to.
pub(super) fn bundled_name(path: &str) -> Option<String> {
    let inside = path.strip_prefix("node_modules/")?;
    let mut parts = inside.split('/');
    let first = parts.next()?;
    match parts.next()? {
        second if first.starts_with('@') => Some(format!("{first}/{second}")),
        _ => Some(first.to_owned()),
    }
}
