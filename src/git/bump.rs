//! Changes that only raise the version, as `npm version`, np and release-it write
//! them just before they commit.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::Program;
use super::program;
use crate::file;

/// npm's own lock files.
const LOCKS: [&str; 2] = ["package-lock.json", "npm-shrinkwrap.json"];
/// At most this many files are compared; a release that changes more is not examined.
const MAX_FILES: usize = 500;
/// The largest file that is compared.
const MAX_BYTES: u64 = 8 << 20;

/// The changed files that differ from HEAD only in a version.
///
/// # Errors
/// git's own message.
pub(super) async fn of(
    git: &Program,
    root: &Path,
    changed: &[String],
) -> Result<BTreeSet<String>, String> {
    let candidates: Vec<&String> = changed
        .iter()
        .filter(|path| is_manifest(path) || is_lock(path))
        .collect();
    if candidates.is_empty() || candidates.len() > MAX_FILES {
        return Ok(BTreeSet::new());
    }
    let mut command = git.at(root);
    command.args(["cat-file", "--batch"]);
    let asked: Vec<String> = candidates
        .iter()
        .map(|path| format!("HEAD:{path}\n"))
        .collect();
    let said = program::output(command, asked.concat().as_bytes()).await?;
    let mut committed = Blobs(&said);
    let mut bumped = BTreeSet::new();
    for path in candidates {
        let Some(before) = committed.next() else {
            break;
        };
        let now = file::read(&root.join(path), MAX_BYTES).unwrap_or_default();
        if differs_by_version_only(path, before, &now) {
            bumped.insert(path.clone());
        }
    }
    Ok(bumped)
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_manifest(path: &str) -> bool {
    name(path) == "package.json"
}

fn is_lock(path: &str) -> bool {
    LOCKS.contains(&name(path))
}

/// The answers of `git cat-file --batch`, in order: a line with the object's size, its bytes
/// and a line break; or one line for a missing object.
struct Blobs<'a>(&'a [u8]);

impl<'a> Iterator for Blobs<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let end = self.0.iter().position(|byte| *byte == b'\n')?;
        let line = String::from_utf8_lossy(&self.0[..end]).into_owned();
        let rest = &self.0[end + 1..];
        let mut words = line.rsplit(' ');
        let (Ok(size), Some("blob")) = (words.next()?.parse::<usize>(), words.next()) else {
            self.0 = rest;
            return Some(&[]);
        };
        let blob = rest.get(..size)?;
        self.0 = rest.get(size + 1..).unwrap_or_default();
        Some(blob)
    }
}

fn differs_by_version_only(path: &str, before: &[u8], now: &[u8]) -> bool {
    let read = |bytes| serde_json::from_slice::<Value>(bytes).ok();
    let (Some(mut before), Some(mut now)) = (read(before), read(now)) else {
        return false;
    };
    for value in [&mut before, &mut now] {
        remove_versions(value, is_lock(path));
    }
    before.is_object() && before == now
}

/// Removes the package's own version; in a lock file also those of its workspace members, which
/// are listed next to installed packages.
fn remove_versions(value: &mut Value, in_lock: bool) {
    if let Some(object) = value.as_object_mut() {
        object.remove("version");
    }
    let packages = value.get_mut("packages").and_then(Value::as_object_mut);
    for (folder, package) in packages.filter(|_| in_lock).into_iter().flatten() {
        let is_own = !folder.split('/').any(|part| part == "node_modules");
        if let Some(package) = package.as_object_mut().filter(|_| is_own) {
            package.remove("version");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_bump(path: &str, before: &Value, now: &Value) -> bool {
        let bytes = |value: &Value| value.to_string().into_bytes();
        differs_by_version_only(path, &bytes(before), &bytes(now))
    }

    #[test]
    fn a_raised_version_is_a_bump_and_nothing_else_is() {
        let before = json!({ "name": "cat", "version": "1.0.0" });
        let raised = json!({ "version": "1.1.0", "name": "cat" });
        assert!(is_bump("packages/a/package.json", &before, &raised));
        let more = json!({ "name": "cat", "version": "1.1.0", "main": "x.js" });
        assert!(!is_bump("package.json", &before, &more));
        assert!(!differs_by_version_only("package.json", b"{}", b"{"));
        assert!(!differs_by_version_only("package.json", b"", b"{}"));
    }

    #[test]
    fn in_a_lock_file_only_versions_of_ones_own_may_differ() {
        let lock = |own: &str, installed: &str| {
            json!({
                "version": own,
                "packages": {
                    "": { "version": own },
                    "packages/a": { "version": own },
                    "node_modules/dog": { "version": installed },
                }
            })
        };
        let before = lock("1.0.0", "3.0.0");
        assert!(is_bump(
            "package-lock.json",
            &before,
            &lock("1.1.0", "3.0.0")
        ));
        assert!(!is_bump(
            "package-lock.json",
            &before,
            &lock("1.1.0", "3.0.1")
        ));
    }

    #[test]
    fn gits_answers_are_read_in_their_order() {
        let said = b"aa blob 3\n{ }\nHEAD:b/package.json missing\nbb blob 2\n{}\n";
        let blobs: Vec<&[u8]> = Blobs(said).collect();
        assert_eq!(blobs, [b"{ }".as_slice(), b"", b"{}"]);
        assert_eq!(Blobs(b"aa blob 9\n{}").count(), 0);
    }
}
