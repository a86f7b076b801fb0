//! `comparison` in JSON: what differs from the published version. A frozen copy, as in
//! [`super::json`].

use serde::Serialize;

use crate::facts::contents::{Comparison, SizedFile};
use crate::finding::Gap;

/// A comparison, or why there is none.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Compared<'a> {
    /// What differs.
    Known(Known<'a>),
    /// Why that is not known.
    Unknown {
        /// As a sentence.
        reason: String,
    },
}

/// What differs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Known<'a> {
    version: &'a str,
    same: bool,
    added: Vec<File<'a>>,
    removed: Vec<File<'a>>,
    changed: Vec<Changed<'a>>,
    unpacked_size_before: u64,
    unpacked_size: u64,
    new_dependencies: &'a [String],
    entry_points_gone: &'a [String],
}

#[derive(Debug, Serialize)]
struct File<'a> {
    path: &'a str,
    size: u64,
}

#[derive(Debug, Serialize)]
struct Changed<'a> {
    path: &'a str,
    before: u64,
    after: u64,
}

/// Writes it.
pub(super) fn comparison(known: &Result<Comparison, Gap>) -> Compared<'_> {
    let found = match known {
        Ok(found) => found,
        Err(gap) => {
            return Compared::Unknown {
                reason: gap.to_string(),
            };
        }
    };
    let changed = found.changed.iter().map(|file| Changed {
        path: &file.path,
        before: file.before,
        after: file.after,
    });
    Compared::Known(Known {
        version: &found.version,
        same: found.is_same,
        added: files(&found.added),
        removed: files(&found.removed),
        changed: changed.collect(),
        unpacked_size_before: found.size_before,
        unpacked_size: found.size_after,
        new_dependencies: &found.new_dependencies,
        entry_points_gone: &found.removed_entries,
    })
}

fn files(files: &[SizedFile]) -> Vec<File<'_>> {
    let files = files.iter().map(|file| File {
        path: &file.path,
        size: file.size,
    });
    files.collect()
}
