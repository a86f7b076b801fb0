//! Pinned versions of the real npm, installed once from the npm registry into the build folder,
//! each with a Node that it runs on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// npm 10, 11 and 12, the versions that the facts were measured with.
const VERSIONS: [(u32, &str); 3] = [(10, "10.9.9"), (11, "11.19.1"), (12, "12.2.0")];
/// npm 12 needs Node 22 or later; this package ships one.
const NODE_FOR_NPM_12: &str = "24.21.0";
/// How long another test may take to install the same npm.
const TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// An installed npm.
#[derive(Clone, Debug)]
pub(crate) struct NpmInstall {
    /// The Node it runs on.
    pub(crate) node: PathBuf,
    /// Its `npm-cli.js`.
    pub(crate) cli: PathBuf,
    /// A folder with `npm` and `node` in it, for PATH.
    pub(crate) path_dir: PathBuf,
}

impl NpmInstall {
    /// The program that a shell starts for `npm`.
    pub(crate) fn program(&self) -> PathBuf {
        let name = if cfg!(windows) { "npm.cmd" } else { "npm" };
        self.path_dir.join(name)
    }
}

/// The pinned npm of a major version, installed if necessary.
pub(crate) fn npm(major: u32) -> NpmInstall {
    let (_, version) = VERSIONS
        .into_iter()
        .find(|(known, _)| *known == major)
        .expect("npm 10, 11 or 12");
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("npm-{version}"));
    let installed = NpmInstall {
        node: path_dir(&root).join(NODE),
        cli: root.join("node_modules/npm/bin/npm-cli.js"),
        path_dir: path_dir(&root),
    };
    let lock = root.with_extension("lock");
    let begin = Instant::now();
    while !root.exists() {
        fs::create_dir_all(root.parent().expect("below the build folder"))
            .expect("the build folder is writable");
        match fs::create_dir(&lock) {
            Ok(()) => {
                if !root.exists() {
                    install(version, &root);
                }
                fs::remove_dir(&lock).expect("our own lock");
            }
            Err(_) if begin.elapsed() < TIMEOUT => std::thread::sleep(Duration::from_millis(200)),
            Err(error) => panic!(
                "{} is held for too long; remove it: {error}",
                lock.display()
            ),
        }
    }
    installed
}

fn install(version: &str, root: &Path) {
    let staging = root.with_extension(format!("staging-{}", std::process::id()));
    fs::create_dir_all(path_dir(&staging)).expect("the build folder is writable");
    let mut packages = vec![format!("npm@{version}")];
    let own_node = version.starts_with("12.") && system_node_major() < 24;
    let node_package = node_package();
    if own_node {
        packages.push(format!("{node_package}@{NODE_FOR_NPM_12}"));
    }
    let output = Command::new(program("npm"))
        .args([
            "install",
            "--no-save",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
            "--prefix",
        ])
        .arg(&staging)
        .args(&packages)
        .current_dir(&staging)
        .output()
        .expect("the tests need npm on PATH to install pinned versions of npm");
    assert!(
        output.status.success(),
        "installing {packages:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let node = if own_node {
        staging
            .join("node_modules")
            .join(&node_package)
            .join("bin")
            .join(NODE)
    } else {
        program("node")
    };
    put_on_path(&node, &staging);
    fs::rename(&staging, root).expect("the build folder is writable");
}

#[cfg(unix)]
const NODE: &str = "node";
#[cfg(windows)]
const NODE: &str = "node.exe";

/// The folder for PATH in an installation. On Windows `npm.cmd` looks for `node_modules\npm`
/// next to itself, as Node's installer lays it out.
fn path_dir(root: &Path) -> PathBuf {
    if cfg!(windows) {
        root.to_path_buf()
    } else {
        root.join("bin")
    }
}

#[cfg(unix)]
fn put_on_path(node: &Path, root: &Path) {
    link(node, &root.join("bin/node"), root);
    let cli = root.join("node_modules/npm/bin/npm-cli.js");
    link(&cli, &root.join("bin/npm"), root);
}

#[cfg(windows)]
fn put_on_path(node: &Path, root: &Path) {
    let copied = fs::copy(node, root.join(NODE)).and_then(|_| {
        let batch = root.join("node_modules/npm/bin/npm.cmd");
        fs::copy(batch, root.join("npm.cmd"))
    });
    copied.expect("the build folder is writable");
}

/// A relative link if both ends move together, otherwise an absolute one.
#[cfg(unix)]
fn link(target: &Path, link: &Path, root: &Path) {
    let target = target.strip_prefix(root).map_or_else(
        |_| target.to_path_buf(),
        |inside| Path::new("..").join(inside),
    );
    std::os::unix::fs::symlink(target, link).expect("the build folder is writable");
}

fn node_package() -> String {
    let (system, machine) = node_platform();
    format!("node-{}-{machine}", system.replace("win32", "win"))
}

/// This machine by Node's names: `process.platform` and `process.arch`.
pub(crate) fn node_platform() -> (&'static str, &'static str) {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let machine = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    (system, machine)
}

fn system_node_major() -> u32 {
    let output = Command::new(program("node"))
        .arg("--version")
        .output()
        .expect("the tests need node on PATH");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let major = text
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse().ok());
    major.expect("node --version prints a version")
}

fn program(name: &str) -> PathBuf {
    which::which(name).unwrap_or_else(|_| panic!("the tests need {name} on PATH"))
}
