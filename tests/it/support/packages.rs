//! Packages of the npm registry that tests use, in pinned versions, installed
//! once into the build folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::npm_versions::NpmInstall;

/// The folder where a project's dependencies are installed, installing them if necessary.
/// `name` is the folder's: it must change with the versions.
pub(crate) fn installed(npm: &NpmInstall, name: &str, manifest: &Value) -> PathBuf {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if root.exists() {
        return root;
    }
    let staging = root.with_extension(format!("staging-{}", std::process::id()));
    fs::create_dir_all(&staging).expect("the build folder is writable");
    fs::write(staging.join("package.json"), manifest.to_string()).expect("writable");
    let output = Command::new(&npm.node)
        .arg(&npm.cli)
        .args([
            "install",
            "--no-package-lock",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .current_dir(&staging)
        .output()
        .expect("npm starts");
    assert!(
        output.status.success(),
        "installing {name}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    // Another process may have been faster; its copy is as good.
    let renamed = fs::rename(&staging, &root);
    assert!(renamed.is_ok() || root.exists(), "{renamed:?}");
    root
}
