//! Installs the published package as a user would, and lets Node resolve its entry points.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::entries::EntryPoint;
use super::fence::Fence;
use super::server::Registry;
use super::store::AcceptedPublish;
use super::tarball;
use crate::environment::absolute_entries;
use crate::manifest::Manifest;
use crate::npm::Npm;
use crate::process::{Limits, Output};

/// How the installation went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Installed {
    /// By npm, with all of its dependencies.
    Whole,
    /// Without its dependencies: the upstream registry did not answer.
    WithoutDependencies {
        /// Why.
        reason: String,
    },
    /// Only without the scripts of its dependencies, which fail without the network.
    WithoutScripts {
        /// npm's error.
        reason: String,
    },
    /// npm could not install it.
    Failed {
        /// npm's error.
        message: String,
    },
}

/// How long an installation may take.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// How long Node may take to resolve names; it runs none of the package's code.
const NODE_TIMEOUT: Duration = Duration::from_secs(60);
/// How much of their output is read, in bytes.
const MAX_OUTPUT: Limits = Limits {
    stdout: 16 << 20,
    stderr: 1 << 20,
};

/// Where and with what to install.
pub(super) struct InstallContext<'a> {
    pub(super) npm: &'a Npm,
    pub(super) registry: &'a Registry,
    pub(super) fence: &'a Fence,
    pub(super) variables: &'a BTreeMap<String, String>,
    /// An empty folder.
    pub(super) folder: &'a Path,
}

impl InstallContext<'_> {
    /// The folder of an installed package.
    fn home_of(&self, name: &str) -> PathBuf {
        home_of(self.folder, name)
    }

    /// The manifest of an installed package.
    pub(super) fn manifest(&self, package: &AcceptedPublish) -> Option<Manifest> {
        Manifest::read(&self.home_of(&package.name).join("package.json")).ok()
    }

    /// Runs a program in the folder. `None` if it takes too long.
    async fn run(
        &self,
        program: &OsStr,
        args: &[&OsStr],
        timeout: Duration,
    ) -> Option<io::Result<Output>> {
        let mut command = self.fence.command(program);
        command
            .args(args)
            .env_clear()
            .envs(self.variables)
            .current_dir(self.folder);
        let running = self.fence.output(command, self.registry, MAX_OUTPUT);
        tokio::time::timeout(timeout, running).await.ok()
    }
}

/// Installs a package; without dependencies if those are not available, without scripts if
/// those of its dependencies need the network.
pub(super) async fn install(
    context: &InstallContext<'_>,
    package: &AcceptedPublish,
) -> io::Result<Installed> {
    let write = || {
        let manifest = context.folder.join("package.json");
        std::fs::write(manifest, "{\"private\":true}\n")
    };
    write()?;
    let failures = context.registry.upstream_failures().len();
    let Some(output) = npm_install(context, package, true).await else {
        return Ok(Installed::Failed {
            message: format!("npm install did not end within {} s", TIMEOUT.as_secs()),
        });
    };
    let output = output?;
    if output.status.success() {
        return Ok(Installed::Whole);
    }
    let unanswered = context.registry.upstream_failures();
    if let Some(reason) = unanswered.get(failures) {
        tarball::unpack(&package.tarball, &context.home_of(&package.name))?;
        return Ok(Installed::WithoutDependencies {
            reason: reason.clone(),
        });
    }
    let message = error_of(&output);
    if context.fence.is_closed() && !has_install_script(&package.manifest) {
        write()?;
        let again = npm_install(context, package, false).await;
        if again
            .transpose()?
            .is_some_and(|output| output.status.success())
        {
            return Ok(Installed::WithoutScripts { reason: message });
        }
    }
    Ok(Installed::Failed { message })
}

async fn npm_install(
    context: &InstallContext<'_>,
    package: &AcceptedPublish,
    with_scripts: bool,
) -> Option<io::Result<Output>> {
    let spec = format!("{}@{}", package.name, package.version);
    let mut args = vec!["install", "--no-audit", "--no-fund", "--loglevel=error"];
    if !with_scripts {
        args.push("--ignore-scripts");
    }
    args.extend(["--", spec.as_str()]);
    let (program, script) = context.npm.program();
    let script = script.as_deref().map(Path::as_os_str);
    let args: Vec<&OsStr> = script
        .into_iter()
        .chain(args.into_iter().map(OsStr::new))
        .collect();
    context.run(program.as_os_str(), &args, TIMEOUT).await
}

/// Whether npm runs a script of the package itself when it is installed: then a failure may be
/// the package's fault.
fn has_install_script(manifest: &Value) -> bool {
    let scripts = ["preinstall", "install", "postinstall"];
    scripts
        .iter()
        .any(|name| manifest["scripts"][name].is_string())
        || manifest["gypfile"] == true
}

/// npm's error, without the line about its log.
fn error_of(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines = text
        .lines()
        .filter(|line| !line.contains("complete log of this run"));
    lines.take(12).collect::<Vec<_>>().join("\n")
}

fn home_of(folder: &Path, name: &str) -> PathBuf {
    folder.join("node_modules").join(name)
}

/// The output of the Node script, one line each.
#[derive(Deserialize)]
struct EntryResult {
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

/// The entry points that Node resolves.
pub(super) async fn resolved(
    context: &InstallContext<'_>,
    manifest: &Manifest,
    name: &str,
) -> Vec<EntryPoint> {
    let script = context.folder.join("resolve.mjs");
    if std::fs::write(&script, RESOLVE).is_err() {
        return Vec::new();
    }
    let path = context.variables.get("PATH");
    let path = path.and_then(|path| absolute_entries(path));
    let Ok(node) = which::which_in("node", path, context.folder) else {
        return Vec::new();
    };
    let args = [script.as_os_str(), name.as_ref(), manifest.path.as_os_str()];
    let run = context.run(node.as_os_str(), &args, NODE_TIMEOUT).await;
    let Some(Ok(output)) = run else {
        return Vec::new();
    };
    // Node reports the temporary folder by its real path.
    let real = dunce::canonicalize(context.folder).unwrap_or_else(|_| context.folder.to_path_buf());
    let prefix = format!("{}/", home_of(&real, name).display());
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<EntryResult>(line).ok())
        .map(|tried| EntryPoint {
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
