//! Signals before the first upload: nothing is sent, and nothing goes on.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::Repository;
use crate::support::bounded::wait_until;
use crate::support::sandbox::Run;

/// A repository of one package, with a program in place of bun.
fn packed_by(script: &str) -> Repository {
    let repository = Repository::npm(11);
    repository.sandbox.write("bun.lock", "{}\n");
    let bun = repository.sandbox.root().join("bin/bun");
    fs::write(&bun, format!("#!/bin/sh\n{script}\n")).expect("writable");
    fs::set_permissions(bun, fs::Permissions::from_mode(0o755)).expect("ours");
    let manifest = json!({ "name": "pkg-d", "version": "1.0.0", "license": "MIT" });
    repository.member("pkg-d", &manifest);
    repository
}

/// Sends a signal to the release alone, as a supervisor does, and waits for its end.
fn signalled(mut running: Child, signal: Signal) -> Run {
    kill_process(Pid::from_child(&running), signal).expect("it runs");
    wait_until("the end", || running.try_wait().expect("ours").is_some());
    Run::from(running.wait_with_output().expect("ours"))
}

#[test]
fn a_signal_while_the_packer_is_asked_for_its_version_ends_the_release() {
    // It answers after a minute, when nobody should wait for it any more.
    let slow = "touch ../begun\ncount=0; while [ $count -lt 600 ]; do sleep 0.1; count=$((count + 1)); done\necho 1.4.5";
    for signal in [Signal::INT, Signal::TERM] {
        let repository = packed_by(slow);
        let running = repository.start_apart(&["-w", "pkg-d"]);
        let begun = repository.sandbox.root().join("begun");
        wait_until("the question", || begun.exists());
        let run = signalled(running, signal);
        assert_eq!(run.code, Some(128 + signal.as_raw()), "{run:?}");
        assert!(
            run.stderr.contains("interrupted: nothing was sent"),
            "{run:?}"
        );
        assert_eq!(repository.arrived(), [""; 0]);
    }
}

#[test]
fn a_signal_while_packages_are_packed_ends_their_scripts() {
    // A script holds the pipe open; its parent is what a packer waits for.
    let script = "[ \"$1\" = --version ] && echo 1.4.5 && exit\nsh -c 'exec 3> ../../../pipe; count=0; while [ $count -lt 600 ]; do sleep 0.1; count=$((count + 1)); done; echo late >&3'\nexit 1";
    let repository = packed_by(script);
    let pipe = repository.sandbox.root().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let running = repository.start_apart(&["-w", "pkg-d"]);
    // Opening it waits for the script.
    let mut reader = fs::File::open(&pipe).expect("a pipe");
    let run = signalled(running, Signal::TERM);
    assert_eq!(run.code, Some(143), "{run:?}");
    assert!(
        run.stderr.contains("interrupted: nothing was sent\n"),
        "{run:?}"
    );
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("the script's end");
    assert_eq!(text, "", "the script went on");
    assert_eq!(repository.arrived(), [""; 0]);
    repository.assert_no_leftovers();
}
