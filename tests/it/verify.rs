//! Waiting for a version, from outside: `verify`, and the wrapper after the real npm succeeded.
//! The registry lags, serves cached answers, serves other bytes, loses a tag, or is unavailable
//! for a while.

use serde_json::{Value, json};

use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

const TOKEN: &str = "tok-granular-1";

fn set_up(faults: &Value) -> (Sandbox, Server) {
    let state = json!({
        "users": { "alice": {} },
        "tokens": { TOKEN: { "user": "alice" } },
        "packages": { "cat": {
            "versions": { "0.9.0": {}, "1.0.0": {} },
            "distTags": { "latest": "1.0.0", "next": "0.9.0" },
            "maintainers": ["alice"],
        } },
        "faults": faults,
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    sandbox.set_path(&[&npm(11).path_dir]);
    let npmrc = format!(
        "registry={}\n//{}/:_authToken={TOKEN}\n",
        server.url(),
        server.host()
    );
    std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("a writable home");
    (sandbox, server)
}

fn answer(path: &str, times: Option<u32>, status: u16, body: &Value) -> Value {
    json!({ "method": "GET", "path": path, "times": times, "with": { "status": { "status": status, "body": body } } })
}

/// The output, without its line breaks.
fn said(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `verify cat@1.0.0`, with its requests.
fn verify(faults: &Value, args: &[&str]) -> (Run, Vec<String>) {
    let (sandbox, server) = set_up(faults);
    let mut all = vec!["verify", "cat@1.0.0"];
    all.extend(args);
    let run = sandbox.run(&all);
    let asked = server.requests();
    (run, asked.iter().map(|seen| seen.target.clone()).collect())
}

#[test]
fn a_registry_that_lags_is_looked_at_until_it_shows_the_version() {
    let faults = json!([answer("/cat/1.0.0", Some(2), 404, &json!({}))]);
    let (run, asked) = verify(&faults, &["--timeout", "20"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.starts_with("visible: cat 1.0.0"),
        "{}",
        run.stderr
    );
    let looks = asked.iter().filter(|path| path.contains("/cat/1.0.0"));
    assert_eq!(looks.count(), 3, "{asked:?}");
}

#[test]
fn a_stale_packument_does_not_decide() {
    let stale =
        json!({ "name": "cat", "dist-tags": { "latest": "0.9.0" }, "versions": { "0.9.0": {} } });
    let version = json!({ "name": "cat", "version": "1.0.0", "dist": {} });
    let faults = json!([
        answer("/cat/1.0.0", None, 200, &version),
        answer("/cat", Some(1), 200, &stale),
    ]);
    let (run, _) = verify(&faults, &["--timeout", "20"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let for_ever = json!([
        answer("/cat/1.0.0", None, 200, &version),
        answer("/cat", None, 200, &stale),
    ]);
    let (run, _) = verify(&for_ever, &["--timeout", "0.3"]);
    assert_eq!(run.code, Some(103), "{}", run.stderr);
    assert!(
        said(&run.stderr).contains("the packument does not list it yet"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_registry_that_is_down_for_a_while_is_awaited_within_a_budget() {
    let away = json!([{ "method": "GET", "path": "/cat", "times": 2, "with": "reset" }]);
    let (run, _) = verify(&away, &["--timeout", "20"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let down = json!([answer("/cat", None, 503, &json!({}))]);
    let begin = std::time::Instant::now();
    let (run, _) = verify(&down, &["--timeout", "1.5"]);
    assert_eq!(run.code, Some(103), "{}", run.stderr);
    assert!(begin.elapsed().as_secs() < 15, "the budget is kept");
    assert!(run.stderr.starts_with("not seen:"), "{}", run.stderr);
    assert!(!said(&run.stderr).contains("accepted"), "{}", run.stderr);
}

#[test]
fn a_tag_on_another_version_is_an_outcome_of_its_own() {
    let (run, _) = verify(&json!([]), &["--tag", "next", "--timeout", "0.3"]);
    assert_eq!(run.code, Some(103), "{}", run.stderr);
    assert!(
        run.stderr.starts_with("tag elsewhere:")
            && said(&run.stderr).contains("still points at 0.9.0"),
        "{}",
        run.stderr
    );
}

#[test]
fn verify_asks_past_caches_and_sends_no_other_method() {
    let (sandbox, server) = set_up(&json!([]));
    assert_eq!(sandbox.run(&["verify", "cat@1.0.0"]).code, Some(0));
    let asked = server.requests();
    assert!(asked.iter().all(|seen| seen.method == "GET"), "{asked:?}");
    assert!(
        asked.iter().any(|seen| seen.target.contains("write=true")),
        "{asked:?}"
    );
}

/// Publishes with the real npm; returns the last JSON document that was written.
fn publish(sandbox: &Sandbox, args: &[&str]) -> (Run, Value) {
    let mut all = vec!["--format", "json"];
    all.extend(args);
    let run = sandbox.run(&all);
    let start = run.stdout.rfind("{\n  \"schema\"");
    let document = start.and_then(|start| serde_json::from_str(&run.stdout[start..]).ok());
    (run, document.unwrap_or_default())
}

#[test]
fn other_bytes_than_npm_sent_are_reported_at_once() {
    let other =
        json!({ "name": "new-cat", "version": "1.0.0", "dist": { "shasum": "f".repeat(40) } });
    // The preflight and npm itself see a version that does not exist yet.
    let (sandbox, _server) = set_up(&json!([
        answer("/new-cat/1.0.0", Some(1), 404, &json!({})),
        answer("/new-cat/1.0.0", None, 200, &other),
    ]));
    sandbox.write("package.json", r#"{"name":"new-cat","version":"1.0.0"}"#);
    let (run, document) = publish(&sandbox, &["--timeout", "20"]);
    assert_eq!(run.code, Some(103), "{}{}", run.stdout, run.stderr);
    assert_eq!(
        document["packages"][0]["outcome"], "other-bytes",
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("other bytes:") && said(&run.stderr).contains("npm sent"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_was_accepted_and_does_not_show_is_said_and_ends_with_103() {
    let (sandbox, server) = set_up(&json!([answer("/new-cat/1.0.0", None, 404, &json!({}))]));
    sandbox.write("package.json", r#"{"name":"new-cat","version":"1.0.0"}"#);
    let (run, document) = publish(&sandbox, &["--timeout", "2"]);
    assert_eq!(server.arrived().len(), 1, "{}", run.stderr);
    assert_eq!(run.code, Some(103), "{}", run.stderr);
    assert_eq!(document["packages"][0]["outcome"], "not-seen");
    assert!(
        said(&run.stderr).contains("new-cat 1.0.0 was accepted, but is not visible yet"),
        "{}",
        run.stderr
    );
}

#[test]
fn without_verify_nothing_is_asked_after_the_publish() {
    let (sandbox, server) = set_up(&json!([answer("/new-cat/1.0.0", None, 404, &json!({}))]));
    sandbox.write("package.json", r#"{"name":"new-cat","version":"1.0.0"}"#);
    let (run, _) = publish(&sandbox, &["--no-verify"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let asked = server.requests();
    assert_eq!(asked.last().map(|seen| seen.method.as_str()), Some("PUT"));
}

#[test]
fn the_packages_of_a_workspace_are_awaited_together_and_each_is_reported() {
    let (sandbox, _server) = set_up(&json!([answer("/b-cat/1.0.0", None, 404, &json!({}))]));
    sandbox.write_three_cats();
    let (run, document) = publish(&sandbox, &["--workspaces", "--timeout", "3"]);
    assert_eq!(run.code, Some(103), "{}{}", run.stdout, run.stderr);
    let outcomes: Vec<&str> = document["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|package| package["outcome"].as_str())
        .collect();
    assert_eq!(
        outcomes,
        ["visible", "not-seen", "visible"],
        "{}",
        run.stdout
    );
    for wanted in [
        "visible: a-cat 1.0.0",
        "not seen: b-cat 1.0.0",
        "2 of 3 versions are on the registry",
    ] {
        assert!(
            said(&run.stderr).contains(wanted),
            "{wanted} in {}",
            run.stderr
        );
    }
}

#[test]
fn a_kind_that_the_user_states_is_believed() {
    let (mut sandbox, server) = set_up(&json!([]));
    // A registry that has no documents of single versions.
    sandbox.set("SAFE_PUBLISH_REGISTRY_KIND", "nexus");
    let run = sandbox.run(&["verify", "cat@1.0.0"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let asked = server.requests();
    let targets: Vec<&str> = asked.iter().map(|seen| seen.target.as_str()).collect();
    assert!(
        targets.iter().all(|target| !target.contains("/cat/1.0.0")),
        "{targets:?}"
    );
    sandbox.set("SAFE_PUBLISH_REGISTRY_KIND", "bogus");
    let run = sandbox.run(&["verify", "cat@1.0.0"]);
    assert_eq!(run.code, Some(102), "{run:?}");
}
