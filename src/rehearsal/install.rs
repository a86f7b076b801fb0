//! Installs what arrived, as a user would, and tries every way into it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;

use super::entries;
use super::server::Registry;
use super::store::Arrived;
use super::tarball;
use crate::environment::absolute_entries;
use crate::manifest::Manifest;
use crate::npm::Npm;
use crate::process::{self, Limits};

/// How the installation went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Installed {
    /// By npm, with everything it depends on.
    Whole,
    /// Without what it depends on: the registry behind did not answer.
    WithoutDependencies {
        /// Why.
        reason: String,
    },
    /// npm could not install it.
    Failed {
        /// npm's own last words.
        words: String,
    },
}

/// A way into the package, and whether it leads anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayIn {
    /// `main`, `bin`, `require("x")`, `import "x/y"`, …
    pub what: String,
    /// The file it leads to, relative to the package.
    pub target: String,
    /// What is wrong, where it leads nowhere.
    pub problem: Option<String>,
}

/// An installation that takes longer waits for something that never comes.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// Node resolves names; it runs nothing of the package.
const NODE_TIMEOUT: Duration = Duration::from_secs(60);
/// Most that is read of what they print.
const MAX_OUTPUT: Limits = Limits {
    stdout: 16 << 20,
    stderr: 1 << 20,
};

/// Where and with what to install.
pub(super) struct Ground<'a> {
    pub(super) npm: &'a Npm,
    pub(super) registry: &'a Registry,
    pub(super) variables: &'a BTreeMap<String, String>,
    /// An empty folder.
    pub(super) folder: &'a Path,
}

/// Installs a package; without dependencies where those cannot be had.
pub(super) async fn install(ground: &Ground<'_>, package: &Arrived) -> std::io::Result<Installed> {
    std::fs::write(ground.folder.join("package.json"), "{\"private\":true}\n")?;
    let failures = ground.registry.upstream_failures().len();
    let mut command = Command::new(&ground.npm.path);
    command
        .args([
            "install",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
            "--",
        ])
        .arg(format!("{}@{}", package.name, package.version))
        .env_clear()
        .envs(ground.variables)
        .current_dir(ground.folder);
    let installing = process::output(command, &[], MAX_OUTPUT);
    let Ok(output) = tokio::time::timeout(TIMEOUT, installing).await else {
        let words = format!("npm install did not end within {} s", TIMEOUT.as_secs());
        return Ok(Installed::Failed { words });
    };
    let output = output?;
    if output.status.success() {
        return Ok(Installed::Whole);
    }
    let unanswered = ground.registry.upstream_failures();
    if let Some(reason) = unanswered.get(failures) {
        let folder = home_of(ground.folder, &package.name);
        tarball::unpack(&package.tarball, &folder)?;
        return Ok(Installed::WithoutDependencies {
            reason: reason.clone(),
        });
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let telling = words
        .lines()
        .filter(|line| !line.contains("complete log of this run"));
    let words: Vec<&str> = telling.take(12).collect();
    Ok(Installed::Failed {
        words: words.join("\n"),
    })
}

fn home_of(folder: &Path, name: &str) -> PathBuf {
    folder.join("node_modules").join(name)
}

/// Tries every entry point that the manifest names, on disk and in Node.
pub(super) async fn ways_in(
    ground: &Ground<'_>,
    package: &Arrived,
    files: &BTreeSet<String>,
) -> Vec<WayIn> {
    let home = home_of(ground.folder, &package.name);
    let Ok(manifest) = Manifest::read(&home.join("package.json")) else {
        return vec![WayIn {
            what: "package.json".to_owned(),
            target: "package.json".to_owned(),
            problem: Some("it is not there after the installation".to_owned()),
        }];
    };
    let mut ways = entries::promised(&manifest, files);
    ways.extend(in_node(ground, &manifest, &package.name).await);
    ways
}

/// What the Node script prints, a line each.
#[derive(Deserialize)]
struct Tried {
    what: String,
    target: String,
    problem: Option<String>,
}

/// Asks Node for every subpath: `require` and `import`, without running the
/// package's code.
const RESOLVE: &str = r"
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
const require = createRequire(import.meta.url);
const name = process.argv[2];
const manifest = JSON.parse(readFileSync(process.argv[3], 'utf8').replace(/^\uFEFF/, ''));
const { exports } = manifest;
const isMap = exports && typeof exports === 'object' && !Array.isArray(exports) && Object.keys(exports).every(key => key.startsWith('.'));
const paths = isMap ? Object.keys(exports).filter(key => !key.includes('*') && exports[key] !== null) : ['.'];
const has = word => JSON.stringify(exports ?? '').includes(`\u0022${word}\u0022:`);
for (const path of paths) {
  const id = name + path.slice(1);
  const tries = [];
  try { tries.push([`require(\u0022${id}\u0022)`, require.resolve(id)]); } catch (error) { tries.push([`require(\u0022${id}\u0022)`, null, error.code ?? error.message]); }
  try { tries.push([`import \u0022${id}\u0022`, fileURLToPath(import.meta.resolve(id))]); } catch (error) { tries.push([`import \u0022${id}\u0022`, null, error.code ?? error.message]); }
  const found = tries.filter(([, target]) => target && existsSync(target));
  for (const [what, target] of found) console.log(JSON.stringify({ what, target }));
  // One way is enough where the package offers only one.
  if (!found.length && (exports ? !has('types') || has('default') || has('import') || has('require') : manifest.main)) {
    const [what, , problem] = tries[0];
    console.log(JSON.stringify({ what, target: '', problem: problem ?? 'the file is not there' }));
  }
}
";

async fn in_node(ground: &Ground<'_>, manifest: &Manifest, name: &str) -> Vec<WayIn> {
    let script = ground.folder.join("resolve.mjs");
    if std::fs::write(&script, RESOLVE).is_err() {
        return Vec::new();
    }
    let path = ground.variables.get("PATH");
    let path = path.and_then(|path| absolute_entries(path));
    let Ok(node) = which::which_in("node", path, ground.folder) else {
        return Vec::new();
    };
    let mut command = Command::new(node);
    command
        .arg(&script)
        .arg(name)
        .arg(&manifest.path)
        .env_clear()
        .envs(ground.variables)
        .current_dir(ground.folder);
    let resolving = process::output(command, &[], MAX_OUTPUT);
    let output = tokio::time::timeout(NODE_TIMEOUT, resolving).await;
    let Ok(Ok(output)) = output else {
        return Vec::new();
    };
    // Where Node shows the temporary folder by its real path, so do we.
    let real = ground
        .folder
        .canonicalize()
        .unwrap_or_else(|_| ground.folder.to_path_buf());
    let prefix = format!("{}/", home_of(&real, name).display());
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Tried>(line).ok())
        .map(|tried| WayIn {
            what: tried.what,
            target: tried
                .target
                .strip_prefix(&prefix)
                .unwrap_or(&tried.target)
                .to_owned(),
            problem: tried.problem,
        })
        .collect()
}
