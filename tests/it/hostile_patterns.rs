//! Texts that grow beyond measure when they are expanded: every command ends, in little
//! memory.

use crate::support::bounded;
use crate::support::git::{Repository, line};
use crate::support::sandbox::{Run, Sandbox};

/// More than any of these commands needs, and less than a device would fill.
const MAX_MEMORY: u64 = 128 << 20;

/// A package without faults, and an npm that is never started.
pub(crate) fn package() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.npm_is("11.6.2");
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.0.0","license":"MIT"}"#,
    );
    sandbox.write("index.js", "");
    sandbox
}

/// Runs it with the arguments; it ends, and takes little memory.
pub(crate) fn ends(sandbox: &Sandbox, args: &[&str]) -> Run {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    let (run, peak) = bounded::run(command.args(args));
    assert!(peak < MAX_MEMORY, "{args:?}: {peak} bytes, {run:?}");
    // A signal or a panic is not an answer; with 70 the sandbox's npm ends, where it is started.
    assert!(
        matches!(run.code, Some(0..=2 | 70 | 100..=102)),
        "{args:?}: {run:?}"
    );
    run
}

/// `workspaces` whose patterns grow beyond measure when they are expanded.
fn bombs() -> [String; 4] {
    [
        "{".repeat(40) + &"}".repeat(40),
        "{a,b}".repeat(40),
        "{".repeat(20) + &"a,b}".repeat(20),
        format!("{{1..{}}}", "9".repeat(18)),
    ]
}

#[test]
fn a_pattern_that_multiplies_ends_check_config_and_a_push() {
    for bomb in bombs() {
        let manifest = serde_json::json!({ "name": "root", "version": "1.0.0", "private": true, "workspaces": [bomb] });
        let sandbox = package();
        sandbox.write("package.json", &manifest.to_string());
        for command in ["check", "config"] {
            // With any content, it ends.
            let _ = ends(&sandbox, &[command]);
            let _ = ends(&sandbox, &[command, "--workspaces"]);
        }
        let repository = Repository::new();
        repository.package(".", &manifest);
        repository.commit("first");
        let input = line("v1.0.0", &repository.head());
        let run = repository.run_hook(&["--timeout", "20"], &input);
        assert_eq!(run.code, Some(0), "{bomb}: {run:?}");
    }
}

#[test]
fn two_hundred_thousand_openings_of_a_variable_take_no_time() {
    let sandbox = package();
    let openings = "${A".repeat(200_000);
    for npmrc in [
        format!("x={openings}\n"),
        format!("{openings}=x\n"),
        format!("//h/:_authToken={openings}\n"),
    ] {
        sandbox.write(".npmrc", &npmrc);
        let _ = ends(&sandbox, &["config"]);
        let registry = "--registry=http://127.0.0.1:9/";
        let _ = ends(&sandbox, &["check", "--timeout", "1", registry]);
    }
}

#[test]
fn ignore_files_of_any_size_end_check_and_files() {
    let sandbox = package();
    let lines = (0..900_000).map(|at| format!("x{at}/**/y*\n"));
    for text in [
        "x*/**/y*\n".repeat(110_000),
        lines.collect(),
        "{a,b}{c,d}{e,f}{g,h}{i,j}{k,l}{m,n}{o,p}{q,r}*\n".repeat(2_000),
    ] {
        sandbox.write(".npmignore", &text);
        let registry = "--registry=http://127.0.0.1:9/";
        let run = ends(&sandbox, &["check", "--timeout", "1", registry]);
        // npm packs it: nothing that we do not examine is an error.
        assert!(run.stdout.contains("note[contents-unpackable]"), "{run:?}");
        let _ = ends(&sandbox, &["files"]);
    }
}
