//! Cases that were run with the real npms, each with a name.

#![cfg(unix)]

mod bundles;
mod failures;
mod files_field;
mod found;
mod ignore_files;
mod traps;
mod tree;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::manifest::Manifest;
use crate::manifest::workspaces::Workspaces;

/// Writes files, one per line: `path`, `path = text` (`\n` is a line end), `path -> target` for
/// a symbolic link, `path => target` for a hard link, `path : mode` in octal, `path/` for an
/// empty folder.
fn lay(root: &Path, tree: &str) {
    for line in tree.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let put = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let parent = |path: &str| fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        if let Some((path, target)) = line.split_once(" -> ") {
            parent(path);
            symlink(target, root.join(path)).unwrap();
        } else if let Some((path, target)) = line.split_once(" => ") {
            fs::hard_link(root.join(target), root.join(path)).unwrap();
        } else if let Some((path, text)) = line.split_once(" = ") {
            put(path, &text.replace("\\n", "\n").replace("\\r", "\r"));
        } else if let Some((path, mode)) = line.split_once(" : ") {
            put(path, "");
            let mode = u32::from_str_radix(mode, 8).unwrap();
            fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode)).unwrap();
        } else if line.ends_with('/') {
            fs::create_dir_all(root.join(line)).unwrap();
        } else {
            put(line, "");
        }
    }
}

/// A package on disk.
struct Fixture {
    root: tempfile::TempDir,
}

impl Fixture {
    fn new(manifest: &Value, tree: &str) -> Self {
        let fixture = Self {
            root: tempfile::tempdir().unwrap(),
        };
        let package = fixture.root.path().join("package.json");
        fs::write(&package, manifest.to_string()).unwrap();
        lay(fixture.root.path(), tree);
        fixture
    }

    fn request(&self, edition: Edition, package: &str, workspaces: &[&str]) -> Request {
        let root = self.root.path();
        let folder = if package.is_empty() {
            root.to_owned()
        } else {
            root.join(package)
        };
        let manifest = Manifest::read(&folder.join("package.json")).unwrap();
        let members = Workspaces::read(&folder, &manifest).unwrap_or_default();
        Request {
            has_members: !members.is_empty(),
            folder,
            manifest: Arc::clone(&manifest.object),
            edition,
            prefix: root.to_owned(),
            workspaces: workspaces.iter().map(|path| root.join(path)).collect(),
            global_ignore_file: Some(root.join("global-ignore")),
        }
    }

    fn pack(&self, edition: Edition) -> Result<Packed, PackError> {
        pack(&self.request(edition, "", &[]))
    }
}

/// The sorted paths, without package.json.
fn paths(packed: &Packed) -> String {
    let mut paths: Vec<&str> = packed.files.iter().map(|file| file.path.as_str()).collect();
    paths.retain(|path| *path != "package.json");
    paths.sort_unstable();
    paths.join(" ")
}

fn manifest(more: &Value) -> Value {
    let mut manifest = json!({"name": "p", "version": "1.0.0"});
    for (key, value) in more.as_object().unwrap() {
        manifest[key] = value.clone();
    }
    manifest
}

/// What npm 10, 11 and 12 pack.
fn packs(name: &str, more: &Value, tree: &str, expected: [&str; 3]) {
    let fixture = Fixture::new(&manifest(more), tree);
    for (edition, expected) in [Edition::Npm10, Edition::Npm11, Edition::Npm12]
        .into_iter()
        .zip(expected)
    {
        let packed = fixture.pack(edition).map(|packed| paths(&packed));
        assert_eq!(
            packed.as_deref(),
            Ok(expected),
            "{name}, {}",
            edition.name()
        );
    }
}

/// Every npm packs the same.
fn all_pack(name: &str, more: &Value, tree: &str, expected: &str) {
    packs(name, more, tree, [expected; 3]);
}

/// npm 10 and 11 pack the same, npm 12 something else.
fn differ(name: &str, more: &Value, tree: &str, (before, after): (&str, &str)) {
    packs(name, more, tree, [before, before, after]);
}
