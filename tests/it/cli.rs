//! The command line from outside: wrong input, exit codes, streams, starting npm.

use std::fs;

use crate::support::account::{fake_npm, sandbox, state};
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

#[test]
fn the_report_is_on_standard_output_and_has_no_escapes_in_a_pipe() {
    let server = Server::start(state());
    let run = sandbox(
        &server,
        r#"{"name":"taken","version":"1.0.0","license":"MIT"}"#,
    )
    .run(&["check"]);
    assert_eq!(run.code, Some(100));
    assert!(
        run.stdout
            .contains("error[version-taken]: taken 1.0.0 was published before"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .lines()
            .last()
            .expect("a last line")
            .starts_with("blocked: 1 error"),
        "{}",
        run.stdout
    );
    assert!(
        !run.stdout.contains('\x1b') && !run.stderr.contains('\x1b'),
        "{}",
        run.stderr
    );
    let widest = run.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{}", run.stdout);
}

/// Tools that show only standard error show what blocks; a log of both streams shows it once.
#[cfg(unix)]
#[test]
fn what_blocks_is_on_both_streams_and_once_where_they_are_one() {
    let server = Server::start(state());
    let sandbox = sandbox(
        &server,
        r#"{"name":"taken","version":"1.0.0","license":"MIT"}"#,
    );
    let separate = sandbox.run(&["check"]);
    assert!(separate.stdout.contains("error[version-taken]"));
    assert!(separate.stderr.contains("error[version-taken]"));
    let mut command = sandbox.command("/bin/sh");
    command.args(["-c", "exec \"$0\" check 2>&1"]);
    let run = command.arg(env!("CARGO_BIN_EXE_safe-publish")).output();
    let text = String::from_utf8(run.expect("sh runs").stdout).expect("text");
    assert_eq!(text.matches("error[version-taken]").count(), 1, "{text}");
}

#[test]
fn json_is_one_document_and_the_human_text_goes_to_standard_error() {
    let server = Server::start(state());
    let run = sandbox(
        &server,
        r#"{"name":"taken","version":"1.0.0","license":"MIT"}"#,
    )
    .run(&["check", "--format", "json"]);
    let report = run.json();
    assert_eq!(report["schema"], "safe-publish/report@1");
    let package = &report["packages"][0];
    let finding = &package["findings"][0];
    assert_eq!(
        (&package["registryKind"], &package["account"]),
        (&"npmjs".into(), &"alice".into())
    );
    assert_eq!(
        (&finding["check"], &finding["level"]),
        (&"version-taken".into(), &"error".into())
    );
    assert_eq!(
        finding["location"],
        serde_json::json!({ "file": "package.json", "line": 1, "column": 27 })
    );
    assert!(finding.get("allowed").is_none());
    assert!(report["npm"].is_null(), "there is no npm on PATH");
    assert!(run.stderr.contains("error[version-taken]"));
}

#[test]
fn an_allowed_finding_is_shown_and_does_not_block() {
    let server = Server::start(state());
    let sandbox = sandbox(
        &server,
        r#"{"name":"taken","version":"1.0.0","license":"MIT"}"#,
    );
    let run = sandbox.run(&["check", "--format=json", "--allow", "version-taken"]);
    assert_eq!(run.code, Some(0));
    assert_eq!(run.json()["packages"][0]["findings"][0]["allowed"], true);
    assert!(
        run.stderr.contains("error (allowed)[version-taken]"),
        "{}",
        run.stderr
    );
}

#[test]
fn strict_makes_warnings_block_and_settings_change_levels() {
    let server = Server::start(state());
    let manifest = r#"{"name":"taken","version":"0.9.0","license":"MIT","safe-publish":{"checks":{"version-behind-latest":"off"}}}"#;
    let sandbox = sandbox(&server, manifest);
    assert_eq!(sandbox.run(&["check", "--tag", "latest"]).code, Some(0));
    let strict = sandbox.run(&["check", "--tag", "latest", "--strict"]);
    assert_eq!(strict.code, Some(100), "{}", strict.stdout);
    sandbox.write(
        "package.json",
        r#"{"name":"taken","version":"1.0.0","license":"MIT"}"#,
    );
    sandbox.write(
        "safe-publish.json",
        r#"{"checks":{"version-taken":"note"}}"#,
    );
    let noted = sandbox.run(&["check"]);
    assert_eq!(noted.code, Some(0));
    assert!(
        noted.stdout.contains("note[version-taken]"),
        "{}",
        noted.stdout
    );
}

#[test]
fn a_dead_registry_leaves_it_undecided() {
    let server = Server::start(state());
    let sandbox = sandbox(
        &server,
        r#"{"name":"taken","version":"1.0.0","license":"MIT"}"#,
    );
    drop(server);
    let run = sandbox.run(&["check"]);
    assert_eq!(run.code, Some(101), "{}", run.stdout);
    assert!(run.stdout.contains("connection refused"), "{}", run.stdout);
    assert!(
        run.stdout
            .lines()
            .last()
            .expect("a last line")
            .starts_with("undecided: "),
        "{}",
        run.stdout
    );
    assert_eq!(sandbox.run(&["check", "--allow-undecided"]).code, Some(0));
}

#[test]
fn quiet_says_nothing_when_nothing_is_wrong() {
    let server = Server::start(
        serde_json::from_value(serde_json::json!({
            "users": { "alice": {} },
            "tokens": { "token-of-alice": { "user": "alice", "kind": "session" } },
        }))
        .expect("a state"),
    );
    let run = sandbox(
        &server,
        r#"{"name":"brand-new","version":"1.0.0","license":"MIT"}"#,
    )
    .run(&["check", "--quiet"]);
    assert_eq!(
        (run.code, run.stdout.as_str(), run.stderr.as_str()),
        (Some(0), "", "")
    );
}

#[test]
fn npm_gets_its_arguments_and_its_exit_code_is_passed_on() {
    let server = Server::start(state());
    let mut sandbox = sandbox(
        &server,
        r#"{"name":"taken","version":"1.1.0","license":"MIT"}"#,
    );
    fake_npm(
        &mut sandbox,
        "console.log('npm speaks'); process.exitCode = 7;",
    );
    sandbox.set("KEPT", "as it is");
    let run = sandbox.run(&[
        "--strict",
        "--tag",
        "next",
        "--allow=tag-moves-backwards",
        "--no-verify",
        ".",
    ]);
    assert_eq!(run.code, Some(7), "{}", run.stderr);
    assert!(run.stdout.starts_with("npm speaks"), "{}", run.stdout);
    let words = fs::read_to_string(sandbox.root().join("npm.log")).expect("npm was started");
    assert_eq!(words, "publish\n--tag\nnext\n.\n");
    let variables =
        fs::read_to_string(sandbox.root().join("npm.log.env")).expect("npm was started");
    assert!(variables.contains("KEPT=as it is"));
    let ours: Vec<&str> = variables
        .lines()
        .filter(|line| line.starts_with("SAFE_PUBLISH"))
        .collect();
    assert!(ours.is_empty(), "{ours:?}");
}

#[test]
fn npm_is_not_started_when_something_blocks() {
    let server = Server::start(state());
    let mut sandbox = sandbox(
        &server,
        r#"{"name":"taken","version":"1.0.0","license":"MIT"}"#,
    );
    fake_npm(&mut sandbox, "");
    assert_eq!(sandbox.run::<&str>(&[]).code, Some(100));
    assert!(!sandbox.root().join("npm.log").exists());
    assert_eq!(
        sandbox
            .run(&["--allow", "version-taken", "--no-verify"])
            .code,
        Some(0)
    );
    assert!(sandbox.root().join("npm.log").exists());
}

#[test]
#[cfg(unix)]
fn a_signal_that_ends_npm_is_128_and_more() {
    let server = Server::start(state());
    let mut sandbox = sandbox(
        &server,
        r#"{"name":"taken","version":"1.1.0","license":"MIT"}"#,
    );
    fake_npm(&mut sandbox, "process.kill(process.pid, 'SIGTERM');");
    assert_eq!(sandbox.run::<&str>(&[]).code, Some(128 + 15));
}

#[test]
fn inside_npms_own_publish_it_only_checks() {
    let server = Server::start(state());
    let mut sandbox = sandbox(
        &server,
        r#"{"name":"taken","version":"1.1.0","license":"MIT"}"#,
    );
    fake_npm(&mut sandbox, "");
    sandbox.set("npm_command", "publish");
    sandbox.set("npm_lifecycle_event", "prepublishOnly");
    let run = sandbox.run::<&str>(&[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("npm is already publishing"));
    assert!(!sandbox.root().join("npm.log").exists());
}

#[test]
fn help_version_and_completions_are_printed() {
    let sandbox = Sandbox::new();
    let help = sandbox.run(&["--help"]);
    assert_eq!(help.code, Some(0));
    for word in [
        "check",
        "explain",
        "config",
        "rehearse",
        "verify",
        "completions",
        "--allow-undecided",
    ] {
        assert!(help.stdout.contains(word), "{word}");
    }
    assert!(
        sandbox
            .run(&["--version"])
            .stdout
            .starts_with("safe-publish ")
    );
    let script = sandbox.run(&["completions", "bash"]);
    assert!(
        script.code == Some(0) && script.stdout.contains("complete -F"),
        "{}",
        script.stderr
    );
    let _: Run = sandbox.run(&["completions", "fish"]);
}

#[test]
fn a_real_publish_is_seen_with_the_bytes_that_were_sent() {
    let npm = crate::support::npm_versions::npm(11);
    let server = Server::start(state());
    let mut sandbox = sandbox(
        &server,
        r#"{"name":"taken","version":"1.1.0","license":"MIT"}"#,
    );
    sandbox.set_path(&[&npm.path_dir]);
    let run = sandbox.run::<&str>(&[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        run.stdout, "+ taken@1.1.0\n",
        "standard output is npm's own"
    );
    assert!(
        run.stderr.contains("visible: taken 1.1.0 is on"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .contains("with the bytes that were sent"),
        "{}",
        run.stderr
    );
    assert_eq!(server.arrived().len(), 1);
    let again = sandbox.run(&["verify", "taken@1.1.0"]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    let never = sandbox.run(&["verify", "taken@9.9.9", "--timeout", "0.3"]);
    assert_eq!(never.code, Some(103), "{}", never.stderr);
    assert!(never.stderr.starts_with("not seen:"), "{}", never.stderr);
}

#[test]
fn explain_prints_a_checks_documentation() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["explain", "version-taken"]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.stdout.starts_with("version-taken (error)") && run.stdout.contains("What to do:"),
        "{}",
        run.stdout
    );
    assert!(sandbox.run(&["explain", "ids"]).stdout.lines().count() >= 38);
    let wrong = sandbox.run(&["explain", "version-token"]);
    assert!(
        wrong.code == Some(2) && wrong.stderr.contains("did you mean `version-taken`?"),
        "{}",
        wrong.stderr
    );
}
