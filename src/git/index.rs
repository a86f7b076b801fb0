//! git's index: which files it tracks. Read from the file itself, so git is not started.

use std::path::{Path, PathBuf};

use crate::file;

/// An index is read up to this size; a million files need less.
const MAX_INDEX: u64 = 256 << 20;

/// The names of an index are kept up to this sum, in bytes. Version 4 writes only what
/// differs from the name before, so that a small index may hold long names.
const MAX_NAMES: usize = 64 << 20;
/// The checksum at the end, in bytes. With SHA-256 it is longer, as the names of objects are.
const CHECKSUM: usize = 20;

/// The files that git tracks in a working tree.
#[derive(Clone, Debug)]
pub struct Tracked {
    root: PathBuf,
    /// Paths from the root, in byte order.
    names: Vec<Vec<u8>>,
}

impl Tracked {
    /// Reads the index of the working tree that contains a folder. `None` if there is none, or
    /// it cannot be read.
    pub fn around(folder: &Path) -> Option<Self> {
        let (root, index) = folder
            .ancestors()
            .find_map(|folder| Some((folder, index_of(folder)?)))?;
        let bytes = file::read_head(&index, MAX_INDEX).ok()?;
        let mut names = names(&bytes)?;
        names.sort_unstable();
        Some(Self {
            root: root.to_path_buf(),
            names,
        })
    }

    /// The root of the working tree.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether git tracks a file.
    pub fn has(&self, file: &Path) -> bool {
        self.name(file)
            .is_some_and(|name| self.names.binary_search(&name).is_ok())
    }

    /// Whether git tracks a file directly in a folder.
    pub fn has_files_in(&self, folder: &Path) -> bool {
        let Some(mut start) = self.name(folder) else {
            return false;
        };
        if !start.is_empty() {
            start.push(b'/');
        }
        let from = self.names.partition_point(|name| *name < start);
        self.names[from..]
            .iter()
            .take_while(|name| name.starts_with(&start))
            .any(|name| !name[start.len()..].contains(&b'/'))
    }

    fn name(&self, path: &Path) -> Option<Vec<u8>> {
        let inside = path.strip_prefix(&self.root).ok()?.to_str()?;
        Some(inside.replace('\\', "/").into_bytes())
    }
}

/// The index of the working tree with this root: in `.git`, or, for a worktree or submodule, in
/// the folder that the file `.git` names.
fn index_of(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if git.is_dir() {
        return Some(git.join("index"));
    }
    let text = file::read_text(&git, file::limit::SMALL).ok()?;
    let named = text.strip_prefix("gitdir:")?.trim();
    Some(folder.join(named).join("index"))
}

/// The names in a git index (gitformat-index, versions 2 to 4).
fn names(index: &[u8]) -> Option<Vec<Vec<u8>>> {
    let number = |at: usize| Some(u32::from_be_bytes(index.get(at..at + 4)?.try_into().ok()?));
    if index.get(..4)? != b"DIRC" {
        return None;
    }
    let (version, count) = (number(4)?, number(8)?);
    let mut names: Vec<Vec<u8>> = Vec::new();
    let mut kept = 0;
    let mut at = 12;
    for _ in 0..count {
        // Times, device, inode, mode, owner, size: 40 bytes; then the object's
        // name (SHA-1, 20 bytes) and the flags.
        let flags = u16::from_be_bytes(index.get(at + 60..at + 62)?.try_into().ok()?);
        let extended = version >= 3 && flags & 0x4000 != 0;
        let start = at + 62 + if extended { 2 } else { 0 };
        let (mut name, start) = if version == 4 {
            let (strip, after) = offset(index, start)?;
            let previous = names.last().map_or(&[][..], Vec::as_slice);
            (
                previous[..previous.len().checked_sub(strip)?].to_vec(),
                after,
            )
        } else {
            (Vec::new(), start)
        };
        let length = index.get(start..)?.iter().position(|&byte| byte == 0)?;
        name.extend_from_slice(&index[start..start + length]);
        // Up to version 3 entries are padded to a multiple of eight.
        at = if version == 4 {
            start + length + 1
        } else {
            at + ((start + length - at) / 8 + 1) * 8
        };
        kept += name.len();
        if kept > MAX_NAMES {
            return None;
        }
        names.push(name);
    }
    ends_after_extensions(index, at).then_some(names)
}

