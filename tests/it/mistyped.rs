//! Mistyped flags, values and commands end with code 2 and name what was meant, before
//! any request. npm 10 and 11 would publish.

use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

const MANIFEST: &str = r#"{"name":"cat","version":"1.0.0","license":"MIT"}"#;

fn sandbox(npm: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.npm_is(npm);
    sandbox.write("package.json", MANIFEST);
    // There is no credential for it, so a run that gets this far ends with 100.
    sandbox.write(".npmrc", "registry=http://127.0.0.1:9/\nfetch-retries=0\n");
    sandbox
}

fn refused(run: &Run, words: &str, meant: &str) {
    assert_eq!(run.code, Some(2), "{words}: {}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.starts_with("error: reading the command line: ") && run.stderr.contains(meant),
        "{words}: {}",
        run.stderr
    );
    assert!(run.stdout.is_empty(), "{words}: {}", run.stdout);
}

fn split(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

#[test]
fn a_mistyped_flag_or_value_names_what_was_meant_whatever_the_npm() {
    let table = [
        ("--dryrun", "`--dry-run`"),
        ("--dryrn", "`--dry-run`"),
        ("--dry", "`--dry-run`"),
        ("-dryrun", "`--dry-run`"),
        ("--regsitry=https://h/", "`--registry`"),
        ("--acces public", "`--access`"),
        ("--access=pubic", "`--access=public`"),
        ("--access pubic", "`--access=public`"),
        ("--no-provenence", "`--no-provenance`"),
        ("--no-prov", "`--no-provenance`"),
        ("--registry registry.example", "full url"),
        ("--tga next", "`--tag`"),
        ("--check", "safe-publish check"),
        ("--serve", "safe-publish rehearse"),
        ("--formt=json", "`--format`"),
        ("--allow-undecide", "`--allow-undecided`"),
        ("--stict", "`--strict`"),
        ("rehearse --serv", "`safe-publish rehearse --serve`"),
        ("rehearse --stat x", "`safe-publish rehearse --state`"),
        ("config --schem", "`safe-publish config --schema`"),
        ("check --bult", "`safe-publish check --built`"),
        ("files --wy x", "`safe-publish files --why`"),
        // npm reads these letters one by one.
        ("--acc public", "`--access`"),
        ("--accss public", "`--access`"),
        ("--dry-run=flase", "`--dry-run=false`"),
        ("--provenance=ture", "`--provenance=true`"),
        ("--workspaces=maybe", "write `--workspaces`"),
        ("--opt=123456", "or `--otp`"),
        ("--works", "`--workspace`"),
        ("--no-verfy", "`--no-verify`"),
    ];
    for npm in ["10.9.9", "11.19.1", "12.2.0"] {
        let sandbox = sandbox(npm);
        for (line, meant) in &table {
            refused(&sandbox.run(&split(line)), line, meant);
        }
    }
}

#[test]
fn what_only_npm_12_refuses_ends_with_2_there_and_is_judged_by_the_npm_found() {
    let table = [
        "check --no-git-checks",
        "check --report-summary",
        "check -ws",
        "check -iwr",
    ];
    for line in table {
        let run = sandbox("12.2.0").run(&split(line));
        refused(&run, line, "npm 12.2.0");
        let run = sandbox("11.19.1").run(&split(line));
        assert_ne!(run.code, Some(2), "{line}: {}", run.stderr);
    }
    let one_word = ["check", "--registry https://h.example/"];
    refused(
        &sandbox("12.2.0").run(&one_word),
        "one word",
        "two arguments",
    );
    assert_eq!(sandbox("10.9.9").run(&one_word).code, Some(100));
}

#[test]
fn single_hyphens_and_arguments_after_two_pass() {
    for npm in ["10.9.9", "11.19.1", "12.2.0"] {
        let sandbox = sandbox(npm);
        for line in ["check -tag=next", "check -dry-run", "check -- --dryrun"] {
            let run = sandbox.run(&split(line));
            assert_ne!(run.code, Some(2), "npm {npm}, {line}: {}", run.stderr);
        }
    }
}

#[test]
fn an_unknown_command_ends_with_2_and_the_nearest_one() {
    let sandbox = sandbox("11.19.1");
    let table = [
        ("chekc", "did you mean `safe-publish check`?"),
        ("verfy cat@1.0.0", "did you mean `safe-publish verify`?"),
        ("publish", "`safe-publish` alone publishes"),
        ("publsh", "`safe-publish` alone publishes"),
        ("npm publish", "omit that word"),
        ("adduser", "npm adduser"),
        ("check publish", "`./publish`"),
        ("login", "npm login"),
        ("--tag next check", "the command comes first"),
        ("nonsense", "`safe-publish --help`"),
        ("check --filter x", "npm does not know `--filter`"),
    ];
    for (line, meant) in table {
        refused(&sandbox.run(&split(line)), line, meant);
    }
    sandbox.write("dist/package.json", MANIFEST);
    for line in [
        "check dist",
        "check cat@1.0.0",
        "check -- chekc",
        "check ./dist",
    ] {
        let run = sandbox.run(&split(line));
        assert_ne!(run.code, Some(2), "{line}: {}", run.stderr);
    }
}

#[test]
fn a_flag_of_npms_that_publishes_nothing_needs_no_preflight() {
    let server = Server::start(serde_json::from_str("{}").expect("a state"));
    let sandbox = sandbox("11.19.1");
    sandbox.write(".npmrc", &format!("registry={}\n", server.url()));
    for line in ["-v", "--versions", "--usage", "-- --help", "-- -h"] {
        // The npm of the sandbox ends with 70 and does nothing.
        let run = sandbox.run(&split(line));
        assert_eq!(run.code, Some(70), "{line}: {}", run.stderr);
        assert!(run.stderr.is_empty(), "{line}: {}", run.stderr);
    }
    refused(
        &sandbox.run(&["check", "-v"]),
        "check -v",
        "npm publish --version",
    );
    assert!(server.requests().is_empty());
    assert!(
        sandbox
            .run(&["--help"])
            .stdout
            .contains("Usage: safe-publish")
    );
}
