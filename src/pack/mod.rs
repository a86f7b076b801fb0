//! What npm packs: its file list, with sizes and modes, in the tarball's order.
//!
//! A port of `npm-packlist` and what it rests on, in two editions: npm 10 and 11,
//! and npm 12. Its matching differs from that of a .gitignore: see
//! `docs/packing.md`. It starts no process; a differential test compares it with
//! the npms themselves.

mod base_rules;
mod bins;
mod bundle;
mod collate;
mod digest;
mod edition;
mod entries;
mod error;
mod expand;
mod folder;
mod ignored;
mod includes;
mod package;
mod paths;
mod rules;
mod stripped;
mod tarball;
#[cfg(test)]
mod tests;
mod unused;
mod walk;
mod why;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

pub use digest::{Digest, Digests, MAX_HEAD, digest_of};
pub use edition::Edition;
pub use entries::{FileKind, PackedFile};
pub use error::PackError;
pub use ignored::may_be_ignored;
pub use rules::RuleSource;
pub use why::{Reason, Why};

use crate::threads::joined;
use bundle::{Bundle, Node};
use folder::Tree;
use package::PackFields;

/// What to pack, and everything else that npm's list depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The package's folder, absolute.
    pub folder: PathBuf,
    /// The object in its package.json.
    pub manifest: Arc<Map<String, Value>>,
    /// Whose rules apply.
    pub edition: Edition,
    /// npm's local prefix: the workspace's root, if there is one.
    pub prefix: PathBuf,
    /// The folders of the workspace members that this run of npm covers.
    pub workspaces: Arc<[PathBuf]>,
    /// The package has workspace members of its own.
    pub has_members: bool,
    /// npm 12's `global-ignore-file`.
    pub global_ignore_file: Option<PathBuf>,
}

/// What npm would pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// The files, in the order of the tarball.
    pub files: Vec<PackedFile>,
    /// The bundled dependencies.
    pub bundled: Vec<String>,
    /// The size of the tarball, if it exists.
    pub packed_size: Option<u64>,
    /// Its SHA-512, if it exists.
    pub integrity: Option<String>,
}

impl Packed {
    /// These files, and what is bundled among them.
    fn of(files: Vec<PackedFile>) -> Self {
        let names = files.iter();
        let names = names.filter_map(|file| entries::bundled_name(&file.path));
        let bundled: BTreeSet<String> = names.collect();
        Self {
            bundled: bundled.into_iter().collect(),
            files,
            packed_size: None,
            integrity: None,
        }
    }

    /// The size of all files together.
    pub fn unpacked_size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// The paths of the files.
    pub fn paths(&self) -> BTreeSet<String> {
        self.files.iter().map(|file| file.path.clone()).collect()
    }

    /// The file with that path.
    pub fn find(&self, path: &str) -> Option<&PackedFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// The files that npm would pack from a folder in its present state.
///
/// # Errors
/// When npm itself would fail, or a limit of ours is exceeded: see [`PackError`].
pub fn pack(request: &Request) -> Result<Packed, PackError> {
    let mut tree = Tree::default();
    let package = PackFields::of(&request.manifest, &request.folder, request.edition)?;
    let paths = all_paths(request, &package, &mut tree)?;
    entries::describe(request, &package, paths)
}

/// The same, with the sorted paths that another edition would pack; `None` if it would fail.
/// Each folder is read once.
///
/// # Errors
/// As [`pack`].
pub fn pack_and_list(
    request: &Request,
    other: Edition,
) -> Result<(Packed, Option<Vec<String>>), PackError> {
    let mut tree = Tree::default();
    let package = PackFields::of(&request.manifest, &request.folder, request.edition)?;
    let paths = all_paths(request, &package, &mut tree)?;
    std::thread::scope(|scope| {
        let packed = scope.spawn(|| entries::describe(request, &package, paths));
        let other = Request {
            edition: other,
            ..request.clone()
        };
        let package = PackFields::of(&other.manifest, &other.folder, other.edition);
        let list = package.and_then(|package| all_paths(&other, &package, &mut tree));
        Ok((joined(packed)?, list.ok()))
    })
}

/// The package's own paths, and those of what it bundles; sorted, each once.
fn all_paths(
    request: &Request,
    package: &PackFields,
    tree: &mut Tree,
) -> Result<Vec<String>, PackError> {
    let mut files = walk::list(request, package, tree)?;
    let mut bundle = Bundle::new(request, &mut files);
    bundle.gather(Node::root(request, package.clone()), tree)?;
    files.sort_unstable();
    files.dedup();
    Ok(files)
}

/// Whether a path is packed, and which rule decided.
///
/// # Errors
/// As [`pack`].
pub fn why(request: &Request, path: &str) -> Result<Why, PackError> {
    let mut tree = Tree::default();
    let package = PackFields::of(&request.manifest, &request.folder, request.edition)?;
    walk::why(request, &package, path, &mut tree)
}

/// The files in a tarball that is published unchanged.
///
/// # Errors
/// When it cannot be read.
pub fn read_tarball(path: &Path) -> Result<Packed, PackError> {
    visit_tarball(path, &mut |_, _| {})
}

/// The same; also passes each file to `visit`: its path, and its bytes up to a limit.
///
/// # Errors
/// When it cannot be read.
pub fn visit_tarball(path: &Path, visit: &mut dyn FnMut(&str, &[u8])) -> Result<Packed, PackError> {
    tarball::read(path, visit)
}

/// The same for a tarball in memory.
///
/// # Errors
/// When it is not a gzipped tar.
pub fn visit_tarball_bytes(
    tarball: &[u8],
    visit: &mut dyn FnMut(&str, &[u8]),
) -> std::io::Result<Packed> {
    tarball::read_from(tarball, visit)
}

/// Sizes and checksums of the files of a folder.
pub fn digests(folder: &Path, packed: &Packed) -> Digests {
    digest::of_folder(folder, packed)
}

/// The elements of `files` that pack nothing, by their index.
pub fn unused_entries(request: &Request, packed: &Packed) -> Vec<usize> {
    let mut tree = Tree::default();
    unused::find(request, packed, &mut tree)
}
