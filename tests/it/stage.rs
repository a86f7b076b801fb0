//! Staged publishing: the real npm 11 and 12 against the embedded registry.

use serde_json::{Value, json};

use crate::support::http;
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// A registry with a session, a stage-only token and a trusted publisher's.
fn registry(more: &Value) -> Server {
    let mut state = json!({
        "users": { "alice": { "twoFactor": "auth-only", "otp": "123456" } },
        "tokens": {
            "session": { "user": "alice", "kind": "session" },
            "stage-only": { "user": "alice", "kind": "stage-only" },
            "oidc": { "user": "alice", "kind": "oidc-stage-only" },
        },
        "packages": { "cat": { "versions": { "1.0.0": {} }, "maintainers": ["alice"] } },
    });
    let object = state.as_object_mut().expect("an object");
    object.extend(more.as_object().expect("an object").clone());
    Server::start(serde_json::from_value(state).expect("a state"))
}

fn sandbox(server: &Server, major: u32, name: &str, version: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set(
        "PATH",
        &format!("{}:/usr/bin:/bin", npm(major).path_dir.display()),
    );
    log_in(&sandbox, server, "session");
    let manifest = json!({ "name": name, "version": version, "license": "MIT" });
    sandbox.write("package.json", &manifest.to_string());
    sandbox
}

fn log_in(sandbox: &Sandbox, server: &Server, token: &str) {
    let npmrc = format!(
        "registry={}\n//{}/:_authToken={token}\n",
        server.url(),
        server.host()
    );
    std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
}

fn run_npm(sandbox: &Sandbox, args: &[&str]) -> Run {
    Run::of(sandbox.command("/usr/bin/env").arg("npm").args(args))
}

/// The id in npm's `+ cat@1.1.0 (staged with id …)`.
fn id_of(run: &Run) -> String {
    let id = run
        .stdout
        .split("staged with id ")
        .nth(1)
        .and_then(|rest| rest.split(')').next());
    id.unwrap_or_else(|| panic!("{run:?}")).to_owned()
}

fn status(server: &Server, version: &str) -> Value {
    let line = format!("GET /-/package/cat/version/{version}/status");
    let answer = http::send(
        &server.host(),
        &line,
        &[("authorization", "Bearer session")],
        b"",
    );
    answer.expect("an answer").json()["status"].clone()
}

fn stages_and_decides(major: u32) {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, major, "cat", "1.1.0");
    let staged = run_npm(&sandbox, &["stage", "publish", "--tag", "next"]);
    assert_eq!(staged.code, Some(0), "{staged:?}");
    let id = id_of(&staged);
    assert_eq!(status(&server, "1.1.0"), "staged");
    assert!(server.arrived().is_empty());
    let list = run_npm(&sandbox, &["stage", "list", "cat", "--json"]).json();
    assert_eq!(
        (&list[0]["id"], &list[0]["tag"], &list[0]["status"]),
        (&json!(id), &json!("next"), &json!("staged"))
    );
    let view = run_npm(&sandbox, &["stage", "view", &id]);
    assert!(
        view.code == Some(0) && view.stdout.contains("1.1.0"),
        "{view:?}"
    );
    let download = run_npm(&sandbox, &["stage", "download", &id]);
    assert_eq!(download.code, Some(0), "{download:?}");
    for args in [
        &["publish", "--tag", "next"][..],
        &["stage", "publish", "--tag", "next"],
    ] {
        let again = run_npm(&sandbox, args);
        assert!(
            again.code == Some(1) && again.stderr.contains("E409"),
            "{args:?} {again:?}"
        );
    }
    let asked = run_npm(&sandbox, &["stage", "approve", &id]);
    assert!(
        asked.code == Some(1) && asked.stderr.contains("EOTP"),
        "{asked:?}"
    );
    let approved = run_npm(&sandbox, &["stage", "approve", &id, "--otp", "123456"]);
    assert_eq!(approved.code, Some(0), "{approved:?}");
    assert_eq!(server.arrived()[0].version, "1.1.0");
    assert_eq!(status(&server, "1.1.0"), "published");
    let gone = run_npm(&sandbox, &["stage", "view", &id]);
    assert!(
        gone.code == Some(1) && gone.stderr.contains("E404"),
        "{gone:?}"
    );
    rejects_and_restages(&server, &sandbox);
}

