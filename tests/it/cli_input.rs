//! Wrong input: each case is one clear error.

use std::fs;

use crate::support::account::{sandbox, state};
use crate::support::registry::Server;
use crate::support::sandbox::Sandbox;

/// package.json, arguments, exit code, and a part of the error.
const CASES: &[(&str, &[&str], i32, &str)] = &[
    ("", &["check"], 102, "is empty"),
    ("{ \"name\": }", &["check"], 102, "package.json:1:11"),
    (
        "{}",
        &["check", "./no-such-folder"],
        102,
        "no package.json to read",
    ),
    ("{}", &["check", "./no-such.tgz"], 102, "no tarball to read"),
    ("{}", &["check", "./a", "./b"], 2, "takes one folder"),
    (
        "{}",
        &["check", "--format", "xml"],
        2,
        "possible values: human, json",
    ),
    (
        "{}",
        &["check", "--allow", "version-token"],
        2,
        "did you mean `version-taken`?",
    ),
    (
        "{}",
        &["check", "--allow"],
        2,
        "a value is required for '--allow <ID>'",
    ),
    (
        "{}",
        &["check", "--formt=json"],
        2,
        "did you mean `--format`?",
    ),
    (
        "{}",
        &["check", "--timeout", "soon"],
        2,
        "not a number of seconds",
    ),
    (
        "{}",
        &["check", "--workspace", "nope"],
        102,
        "No workspaces found",
    ),
    ("{}", &["check", "--workspaces"], 102, "No workspaces found"),
    (
        "{\"safe-publish\":{\"chekcs\":{}}}",
        &["check"],
        102,
        "did you mean `checks`?",
    ),
    (
        "{\"name\":\"x\",\"version\":\"1.0.0\"}",
        &["--tag", "x"],
        102,
        "looking for npm on PATH",
    ),
];

#[test]
fn bad_input_is_one_clear_error_and_starts_nothing() {
    let server = Server::start(state());
    for (manifest, args, code, text) in CASES {
        let run = sandbox(&server, manifest).run(args);
        assert_eq!(run.code, Some(*code), "{args:?}: {run:?}");
        assert!(run.stderr.contains(text), "{args:?}: {run:?}");
        assert!(run.stderr.starts_with("error: "), "{args:?}: {run:?}");
        assert!(run.stdout.is_empty(), "{args:?}: {run:?}");
    }
    assert!(server.requests().is_empty(), "nothing was asked");
}

#[test]
fn no_package_json_says_so() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["check"]);
    assert_eq!(run.code, Some(102));
    assert!(
        run.stderr.contains("no package.json to read")
            && run.stderr.contains("run this in the package's folder")
    );
}

#[test]
fn an_npmrc_that_cannot_be_read_is_named_and_config_goes_on() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.0.0","license":"MIT"}"#,
    );
    fs::create_dir(sandbox.project().join(".npmrc")).expect("a folder in its place");
    let run = sandbox.run(&["check"]);
    assert_eq!(run.code, Some(102), "{}", run.stdout);
    assert!(
        run.stderr.starts_with("error: reading the project .npmrc "),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("help: make it a file that you can read"),
        "{}",
        run.stderr
    );
    let config = sandbox.run(&["config"]);
    assert_eq!(config.code, Some(0), "{}", config.stderr);
    assert!(config.stdout.contains("unreadable"), "{}", config.stdout);
}

#[test]
#[cfg(unix)]
fn a_home_that_is_not_a_folder_has_no_npmrc_and_that_is_fine() {
    let server = Server::start(state());
    let mut sandbox = sandbox(
        &server,
        r#"{"name":"taken","version":"1.1.0","license":"MIT"}"#,
    );
    let npmrc = fs::read_to_string(sandbox.home().join(".npmrc")).expect("written above");
    sandbox.write(".npmrc", &npmrc);
    sandbox.set("HOME", "/dev/null");
    let run = sandbox.run(&["check"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    sandbox.set("NPM_CONFIG_USERCONFIG", "/dev/null");
    let run = sandbox.run(&["check"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
}

#[test]
fn settings_of_npm_that_exclude_each_other_are_named() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.0.0","license":"MIT"}"#,
    );
    sandbox.write(".npmrc", "provenance=true\nprovenance-file=x\n");
    let run = sandbox.run(&["check"]);
    assert_eq!(run.code, Some(100), "{}", run.stdout);
    let wanted = ["error[provenance-file-invalid]", ".npmrc:2:"];
    for part in wanted {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
}
