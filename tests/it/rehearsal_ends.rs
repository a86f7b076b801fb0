//! How a rehearsal ends, and what it does not leave behind.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, Stdio};

use serde_json::json;

#[cfg(unix)]
use crate::rehearsal::rehearsal_that_waits;
use crate::rehearsal::{empty_registry, files_below, manifest, sandbox};
use crate::support::account::npm_of;
#[cfg(unix)]
use crate::support::bounded::wait_until;
use crate::support::npm_versions::npm;
use crate::support::sandbox::{Run, Sandbox};

#[test]
fn a_dry_run_is_rehearsed_as_a_publish() {
    let real = empty_registry();
    let mut sandbox = sandbox(&real.url());
    manifest(&sandbox, &json!({ "name": "dry-cat", "version": "1.0.0" }));
    sandbox.write("index.js", "");
    sandbox.set("npm_config_dry_run", "true");
    let run = sandbox.run(&["rehearse", "--dry-run"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("dry-cat 1.0.0 arrived"), "{run:?}");
}

#[test]
fn standard_output_is_one_document_whatever_npm_and_scripts_print() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "loud-cat", "version": "1.0.0", "scripts": { "prepack": "echo meow" } }),
    );
    sandbox.write("index.js", "");
    let run = sandbox.run(&["rehearse", "--format=json"]);
    assert_eq!(run.json()["npmExitCode"], 0);
    assert!(run.stderr.contains("meow"), "{run:?}");
}

#[test]
fn a_private_package_never_arrives_and_npm_says_why() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "shy-cat", "version": "1.0.0", "private": true }),
    );
    let run = sandbox.run(&["rehearse"]);
    assert_ne!(run.code, Some(0), "{run:?}");
    assert!(files_below(&sandbox.root().join("tmp")).is_empty());
}

#[test]
fn a_push_in_a_script_goes_nowhere() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "pushy-cat", "version": "1.0.0",
            "scripts": { "postpublish": "git fetch origin && (git push origin HEAD || true)" } }),
    );
    sandbox.write("index.js", "");
    let remote = sandbox.root().join("remote.git").display().to_string();
    let git = |args: &[&str]| {
        let run = Run::of(sandbox.command("git").args(args));
        assert_eq!(run.code, Some(0), "git {args:?}: {run:?}");
        run.stdout
    };
    git(&["init", "--quiet", "--bare", &remote]);
    git(&["init", "--quiet"]);
    git(&["remote", "add", "origin", &remote]);
    let author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    let commit = ["commit", "--quiet", "--allow-empty", "-m", "x"];
    git(&[author.as_slice(), commit.as_slice()].concat());
    let run = sandbox.run(&["rehearse"]);
    assert_eq!(run.code, Some(0), "fetching works: {run:?}");
    assert_eq!(git(&["ls-remote", "origin"]), "", "nothing was pushed");
    git(&["push", "--quiet", "origin", "HEAD"]);
    assert_ne!(git(&["ls-remote", "origin"]), "", "a push by hand works");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_npm_and_nothing_remains() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let (mut child, script) = rehearsal_that_waits(&sandbox);
        assert!(kill(&child.id().to_string(), signal));
        let status = child.wait().expect("our own child");
        assert_eq!(status.code(), Some(code), "SIG{signal}: {status:?}");
        let left = files_below(&sandbox.root().join("tmp"));
        assert!(left.is_empty(), "SIG{signal}: {left:?}");
        wait_until("the script ends, too", || !kill(&script, "0"));
        let waited = sandbox.root().join("script-waited");
        assert!(!waited.exists(), "SIG{signal}: the script ended by itself");
    }
}

/// Sends a signal; whether the process is there.
#[cfg(unix)]
fn kill(id: &str, signal: &str) -> bool {
    let mut kill = std::process::Command::new("/bin/kill");
    let status = kill.args(["-s", signal, id]).stderr(Stdio::null()).status();
    status.expect("kill is there").success()
}