fn rejects_and_restages(server: &Server, sandbox: &Sandbox) {
    sandbox.write("package.json", r#"{"name":"cat","version":"1.2.0"}"#);
    let id = id_of(&run_npm(sandbox, &["stage", "publish"]));
    let rejected = run_npm(sandbox, &["stage", "reject", &id, "--otp", "123456"]);
    assert_eq!(rejected.code, Some(0), "{rejected:?}");
    let empty = run_npm(sandbox, &["stage", "list"]);
    assert!(
        empty.stdout.contains("No staged packages found"),
        "{empty:?}"
    );
    // A number that was rejected can be staged again.
    id_of(&run_npm(sandbox, &["stage", "publish"]));
    log_in(sandbox, server, "oidc");
    sandbox.write("package.json", r#"{"name":"cat","version":"1.3.0"}"#);
    id_of(&run_npm(sandbox, &["stage", "publish"]));
    let list = run_npm(sandbox, &["stage", "list"]);
    assert!(
        list.code == Some(1) && list.stderr.contains("E403"),
        "{list:?}"
    );
    let published = run_npm(sandbox, &["publish"]);
    assert!(
        published.stderr.contains("409") || published.stderr.contains("OIDC permission denied"),
        "{published:?}"
    );
}

#[test]
fn npm_11_stages_lists_approves_and_rejects() {
    stages_and_decides(11);
}

#[test]
fn npm_12_stages_lists_approves_and_rejects() {
    stages_and_decides(12);
}

#[test]
fn a_stage_only_token_stages_a_new_package_and_publishes_nothing() {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, 11, "new-cat", "1.0.0");
    log_in(&sandbox, &server, "stage-only");
    let refused = run_npm(&sandbox, &["publish"]);
    assert!(
        refused.code == Some(1) && refused.stderr.contains("E_STAGE_REQUIRED"),
        "{refused:?}"
    );
    let staged = run_npm(&sandbox, &["stage", "publish"]);
    assert_eq!(staged.code, Some(0), "{staged:?}");
    let packument = http::send(&server.host(), "GET /new-cat", &[], b"")
        .expect("an answer")
        .json();
    let versions: Vec<_> = packument["versions"]
        .as_object()
        .expect("versions")
        .keys()
        .collect();
    assert_eq!(versions, ["0.0.0-stage"], "the name is taken at once");
    let id = id_of(&staged);
    log_in(&sandbox, &server, "session");
    let approved = run_npm(&sandbox, &["stage", "approve", &id, "--otp", "123456"]);
    assert_eq!(approved.code, Some(0), "{approved:?}");
    let packument = http::send(&server.host(), "GET /new-cat", &[], b"")
        .expect("an answer")
        .json();
    assert_eq!(packument["dist-tags"], json!({ "latest": "1.0.0" }));
}

#[test]
fn what_npm_scans_is_accepted_and_not_visible() {
    let server = registry(&json!({ "scanMilliseconds": 86_400_000 }));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let run = sandbox.run(&["--timeout", "2"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr
            .contains("accepted: cat 1.1.0 is accepted; npm is still scanning it"),
        "{run:?}"
    );
    assert_eq!(status(&server, "1.1.0"), "validating");
    let run = sandbox.run(&["verify", "cat@1.1.0", "--timeout", "2", "--format", "json"]);
    assert_eq!(run.code, Some(103), "{run:?}");
    assert_eq!(run.json()["packages"][0]["outcome"], "validating");
    let again = run_npm(&sandbox, &["publish"]);
    assert!(
        again.stderr.contains("previously staged version"),
        "{again:?}"
    );
}

#[test]
fn a_scan_that_ends_is_waited_for_and_one_that_blocks_is_an_error() {
    let server = registry(&json!({ "scanMilliseconds": 1500 }));
    let first = sandbox(&server, 11, "cat", "1.1.0");
    let run = run_npm(&first, &["publish"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = first.run(&["verify", "cat@1.1.0", "--timeout", "60"]);
    assert!(
        run.code == Some(0) && run.stderr.contains("visible"),
        "{run:?}"
    );
    let server = registry(&json!({ "scanBlocks": true }));
    let second = sandbox(&server, 11, "cat", "1.1.0");
    let run = second.run(&["--timeout", "60"]);
    assert!(
        run.code == Some(103) && run.stderr.contains("blocked:"),
        "{run:?}"
    );
}

#[test]
fn a_staged_version_ends_the_wait_with_the_commands_for_it() {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let id = id_of(&run_npm(&sandbox, &["stage", "publish"]));
    let run = sandbox.run(&["verify", "cat@1.1.0", "--timeout", "60"]);
    assert_eq!(run.code, Some(103), "{run:?}");
    let text = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains(&format!(
            "npm stage approve {id} --registry {}",
            server.url()
        )),
        "{text}"
    );
}

#[test]
fn stage_publish_says_where_it_waits_and_how_to_approve_it() {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let run = sandbox.run(&["stage", "publish", "--tag", "next"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let id = id_of(&run);
    let registry = server.url();
    for wanted in [
        "staged: cat 1.1.0, tag next".to_owned(),
        format!("npm stage view {id} --registry {registry}"),
        format!("npm stage approve {id} --registry {registry}"),
        format!("npm stage reject {id} --registry {registry}"),
    ] {
        assert!(run.stderr.contains(&wanted), "{wanted}: {run:?}");
    }
    // The same version cannot be staged twice.
    let again = ["stage", "publish", "--tag", "next"];
    let run = sandbox.run(&again);
    assert!(
        run.code == Some(100) && run.stderr.contains("error[version-staged]"),
        "{run:?}"
    );
    let all_the_same = ["--allow", "version-staged", "--format", "json"];
    let run = sandbox.run(&[&again[..], &all_the_same].concat());
    assert_eq!(run.code, Some(1), "{run:?}");
    let document = run.json();
    assert_eq!(document["packages"][0]["staged"], false, "{document}");
    let cause = &document["explanation"]["causes"][0];
    assert_eq!(cause["id"], "version-staged", "{document}");
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.2.0","license":"MIT"}"#,
    );
    let run = sandbox.run(&["stage", "publish", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let package = &run.json()["packages"][0];
    assert_eq!(
        (&package["version"], &package["staged"]),
        (&json!("1.2.0"), &json!(true))
    );
    assert!(
        package["commands"]["approve"]
            .as_str()
            .is_some_and(|text| text.contains("npm stage approve ")),
        "{package}"
    );
    let list = sandbox.run(&["stage", "list", "cat"]);
    assert!(
        list.code == Some(0) && list.stdout.contains("1.2.0"),
        "handed on: {list:?}"
    );
}

#[test]
fn an_id_that_npm_never_printed_is_found_in_the_stage() {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.1.0","license":"MIT","scripts":{"postpublish":"exit 7"}}"#,
    );
    let run = sandbox.run(&["stage", "publish"]);
    assert_eq!(run.code, Some(7), "{run:?}");
    assert!(!run.stdout.contains("staged with id"), "{run:?}");
    assert!(
        run.stderr.contains("waiting in the stage: cat 1.1.0"),
        "{run:?}"
    );
    assert!(
        run.stderr.contains("npm stage approve ") && !run.stderr.contains("<id>"),
        "{run:?}"
    );
}

#[test]
fn staging_without_an_npm_or_a_registry_for_it_is_blocked() {
    let server = registry(&json!({}));
    let mut old = sandbox(&server, 11, "cat", "1.1.0");
    old.npm_is("10.9.9");
    let run = old.run(&["check", "stage", "publish"]);
    assert!(
        run.code == Some(100) && run.stdout.contains("error[stage-unavailable]"),
        "{run:?}"
    );
    let run = old.run(&["check"]);
    assert!(!run.stdout.contains("stage-unavailable"), "{run:?}");
    let mut github = sandbox(&server, 11, "@alice/cat", "1.1.0");
    github.npm_is("11.19.1");
    github.set("SAFE_PUBLISH_REGISTRY_KIND", "github");
    let run = github.run(&["check", "stage", "publish"]);
    assert!(
        run.code == Some(100) && run.stdout.contains("error[stage-unavailable]"),
        "{run:?}"
    );
}

#[test]
fn staging_needs_no_second_factor() {
    let server = registry(
        &json!({ "users": { "alice": { "twoFactor": "auth-and-writes", "otp": "123456" } } }),
    );
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let publish = sandbox.run(&["--format", "json"]);
    assert!(
        publish.code == Some(100) && publish.stdout.contains("auth-otp-impossible"),
        "{publish:?}"
    );
    let run = sandbox.run(&["stage", "publish"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn words_that_stage_nothing_end_with_what_was_meant() {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    for (args, help) in [
        (&["stage"][..], "safe-publish stage publish"),
        (
            &["stage", "aprove"],
            "did you mean `safe-publish stage approve`?",
        ),
        (
            &["stage", "approve", "cat@1.1.0"],
            "npm stage list shows the ids",
        ),
        (&["--stage"], "`stage` is a command: safe-publish stage"),
        (
            &["check", "--stage"],
            "`stage` is a command: safe-publish stage",
        ),
    ] {
        let run = sandbox.run(args);
        assert!(
            run.code == Some(2) && run.stderr.contains(help),
            "{args:?} {run:?}"
        );
    }
    assert!(server.arrived().is_empty());
}
