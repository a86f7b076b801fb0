//! The oracle suite: for each scenario under `fixtures/scenarios`, `check` is run, and then the
//! real npm publishes to the embedded registry. It must be blocked exactly if npm fails, ready
//! exactly if npm succeeds, with the right id each time.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use safe_publish::rehearsal::State;

use crate::scenario::{Expectation, Scenario, check, lay_out, read, scenarios};
use crate::support::npm_versions::{NpmInstall, npm};
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// How many scenarios run at once.
const AT_ONCE: usize = 4;

#[test]
fn npm_11_does_what_check_predicts() {
    run_all(11);
}

#[test]
fn npm_10_does_what_check_predicts() {
    run_all(10);
}

#[test]
fn npm_12_does_what_check_predicts() {
    run_all(12);
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

fn run_one(path: &Path, major: u32, install: &NpmInstall) -> Result<(), String> {
    let (scenario, state) = read(path)?;
    let expected = match scenario.npm.get(&major.to_string()) {
        Some(None) => return Ok(()),
        Some(Some(expected)) => expected.clone(),
        None => scenario.expect.clone(),
    };
    let server = Server::start(state.clone());
    let (url, host) = (server.url(), server.host());
    let lay_out = || lay_out(path, &scenario, &url, &host, &install.path_dir);
    let sandbox = lay_out()?;
    let server = (!scenario.dead_registry).then_some(server);
    let arguments = scenario.filled(&url, &host);

    let ours = check(&sandbox, &scenario, &url, &host, "json");
    let asked = requests(server.as_ref());
    reset(server.as_ref(), &state);
    let npms = by_npm(&sandbox, &scenario, &arguments, install);

    let report = report_of(&ours)?;
    let seen = format!(
        "\n  check: {}\n  npm ({:?}): {}",
        ours.stderr.replace('\n', "\n    "),
        npms.code,
        telling(&npms.stderr)
    );
    only_reads(&asked, &report).map_err(|problem| format!("{problem}{seen}"))?;
    compare(&report, ours.code, &expected, &npms).map_err(|problem| format!("{problem}{seen}"))?;
    if expected.ids.is_empty() {
        return Ok(());
    }
    reset(server.as_ref(), &state);
    // A script may have changed the files.
    let sandbox = lay_out()?;
    let ours = wrapped(&sandbox, &scenario, &arguments, &expected);
    explained(&ours, &expected, &npms)
}

/// The methods of the requests so far.
fn requests(server: Option<&Server>) -> Vec<String> {
    let requests = server.map_or(Vec::new(), |server| server.requests());
    requests.into_iter().map(|request| request.method).collect()
}

fn reset(server: Option<&Server>, state: &State) {
    if let Some(server) = server {
        server.reset(state.clone());
    }
}

fn report_of(ours: &Run) -> Result<serde_json::Value, String> {
    serde_json::from_str(&ours.stdout).map_err(|_| {
        format!(
            "no report (code {:?}): {}{}",
            ours.code, ours.stdout, ours.stderr
        )
    })
}

/// `check` only reads, and asks little.
fn only_reads(asked: &[String], report: &serde_json::Value) -> Result<(), String> {
    if asked.iter().any(|method| method != "GET") {
        return Err("check wrote to the registry".to_owned());
    }
    let packages = report["packages"].as_array().map_or(1, Vec::len);
    if asked.len() > 30 * packages.max(1) {
        return Err(format!("check sent {} requests", asked.len()));
    }
    Ok(())
}

/// What the real npm says.
fn by_npm(
    sandbox: &Sandbox,
    scenario: &Scenario,
    arguments: &[String],
    install: &NpmInstall,
) -> Run {
    let mut command = sandbox.command(install.program());
    if scenario.staged {
        command.arg("stage");
    }
    let folder = sandbox.project().join(&scenario.folder);
    Run::of(command.arg("publish").args(arguments).current_dir(folder))
}

/// The wrapper, where the user lets npm run into the findings.
fn wrapped(
    sandbox: &Sandbox,
    scenario: &Scenario,
    arguments: &[String],
    expected: &Expectation,
) -> Run {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    if scenario.staged {
        command.args(["stage", "publish"]);
    }
    let allow = expected.ids.iter().flat_map(|id| ["--allow", id]);
    Run::of(
        command
            .args(["--format", "json", "--allow-undecided"])
            .args(allow)
            .args(arguments)
            .current_dir(sandbox.project().join(&scenario.folder)),
    )
}

/// If the user lets npm run into it anyway, its error is explained from the facts: with
/// certainty, and with one of the ids that `check` named.
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
    // A staged publish has one document for both.
    let causes = match &explanation["explanation"] {
        serde_json::Value::Null => &explanation["causes"],
        failure => &failure["causes"],
    };
    let first = &causes[0];
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
