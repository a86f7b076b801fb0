//! What a person sees and types on a real terminal: Ctrl-C at each moment, a one-time
//! password, the edge of the terminal.

use std::fs;

use serde_json::{Value, json};

use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};
use crate::support::terminal::visible;

const CTRL_C: &str = "\u{3}";

/// A registry with these faults, and a project that publishes cat 1.1.0 there with the
/// real npm 11.
fn set_up(faults: &Value) -> (Sandbox, Server) {
    let state = json!({
        "users": {
            "alice": {},
            "carol": { "twoFactor": "auth-and-writes", "otp": "123456" },
        },
        "tokens": {
            "token-of-alice": { "user": "alice" },
            "token-of-carol": { "user": "carol", "kind": "session" },
        },
        "packages": {
            "cat": { "versions": { "1.0.0": {} }, "maintainers": ["alice", "carol"] },
        },
        "faults": faults,
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    sandbox.set_path(&[&npm(11).path_dir]);
    let manifest = r#"{"name":"cat","version":"1.1.0","license":"MIT"}"#;
    sandbox.write("package.json", manifest);
    log_in(&sandbox, &server, "token-of-alice");
    (sandbox, server)
}

fn log_in(sandbox: &Sandbox, server: &Server, token: &str) {
    let (url, host) = (server.url(), server.host());
    let npmrc = format!("registry={url}\n//{host}/:_authToken={token}\nloglevel=error\n");
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
}

/// The last line that is not empty, with wrapped lines joined.
fn end(run: &Run) -> String {
    let text = visible(&run.stdout);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last = lines[lines.len().saturating_sub(4)..].join(" ");
    last.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn was_put(server: &Server) -> bool {
    server
        .requests()
        .iter()
        .any(|request| request.method == "PUT")
}

const NOTHING_SENT: &str = "interrupted: nothing was sent, and npm was not started";

#[test]
fn ctrl_c_while_the_registry_is_asked_erases_the_spinner() {
    let hang = json!([{ "path": "/cat", "with": "hang" }]);
    let (sandbox, _server) = set_up(&hang);
    let spins = |text: &str| text.contains("of 2 answered") || text.contains("of 1 answered");
    let run = sandbox.on_terminal_when(80, "", spins, CTRL_C);
    // Text that is erased afterwards would take the line with it.
    let erased = run.stdout.rfind("\u{1b}[2K");
    let said = run.stdout.find(NOTHING_SENT);
    assert!(erased.is_some() && said > erased, "{run:?}");
    assert_eq!(visible(&run.stdout).trim(), NOTHING_SENT, "{run:?}");
    assert_eq!(run.code, Some(130), "{run:?}");
}

#[test]
fn ctrl_c_at_the_question_sends_nothing() {
    let (sandbox, server) = set_up(&json!([]));
    let asks = |text: &str| text.contains("[y/N]");
    let run = sandbox.on_terminal_when(80, "--confirm", asks, CTRL_C);
    assert!(end(&run).ends_with(NOTHING_SENT), "{run:?}");
    assert_eq!(run.code, Some(130), "{run:?}");
    assert!(!was_put(&server));
}

#[test]
fn ctrl_c_during_the_upload_says_that_it_may_have_arrived() {
    let hang = json!([{ "method": "PUT", "path": "/cat", "with": "hang" }]);
    let (sandbox, server) = set_up(&hang);
    let run = sandbox.on_terminal_when(80, "", |_| was_put(&server), CTRL_C);
    is_interrupted_with_a_next_step(
        &run,
        "interrupted: the upload of cat@1.1.0 was in progress, and may have arrived",
    );
}

#[test]
fn ctrl_c_after_the_upload_says_that_it_was_not_visible_yet() {
    let missing = json!({ "status": { "status": 404 } });
    let hidden = json!([{ "method": "GET", "path": "/cat/1.1.0", "with": missing }]);
    let (sandbox, server) = set_up(&hidden);
    let waits = |_: &str| {
        let seen = server.requests();
        let put = seen.iter().position(|request| request.method == "PUT");
        let after = seen[put.unwrap_or(seen.len())..].iter();
        let mut targets = after.map(|request| &request.target);
        targets.any(|target| target.contains("1.1.0"))
    };
    let run = sandbox.on_terminal_when(80, "", waits, CTRL_C);
    is_interrupted_with_a_next_step(&run, "the wait until it is visible was interrupted");
}

fn is_interrupted_with_a_next_step(run: &Run, words: &str) {
    let last = end(run);
    assert!(last.contains(words), "{run:?}");
    assert!(
        last.contains("help: safe-publish verify cat@1.1.0"),
        "{run:?}"
    );
    assert_eq!(run.code, Some(130), "{run:?}");
}

/// npm asks on the terminal that it gets, and receives what is typed.
#[test]
fn a_one_time_password_is_asked_for_on_a_terminal_and_nowhere_else() {
    for major in [10, 11, 12] {
        let (mut sandbox, server) = set_up(&json!([]));
        sandbox.set_path(&[&npm(major).path_dir]);
        log_in(&sandbox, &server, "token-of-carol");
        let asks = |text: &str| text.contains("Enter OTP");
        let run = sandbox.on_terminal_when(80, "", asks, "123456\n");
        assert_eq!(run.code, Some(0), "npm {major}: {run:?}");
        let text = visible(&run.stdout);
        assert!(text.contains("visible: cat 1.1.0"), "npm {major}: {text}");

        let (mut sandbox, server) = set_up(&json!([]));
        sandbox.set_path(&[&npm(major).path_dir]);
        log_in(&sandbox, &server, "token-of-carol");
        let run = sandbox.run(&[] as &[&str]);
        assert_eq!(run.code, Some(100), "npm {major}: {run:?}");
        assert!(run.stderr.contains("error[auth-otp-impossible]"), "{run:?}");
        assert!(!was_put(&server));
    }
}

/// Every line of every command ends before the edge, whatever it contains.
#[test]
fn no_line_of_any_command_is_wider_than_the_terminal() {
    let (sandbox, server) = set_up(&json!([]));
    let wide = "\u{6f22}".repeat(60);
    let manifest = json!({
        "name": "cat", "version": "1.1.0", "author": wide,
        "dependencies": { "dog": format!("workspace:{wide}") },
    });
    sandbox.write("package.json", &manifest.to_string());
    sandbox.write(&format!("{wide}.txt"), "x");
    let url = format!("{}{}", server.url(), "a-long-path/".repeat(12));
    let elsewhere = format!("check --registry={url}");
    for args in [
        "check",
        "check --verbose",
        "check ./not-there",
        &elsewhere,
        "files",
        "config",
        "explain",
        "explain E403",
        "explain version-taken",
        "explain nothing-known",
        "verify cat@9.9.9 --timeout 1",
        "chekc",
    ] {
        for columns in [40, 80, 200] {
            let run = sandbox.on_terminal(columns, args, "");
            for line in visible(&run.stdout).lines() {
                let width = textwrap::core::display_width(line);
                assert!(width <= columns, "{columns}, {args}: {width}: {line}");
            }
        }
    }
}
