//! The real npm: which one is on PATH, what its version implies, and how it is run.

pub mod debug_log;
pub mod find;
pub mod host;
pub mod publish_trace;
pub mod rules;
pub mod run;
pub mod staged;

use std::path::{Path, PathBuf};

pub use rules::NpmVersion;

/// The npm that would be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Npm {
    /// The executable (or `npm.cmd`) found on PATH.
    pub path: PathBuf,
    /// Its version, read from its package.json: no process is started.
    pub version: NpmVersion,
    /// The folder with npm's own package.json and builtin `npmrc`.
    pub root: PathBuf,
}

impl Npm {
    /// The program that starts npm, and the argument that precedes all others. On Windows that
    /// is Node with npm's script: `npm.cmd` is a batch file, which asks "Terminate batch job
    /// (Y/N)?" on Ctrl-C and parses its arguments by its own rules.
    pub fn program(&self) -> (PathBuf, Option<PathBuf>) {
        let script = self.root.join("bin").join("npm-cli.js");
        if !is_batch_file(&self.path) || !script.is_file() {
            return (self.path.clone(), None);
        }
        let beside = self.path.with_file_name("node.exe");
        let node = if beside.is_file() {
            beside
        } else {
            PathBuf::from("node")
        };
        (node, Some(script))
    }
}

/// Whether cmd.exe runs this file.
fn is_batch_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| {
        extension.eq_ignore_ascii_case("cmd") || extension.eq_ignore_ascii_case("bat")
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_batch_file_is_replaced_by_node_and_npms_script() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("node_modules/npm");
        let npm = |name: &str| Npm {
            path: folder.path().join(name),
            version: NpmVersion::new(11, 0, 0),
            root: root.clone(),
        };
        let batch = npm("npm.CMD");
        // A version manager's shim: where its npm is, is not known.
        assert_eq!(batch.program(), (batch.path.clone(), None));
        fs::create_dir_all(root.join("bin")).unwrap();
        let script = root.join("bin/npm-cli.js");
        fs::write(&script, "").unwrap();
        let by_script = |node: PathBuf| (node, Some(script.clone()));
        assert_eq!(batch.program(), by_script(PathBuf::from("node")));
        fs::write(folder.path().join("node.exe"), "").unwrap();
        let beside = folder.path().join("node.exe");
        assert_eq!(batch.program(), by_script(beside));
        let plain = npm("npm");
        assert_eq!(plain.program(), (plain.path.clone(), None));
    }
}
