//! What differs between the published tarball and this one.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use serde_json::{Map, Value};

use super::entries::{self, EntryKind};
use super::targets::{Finder, Target};
use crate::manifest::Manifest;
use crate::pack::{Digests, Packed, digest_of};

/// A tarball with its manifest.
#[derive(Clone, Debug)]
pub struct Unpacked {
    /// The files.
    pub packed: Packed,
    /// Their checksums.
    pub digests: Digests,
    /// The package.json in it.
    pub manifest: Manifest,
}

impl Unpacked {
    /// For a tarball in memory. `path` is where its package.json is said to be.
    ///
    /// # Errors
    /// When it is not a gzipped tar, or has no package.json.
    pub fn of_tarball(tarball: &[u8], path: &Path) -> io::Result<Self> {
        let mut digests = Digests::new();
        let mut manifest = Vec::new();
        let packed = crate::pack::visit_tarball_bytes(tarball, &mut |path, head| {
            digests.insert(path.to_owned(), digest_of(head, head.len() as u64));
            if path == "package.json" {
                manifest = head.to_vec();
            }
        })?;
        for file in &packed.files {
            if let Some(digest) = digests.get_mut(&file.path) {
                digest.size = file.size;
            }
        }
        let manifest = Manifest::parse(path, &manifest)
            .map_err(|_| io::Error::other("its package.json cannot be read"))?;
        Ok(Self {
            packed,
            digests,
            manifest,
        })
    }

    /// For a folder that is not yet packed.
    pub fn of_folder(folder: &Path, packed: &Packed, manifest: &Manifest) -> Self {
        Self {
            packed: packed.clone(),
            digests: crate::pack::digests(folder, packed),
            manifest: manifest.clone(),
        }
    }
}

/// The published tarball.
#[derive(Clone, Debug)]
pub struct Previous {
    /// Its version.
    pub version: String,
    /// What is in it.
    pub unpacked: Unpacked,
}

/// A file with its size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizedFile {
    /// Its path below the package.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// A file that is in both, with different bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path below the package.
    pub path: String,
    /// Its size before, in bytes.
    pub before: u64,
    /// Its size now, in bytes.
    pub after: u64,
}

/// What differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The published version.
    pub version: String,
    /// Files that the published version does not have.
    pub added: Vec<SizedFile>,
    /// Files that only the published version has.
    pub removed: Vec<SizedFile>,
    /// Files that differ.
    pub changed: Vec<ChangedFile>,
    /// The total size of the published files, in bytes.
    pub size_before: u64,
    /// The total size of the files now, in bytes.
    pub size_after: u64,
    /// New dependencies that users install, with their range.
    pub new_dependencies: Vec<String>,
    /// Published entry points whose file is now missing.
    pub removed_entries: Vec<String>,
    /// New top-level folders.
    pub new_folders: Vec<String>,
    /// New file extensions.
    pub new_endings: Vec<String>,
    /// Only the version differs.
    pub is_same: bool,
}

/// Compares the published version with what would be packed now.
pub fn compare(previous: &Previous, now: &Unpacked) -> Comparison {
    let (before, after) = (&previous.unpacked.digests, &now.digests);
    let only_in = |these: &Digests, others: &Digests| -> Vec<SizedFile> {
        let files = these.iter().filter(|(path, _)| !others.contains_key(*path));
        files
            .map(|(path, digest)| SizedFile {
                path: path.clone(),
                size: digest.size,
            })
            .collect()
    };
    let added = only_in(after, before);
    let removed = only_in(before, after);
    let changed: Vec<ChangedFile> = before
        .iter()
        .filter_map(|(path, old)| Some((path, old, after.get(path)?)))
        .filter(|(_, old, new)| old != new)
        .map(|(path, old, new)| ChangedFile {
            path: path.clone(),
            before: old.size,
            after: new.size,
        })
        .collect();
    let is_manifest = |file: &ChangedFile| file.path == "package.json";
    let is_same = added.is_empty()
        && removed.is_empty()
        && changed.iter().all(is_manifest)
        && without_version(&previous.unpacked.manifest) == without_version(&now.manifest);
    let sum = |digests: &Digests| digests.values().map(|digest| digest.size).sum();
    Comparison {
        version: previous.version.clone(),
        size_before: sum(before),
        size_after: sum(after),
        new_dependencies: new_dependencies(&previous.unpacked.manifest, &now.manifest),
        removed_entries: removed_entries(&previous.unpacked, now),
        new_folders: new_of(&added, before, &|path| Some(path.split_once('/')?.0)),
        new_endings: new_of(&added, before, &ending),
        added,
        removed,
        changed,
        is_same,
    }
}

