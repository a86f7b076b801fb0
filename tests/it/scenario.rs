//! Scenarios: a package, a home folder and a registry, and what `check` and npm do with them. A
//! scenario is a folder: `package/` is the working folder, `home/` the home folder,
//! `scenario.json` the rest. `{registry}` and `{host}` in any file are replaced by the
//! registry's URL and host.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use safe_publish::rehearsal::State;
use serde::Deserialize;

use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// One scenario folder.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Scenario {
    /// What it is about, in one sentence.
    #[allow(dead_code, reason = "for readers")]
    about: String,
    #[serde(default)]
    arguments: Vec<String>,
    /// npm stages the package: `npm stage publish`.
    #[serde(default)]
    pub(crate) staged: bool,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// The folder in `package/` that it runs in.
    #[serde(default)]
    pub(crate) folder: String,
    /// Nothing listens on the port.
    #[serde(default)]
    pub(crate) dead_registry: bool,
    /// The expected verdict and ids.
    pub(crate) expect: Expectation,
    /// Other expectations by npm's major version; `null` skips that npm.
    #[serde(default)]
    pub(crate) npm: BTreeMap<String, Option<Expectation>>,
}

/// What `check` must report, and npm must do.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    pub(crate) verdict: String,
    /// All error-level findings.
    #[serde(default)]
    pub(crate) ids: Vec<String>,
    /// Some of the warnings.
    #[serde(default)]
    pub(crate) warnings: Vec<String>,
    /// The first finding of the first package.
    pub(crate) first: Option<String>,
}

impl Scenario {
    /// The scenario's own arguments.
    pub(crate) fn filled(&self, url: &str, host: &str) -> Vec<String> {
        let fill = |word: &String| word.replace("{registry}", url).replace("{host}", host);
        self.arguments.iter().map(fill).collect()
    }
}

/// The folders of all scenarios, in order.
pub(crate) fn scenarios() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios");
    let mut found = Vec::new();
    for topic in fs::read_dir(root).expect("fixtures/scenarios is there") {
        for case in fs::read_dir(topic.expect("readable").path()).expect("a folder of cases") {
            found.push(case.expect("readable").path());
        }
    }
    found.sort();
    found
}

/// The scenario of a folder, and its registry's state.
pub(crate) fn read(path: &Path) -> Result<(Scenario, State), String> {
    let text = fs::read_to_string(path.join("scenario.json")).map_err(|error| error.to_string())?;
    let mut value: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let state: State =
        serde_json::from_value(value["state"].take()).map_err(|error| format!("state: {error}"))?;
    value.as_object_mut().expect("an object").remove("state");
    let scenario: Scenario = serde_json::from_value(value).map_err(|error| error.to_string())?;
    Ok((scenario, state))
}

/// Runs `check` on a scenario in its sandbox, with its registry running and this folder first
/// on PATH.
pub(crate) fn checked(path: &Path, path_dir: &Path) -> Result<Run, String> {
    told(path, path_dir, "json")
}

/// The same in any format.
pub(crate) fn told(path: &Path, path_dir: &Path, format: &str) -> Result<Run, String> {
    let (scenario, state) = read(path)?;
    let server = Server::start(state);
    let (url, host) = (server.url(), server.host());
    let sandbox = lay_out(path, &scenario, &url, &host, path_dir)?;
    let _server = (!scenario.dead_registry).then_some(server);
    Ok(check(&sandbox, &scenario, &url, &host, format))
}

/// The result of `check` for a scenario.
pub(crate) fn check(
    sandbox: &Sandbox,
    scenario: &Scenario,
    url: &str,
    host: &str,
    format: &str,
) -> Run {
    let stage: &[&str] = if scenario.staged {
        &["stage", "publish"]
    } else {
        &[]
    };
    Run::of(
        sandbox
            .command(env!("CARGO_BIN_EXE_safe-publish"))
            .arg("check")
            .args(stage)
            .args(["--format", format])
            .args(scenario.filled(url, host))
            .current_dir(sandbox.project().join(&scenario.folder)),
    )
}

/// A sandbox with the scenario's files, and this folder first on PATH.
pub(crate) fn lay_out(
    path: &Path,
    scenario: &Scenario,
    url: &str,
    host: &str,
    path_dir: &Path,
) -> Result<Sandbox, String> {
    let mut sandbox = Sandbox::new();
    let fill = |text: &str| text.replace("{registry}", url).replace("{host}", host);
    copy(&path.join("package"), &sandbox.project(), &fill)?;
    if path.join("home").is_dir() {
        copy(&path.join("home"), &sandbox.home(), &fill)?;
    }
    sandbox.set_path(&[path_dir]);
    // npm waits ten seconds before it tries again; a test cannot.
    sandbox.set("npm_config_fetch_retry_mintimeout", "50");
    sandbox.set("npm_config_fetch_retry_maxtimeout", "100");
    sandbox.set("npm_config_fetch_timeout", "5000");
    for (name, value) in &scenario.environment {
        sandbox.set(name, &fill(value));
    }
    Ok(sandbox)
}

fn copy(from: &Path, to: &Path, fill: &dyn Fn(&str) -> String) -> Result<(), String> {
    fs::create_dir_all(to).map_err(|error| error.to_string())?;
    for entry in fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        // The repository has no file that npm would accidentally read in our own tree.
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .replace("dot-", ".");
        let target = to.join(name);
        if path.is_dir() {
            copy(&path, &target, fill)?;
            continue;
        }
        let bytes = fs::read(&path).map_err(|error| error.to_string())?;
        let filled = String::from_utf8(bytes)
            .map_or_else(std::string::FromUtf8Error::into_bytes, |text| {
                fill(&text).into_bytes()
            });
        fs::write(&target, filled).map_err(|error| error.to_string())?;
    }
    Ok(())
}
