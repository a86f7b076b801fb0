//! Node's `path.resolve` and `path.relative`: by text only; relative results have forward
//! slashes.

use std::path::{Component, Path, PathBuf};

use crate::manifest::paths::resolved;

/// `path.resolve(base, path)`, where `base` is absolute.
pub(super) fn resolve(base: &Path, path: &str) -> PathBuf {
    resolved(&base.join(path))
}

/// `path.relative(from, to)`, where both are absolute; `""` for the same.
pub(super) fn relative(from: &Path, to: &Path) -> String {
    let (from, to) = (resolve(from, "."), resolve(to, "."));
    let from: Vec<Component<'_>> = from.components().collect();
    let to: Vec<Component<'_>> = to.components().collect();
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - common);
    let down = to[common..]
        .iter()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}
