//! How a rehearsal ends, and what it does not leave behind.

use serde_json::json;

use crate::rehearsal::{empty_registry, files_below, manifest, sandbox};
use crate::support::account::npm_of;
use crate::support::npm_versions::npm;
use crate::support::sandbox::Run;

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
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "slow-cat", "version": "1.0.0", "scripts": { "prepack": "node wait.js" } }),
    );
    sandbox.write(
        "wait.js",
        "require('fs').writeFileSync('started', String(process.pid)); setTimeout(() => {}, 60000);",
    );
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let started = sandbox.project().join("started");
        let _ = std::fs::remove_file(&started);
        let mut child = sandbox
            .command(env!("CARGO_BIN_EXE_safe-publish"))
            .arg("rehearse")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let begin = Instant::now();
        while !started.exists() {
            assert!(
                begin.elapsed() < Duration::from_secs(60),
                "the script starts"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        let id = child.id().to_string();
        let kill = |id: &str, signal: &str| {
            let mut kill = std::process::Command::new("/bin/kill");
            let status = kill.args(["-s", signal, id]).stderr(Stdio::null()).status();
            status.expect("kill is there").success()
        };
        assert!(kill(&id, signal));
        let status = child.wait().expect("our own child");
        assert_eq!(status.code(), Some(code), "SIG{signal}: {status:?}");
        assert!(
            files_below(&sandbox.root().join("tmp")).is_empty(),
            "SIG{signal}"
        );
        let script = std::fs::read_to_string(&started).expect("written above");
        let begin = Instant::now();
        while kill(&script, "0") {
            assert!(
                begin.elapsed() < Duration::from_secs(10),
                "the script ends, too"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn a_registry_that_is_kept_running_accepts_publishes_until_it_is_stopped() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "served-cat", "version": "1.0.0" }),
    );
    let state = r#"{ "users": { "bob": {} }, "tokens": { "bobs": { "user": "bob" } } }"#;
    sandbox.write("state.json", state);
    let mut child = sandbox
        .command(env!("CARGO_BIN_EXE_safe-publish"))
        .args(["rehearse", "--serve", "--state", "state.json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut url = String::new();
    let output = child.stdout.take().expect("piped");
    BufReader::new(output)
        .read_line(&mut url)
        .expect("an address");
    let url = url.trim();
    let npm = crate::support::npm_versions::npm(11).program();
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
    if cfg!(windows) {
        child.kill().expect("it runs");
        child.wait().expect("our own child");
        return;
    }
    let kill = std::process::Command::new("/bin/kill")
        .args(["-s", "TERM", &child.id().to_string()])
        .status();
    assert!(kill.expect("kill is there").success());
    assert_eq!(child.wait().expect("our own child").code(), Some(0));
}

#[test]
fn a_state_without_tokens_gets_one_that_is_printed() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    sandbox.write("state.json", "{}");
    let mut child = sandbox
        .command(env!("CARGO_BIN_EXE_safe-publish"))
        .args(["rehearse", "--serve", "--state", "state.json"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut said = String::new();
    let messages = child.stderr.take().expect("piped");
    let read = BufReader::new(messages).read_line(&mut said);
    child.kill().expect("our own child");
    child.wait().expect("our own child");
    read.expect("a line");
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
