//! The test cases of other tools as data: `fixtures/peers` lists for each what the tool
//! expects, and what `check` reports for the same package, `.npmrc`, environment and registry
//! answers. If the two differ, the case says why.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use safe_publish::rehearsal::State;
use serde::Deserialize;
use serde_json::Value;

use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// The npm on PATH, if a case names none.
const NPM: &str = "11.19.1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Peer {
    tool: String,
    sources: Vec<String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    about: String,
    theirs: Theirs,
    expect: Expectation,
    /// Why ours is stricter or looser.
    #[serde(default)]
    why: Option<String>,
    #[serde(default)]
    manifest: Option<Value>,
    /// More files of the project.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Lines of the project's `.npmrc`.
    #[serde(default)]
    project: Vec<String>,
    /// Lines of the user's `.npmrc`.
    #[serde(default = "logged_in")]
    home: Vec<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    npm: Option<String>,
    state: State,
    #[serde(default)]
    dead_registry: bool,
    /// What `config` must show, if the verdict is `config`.
    #[serde(default)]
    says: Vec<String>,
}

fn logged_in() -> Vec<String> {
    vec![
        "registry={registry}".to_owned(),
        "//{host}/:_authToken=token-of-alice".to_owned(),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Theirs {
    /// Whether the tool continues.
    passes: bool,
    #[allow(dead_code, reason = "for readers")]
    says: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    /// A verdict; `impossible` if there is no report and the exit code is 102; `config` if only
    /// the settings are compared.
    verdict: String,
    /// All errors.
    #[serde(default)]
    errors: Vec<String>,
    /// Some of the warnings.
    #[serde(default)]
    warnings: Vec<String>,
}

#[test]
fn the_cases_of_other_tools_get_the_verdicts_they_must() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/peers");
    let mut problems = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(root).expect("fixtures/peers is there") {
        let path = entry.expect("readable").path();
        let text = fs::read_to_string(&path).expect("readable");
        let peer: Peer = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(!peer.sources.is_empty(), "{}", peer.tool);
        for case in &peer.cases {
            cases += 1;
            if let Err(problem) = explained(case).and_then(|()| replay(case)) {
                problems.push(format!("{}: {}: {problem}", peer.tool, case.about));
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{} of {cases} differ:\n{}",
        problems.len(),
        problems.join("\n")
    );
    assert!(cases >= 100, "only {cases} cases");
}

/// A difference must have a reason, and a reason a difference.
fn explained(case: &Case) -> Result<(), String> {
    let ours = matches!(case.expect.verdict.as_str(), "ready" | "config");
    match (&case.why, ours == case.theirs.passes) {
        (None, false) => Err("it differs, and nobody says why".to_owned()),
        (Some(_), true) => Err("it does not differ, and somebody says why".to_owned()),
        _ => Ok(()),
    }
}

fn replay(case: &Case) -> Result<(), String> {
    let server = Server::start(case.state.clone());
    let mut sandbox = Sandbox::new();
    let (url, host) = (server.url(), server.host());
    let project = sandbox.project().display().to_string();
    let fill = |text: &str| {
        text.replace("{registry}", &url)
            .replace("{host}", &host)
            .replace("{project}", &project)
    };
    sandbox.npm_is(case.npm.as_deref().unwrap_or(NPM));
    sandbox.set("npm_config_fetch_retry_mintimeout", "10");
    sandbox.set("npm_config_fetch_retry_maxtimeout", "20");
    for (name, value) in &case.environment {
        sandbox.set(name, &fill(value));
    }
    if let Some(manifest) = &case.manifest {
        sandbox.write("package.json", &fill(&manifest.to_string()));
    }
    for (path, text) in &case.files {
        sandbox.write(path, &fill(text));
    }
    if !case.project.is_empty() {
        sandbox.write(".npmrc", &fill(&case.project.join("\n")));
    }
    let lines = fill(&case.home.join("\n"));
    fs::write(sandbox.home().join(".npmrc"), lines).expect("a writable folder");
    let server = (!case.dead_registry).then_some(server);

    let command: &[&str] = match case.expect.verdict.as_str() {
        "config" => &["config"],
        _ => &["check", "--format", "json"],
    };
    let mut args: Vec<String> = command.iter().map(|arg| (*arg).to_owned()).collect();
    args.extend(case.arguments.iter().map(|arg| fill(arg)));
    let run = sandbox.run(&args);
    let wrote = server
        .iter()
        .flat_map(|server| server.requests())
        .any(|seen| seen.method != "GET");
    if wrote {
        return Err("it wrote to the registry".to_owned());
    }
    judge(case, &run)
}

fn judge(case: &Case, run: &Run) -> Result<(), String> {
    let wanted = &case.expect;
    match wanted.verdict.as_str() {
        "impossible" if run.code == Some(102) => return Ok(()),
        "config" => {
            let silent = case.says.iter().find(|words| !run.stdout.contains(*words));
            return silent.map_or(Ok(()), |words| Err(format!("no {words}: {}", run.stdout)));
        }
        _ => {}
    }
    let report: Value = serde_json::from_str(&run.stdout)
        .map_err(|_| format!("no report, exit code {:?}: {}", run.code, run.stderr))?;
    let verdict = report["verdict"].as_str().unwrap_or_default();
    let (errors, warnings) = (ids(&report, "error"), ids(&report, "warning"));
    let missing = wanted.warnings.iter().any(|id| !warnings.contains(id));
    if verdict == wanted.verdict && errors == wanted.errors && !missing {
        return Ok(());
    }
    Err(format!(
        "{verdict}, errors {errors:?}, warnings {warnings:?}; expected {}, {:?}, {:?}",
        wanted.verdict, wanted.errors, wanted.warnings
    ))
}

/// In alphabetical order, each once.
fn ids(report: &Value, level: &str) -> Vec<String> {
    let packages = report["packages"].as_array().into_iter().flatten();
    let mut ids: Vec<String> = packages
        .flat_map(|package| package["findings"].as_array().into_iter().flatten())
        .filter(|finding| finding["level"] == level)
        .filter_map(|finding| Some(finding["check"].as_str()?.to_owned()))
        .collect();
    ids.sort();
    ids.dedup();
    ids
}
