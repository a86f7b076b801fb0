//! Words that stage nothing, and an npm or a registry without staging.

use serde_json::json;

use super::{registry, sandbox};

const ID: &str = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
const OTHER: &str = "2b4e28ba-2fa1-41d2-883f-0016d3cca427";

#[test]
fn staging_without_an_npm_or_a_registry_for_it_is_blocked() {
    let server = registry(&json!({}));
    let mut old = sandbox(&server, 11, "cat", "1.1.0");
    old.npm_is("10.9.9");
    let run = old.run(&["check", "stage", "publish"]);
    assert!(
        run.code == Some(100) && run.stdout.contains("error[stage-unavailable]"),
        "{run:?}"
    );
    let run = old.run(&["check"]);
    assert!(!run.stdout.contains("stage-unavailable"), "{run:?}");
    let mut github = sandbox(&server, 11, "@alice/cat", "1.1.0");
    github.npm_is("11.19.1");
    github.set("SAFE_PUBLISH_REGISTRY_KIND", "github");
    let run = github.run(&["check", "stage", "publish"]);
    assert!(
        run.code == Some(100) && run.stdout.contains("error[stage-unavailable]"),
        "{run:?}"
    );
}

#[test]
fn words_that_stage_nothing_end_with_what_was_meant() {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    for (args, help) in [
        (&["stage"][..], "safe-publish stage publish"),
        (
            &["stage", "aprove"],
            "did you mean `safe-publish stage approve`?",
        ),
        (&["stage", "approve"], "npm stage list shows the ids"),
        (
            &["stage", "reject", "--otp=1"],
            "needs the id of a staged version",
        ),
        (&["stage", "ls"], "`npm stage` has no command `ls`"),
        (
            &["stage", "approve", "cat@1.1.0"],
            "npm stage list shows the ids",
        ),
        (
            &["stage", "approve", ID, "--otp", "123456", OTHER],
            "run it once for each id",
        ),
        (
            &["publish", "--stage"],
            "`stage` is a command: safe-publish stage",
        ),
        (&["--stage"], "`stage` is a command: safe-publish stage"),
        (
            &["check", "--stage"],
            "`stage` is a command: safe-publish stage",
        ),
    ] {
        let run = sandbox.run(args);
        assert!(
            run.code == Some(2) && run.stderr.contains(help),
            "{args:?} {run:?}"
        );
    }
    assert!(server.arrived().is_empty());
}

#[test]
fn an_npm_without_a_stage_is_named_whatever_is_asked_of_it() {
    let server = registry(&json!({}));
    let mut old = sandbox(&server, 11, "cat", "1.1.0");
    old.npm_is("11.14.1");
    for words in [&["stage", "list"][..], &["stage", "approve", ID]] {
        let run = old.run(words);
        assert_eq!(run.code, Some(102), "{words:?} {run:?}");
        for wanted in [
            "npm 11.14.1 has no `npm stage`",
            "npm install -g npm@latest",
        ] {
            assert!(run.stderr.contains(wanted), "{words:?} {run:?}");
        }
    }
}
