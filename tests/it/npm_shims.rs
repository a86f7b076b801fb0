//! An npm that leaves a process behind, as version managers' shims do with their daemons:
//! it holds npm's streams open long after npm's own end.

use std::fs::{self, File};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::registry::Server;
use crate::support::sandbox::{Sandbox, looks_like_npm};

/// Far more than a busy machine needs, and less than the process that is left takes.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Publishes with an npm that leaves a process behind and ends with a code; gives how the
/// wrapper ended, whether that process was still there then, and what was printed.
fn publish(code: i32, more: &[&str]) -> (Option<ExitStatus>, bool, String) {
    let state = json!({ "users": { "alice": {} }, "tokens": { "of-alice": { "user": "alice", "kind": "session" } } });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    let bin = looks_like_npm(sandbox.root(), "11.19.1");
    let id = sandbox.root().join("id");
    let script = format!(
        "#!/bin/sh\nsleep 300 &\necho $! > '{}'\necho 'npm error code E403' >&2\nexit {code}\n",
        id.display()
    );
    fs::write(bin.join("npm"), script).expect("writable");
    sandbox.set_path(&[&bin]);
    let (url, host) = (server.url(), server.host());
    let npmrc = format!("registry={url}\n//{host}/:_authToken=of-alice\n");
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.0.0","license":"MIT"}"#,
    );
    // A file, since that process holds our own output open as well.
    let path = sandbox.root().join("printed");
    let printed = File::create(&path).expect("writable");
    let mut child = sandbox
        .command(env!("CARGO_BIN_EXE_safe-publish"))
        .arg("--no-verify")
        .args(more)
        .stdout(printed.try_clone().expect("a file"))
        .stderr(printed)
        .spawn()
        .expect("it starts");
    let begin = Instant::now();
    let status = loop {
        let status = child.try_wait().expect("our own child");
        if status.is_some() || begin.elapsed() > TIMEOUT {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let left = fs::read_to_string(id).expect("npm was started");
    let killed = Command::new("/bin/kill").arg(left.trim()).status();
    if status.is_none() {
        child.kill().expect("our own child");
    }
    let printed = fs::read_to_string(path).expect("readable");
    (status, killed.expect("kill starts").success(), printed)
}

#[test]
fn a_process_that_npm_leaves_behind_is_not_waited_for() {
    for code in [0, 1] {
        for more in [&[][..], &["--quiet"], &["--format=json"]] {
            let (status, was_there, printed) = publish(code, more);
            let status = status.unwrap_or_else(|| panic!("it waits: {printed}"));
            assert_eq!(status.code(), Some(code), "{more:?}: {printed}");
            assert!(was_there, "{more:?}: {printed}");
        }
    }
}
