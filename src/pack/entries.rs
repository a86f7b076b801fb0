//! Sizes, modes and order: what node-tar writes of a list of paths.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::Path;

use super::collate::Key;
use super::error::PackError;
use super::package::PackFields;
use super::{Edition, Packed, Request, stripped};
use crate::file;
use crate::threads::in_shares;

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

/// Determines the size and mode of each path, of which none may be there twice.
pub(super) fn describe(
    request: &Request,
    package: &PackFields,
    paths: Vec<String>,
) -> Result<Packed, PackError> {
    if paths.is_empty() {
        return Err(PackError::Nothing);
    }
    let mut keyed: Vec<(Key, String)> = paths
        .into_iter()
        .map(|path| (Key::new(&path), path))
        .collect();
    keyed.sort_by(|(a, _), (b, _)| a.compare(b));
    let found = in_shares(&keyed, |keyed| {
        let each = keyed.iter().map(|(_, path)| OnDisk::of(request, path));
        each.collect::<Result<Vec<_>, _>>()
    });
    let found = found.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    let mut links = HashMap::new();
    let mut files = Vec::with_capacity(keyed.len());
    for ((_, path), found) in keyed.into_iter().zip(found) {
        files.push(file(request, package, (path, found), &mut links)?);
    }
    Ok(Packed::of(files))
}

/// A file's metadata.
#[derive(Clone, Copy)]
struct OnDisk {
    size: u64,
    mode: u32,
    /// Device and inode, where it has more than one name.
    shared: Option<(u64, u64)>,
}

impl OnDisk {
    /// Reads the metadata of a file, which npm must be able to read.
    fn of(request: &Request, path: &str) -> Result<Self, PackError> {
        let absolute = request.folder.join(path);
        let found = std::fs::symlink_metadata(&absolute)
            .map_err(|error| PackError::unreadable(&absolute, "lstat", &error))?;
        let mode = mode_of(&found);
        if mode & 0o444 != 0o444 {
            readable(&absolute)?;
        }
        Ok(Self {
            size: found.len(),
            mode,
            shared: shared_identity(&found),
        })
    }
}

fn file(
    request: &Request,
    package: &PackFields,
    (path, found): (String, OnDisk),
    links: &mut HashMap<(u64, u64), String>,
) -> Result<PackedFile, PackError> {
    let is_stripped =
        path == "package.json" && package.has_patches && request.edition == Edition::Npm12;
    let (size, kind) = if is_stripped {
        let size = stripped::size(&request.folder.join(&path), &request.manifest)?;
        (size, FileKind::File)
    } else {
        match hard_link(found, &path, links) {
            Some(to) => (0, FileKind::HardLink { to }),
            None => (found.size, FileKind::File),
        }
    };
    Ok(PackedFile {
        mode: packed_mode(found.mode, is_bin(package, &path)),
        path,
        size,
        kind,
    })
}

/// Whether npm takes a path for a command: it compares with the path without its
/// first part.
fn is_bin(package: &PackFields, path: &str) -> bool {
    let behind = path.split_once('/').map_or(path, |(_, rest)| rest);
    let compared = if path.starts_with('@') { path } else { behind };
    package.bins.executable.iter().any(|bin| bin == compared)
}

fn packed_mode(on_disk: u32, is_bin: bool) -> u32 {
    let executable = if is_bin { 0o111 } else { 0 };
    ((on_disk | executable) & 0o7777 | 0o600) & !0o022
}

/// The path under which the same file was packed before.
fn hard_link(found: OnDisk, path: &str, links: &mut HashMap<(u64, u64), String>) -> Option<String> {
    let identity = found.shared?;
    if let Some(first) = links.get(&identity) {
        return Some(first.clone());
    }
    links.insert(identity, path.to_owned());
    None
}

fn readable(path: &Path) -> Result<(), PackError> {
    let opened = file::open(path).map(drop);
    opened.map_err(|error| PackError::of_file(path, &error))
}

#[cfg(unix)]
fn mode_of(found: &Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    found.mode()
}

#[cfg(not(unix))]
fn mode_of(_found: &Metadata) -> u32 {
    0o666
}

/// Device and inode of a file that has more than one name.
#[cfg(unix)]
fn shared_identity(found: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    (found.nlink() > 1).then(|| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn shared_identity(_found: &Metadata) -> Option<(u64, u64)> {
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