/// Whether nothing but extensions and the checksum follows the entries. In an index with
/// SHA-256 the entries are longer, and what was read of it makes no sense.
fn ends_after_extensions(index: &[u8], mut at: usize) -> bool {
    while index.len().saturating_sub(at) > CHECKSUM {
        let Some(size) = index.get(at + 4..at + 8) else {
            return false;
        };
        let size = u32::from_be_bytes([size[0], size[1], size[2], size[3]]);
        at = at.saturating_add(8).saturating_add(size as usize);
    }
    index.len().checked_sub(at) == Some(CHECKSUM)
}

/// A variable-width number, as in pack files.
fn offset(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *bytes.get(at)?;
    let mut value = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *bytes.get(at)?;
        value = (value.checked_add(1)?.checked_shl(7)?) | usize::from(byte & 0x7f);
    }
    Some((value, at + 1))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    fn git(folder: &Path, args: &[&str]) {
        let status = Command::new("git")
            .args(args)
            .current_dir(folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(
            status.status.success(),
            "{}",
            String::from_utf8_lossy(&status.stderr)
        );
    }

    fn tracks(file: &Path) -> bool {
        Tracked::around(file.parent().unwrap()).is_some_and(|tracked| tracked.has(file))
    }

    #[test]
    fn a_folder_is_known_by_the_files_in_it() {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "-q"]);
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::create_dir_all(folder.path().join("a-b")).unwrap();
        for name in ["a/b/c", "a-b/d"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        git(folder.path(), &["add", "."]);
        let tracked = Tracked::around(&folder.path().join("a")).unwrap();
        assert!(tracked.has_files_in(&folder.path().join("a/b")));
        assert!(tracked.has_files_in(&folder.path().join("a-b")));
        assert!(!tracked.has_files_in(&folder.path().join("a")));
        assert!(!tracked.has_files_in(folder.path()));
    }

    #[test]
    fn gits_index_is_read_in_every_version() {
        for version in ["2", "3", "4"] {
            let folder = tempfile::tempdir().unwrap();
            git(folder.path(), &["init", "-q"]);
            fs::create_dir(folder.path().join("sub")).unwrap();
            for name in [
                ".npmrc",
                "a-file-with-a-long-name.txt",
                "sub/.npmrc",
                "untracked",
            ] {
                fs::write(folder.path().join(name), "x").unwrap();
            }
            git(
                folder.path(),
                &["add", ".npmrc", "a-file-with-a-long-name.txt", "sub/.npmrc"],
            );
            git(folder.path(), &["update-index", "--index-version", version]);
            assert!(tracks(&folder.path().join(".npmrc")), "version {version}");
            assert!(
                tracks(&folder.path().join("sub/.npmrc")),
                "version {version}"
            );
            assert!(
                !tracks(&folder.path().join("untracked")),
                "version {version}"
            );
        }
        let elsewhere = tempfile::tempdir().unwrap();
        assert!(!tracks(&elsewhere.path().join(".npmrc")));
    }

    /// Each name is the one before and one byte more.
    #[test]
    fn names_that_grow_in_a_small_index_are_not_kept() {
        let of = |count: u32| {
            let mut index = b"DIRC\0\0\0\x04".to_vec();
            index.extend(count.to_be_bytes());
            for _ in 0..count {
                index.extend([0; 62]);
                index.extend([0, b'x', 0]);
            }
            index.extend([0; CHECKSUM]);
            index
        };
        assert_eq!(names(&of(3)).unwrap()[2], b"xxx");
        assert!(names(&of(20_000)).is_none());
    }

    #[test]
    fn an_index_with_sha256_is_not_read_as_one_with_sha1() {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "-q", "--object-format=sha256"]);
        fs::write(folder.path().join("a"), "x").unwrap();
        git(folder.path(), &["add", "a"]);
        assert!(Tracked::around(folder.path()).is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_index_is_read_without_a_crash(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), version in 2u8..5) {
            let mut index = b"DIRC\0\0\0".to_vec();
            index.push(version);
            index.extend([0, 0, 0, 3]);
            index.extend(bytes);
            let _ = names(&index);
        }
    }
}
