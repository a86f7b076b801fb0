//! Finds the npm that a shell would run, but neither ourselves nor one of our shims.

use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Npm, NpmVersion};
use crate::environment::Environment;
use crate::file;

/// At most this many bytes of a candidate are read to see whether it is one of our shims.
const SHIM_HEAD: u64 = 4096;
/// How long a version manager's shim may take to print npm's version.
const VERSION_TIMEOUT: Duration = Duration::from_secs(5);

/// The first npm on PATH that is neither this program nor a script that calls
/// it. `None` if there is none, or if its version cannot be read.
pub fn find(environment: &Environment) -> Option<Npm> {
    let path = environment.search_path()?;
    let ourselves = std::env::current_exe()
        .ok()
        .and_then(|exe| dunce::canonicalize(exe).ok());
    which::which_in_all("npm", Some(path), &environment.cwd)
        .ok()?
        .filter(|candidate| !is_ours(candidate, ourselves.as_deref()))
        .find_map(|candidate| describe(candidate, environment))
}

/// Whether a candidate is this program under another name, or a small script
/// that calls it.
fn is_ours(candidate: &Path, ourselves: Option<&Path>) -> bool {
    let Ok(real) = dunce::canonicalize(candidate) else {
        return true;
    };
    if ourselves == Some(real.as_path()) {
        return true;
    }
    if root_above(&real).is_some() {
        return false;
    }
    let head = file::read_head(&real, SHIM_HEAD).unwrap_or_default();
    head.starts_with(b"#!") && holds(&head, b"safe-publish")
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

fn describe(path: PathBuf, environment: &Environment) -> Option<Npm> {
    let real = dunce::canonicalize(&path).ok()?;
    let root = root_above(&real)
        .or_else(|| root_by_prefix(&path, environment))
        .or_else(|| root_beside(&path).filter(|_| !is_in_a_package(&real)));
    if let Some((root, version)) = root {
        return Some(Npm {
            path,
            version,
            root,
        });
    }
    // A version manager's shim (Volta, asdf, …): only running it shows which npm it is.
    let version = ask_version(&path, environment)?;
    let root = real.parent()?.to_path_buf();
    Some(Npm {
        path,
        version,
        root,
    })
}

/// `…/npm/bin/npm-cli.js` is two folders below npm's package.json.
fn root_above(real: &Path) -> Option<(PathBuf, NpmVersion)> {
    real.ancestors().skip(1).take(2).find_map(npm_in)
}

/// Whether a program is another package's own, such as the `npm` of Corepack, which starts
/// the npm that `packageManager` names.
fn is_in_a_package(real: &Path) -> bool {
    let mut above = real.ancestors().skip(1).take(2);
    above.any(|folder| folder.join("package.json").is_file())
}

/// Windows: the `npm.cmd` that comes with Node starts the npm of the global prefix if there is
/// one; `npm install --global npm` puts it there.
fn root_by_prefix(path: &Path, environment: &Environment) -> Option<(PathBuf, NpmVersion)> {
    if !super::is_batch_file(path) {
        return None;
    }
    let configured = environment.filled("npm_config_prefix").map(PathBuf::from);
    let prefix =
        configured.or_else(|| Some(Path::new(environment.filled("APPDATA")?).join("npm")))?;
    npm_in(&prefix.join("node_modules/npm"))
}

/// Windows: `npm.cmd` is next to `node_modules\npm`. A Unix wrapper script in `bin` is next to
/// `lib/node_modules/npm`.
fn root_beside(path: &Path) -> Option<(PathBuf, NpmVersion)> {
    let folder = path.parent()?;
    [
        folder.join("node_modules/npm"),
        folder.join("../lib/node_modules/npm"),
    ]
    .iter()
    .find_map(|root| npm_in(root))
}

fn npm_in(root: &Path) -> Option<(PathBuf, NpmVersion)> {
    #[derive(serde::Deserialize)]
    struct NpmManifest {
        name: String,
        version: String,
    }
    let text = file::read(&root.join("package.json"), file::limit::SMALL).ok()?;
    let package: NpmManifest = serde_json::from_slice(&text).ok()?;
    let version = (package.name == "npm").then(|| NpmVersion::parse(&package.version))??;
    Some((root.to_path_buf(), version))
}

/// Runs a shim to get its version. Its output goes to a file: a background process that it
/// leaves behind could hold a pipe open long after its own end.
fn ask_version(path: &Path, environment: &Environment) -> Option<NpmVersion> {
    let mut answer = tempfile::tempfile().ok()?;
    let mut child = Command::new(path)
        .arg("--version")
        .current_dir(&environment.cwd)
        .stdin(Stdio::null())
        .stdout(answer.try_clone().ok()?)
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let deadline = Instant::now() + VERSION_TIMEOUT;
    while child.try_wait().ok()?.is_none() {
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    answer.rewind().ok()?;
    let mut text = String::new();
    answer.take(100).read_to_string(&mut text).ok()?;
    NpmVersion::parse(text.trim())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;

    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn executable(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn with_path(folder: &Path, parts: &[&str]) -> Environment {
        let parts: Vec<_> = parts
            .iter()
            .map(|part| folder.join(part).display().to_string())
            .collect();
        Environment::bare(folder).with("PATH", &parts.join(":"))
    }

    fn install(folder: &Path, version: &str) {
        executable(
            &folder.join("lib/node_modules/npm/bin/npm-cli.js"),
            "#!/usr/bin/env node\n",
        );
        let package = format!(r#"{{"name":"npm","version":"{version}"}}"#);
        fs::write(folder.join("lib/node_modules/npm/package.json"), package).unwrap();
        fs::create_dir_all(folder.join("bin")).unwrap();
        symlink(
            "../lib/node_modules/npm/bin/npm-cli.js",
            folder.join("bin/npm"),
        )
        .unwrap();
    }

    #[test]
    fn the_version_is_read_from_the_installed_package() {
        let folder = tempfile::tempdir().unwrap();
        install(folder.path(), "11.19.1");
        let npm = find(&with_path(folder.path(), &["bin"])).unwrap();
        assert_eq!(npm.version, NpmVersion::new(11, 19, 1));
        assert!(npm.root.ends_with("lib/node_modules/npm"));
    }

    #[test]
    fn our_own_shim_and_binary_are_skipped() {
        let folder = tempfile::tempdir().unwrap();
        executable(
            &folder.path().join("shim/npm"),
            "#!/bin/sh\nexec safe-publish \"$@\"\n",
        );
        fs::create_dir_all(folder.path().join("self")).unwrap();
        symlink(
            std::env::current_exe().unwrap(),
            folder.path().join("self/npm"),
        )
        .unwrap();
        install(folder.path(), "10.9.9");
        let npm = find(&with_path(folder.path(), &["shim", "self", "bin"])).unwrap();
        assert_eq!(npm.version.major(), 10);
        assert!(find(&with_path(folder.path(), &["shim", "self"])).is_none());
    }

    #[test]
    fn corepacks_npm_is_asked_although_another_is_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        install(folder.path(), "11.19.1");
        let corepack = folder.path().join("lib/node_modules/corepack");
        executable(&corepack.join("dist/npm.js"), "#!/bin/sh\necho 10.9.9\n");
        fs::write(corepack.join("package.json"), r#"{"name":"corepack"}"#).unwrap();
        let npm = folder.path().join("bin/npm");
        fs::remove_file(&npm).unwrap();
        symlink("../lib/node_modules/corepack/dist/npm.js", &npm).unwrap();
        let found = find(&with_path(folder.path(), &["bin"])).unwrap();
        assert_eq!(found.version, NpmVersion::new(10, 9, 9));
    }

    #[test]
    fn a_version_managers_shim_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        executable(&folder.path().join("bin/npm"), "#!/bin/sh\necho 12.2.0\n");
        let npm = find(&with_path(folder.path(), &["bin"])).unwrap();
        assert_eq!(npm.version, NpmVersion::new(12, 2, 0));
    }

    #[test]
    fn a_shim_that_leaves_a_process_with_its_output_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        let script = format!(
            "#!/bin/sh\nsleep 60 &\necho $! > {}\necho 11.19.1\n",
            pid.display()
        );
        executable(&folder.path().join("bin/npm"), &script);
        let begin = Instant::now();
        let npm = find(&with_path(folder.path(), &["bin"])).unwrap();
        assert_eq!(npm.version, NpmVersion::new(11, 19, 1));
        assert!(begin.elapsed() < Duration::from_secs(50));
        let sleeper = fs::read_to_string(pid).unwrap();
        let killed = Command::new("/bin/kill").arg(sleeper.trim()).status();
        assert!(killed.unwrap().success());
    }

    #[test]
    fn relative_and_empty_entries_of_path_are_skipped() {
        let folder = tempfile::tempdir().unwrap();
        executable(&folder.path().join("npm"), "#!/bin/sh\necho 1.2.3\n");
        for path in ["", ".", ":", "./", "bin:", "../."] {
            let environment = Environment::bare(folder.path()).with("PATH", path);
            assert_eq!(find(&environment), None, "{path:?}");
        }
    }

    #[test]
    fn without_npm_on_path_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert!(find(&with_path(folder.path(), &["bin"])).is_none());
        assert!(find(&Environment::bare(folder.path())).is_none());
    }
}
