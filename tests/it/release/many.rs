//! A check of many packages: one request for most of them, and nothing is missed.

use serde_json::{Value, json};

use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

const PACKAGES: usize = 40;

/// Forty of alice's packages at 1.0.0, here at 1.1.0; `change` edits the registry's state.
fn checked(change: impl FnOnce(&mut Value)) -> (Run, Server) {
    let mut state = json!({
        "users": { "alice": {}, "bob": {} },
        "tokens": { "tok-alice-1": { "user": "alice" } },
    });
    for number in 0..PACKAGES {
        state["packages"][format!("pkg-{number}")] =
            json!({ "maintainers": ["alice"], "versions": { "1.0.0": {} } });
    }
    change(&mut state);
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    sandbox.npm_is("11.19.1");
    let (url, host) = (server.url(), server.host());
    let npmrc = format!("registry={url}\n//{host}/:_authToken=tok-alice-1\n");
    std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("our own file");
    sandbox.write_workspace(PACKAGES, "1.1.0");
    let run = sandbox.run(&["check", "--workspaces", "--format", "json"]);
    (run, server)
}

/// The packages with an error of this check.
fn with_error(run: &Run, id: &str) -> Vec<String> {
    let report = run.json();
    let packages = report["packages"].as_array().expect("packages").iter();
    let has = |package: &&Value| {
        let mut findings = package["findings"].as_array().expect("findings").iter();
        findings.any(|found| found["check"] == id && found["level"] == "error")
    };
    let named = packages.filter(has);
    named
        .map(|package| package["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// A packument that lags behind the version's own document.
fn lagging(state: &mut Value, names: &[&str], headers: &Value) {
    let mut faults = Vec::new();
    for name in names {
        let answer = |body: &Value, headers: &Value| json!({ "status": { "status": 200, "body": body, "headers": headers } });
        let version = json!({ "name": name, "version": "1.1.0" });
        let packument = json!({ "name": name, "versions": { "1.0.0": {} },
            "maintainers": [{ "name": "alice" }], "time": { "1.0.0": "2026-01-02T03:04:05.000Z" } });
        let marked = json!({ "x-safe-publish-rehearsal": "1" });
        let mut headers = headers.clone();
        headers
            .as_object_mut()
            .expect("an object")
            .extend(marked.as_object().expect("an object").clone());
        faults.push(json!({ "path": format!("/{name}/1.1.0"), "with": answer(&version, &marked) }));
        faults.push(json!({ "path": format!("/{name}"), "with": answer(&packument, &headers) }));
    }
    state["faults"] = Value::from(faults);
}

#[test]
fn most_packages_cost_one_request() {
    let (run, server) = checked(|_| ());
    assert_eq!(run.code, Some(0));
    let seen = server.requests();
    let asked = |part: &str| seen.iter().filter(|it| it.target.contains(part)).count();
    assert!(seen.len() <= PACKAGES + 2 * 8 + 5, "{}", seen.len());
    assert_eq!(asked("/collaborators"), 0);
    for once in [
        "/-/whoami",
        "/-/npm/v1/user",
        "/-/npm/v1/tokens",
        "/-/user/alice/package",
        "/-/stage",
    ] {
        assert_eq!(asked(once), 1, "{once}");
    }
}

#[test]
fn a_version_that_waits_in_the_stage_is_found() {
    let (run, _server) = checked(|state| {
        state["packages"]["pkg-30"]["staged"] = json!(["1.1.0"]);
    });
    assert_eq!(run.code, Some(100));
    assert_eq!(with_error(&run, "version-staged"), ["pkg-30"]);
}

#[test]
fn a_package_of_somebody_else_is_found() {
    let (run, _server) = checked(|state| {
        state["packages"]["pkg-30"]["maintainers"] = json!(["bob"]);
    });
    assert_eq!(run.code, Some(100));
    assert_eq!(with_error(&run, "name-owned-by-others"), ["pkg-30"]);
}

#[test]
fn where_one_version_is_ahead_of_its_packument_all_are_asked() {
    let (run, _server) = checked(|state| lagging(state, &["pkg-11", "pkg-30"], &json!({})));
    let mut found = with_error(&run, "version-taken");
    found.sort();
    assert_eq!(found, ["pkg-11", "pkg-30"]);
}

#[test]
fn where_a_package_went_out_a_moment_ago_all_are_asked() {
    let (run, _server) = checked(|state| {
        state["packages"]["pkg-1"]["versions"]["1.1.0"] = json!({ "time": "1 minute ago" });
        lagging(state, &["pkg-30"], &json!({}));
    });
    let mut found = with_error(&run, "version-taken");
    found.sort();
    assert_eq!(found, ["pkg-1", "pkg-30"]);
}

#[test]
fn a_packument_out_of_a_cache_leaves_a_doubt() {
    let (run, _server) = checked(|state| lagging(state, &["pkg-30"], &json!({ "age": "120" })));
    assert_eq!(with_error(&run, "version-taken"), ["pkg-30"]);
}

#[test]
fn a_token_that_may_not_list_its_packages_asks_no_more_for_a_maintainer() {
    let (run, server) = checked(|state| {
        let refused = json!({ "status": { "status": 403 } });
        state["faults"] = json!([{ "path": "/-/user/", "with": refused }]);
        state["packages"]["pkg-30"]["maintainers"] = json!(["bob"]);
    });
    assert_eq!(with_error(&run, "name-owned-by-others"), ["pkg-30"],);
    let seen = server.requests();
    let asked = seen
        .iter()
        .filter(|it| it.target.contains("/collaborators"));
    assert_eq!(asked.count(), 1);
}
