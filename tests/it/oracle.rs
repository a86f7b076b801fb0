//! The oracle suite: for each scenario under `fixtures/scenarios`, `check` is
//! run, and then the real npm publishes into the embedded registry. Blocked
//! exactly when npm fails, ready exactly when it succeeds, the right id each
//! time.
//!
//! A scenario is a folder: `package/` is the working folder, `home/` the home
//! folder, `scenario.json` the rest. `{registry}` and `{host}` in any file
//! stand for the registry's address.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use safe_publish::rehearsal::State;
use serde::Deserialize;

use crate::support::npm_versions::{NpmInstall, npm};
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// How many scenarios run at once.
const AT_ONCE: usize = 4;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Scenario {
    /// What it is about, in one sentence.
    #[allow(dead_code, reason = "for readers")]
    about: String,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// Where in `package/` it is run.
    #[serde(default)]
    folder: String,
    /// The port is closed: nobody answers.
    #[serde(default)]
    dead_registry: bool,
    /// Names are given; sorted by kind of rule they exercise.
    expect: Expectation,
    /// Other expectations by npm's major version; `null` leaves it out there.
    #[serde(default)]
    npm: BTreeMap<String, Option<Expectation>>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    verdict: String,
    /// All error-level findings.
    #[serde(default)]
    ids: Vec<String>,
    /// Some of the warnings.
    #[serde(default)]
    warnings: Vec<String>,
    /// The first finding of the first package.
    first: Option<String>,
}

#[test]
fn npm_11_does_what_check_foretells() {
    run_all(11);
}

#[test]
fn npm_10_does_what_check_foretells() {
    run_all(10);
}