fn without_version(manifest: &Manifest) -> Map<String, Value> {
    let mut object = Map::clone(&manifest.object);
    object.remove("version");
    object
}

/// The values of `part` that only added files have.
fn new_of(
    added: &[SizedFile],
    before: &Digests,
    part: &dyn Fn(&str) -> Option<&str>,
) -> Vec<String> {
    let known: BTreeSet<&str> = before.keys().filter_map(|path| part(path)).collect();
    let new: BTreeSet<&str> = added.iter().filter_map(|file| part(&file.path)).collect();
    new.difference(&known).map(|&it| it.to_owned()).collect()
}

/// The extension: `.js` of `lib/index.js`.
fn ending(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let at = name.rfind('.').filter(|at| *at > 0)?;
    Some(&name[at..])
}

/// Dependencies that users did not have to install before.
fn new_dependencies(before: &Manifest, now: &Manifest) -> Vec<String> {
    let fields = ["dependencies", "optionalDependencies", "peerDependencies"];
    let has = |manifest: &Manifest, name: &str| {
        let mut fields = fields.iter();
        fields.any(|field| {
            manifest
                .object
                .get(*field)
                .is_some_and(|it| it.get(name).is_some())
        })
    };
    let of_field = |field: &&str| now.object.get(*field).and_then(Value::as_object);
    let ranges = fields.iter().filter_map(of_field).flatten();
    let new = ranges.filter(|(name, _)| !has(before, name));
    let names: BTreeSet<String> = new
        .map(|(name, range)| format!("{name} {}", range.as_str().unwrap_or("")))
        .collect();
    names.into_iter().collect()
}

/// The name under which users import or run something; all conditions of a subpath of `exports`
/// share one.
fn declared_as(kind: EntryKind, pointer: &str, manifest: &Manifest) -> Option<String> {
    match kind {
        EntryKind::Main => Some("main".to_owned()),
        EntryKind::Bin => {
            let name = manifest.object.get("name").and_then(Value::as_str);
            let own = name.and_then(|name| name.rsplit('/').next());
            let command = pointer.strip_prefix("/bin/").or(own)?;
            Some(format!("bin {command}"))
        }
        EntryKind::Export => {
            let path = pointer.strip_prefix("/exports/").unwrap_or_default();
            let first = path.split('/').next().unwrap_or_default();
            let subpath = first.replace("~1", "/").replace("~0", "~");
            Some(match subpath.as_str() {
                name if name.starts_with('.') => format!("exports \"{name}\""),
                _ => "exports \".\"".to_owned(),
            })
        }
        _ => None,
    }
}

