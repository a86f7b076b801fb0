//! A run that never ends by itself, from the outside: nobody reads what it prints.

use std::io::Read as _;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::bounded::wait_until;
use crate::support::sandbox::Sandbox;

/// More than any system's pipe holds.
const MORE_THAN_A_PIPE: usize = 100_000;

/// Starts it with two pipes that nobody reads.
fn start(sandbox: &Sandbox, args: &[&str]) -> Child {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    command
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

/// What sends a variable's value is announced before anything is asked; here the
/// announcement does not fit into the pipe.
fn with_a_long_announcement() -> Sandbox {
    let mut sandbox = Sandbox::new();
    let name = "A".repeat(MORE_THAN_A_PIPE);
    sandbox.set(&name, "x");
    sandbox.write(
        ".npmrc",
        &format!("//127.0.0.1:9/:_authToken=${{{name}}}\n"),
    );
    sandbox.write("package.json", r#"{"name":"cat","version":"1.0.0"}"#);
    sandbox
}

#[test]
fn a_check_that_does_not_end_is_ended_with_102() {
    let sandbox = with_a_long_announcement();
    let args = ["check", "--timeout=0.1", "--registry=http://127.0.0.1:9/"];
    let mut child = start(&sandbox, &args);
    let mut status = None;
    wait_until("a check that is stuck ends", || {
        status = child.try_wait().expect("our own child");
        status.is_some()
    });
    assert_eq!(status.expect("it ended").code(), Some(102));
}

#[test]
fn whoever_reads_a_report_slowly_gets_all_of_it() {
    let sandbox = Sandbox::new();
    sandbox.write_workspace(200, "1.0.0");
    let registry = "--registry=http://127.0.0.1:9/";
    let args = [
        "check",
        "--timeout=2",
        "--format=json",
        "--quiet",
        "--workspaces",
        registry,
    ];
    let mut child = start(&sandbox, &args);
    // Twice the timeout and ten seconds, and a little more.
    std::thread::sleep(Duration::from_secs(16));
    let mut document = String::new();
    let mut stdout = child.stdout.take().expect("piped");
    stdout.read_to_string(&mut document).expect("UTF-8");
    assert_eq!(child.wait().expect("our own child").code(), Some(100));
    assert!(document.len() > MORE_THAN_A_PIPE, "{}", document.len());
    let document: Value = serde_json::from_str(&document).expect("a whole document");
    assert_eq!(document["verdict"], "blocked");
}
