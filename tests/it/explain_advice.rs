//! What `explain` says to do, and that it fits the log: each line of advice can be followed, and
//! names what the log names.

use crate::support::sandbox::Sandbox;

/// A log, what the screen must say, and what it must not say.
type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str]);

/// The human output, on one line.
fn shown(log: &str) -> String {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.project().join("it.log"), log).expect("writable");
    let text = sandbox.run(&["explain", "it.log"]).stdout;
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn verify(cases: &[Case<'_>]) {
    for (log, wanted, unwanted) in cases {
        let text = shown(log);
        for words in *wanted {
            assert!(text.contains(words), "{words}:\n{log}\n{text}");
        }
        for words in *unwanted {
            assert!(!text.contains(words), "not {words}:\n{log}\n{text}");
        }
    }
}

const NO_FAILURE: &str = "there is no failure of npm in this log";
const PRIVATE: &str = "npm error code EPRIVATE\nnpm error This package has been marked as private\n\
    npm error A complete log of this run can be found in: /home/al/.npm/_logs/x.log\n";
const PUBLISHING: &str =
    "npm notice Publishing to https://registry.npmjs.org/ with tag latest and default access\n";

/// A failed script, as npm 11 reports it when its output is piped.
fn failed_script(name: &str, command: &str) -> String {
    format!(
        "\n> cat@1.0.0 {name}\n> {command}\n\nnpm error code 127\nnpm error path /w/cat\n\
         npm error command failed\nnpm error command sh -c {command}\n"
    )
}

#[test]
fn a_failure_without_a_name_that_succeeded_in_the_next_run_is_over() {
    let failures = [
        PRIVATE.to_owned(),
        "npm error You must specify a tag using --tag when publishing a prerelease version.\n"
            .to_owned(),
        "npm error code ECONNRESET\nnpm error network read ECONNRESET\n".to_owned(),
        failed_script("prepublishOnly", "exit 127"),
    ];
    for failure in failures {
        let log = format!("{failure}$ npm publish\n{PUBLISHING}+ cat@1.0.0\n");
        verify(&[(&log, &[NO_FAILURE], &[])]);
        // A loop over packages goes on with the next one.
        let other = failure.replace("cat@", "cow@");
        let log = format!("{other}{PUBLISHING}+ dog@1.0.0\n{PUBLISHING}+ eel@1.0.0\n");
        verify(&[(&log, &["npm said: "], &[NO_FAILURE])]);
    }
}

#[test]
fn a_script_that_runs_behind_the_publish_does_not_undo_it() {
    let failed = failed_script("postpublish", "./notify.sh");
    let published = "the registry accepted cat@1.0.0; afterwards the script postpublish \
        (`./notify.sh`) failed: do not publish it again";
    let wrong = ["network error", "PACKAGE", "before anything"];
    let before_its_name = format!("{PUBLISHING}{failed}");
    let behind_its_name = format!("{PUBLISHING}+ cat@1.0.0\n{failed}");
    let of_publish = format!("{PUBLISHING}{}", failed_script("publish", "./send.sh"));
    let dry = before_its_name.replace("default access", "default access (dry-run)");
    let by_hand = "\n> cat@1.0.0 publish\n> npm publish && ./tell.sh\n\nnpm error Lifecycle script \
        `publish` failed with error:\nnpm error code 127\nnpm error path /w/cat\nnpm error command \
        failed\nnpm error command sh -c npm publish && ./tell.sh\n";
    verify(&[
        (&before_its_name, &[published], &wrong),
        (&behind_its_name, &[published], &wrong),
        (
            &of_publish,
            &["the script publish (`./send.sh`) failed"],
            &wrong,
        ),
        (
            &dry,
            &["script-failed", "before anything was sent"],
            &["accepted"],
        ),
        (
            by_hand,
            &["script-failed"],
            &["accepted", "before anything"],
        ),
    ]);
}

#[test]
fn a_script_is_quoted_whole_and_only_a_proven_stage_is_stated() {
    let command = "node -e \"process.exit(3)\"";
    let first = failed_script("prepublishOnly", command);
    let excerpt = format!(
        "npm error code 3\nnpm error path /w/cat\nnpm error command failed\n\
         npm error command sh -c {command}\n"
    );
    let debug_log = format!(
        "7 verbose title npm publish\n8 verbose argv \"publish\"\n15 verbose pkgid cat@1.0.0\n{}",
        excerpt.replace("npm error", "16 error")
    );
    verify(&[
        (
            &first,
            &[
                "npm said: code 127 command failed: node -e \"process.exit(3)\" ",
                "before anything was sent",
            ],
            &["already published", "is it there"],
        ),
        (
            &excerpt,
            &[
                "(3)\"` failed; npm",
                "the package is published: is it there?",
            ],
            &["before anything"],
        ),
        (&debug_log, &["before anything was sent"], &["is it there"]),
    ]);
}

#[test]
fn the_first_advice_is_what_to_do() {
    let need_auth = "npm error code ENEEDAUTH\nnpm error need auth This command requires you to be \
        logged in to https://npm.example.test/\n";
    let refused = "npm error code ECONNREFUSED\nnpm error FetchError: request to \
        http://127.0.0.1:9/cat failed, reason: connect ECONNREFUSED 127.0.0.1:9\n";
    let payment = "npm error code E402\nnpm error 402 Payment Required - PUT \
        https://registry.npmjs.org/@acme%2fcat - You must sign up for private packages\n";
    verify(&[
        (
            need_auth,
            &["= help: log in: npm login --registry https://npm.example.test/"],
            &["another finding"],
        ),
        (refused, &["registry-unreachable"], &["--allow-undecided"]),
        (
            payment,
            &["= help: if everybody should be able to read it: npm pkg set"],
            &["registry-outage"],
        ),
    ]);
    for code in ["ECONNREFUSED", "auth-missing", "E402", "E426"] {
        let text = Sandbox::new().run(&["explain", code]).stdout;
        let foreign = ["--allow-undecided", "another finding", "registry-outage"];
        for words in foreign {
            assert!(!text.contains(words), "{code}: {text}");
        }
    }
}