/// `rehearse --serve` with this state.
fn serve(sandbox: &Sandbox, state: &str) -> Command {
    sandbox.write("state.json", state);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    command.args(["rehearse", "--serve", "--state", "state.json"]);
    command
}

/// The first line that a process prints.
fn first_line(output: Option<impl Read>) -> String {
    let mut line = String::new();
    let read = BufReader::new(output.expect("piped")).read_line(&mut line);
    read.expect("a line");
    line.trim().to_owned()
}

#[test]
fn a_registry_that_is_kept_running_accepts_publishes_until_it_is_stopped() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "served-cat", "version": "1.0.0" }),
    );
    let state = r#"{ "users": { "bob": {} }, "tokens": { "bobs": { "user": "bob" } } }"#;
    let mut command = serve(&sandbox, state);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let url = first_line(child.stdout.take());
    let npm = npm(11).program();
    let key = url.trim_start_matches("http:");
    let publish = |token: &str| {
        let args = [
            "publish".to_owned(),
            format!("--registry={url}"),
            format!("--{key}:_authToken={token}"),
        ];
        Run::of(sandbox.command(&npm).args(args))
    };
    let refused = publish("nobodys");
    assert!(refused.stderr.contains("E404"), "{refused:?}");
    let taken = publish("bobs");
    assert_eq!(taken.code, Some(0), "{taken:?}");
    let again = publish("bobs");
    assert!(
        again.stderr.contains("cannot publish over"),
        "it remembers: {again:?}"
    );
    #[cfg(unix)]
    assert!(kill(&child.id().to_string(), "TERM"));
    #[cfg(windows)]
    child.kill().expect("it runs");
    let status = child.wait().expect("our own child");
    assert!(cfg!(windows) || status.code() == Some(0), "{status:?}");
}

#[test]
fn a_state_without_tokens_gets_one_that_is_printed() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    let mut command = serve(&sandbox, "{}");
    let command = command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let said = first_line(child.stderr.take());
    child.kill().expect("our own child");
    child.wait().expect("our own child");
    assert!(said.contains(":_authToken="), "{said}");
}

#[test]
fn a_state_that_cannot_be_read_is_one_clear_error() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    sandbox.write("state.json", "{ \"userz\": {} }");
    let run = sandbox.run(&["rehearse", "--serve", "--state", "state.json"]);
    assert_eq!(run.code, Some(102), "{run:?}");
    assert!(run.stderr.contains("userz"), "{run:?}");
    let run = sandbox.run(&["rehearse", "--serve", "--state", "missing.json"]);
    assert_eq!(run.code, Some(102), "{run:?}");
    assert!(run.stderr.contains("missing.json"), "{run:?}");
}

#[test]
fn an_npm_that_ignores_our_flags_is_not_started() {
    let real = empty_registry();
    let mut sandbox = sandbox(&real.url());
    manifest(&sandbox, &json!({ "name": "old-cat", "version": "1.0.0" }));
    let start = "#!/usr/bin/env node\nrequire('node:fs').writeFileSync('started', '');\n";
    let bin = npm_of(sandbox.root(), "10.5.1", start);
    sandbox.set_path(&[&bin, &npm(11).path_dir]);
    let run = sandbox.run(&["rehearse"]);
    assert_eq!(run.code, Some(102), "{run:?}");
    assert!(run.stderr.contains("10.5.2 or later"), "{run:?}");
    assert!(!sandbox.project().join("started").exists());
}

#[test]
fn a_rehearsal_in_a_script_of_a_publish_only_checks() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    let script = format!("{} rehearse", env!("CARGO_BIN_EXE_safe-publish"));
    manifest(
        &sandbox,
        &json!({ "name": "deep-cat", "version": "1.0.0", "scripts": { "prepublishOnly": script } }),
    );
    sandbox.write("index.js", "");
    let run = sandbox.run(&["rehearse"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let stages = run
        .stderr
        .matches("rehearsal: an embedded registry")
        .count();
    assert_eq!(stages, 1, "{run:?}");
}