#[test]
fn npm_12_does_what_check_foretells() {
    run_all(12);
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

fn run_all(major: u32) {
    let scenarios = scenarios();
    assert!(scenarios.len() >= 140, "only {} scenarios", scenarios.len());
    let publishable = scenarios
        .iter()
        .filter_map(|path| read(path).ok())
        .filter(|(scenario, _)| scenario.expect.verdict == "ready")
        .count();
    assert!(
        publishable * 3 >= scenarios.len(),
        "only {publishable} of {} can be published",
        scenarios.len()
    );
    let only = std::env::var("SAFE_PUBLISH_SCENARIO").unwrap_or_default();
    let install = npm(major);
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(path) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = path
                        .strip_prefix(env!("CARGO_MANIFEST_DIR"))
                        .expect("below us")
                        .display()
                        .to_string();
                    if !name.contains(&only) {
                        continue;
                    }
                    if let Err(problem) = run_one(path, major, &install) {
                        failures
                            .lock()
                            .expect("no panic")
                            .push(format!("{name}: {problem}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic");
    assert!(
        failures.is_empty(),
        "npm {major}, {} of {} differ:\n{}",
        failures.len(),
        scenarios.len(),
        failures.join("\n")
    );
}

fn read(path: &Path) -> Result<(Scenario, State), String> {
    let text = fs::read_to_string(path.join("scenario.json")).map_err(|error| error.to_string())?;
    let mut value: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let state: State =
        serde_json::from_value(value["state"].take()).map_err(|error| format!("state: {error}"))?;
    value.as_object_mut().expect("an object").remove("state");
    let scenario: Scenario = serde_json::from_value(value).map_err(|error| error.to_string())?;
    Ok((scenario, state))
}

/// A scenario in its sandbox, its registry running: what `check` makes of it
/// with this folder first on PATH.
pub(crate) fn checked(path: &Path, path_dir: &Path) -> Result<Run, String> {
    told(path, path_dir, "json")
}

/// The same in any format.
pub(crate) fn told(path: &Path, path_dir: &Path, format: &str) -> Result<Run, String> {
    let (scenario, state) = read(path)?;
    let server = Server::start(state);
    let (url, host) = (server.url(), server.host());
    let sandbox = lay_out(path, &scenario, (&url, &host), path_dir)?;
    let _server = (!scenario.dead_registry).then_some(server);
    Ok(check(&sandbox, &scenario, (&url, &host), format))
}

fn check(sandbox: &Sandbox, scenario: &Scenario, (url, host): (&str, &str), format: &str) -> Run {
    let filled = |word: &String| word.replace("{registry}", url).replace("{host}", host);
    let mut words = vec!["check".to_owned(), "--format".to_owned(), format.to_owned()];
    words.extend(scenario.arguments.iter().map(filled));
    Run::of(
        sandbox
            .command(env!("CARGO_BIN_EXE_safe-publish"))
            .args(&words)
            .current_dir(sandbox.project().join(&scenario.folder)),
    )
}

fn run_one(path: &Path, major: u32, install: &NpmInstall) -> Result<(), String> {
    let (scenario, state) = read(path)?;
    let expected = match scenario.npm.get(&major.to_string()) {
        Some(None) => return Ok(()),
        Some(Some(expected)) => expected.clone(),
        None => scenario.expect.clone(),
    };
    let server = Server::start(state.clone());
    let (url, host) = (server.url(), server.host());
    let sandbox = lay_out(path, &scenario, (&url, &host), &install.path_dir)?;
    let server = if scenario.dead_registry {
        drop(server);
        None
    } else {
        Some(server)
    };
    let filled = |word: &String| word.replace("{registry}", &url).replace("{host}", &host);
    let arguments: Vec<String> = scenario.arguments.iter().map(filled).collect();
    let folder = sandbox.project().join(&scenario.folder);

    let ours = check(&sandbox, &scenario, (&url, &host), "json");
    let wrote = server.as_ref().map(|server| {
        server
            .requests()
            .iter()
            .filter(|seen| seen.method != "GET")
            .count()
    });
    let sent = server.as_ref().map_or(0, |server| server.requests().len());
    if let Some(server) = &server {
        server.reset(state.clone());
    }
    let mut command = sandbox.command(install.path_dir.join("npm"));
    let npms = Run::of(command.arg("publish").args(&arguments).current_dir(&folder));

    let report = serde_json::from_str::<serde_json::Value>(&ours.stdout).map_err(|_| {
        format!(
            "no report (code {:?}): {}{}",
            ours.code, ours.stdout, ours.stderr
        )
    })?;
    let seen = format!(
        "\n  check: {}\n  npm ({:?}): {}",
        ours.stderr.replace('\n', "\n    "),
        npms.code,
        telling(&npms.stderr)
    );
    if wrote.is_some_and(|wrote| wrote > 0) {
        return Err(format!("check wrote to the registry{seen}"));
    }
    let packages = report["packages"].as_array().map_or(1, Vec::len);
    if sent > 30 * packages.max(1) {
        return Err(format!("check sent {sent} requests"));
    }
    compare(&report, ours.code, &expected, &npms).map_err(|problem| format!("{problem}{seen}"))?;
    if expected.ids.is_empty() {
        return Ok(());
    }
    if let Some(server) = &server {
        server.reset(state);
    }
    // A script may have changed the files.
    let sandbox = lay_out(path, &scenario, (&url, &host), &install.path_dir)?;
    let mut wrapper = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    let allow = expected.ids.iter().flat_map(|id| ["--allow", id]);
    let ours = Run::of(
        wrapper
            .args(["--format", "json", "--allow-undecided"])
            .args(allow)
            .args(&arguments)
            .current_dir(sandbox.project().join(&scenario.folder)),
    );
    explained(&ours, &expected, &npms)
}

/// Where the user lets npm run into it all the same, its error is explained
/// with the facts: for certain, and with one of the ids that `check` named.
fn explained(ours: &Run, expected: &Expectation, npms: &Run) -> Result<(), String> {
    let told = format!(
        "\n  the wrapper ({:?}): {}\n{}",
        ours.code,
        ours.stderr.replace('\n', "\n    "),
        ours.stdout
    );
    if ours.code != npms.code {
        return Err(format!(
            "the wrapper ends with another code than npm's {:?}{told}",
            npms.code
        ));
    }
    let start = ours.stdout.rfind("{\n  \"schema\"").unwrap_or(0);
    let explanation: serde_json::Value = serde_json::from_str(&ours.stdout[start..])
        .map_err(|error| format!("no explanation ({error}){told}"))?;
    let first = &explanation["causes"][0];
    let id = first["id"].as_str().unwrap_or_default();
    if first["likelihood"] != "certain" || !expected.ids.iter().any(|wanted| wanted == id) {
        return Err(format!(
            "explained as {first}, expected {:?} for certain{told}",
            expected.ids
        ));
    }
    Ok(())
}

fn compare(
    report: &serde_json::Value,
    code: Option<i32>,
    expected: &Expectation,
    npms: &Run,
) -> Result<(), String> {
    let verdict = report["verdict"].as_str().unwrap_or_default();
    if verdict != expected.verdict {
        return Err(format!(
            "check says {verdict}, expected {}",
            expected.verdict
        ));
    }
    let right_code = match verdict {
        "ready" => 0,
        "blocked" => 100,
        _ => 101,
    };
    if code != Some(right_code) {
        return Err(format!("{verdict} with exit code {code:?}"));
    }
    let npm_failed = npms.code != Some(0);
    if npm_failed != (verdict != "ready") {
        return Err(format!(
            "check says {verdict}, and npm ended with {:?}",
            npms.code
        ));
    }
    let mut errors = ids(report, "error");
    errors.sort();
    errors.dedup();
    let mut wanted = expected.ids.clone();
    wanted.sort();
    if errors != wanted {
        return Err(format!("errors are {errors:?}, expected {wanted:?}"));
    }
    let first = report["packages"][0]["findings"][0]["check"].as_str();
    if expected.first.is_some() && expected.first.as_deref() != first {
        return Err(format!("{first:?} leads, expected {:?}", expected.first));
    }
    let warnings = ids(report, "warning");
    match expected
        .warnings
        .iter()
        .find(|wanted| !warnings.contains(wanted))
    {
        Some(missing) => Err(format!("warnings are {warnings:?}, without {missing}")),
        None => Ok(()),
    }
}

fn ids(report: &serde_json::Value, level: &str) -> Vec<String> {
    let of = |part: &'static str| report[part].as_array().into_iter().flatten();
    let of_packages =
        of("packages").flat_map(|package| package["findings"].as_array().into_iter().flatten());
    of("findings")
        .chain(of_packages)
        .filter(|finding| finding["level"] == level)
        .filter_map(|finding| Some(finding["check"].as_str()?.to_owned()))
        .collect()
}

fn telling(stderr: &str) -> String {
    let lines = stderr
        .lines()
        .filter(|line| line.contains("error") || line.contains("ERR!"));
    lines.take(6).collect::<Vec<_>>().join("\n    ")
}

fn lay_out(
    path: &Path,
    scenario: &Scenario,
    (url, host): (&str, &str),
    path_dir: &Path,
) -> Result<Sandbox, String> {
    let mut sandbox = Sandbox::new();
    let fill = |text: &str| text.replace("{registry}", url).replace("{host}", host);
    copy(&path.join("package"), &sandbox.project(), &fill)?;
    if path.join("home").is_dir() {
        copy(&path.join("home"), &sandbox.home(), &fill)?;
    }
    let system = std::env::var("PATH").unwrap_or_default();
    sandbox.set("PATH", &format!("{}:{system}", path_dir.display()));
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
        // Git keeps no file that npm would read in our own tree by accident.
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
