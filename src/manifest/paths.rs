//! Paths as Node resolves them: by text, without looking at the disk.

use std::path::{Component, Path, PathBuf};

/// A path without `.` and `..`.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}
