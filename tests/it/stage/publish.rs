//! `safe-publish stage publish`: its output, and where it finds the ids.

#[cfg(unix)]
use std::process::Stdio;

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::{id_of, registry, sandbox};
#[cfg(unix)]
use crate::support::bounded::wait_until;
#[cfg(unix)]
use crate::support::sandbox::Run;

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
    let list = sandbox.run(&["stage", "list", "cat"]);
    assert!(
        list.code == Some(0) && list.stdout.contains("1.1.0"),
        "handed on: {list:?}"
    );
}

#[test]
fn the_report_of_stage_publish_contains_the_command_that_approves() {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, 11, "cat", "1.2.0");
    let run = sandbox.run(&["stage", "publish", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let package = &run.json()["packages"][0];
    assert_eq!(
        (&package["version"], &package["staged"]),
        (&json!("1.2.0"), &json!(true))
    );
    let approve = package["commands"]["approve"].as_str();
    assert!(
        approve.is_some_and(|text| text.contains("npm stage approve ")),
        "{package}"
    );
}

#[test]
fn the_same_version_cannot_be_staged_twice() {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let once = sandbox.run(&["stage", "publish"]);
    assert_eq!(once.code, Some(0), "{once:?}");
    let again = sandbox.run(&["stage", "publish"]);
    assert!(
        again.code == Some(100) && again.stderr.contains("error[version-staged]"),
        "{again:?}"
    );
    let all_the_same = ["--allow", "version-staged", "--format", "json"];
    let run = sandbox.run(&[&["stage", "publish"][..], &all_the_same].concat());
    assert_eq!(run.code, Some(1), "{run:?}");
    let document = run.json();
    assert_eq!(document["packages"][0]["staged"], false, "{document}");
    let cause = &document["explanation"]["causes"][0];
    assert_eq!(cause["id"], "version-staged", "{document}");
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
    assert!(run.stderr.contains("staged: cat 1.1.0"), "{run:?}");
    assert!(
        run.stderr.contains("npm stage approve ") && !run.stderr.contains("<id>"),
        "{run:?}"
    );
}

/// npm never printed the id, and the registry does not answer the question for it.
#[cfg(unix)]
#[test]
fn a_signal_after_npms_end_ends_the_questions() {
    let nothing = json!({ "status": 200, "body": { "items": [], "total": 0 } });
    let server = registry(&json!({ "faults": [
        { "method": "GET", "path": "/-/stage", "times": 1, "with": { "status": nothing } },
        { "method": "GET", "path": "/-/stage", "with": "hang" },
    ]}));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.1.0","license":"MIT","scripts":{"postpublish":"exit 7"}}"#,
    );
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    command.args(["stage", "publish"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = command.spawn().expect("the program starts");
    wait_until("the second question", || {
        let requests = server.requests();
        let asked = requests
            .iter()
            .filter(|request| request.method == "GET" && request.target.contains("/-/stage"));
        asked.count() > 1
    });
    kill_process(Pid::from_child(&running), Signal::TERM).expect("it runs");
    let run = Run::from(running.wait_with_output().expect("ours"));
    assert_eq!(run.code, Some(7), "npm's own: {run:?}");
    assert!(run.stderr.contains("interrupted: npm has ended"), "{run:?}");
    assert!(run.stderr.contains("staged: cat 1.1.0"), "{run:?}");
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

/// npm's own `--json` and `--silent` hide the line with the id.
fn finds_the_id_whatever_npm_prints(major: u32) {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, major, "cat", "1.1.0");
    let json = sandbox.run(&["stage", "publish", "--json"]);
    assert_eq!(json.code, Some(0), "{json:?}");
    let id = json.json()["stageId"].as_str().map(str::to_owned);
    let id = id.or_else(|| Some(json.json()["cat"]["stageId"].as_str()?.to_owned()));
    let approve = format!("npm stage approve {}", id.expect("npm's own document"));
    assert!(json.stderr.contains(&approve), "{json:?}");
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.2.0","license":"MIT"}"#,
    );
    let silent = sandbox.run(&["stage", "publish", "--silent"]);
    assert_eq!(silent.code, Some(0), "{silent:?}");
    assert!(!silent.stdout.contains("staged with id"), "{silent:?}");
    assert!(
        silent.stderr.contains("npm stage approve ") && !silent.stderr.contains("<id>"),
        "found in the stage: {silent:?}"
    );
}

#[test]
fn npm_11_stages_and_the_id_is_found_whatever_it_prints() {
    finds_the_id_whatever_npm_prints(11);
}

#[test]
fn npm_12_stages_and_the_id_is_found_whatever_it_prints() {
    finds_the_id_whatever_npm_prints(12);
}

/// The version is staged with other bytes, by somebody else.
#[test]
fn a_stage_with_other_bytes_is_not_ours() {
    let other = json!({ "items": [{
        "id": "1b4e28ba-2fa1-41d2-883f-0016d3cca427",
        "packageName": "cat",
        "version": "1.1.0",
        "tag": "latest",
        "shasum": "f".repeat(40),
    }], "total": 1 });
    let server = registry(&json!({ "faults": [
        { "method": "POST", "path": "/-/stage/package/cat", "with": { "status": { "status": 409, "body": { "message": "Cannot stage previously published version \"1.1.0\"." } } } },
        { "method": "GET", "path": "/-/stage", "with": { "status": { "status": 200, "body": other } } },
    ] }));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let run = sandbox.run(&["stage", "publish"]);
    assert!(
        run.code == Some(1) && run.stderr.contains("not staged: cat 1.1.0"),
        "{run:?}"
    );
}

/// A token that cannot list staged versions: npm's log proves that the version was staged.
#[test]
fn a_script_that_fails_after_staging_leaves_the_version_staged() {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    super::log_in(&sandbox, &server, "oidc");
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.1.0","license":"MIT","scripts":{"postpublish":"exit 7"}}"#,
    );
    let run = sandbox.run(&["stage", "publish", "--format", "json"]);
    assert_eq!(run.code, Some(7), "{run:?}");
    let package = &run.json()["packages"][0];
    assert_eq!(package["staged"], true, "{run:?}");
    assert_eq!(package["waitsFor"], "approval");
    assert!(
        run.stderr.contains("npm stage list cat --registry "),
        "{run:?}"
    );
}

