//! The order of files in the tarball: by extension, then by name, then by the whole path, each
//! compared as by `localeCompare`.

use std::cmp::Ordering;

use super::paths;
use crate::manifest::collate::compare;

/// The keys that a path is sorted by.
#[derive(Debug)]
pub(super) struct Key {
    extension: String,
    name: String,
    path: String,
}

impl Key {
    pub(super) fn new(path: &str) -> Self {
        // npm writes `@x` as `./@x` in its list.
        let path = if path.starts_with('@') {
            format!("./{path}")
        } else {
            path.to_owned()
        };
        Self {
            extension: paths::extname(&path).to_lowercase(),
            name: paths::basename(&path).to_lowercase(),
            path,
        }
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        compare(&self.extension, &other.extension)
            .then_with(|| compare(&self.name, &other.name))
            .then_with(|| compare(&self.path, &other.path))
    }
}