/// What users of the previous version can import or run, but no longer could.
fn removed_entries(before: &Unpacked, now: &Unpacked) -> Vec<String> {
    let promises = |of: &Unpacked| -> BTreeSet<String> {
        let finder = Finder::in_tarball(&of.packed);
        let entries = entries::of(&of.manifest, &finder);
        let kept = entries
            .into_iter()
            .filter(|entry| matches!(entry.target, Target::Packed(_)));
        kept.filter_map(|entry| declared_as(entry.kind, &entry.pointer, &of.manifest))
            .collect()
    };
    let (mut before, now) = (promises(before), promises(now));
    // `exports` replaces `main`.
    if now.contains("exports \".\"") {
        before.remove("main");
    }
    if now.contains("main") {
        before.remove("exports \".\"");
    }
    before.difference(&now).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pack::{FileKind, PackedFile, digest_of};

    fn unpacked(manifest: Value, files: &[(&str, &str)]) -> Unpacked {
        let text = manifest.to_string();
        let own = ("package.json", text.as_str());
        let all = || files.iter().chain(std::iter::once(&own));
        let packed = all().map(|(path, text)| PackedFile {
            path: (*path).to_owned(),
            size: text.len() as u64,
            mode: 0o644,
            kind: FileKind::File,
        });
        let digests = all().map(|(path, text)| {
            let digest = digest_of(text.as_bytes(), text.len() as u64);
            ((*path).to_owned(), digest)
        });
        Unpacked {
            packed: Packed {
                files: packed.collect(),
                bundled: Vec::new(),
                packed_size: None,
                integrity: None,
            },
            digests: digests.collect(),
            manifest: Manifest::from_json(manifest),
        }
    }

    fn previous(manifest: Value, files: &[(&str, &str)]) -> Previous {
        Previous {
            version: "1.4.0".to_owned(),
            unpacked: unpacked(manifest, files),
        }
    }

    #[test]
    fn files_sizes_folders_and_kinds_are_compared() {
        let before = previous(
            json!({"name": "cat", "version": "1.4.0"}),
            &[("a.js", "1"), ("old.js", "22"), ("same.js", "x")],
        );
        let now = unpacked(
            json!({"name": "cat", "version": "1.5.0"}),
            &[("a.js", "12"), ("src/b.ts", "333"), ("same.js", "x")],
        );
        let found = compare(&before, &now);
        let sized = |path: &str, size| SizedFile {
            path: path.to_owned(),
            size,
        };
        assert_eq!(found.added, [sized("src/b.ts", 3)]);
        assert_eq!(found.removed, [sized("old.js", 2)]);
        let changed: Vec<&str> = found.changed.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(changed, ["a.js", "package.json"]);
        assert_eq!(found.new_folders, ["src"]);
        assert_eq!(found.new_endings, [".ts"]);
        assert!(!found.is_same);
    }

    #[test]
    fn only_a_new_version_is_not_a_difference() {
        let files = [("a.js", "1")];
        let before = previous(json!({"name": "cat", "version": "1.4.0"}), &files);
        let now = unpacked(json!({"name": "cat", "version": "1.5.0"}), &files);
        assert!(compare(&before, &now).is_same);
        let other = json!({"name": "cat", "version": "1.5.0", "license": "MIT"});
        assert!(!compare(&before, &unpacked(other, &files)).is_same);
    }

    #[test]
    fn new_dependencies_and_lost_entry_points_are_named() {
        let before = previous(
            json!({"name": "cat", "version": "1.4.0", "main": "a.js",
                "bin": {"cat": "cli.js", "dog": "dog.js"},
                "dependencies": {"x": "1"}, "exports": {".": "./a.js", "./sub": {"import": "./sub.js"}}}),
            &[
                ("a.js", "1"),
                ("sub.js", ""),
                ("cli.js", ""),
                ("dog.js", ""),
            ],
        );
        let now = unpacked(
            json!({"name": "cat", "version": "1.5.0", "main": "a.js", "bin": "cli.js",
                "dependencies": {"x": "2", "left-pad": "^1.0.0"}, "peerDependencies": {"y": "3"},
                "exports": {".": {"import": "./a.js"}, "./sub": "./sub.js"}}),
            &[("a.js", "1"), ("cli.js", "")],
        );
        let found = compare(&before, &now);
        assert_eq!(found.new_dependencies, ["left-pad ^1.0.0", "y 3"]);
        assert_eq!(found.removed_entries, ["bin dog", "exports \"./sub\""]);
    }
}
