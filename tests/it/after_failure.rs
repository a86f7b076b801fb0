//! After npm failed: the wrapper, with the real npm and the embedded registry, names the cause
//! with certainty. The oracle suite has the refusals that `check` predicts; these are the ones
//! that only the publish itself reveals.

mod cases;

use serde_json::{Value, json};

use self::cases::Case;
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox, noise};

fn state(faults: &Value) -> Value {
    json!({
        "users": {
            "alice": {},
            "greta": { "twoFactor": "auth-and-writes", "otp": "123456" },
        },
        "tokens": {
            "tok-granular-1": { "user": "alice" },
            "tok-narrow-1": { "user": "alice", "packages": ["other"] },
            "tok-reader-1": { "user": "alice", "kind": "read-only" },
            "tok-elsewhere-1": { "user": "alice", "addressRefused": true },
            "tok-greta-granular-1": { "user": "greta" },
            "tok-greta-classic-1": { "user": "greta", "kind": "publish" },
        },
        "orgs": {
            "acme": { "members": { "alice": "developer", "boss": "owner" } },
        },
        "packages": {
            "cat": { "versions": { "1.0.0": {} }, "maintainers": ["alice"], "staged": ["3.0.0"] },
            "strict": { "versions": { "1.0.0": {} }, "maintainers": ["alice"], "requiresTwoFactor": true },
            "@acme/ours": { "versions": { "1.0.0": {} }, "maintainers": ["boss"] },
            "@acme/secret": { "versions": { "1.0.0": {} }, "maintainers": ["boss"], "restricted": true },
        },
        "blockedWords": ["download"],
        "largestTarball": 4000,
        "faults": faults,
    })
}

/// A sandbox with the real npm, and the registry that its .npmrc names.
pub(crate) fn set_up(token: &str, faults: &Value, major: u32) -> (Sandbox, Server) {
    let install = npm(major);
    let state = serde_json::from_value(state(faults)).expect("a state");
    let server = Server::start(state);
    let mut sandbox = Sandbox::new();
    sandbox.set_path(&[&install.path_dir]);
    sandbox.set("npm_config_fetch_retry_mintimeout", "50");
    sandbox.set("npm_config_fetch_retry_maxtimeout", "100");
    let (url, host) = (server.url(), server.host());
    let npmrc = format!("registry={url}\n//{host}/:_authToken={token}\n");
    std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("a writable home");
    (sandbox, server)
}

fn run(case: &Case, major: u32) -> Run {
    let (sandbox, _server) = set_up(case.token, &case.faults, major);
    sandbox.write("package.json", &case.manifest.to_string());
    if case.noise > 0 {
        sandbox.write("noise.txt", &noise(case.noise));
    }
    Run::of(
        sandbox
            .command(env!("CARGO_BIN_EXE_safe-publish"))
            .args(["--format", "json"])
            .args(case.arguments),
    )
}

fn judge(case: &Case, run: &Run) -> Result<(), String> {
    let shown = format!("\n{}\n{}", run.stderr, run.stdout);
    if matches!(run.code, None | Some(0 | 100..=103)) {
        return Err(format!(
            "npm was not started, or did not fail ({:?}){shown}",
            run.code
        ));
    }
    let start = run
        .stdout
        .rfind("{\n  \"schema\"")
        .ok_or_else(|| format!("no explanation{shown}"))?;
    let explanation: Value =
        serde_json::from_str(&run.stdout[start..]).map_err(|error| format!("{error}{shown}"))?;
    let first = &explanation["causes"][0];
    let (id, likelihood) = case.cause;
    let why = first["why"].as_str().unwrap_or_default();
    if first["id"] != id || first["likelihood"] != likelihood || !why.contains(case.says) {
        return Err(format!(
            "explained as {first}, expected {id} ({likelihood}: {}){shown}",
            case.says
        ));
    }
    if run.stderr.contains(&format!("_authToken={}", case.token)) {
        return Err(format!("the token is shown{shown}"));
    }
    Ok(())
}

fn all(major: u32) {
    let cases = cases::all();
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let problem = judge(case, &run(case, major)).err()?;
            Some(format!("npm {major}, {}: {problem}", case.about))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} differ:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn npm_10_is_explained() {
    all(10);
}

#[test]
fn npm_11_is_explained() {
    all(11);
}

#[test]
fn npm_12_is_explained() {
    all(12);
}

#[test]
fn a_script_before_the_publish_is_said_to_have_stopped_it() {
    let (sandbox, server) = set_up("tok-granular-1", &json!([]), 11);
    let manifest =
        json!({"name": "fresh-cat", "version": "1.0.0", "scripts": {"prepublishOnly": "exit 7"}});
    sandbox.write("package.json", &manifest.to_string());
    let run = sandbox.run::<&str>(&[]);
    assert_eq!(run.code, Some(7), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("certain[script-failed]: the script prepublishOnly (`exit 7`) failed"),
        "{}",
        run.stderr
    );
    assert!(
        !run.stderr.contains("publish-already-accepted"),
        "{}",
        run.stderr
    );
    assert!(server.requests().iter().all(|seen| seen.method == "GET"));
}

#[test]
fn without_npms_log_only_the_facts_decide() {
    let (mut sandbox, _server) = set_up("tok-granular-1", &json!([]), 11);
    sandbox.set("npm_config_logs_max", "0");
    sandbox.write("package.json", r#"{"name":"cat","version":"1.0.0"}"#);
    let run = sandbox.run(&["--allow", "version-taken"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr.contains("certain[version-taken]"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_422_without_any_provenance_names_no_cause_of_provenances() {
    let faults = json!([{ "method": "PUT", "with": { "status": { "status": 422, "body": { "error": "Unprocessable Entity" } } } }]);
    let (sandbox, _server) = set_up("tok-granular-1", &faults, 11);
    sandbox.write("package.json", r#"{"name":"fresh-cat","version":"1.0.0"}"#);
    let run = sandbox.run(&["--format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.contains("explanation@1"), "{}", run.stdout);
    assert!(!run.stdout.contains("provenance-"), "{}", run.stdout);
}