fn stages_a_workspace_up_to_the_first_refusal(major: u32) {
    let server = registry(&json!({
        "packages": { "b-cat": {
            "versions": { "0.9.0": {} },
            "maintainers": ["alice"],
            "staged": ["1.0.0"],
        } },
    }));
    let sandbox = sandbox(&server, major, "cat", "1.1.0");
    sandbox.write_three_cats();
    let run = sandbox.run(&[
        "stage",
        "publish",
        "--workspaces",
        "--allow",
        "version-staged",
        "--format",
        "json",
    ]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let document = run.json();
    let staged: Vec<_> = document["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .map(|package| (package["name"].as_str(), package["staged"].as_bool()))
        .collect();
    assert_eq!(
        staged,
        [
            (Some("a-cat"), Some(true)),
            (Some("b-cat"), Some(false)),
            (Some("c-cat"), Some(false)),
        ],
        "npm stops at the first 409"
    );
    assert_eq!(document["packages"][1]["commands"], serde_json::Value::Null);
    for line in [
        "staged: a-cat 1.0.0",
        "not staged: b-cat 1.0.0",
        "not staged: c-cat 1.0.0",
    ] {
        assert!(run.stderr.contains(line), "{line}: {run:?}");
    }
}

#[test]
fn npm_11_stages_a_workspace_up_to_the_first_refusal() {
    stages_a_workspace_up_to_the_first_refusal(11);
}

#[test]
fn npm_12_stages_a_workspace_up_to_the_first_refusal() {
    stages_a_workspace_up_to_the_first_refusal(12);
}

/// npm does not read `@scope:registry` for the approval, so the command must name the registry.
#[test]
fn the_commands_of_a_scope_with_its_own_registry_work_as_they_stand() {
    let server = registry(&json!({ "packages": {} }));
    let sandbox = sandbox(&server, 11, "@alice/cat", "1.0.0");
    let npmrc = format!(
        "@alice:registry={}\n//{}/:_authToken=session\nregistry=http://127.0.0.1:9/\n",
        server.url(),
        server.host()
    );
    std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    let run = sandbox.run(&["stage", "publish", "--access", "public"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for word in ["view", "reject"] {
        let command = run.stderr.lines().map(str::trim);
        let prefix = format!("npm stage {word} ");
        let command = command.into_iter().find(|line| line.starts_with(&prefix));
        let command = command.unwrap_or_else(|| panic!("{word}: {run:?}"));
        let mut words: Vec<&str> = command.split(' ').skip(1).collect();
        words.push("--otp=123456");
        let done = super::run_npm(&sandbox, &words);
        assert_eq!(done.code, Some(0), "{command}: {done:?}");
    }
}
