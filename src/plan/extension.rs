//! `.npm-extension.mjs` and `.npm-extension.cjs` next to a package.json, which npm 12 loads
//! when it reads the tree of a folder that it packs.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Spec;
use crate::file;
use crate::manifest::Manifest;

/// What is wrong with the extension, as far as can be told without running it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtensionFault {
    /// Both files exist.
    Both {
        /// One of them.
        path: PathBuf,
    },
    /// The existing one has no statement, and so exports nothing.
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// It is a folder.
    Folder {
        /// The folder.
        path: PathBuf,
    },
}

impl fmt::Display for ExtensionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |path: &Path| {
            path.file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        };
        match self {
            Self::Both { .. } => {
                f.write_str("the folder has both .npm-extension.mjs and .npm-extension.cjs")
            }
            Self::Empty { path } => write!(
                f,
                "{} exports no function transformManifest, since it has no statement",
                name(path)
            ),
            Self::Folder { path } => {
                write!(f, "{} is a folder, which npm cannot load", name(path))
            }
        }
    }
}

/// The fault in a package: npm reads the extension only of a folder.
pub(super) fn of_package(spec: &Spec, manifest: &Manifest) -> Option<ExtensionFault> {
    match spec {
        Spec::Folder => manifest.path.parent().and_then(fault),
        _ => None,
    }
}

/// The fault of a folder's extension, if it is certain. It is not where npm may read
/// `node_modules/.package-lock.json` instead of the tree.
fn fault(folder: &Path) -> Option<ExtensionFault> {
    let files: Vec<PathBuf> = [".npm-extension.mjs", ".npm-extension.cjs"]
        .iter()
        .map(|name| folder.join(name))
        .filter(|path| path.exists())
        .collect();
    if files.is_empty() || folder.join("node_modules/.package-lock.json").exists() {
        return None;
    }
    // npm reads both before it counts them.
    if let Some(path) = files.iter().find(|path| path.is_dir()) {
        return Some(ExtensionFault::Folder { path: path.clone() });
    }
    match files.as_slice() {
        [path] => is_empty(path).then(|| ExtensionFault::Empty { path: path.clone() }),
        [path, ..] => Some(ExtensionFault::Both { path: path.clone() }),
        [] => None,
    }
}

/// Whether a file has only blanks and whole-line comments.
fn is_empty(path: &Path) -> bool {
    let Ok(bytes) = file::read(path, file::limit::SMALL) else {
        return false;
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return false;
    };
    let is_nothing = |line: &str| line.trim().is_empty() || line.trim().starts_with("//");
    text.lines().all(is_nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certain_without_running_it() {
        let folder = tempfile::tempdir().unwrap();
        let (mjs, cjs) = (
            folder.path().join(".npm-extension.mjs"),
            folder.path().join(".npm-extension.cjs"),
        );
        assert_eq!(fault(folder.path()), None);
        std::fs::write(&mjs, "// nothing\n\n").unwrap();
        assert!(matches!(
            fault(folder.path()),
            Some(ExtensionFault::Empty { .. })
        ));
        std::fs::write(&mjs, "export const transformManifest = (p) => p\n").unwrap();
        assert_eq!(fault(folder.path()), None);
        std::fs::write(&cjs, "").unwrap();
        assert!(matches!(
            fault(folder.path()),
            Some(ExtensionFault::Both { .. })
        ));
        std::fs::create_dir(folder.path().join("node_modules")).unwrap();
        std::fs::write(folder.path().join("node_modules/.package-lock.json"), "{}").unwrap();
        assert_eq!(fault(folder.path()), None);
    }
}
