//! npm's debug logs: where they are, and what the log of a run reports about the tarballs that
//! were sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::file;

/// A log is read up to this size; the notices about tarballs are at its start.
const MAX_LOG: u64 = 32 << 20;

/// The SHA-1 of every tarball that npm reported since a point in time, by name and version. If
/// two logs differ, the package is left out.
pub fn shasums(folder: &Path, since: SystemTime) -> BTreeMap<(String, String), String> {
    let mut found: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut torn = Vec::new();
    for log in logs_since(folder, since) {
        for (package, shasum) in tarballs(&read(&log)) {
            if found.get(&package).is_some_and(|known| *known != shasum) {
                torn.push(package.clone());
            }
            found.insert(package, shasum);
        }
    }
    found.retain(|package, _| !torn.contains(package));
    found
}

pub(super) fn logs_since(folder: &Path, since: SystemTime) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().contains("-debug-"))
        .filter(|entry| {
            entry
                .metadata()
                .and_then(|data| data.modified())
                .is_ok_and(|time| time >= since)
        })
        .map(|entry| entry.path())
        .collect()
}

/// The newest log in a folder.
pub fn newest(folder: &Path) -> Option<PathBuf> {
    let modified = |path: &PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
    let logs = logs_since(folder, SystemTime::UNIX_EPOCH);
    logs.into_iter().max_by_key(modified)
}

fn read(log: &Path) -> String {
    let read = file::read_head(log, MAX_LOG);
    read.map_or(String::new(), |bytes| {
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The SHA-1 of every tarball that the text of a log reports.
pub fn shasums_in(text: &str) -> BTreeMap<(String, String), String> {
    tarballs(text).into_iter().collect()
}

/// `12 notice name: cat`, `13 notice version: 1.0.0`, `16 notice shasum: …`.
fn tarballs(text: &str) -> Vec<((String, String), String)> {
    let mut found = Vec::new();
    let (mut name, mut version) = (String::new(), String::new());
    for line in text.lines() {
        let Some((_, notice)) = line.split_once(" notice ") else {
            continue;
        };
        let Some((key, value)) = notice.trim().split_once(':') else {
            continue;
        };
        let value = value.trim();
        match key {
            "name" => value.clone_into(&mut name),
            "version" => value.clone_into(&mut version),
            "shasum" if value.len() == 40 && value.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                found.push(((name.clone(), version.clone()), value.to_owned()));
            }
            _ => {}
        }
    }
    found
}

/// The names of the packages that a registry has staged since a point in time: npm logs the
/// request, even if a script failed afterwards. Logs do not contain ids.
pub fn staged(folder: &Path, since: SystemTime) -> BTreeSet<String> {
    let logs = logs_since(folder, since);
    logs.iter().flat_map(|log| staged_in(&read(log))).collect()
}

/// `65 http fetch POST 201 https://registry.npmjs.org/-/stage/package/@acme%2fcat 87ms`.
fn staged_in(text: &str) -> Vec<String> {
    let name = |line: &str| {
        let (_, answer) = line.split_once(" http fetch POST 2")?;
        let (_, path) = answer.split_once("/-/stage/package/")?;
        let name = path.split_whitespace().next()?;
        Some(name.replace("%2f", "/").replace("%2F", "/"))
    };
    text.lines().filter_map(name).collect()
}

/// Whether npm had started to upload: it prints this line just before the PUT.
pub fn upload_began(text: &str) -> bool {
    text.lines()
        .any(|line| line.contains(" notice ") && line.contains(" Publishing to "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_registry_staged_stands_in_the_log() {
        let text = "64 http fetch GET 200 https://r.example/cat 3ms (cache miss)\n\
            65 http fetch POST 201 https://r.example/-/stage/package/@acme%2fcat 87ms\n\
            66 http fetch POST 409 https://r.example/-/stage/package/dog 9ms\n\
            67 http fetch POST 201 https://r.example/-/stage/1b4e28ba/approve 9ms\n";
        assert_eq!(staged_in(text), ["@acme/cat"]);
    }

    #[test]
    fn the_shasums_of_a_run_are_read_from_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let shasum = "8d58e730494ba34d59c5f410e4a76414be205b10";
        let log = format!(
            "30 notice Tarball Details\n31 notice name: cat\n32 notice version: 1.0.0\n33 notice shasum: {shasum}\n34 notice integrity: sha512-x[...]y==\n"
        );
        let path = folder.path().join("2026-11-24T10_00_00_000Z-debug-0.log");
        fs::write(&path, &log).unwrap();
        let cat = ("cat".to_owned(), "1.0.0".to_owned());
        let long_ago = SystemTime::UNIX_EPOCH;
        assert_eq!(
            shasums(folder.path(), long_ago)
                .get(&cat)
                .map(String::as_str),
            Some(shasum)
        );
        let later = SystemTime::now() + std::time::Duration::from_secs(60);
        assert!(shasums(folder.path(), later).is_empty());
        fs::write(
            folder.path().join("2-debug-0.log"),
            log.replace(shasum, &"f".repeat(40)),
        )
        .unwrap();
        assert!(
            shasums(folder.path(), long_ago).is_empty(),
            "two logs that differ prove nothing"
        );
    }
}
