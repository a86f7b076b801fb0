//! The launcher passes on exit codes and signals, whether it becomes the program (Node 22.15
//! and later) or starts it (earlier, and on Windows).

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::json;

use crate::distribution::{PROGRAM, assemble_here};
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Sandbox, looks_like_npm};

/// One npm whose Node starts the program, and one whose Node becomes it; on a machine with a
/// newer Node both do the latter.
const MAJORS: [u32; 2] = [11, 12];

/// A launcher with the test's own program.
fn launcher(folder: &Path, program: &str) -> PathBuf {
    let script = folder.join("program");
    fs::write(&script, program).expect("writable");
    let scope = folder.join("node_modules/@safe-publish");
    fs::create_dir_all(scope.parent().expect("a folder")).expect("writable");
    fs::rename(assemble_here(folder, &script), &scope).expect("ours");
    scope.join("cli/bin/safe-publish.js")
}

fn start(major: u32, launcher: &Path, args: &[&str]) -> Child {
    let mut command = Command::new(npm(major).node);
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .arg(launcher)
        .args(args);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // A separate process group, as a shell creates.
    command.process_group(0).spawn().expect("node starts")
}

fn ends(child: Child) -> ExitStatus {
    let output = child.wait_with_output().expect("it ends");
    output.status
}

/// Sends a signal to a process, or to a whole group where the id is negative.
fn send(signal: &str, id: i64) {
    let mut kill = Command::new("/bin/kill");
    let sent = kill.args(["-s", signal, "--", &id.to_string()]).status();
    assert!(sent.expect("kill is there").success());
}

#[test]
fn an_exit_code_and_a_deadly_signal_arrive_as_they_are() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let launcher = launcher(folder.path(), "#!/bin/sh\neval \"$1\"\n");
    for major in MAJORS {
        for code in [0, 7, 104] {
            let status = ends(start(major, &launcher, &[&format!("exit {code}")]));
            assert_eq!(status.code(), Some(code), "npm {major}");
        }
        for (signal, number) in [("TERM", 15), ("KILL", 9), ("HUP", 1)] {
            let status = ends(start(major, &launcher, &[&format!("kill -s {signal} $$")]));
            assert_eq!(status.signal(), Some(number), "npm {major}: {status:?}");
        }
    }
}

/// Records each signal, cleans up, and ends after a minute.
const PATIENT: &str = r#"#!/bin/sh
log=$1
for signal in INT TERM HUP; do trap "echo $signal >>'$log'; sleep 0.3; exit 7" $signal; done
echo ready
for turn in $(seq 600); do sleep 0.1; done
"#;

#[test]
fn a_signal_to_the_launcher_reaches_the_program_once_and_is_waited_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let launcher = launcher(folder.path(), PATIENT);
    for major in MAJORS {
        for signal in ["INT", "TERM", "HUP"] {
            let log = folder.path().join(format!("{major}-{signal}"));
            let mut child = start(major, &launcher, &[log.to_str().expect("UTF-8")]);
            wait_until_ready(&mut child);
            send(signal, i64::from(child.id()));
            assert_eq!(ends(child).code(), Some(7), "npm {major} {signal}");
            let received = fs::read_to_string(&log).expect("it cleaned up");
            assert_eq!(received, format!("{signal}\n"), "npm {major}");
        }
    }
}

fn wait_until_ready(child: &mut Child) {
    let mut line = String::new();
    let stdout = child.stdout.as_mut().expect("a pipe");
    BufReader::new(stdout).read_line(&mut line).expect("text");
    assert_eq!(line, "ready\n");
}

/// An npm that records every signal for a while, and how SIGPIPE is set.
const NOTING_NPM: &str = r#"#!/bin/sh
trap 'echo TERM >>"$LOG"' TERM
grep SigIgn /proc/self/status >"$LOG.ignored" 2>/dev/null
echo ready
for turn in $(seq 20); do sleep 0.1; done
exit 9
"#;

#[test]
fn a_signal_to_the_whole_group_reaches_npm_no_more_often_for_the_launcher() {
    let state = json!({
        "users": { "alice": {} },
        "tokens": { "token-of-alice": { "user": "alice", "kind": "session" } },
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let launcher = launcher(folder.path(), "");
    let mut sandbox = Sandbox::new();
    let npmrc = format!(
        "registry={}\n//{}/:_authToken=token-of-alice\n",
        server.url(),
        server.host()
    );
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.0.0","license":"MIT"}"#,
    );
    let bin = looks_like_npm(sandbox.root(), "11.19.1");
    fs::write(bin.join("npm"), NOTING_NPM).expect("writable");
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(bin.join("npm"), executable).expect("ours");
    sandbox.set_path(&[&bin]);
    sandbox.set("SAFE_PUBLISH_BINARY", PROGRAM);
    for major in MAJORS {
        let log = sandbox.root().join(format!("signals-{major}"));
        sandbox.set("LOG", &log.display().to_string());
        let mut command = sandbox.command(npm(major).node);
        command
            .arg(&launcher)
            .stdout(Stdio::piped())
            .process_group(0);
        let mut child = command.spawn().expect("node starts");
        wait_until_ready(&mut child);
        send("TERM", -i64::from(child.id()));
        // npm continued; its exit code is ours.
        assert_eq!(ends(child).code(), Some(9), "npm {major}");
        let received = fs::read_to_string(&log).expect("npm heard of it");
        assert!(received.lines().count() <= 2, "npm {major}: {received}");
        let ignored = fs::read_to_string(log.with_extension("ignored")).unwrap_or_default();
        if let Some(mask) = ignored.split_whitespace().nth(1) {
            let mask = u64::from_str_radix(mask, 16).expect("hexadecimal");
            assert_eq!(mask >> 12 & 1, 0, "npm {major}: SIGPIPE is ignored");
        }
    }
}
