//! Literal credentials in files that others get to see: a project's .npmrc
//! that git tracks, or one inside the tarball that is published.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use super::{Exposed, Exposure};
use crate::file;
use crate::npmrc::Config;
use crate::npmrc::config::FileState;
use crate::npmrc::ini;
use crate::origin::{FilePosition, Layer, Origin};

/// The last parts of keys that make a credential.
const FIELDS: [&str; 3] = ["_authToken", "_auth", "_password"];
/// A git index is read up to here; a million files need less.
const LARGEST_INDEX: u64 = 256 << 20;
/// A tarball is looked through up to here, unpacked.
const LARGEST_TARBALL: u64 = 512 << 20;

/// Credentials in the project's own .npmrc, where git tracks that file.
pub(super) fn tracked(config: &Config) -> Vec<Exposed> {
    of_project(config, git_tracks)
}

/// Credentials in the project's own .npmrc, where that belongs to a commit
/// whose files lie below a folder.
pub(crate) fn committed(config: &Config, root: &Path) -> Vec<Exposed> {
    of_project(config, |file| file.starts_with(root))
}

fn of_project(config: &Config, is_seen: impl Fn(&Path) -> bool) -> Vec<Exposed> {
    let files = config.files().iter();
    let project =
        files.filter(|file| file.layer == Layer::Project && file.state == FileState::Read);
    let mut found = Vec::new();
    for file in project {
        let text = file::read_text(&file.path, file::limit::CONFIG).unwrap_or_default();
        let literal = literals(&text);
        if literal.is_empty() || !is_seen(&file.path) {
            continue;
        }
        found.extend(literal.into_iter().map(|(key, line, column)| Exposed {
            key,
            origin: Origin::File(FilePosition {
                layer: file.layer,
                path: file.path.clone(),
                line,
                column,
            }),
            how: Exposure::TrackedByGit,
        }));
    }
    found
}

/// Credentials in an .npmrc inside a tarball.
pub(super) fn packed(tarball: &Path) -> Vec<Exposed> {
    let Ok(file) = file::open(tarball) else {
        return Vec::new();
    };
    let mut archive = tar::Archive::new(GzDecoder::new(file).take(LARGEST_TARBALL));
    let mut found = Vec::new();
    for entry in archive.entries().into_iter().flatten() {
        // What does not read on is npm's business, not ours.
        let Ok(mut entry) = entry else { break };
        let Ok(path) = entry.path().map(std::borrow::Cow::into_owned) else {
            continue;
        };
        if path.file_name().is_none_or(|name| name != ".npmrc") {
            continue;
        }
        let mut text = String::new();
        if entry
            .by_ref()
            .take(1 << 20)
            .read_to_string(&mut text)
            .is_err()
        {
            continue;
        }
        found.extend(literals(&text).into_iter().map(|(key, _, _)| Exposed {
            key,
            origin: Origin::Manifest {
                path: tarball.to_path_buf(),
                pointer: String::new(),
            },
            how: Exposure::Packed {
                path: path.display().to_string(),
            },
        }));
    }
    found
}

/// Keys whose credential stands there as it is, with their places.
fn literals(text: &str) -> Vec<(String, usize, usize)> {
    let entries = ini::parse(text).entries.into_iter();
    entries
        .filter(|entry| {
            entry
                .key
                .rsplit(':')
                .next()
                .is_some_and(|field| FIELDS.contains(&field))
        })
        .filter(|entry| entry.value.is_truthy() && !entry.value.to_text().contains("${"))
        .map(|entry| (entry.key, entry.line, entry.column))
        .collect()
}

/// Whether a file stands in git's index. Read from the index itself: no git is
/// started. Where it cannot be read, nothing is claimed.
fn git_tracks(file: &Path) -> bool {
    let find = || -> Option<bool> {
        let (root, index) = file
            .ancestors()
            .skip(1)
            .find_map(|folder| Some((folder, index_of(folder)?)))?;
        let wanted = file.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
        let bytes = file::read_head(&index, LARGEST_INDEX).ok()?;
        Some(names(&bytes)?.iter().any(|name| name == wanted.as_bytes()))
    };
    find().unwrap_or(false)
}

/// The index of a working tree whose root is this folder: in `.git`, or, for a
/// worktree or submodule, in the folder that the file `.git` names.
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
        names.push(name);
    }
    Some(names)
}

/// A number of variable width, as in pack files.
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

    fn git(folder: &Path, words: &[&str]) {
        let status = Command::new("git")
            .args(words)
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
            assert!(
                git_tracks(&folder.path().join(".npmrc")),
                "version {version}"
            );
            assert!(
                git_tracks(&folder.path().join("sub/.npmrc")),
                "version {version}"
            );
            assert!(
                !git_tracks(&folder.path().join("untracked")),
                "version {version}"
            );
        }
        let elsewhere = tempfile::tempdir().unwrap();
        assert!(!git_tracks(&elsewhere.path().join(".npmrc")));
    }

    #[test]
    fn a_reference_to_a_variable_is_no_literal() {
        let text = "//h/:_authToken=${TOKEN}\n//h/:_password=abc\n//h/:username=bob\nregistry=https://h/\n";
        assert_eq!(literals(text), [("//h/:_password".to_owned(), 2, 16)]);
    }

    #[test]
    fn an_npmrc_in_a_tarball_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cat.tgz");
        let gz = flate2::write::GzEncoder::new(
            fs::File::create(&path).unwrap(),
            flate2::Compression::fast(),
        );
        let mut archive = tar::Builder::new(gz);
        let text = b"//h/:_authToken=literal\n";
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, "package/.npmrc", &text[..])
            .unwrap();
        archive.into_inner().unwrap().finish().unwrap();
        let found = packed(&path);
        assert_eq!(
            found[0].how,
            Exposure::Packed {
                path: "package/.npmrc".to_owned()
            }
        );
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
