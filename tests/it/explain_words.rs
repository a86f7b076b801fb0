//! What `explain` accepts, and how it answers.

use safe_publish::explain::{Explanation, Log, explain_text};
use serde_json::Value;

use crate::support::sandbox::Sandbox;

fn explained(log: &str) -> Explanation {
    explain_text(&Log::of_text(log))
}

fn said(log: &str) -> String {
    explained(log)
        .error
        .map(|error| error.text)
        .unwrap_or_default()
}

#[test]
fn npms_own_reason_is_shown_without_its_title() {
    let stack = "28 verbose stack Error: This command requires you to be logged in to http://h/\n";
    let table = [
        (
            "npm error code ECONNREFUSED\nnpm error FetchError: request to http://127.0.0.1:1/cat failed, reason: connect ECONNREFUSED 127.0.0.1:1",
            "connect ECONNREFUSED 127.0.0.1:1",
        ),
        (
            "npm error code ENEEDAUTH\nnpm error need auth This command requires you to be logged in to http://h/",
            "This command requires you to be logged in to http://h/",
        ),
        (
            "npm error code ENOENT\nnpm error enoent Could not read package.json",
            "Could not read package.json",
        ),
        (
            &format!(
                "{stack}29 error code ENEEDAUTH\n30 error need auth This command requires you to be logged in to http://h/"
            ),
            "This command requires you to be logged in to http://h/",
        ),
    ];
    for (log, text) in table {
        assert_eq!(said(log), text, "{log}");
    }
}

#[test]
fn what_npm_found_by_itself_has_no_request_and_no_status() {
    let log = "20 http fetch POST 404 http://h/-/npm/v1/oidc/token/exchange/package/cat 5ms\n29 error code ENEEDAUTH\n30 error need auth This command requires you to be logged in to http://h/";
    let error = explained(log).error.expect("a failure");
    assert_eq!((error.status, error.method), (None, None));
    assert_eq!(error.package.as_deref(), Some("cat"));
}

#[test]
fn what_npm_itself_explains_is_reported_plainly() {
    let table = [
        (
            "npm error code ENOENT\nnpm error path /w/empty/package.json\nnpm error enoent Could not read package.json",
            "no package.json in /w/empty,",
        ),
        (
            "npm error code EJSONPARSE\nnpm error JSON.parse Invalid package.json: JSONParseError: Unexpected end of JSON input",
            "does not parse, and nothing was sent: Unexpected end of JSON input",
        ),
        (
            "> cat@1.0.0 prepublishOnly\n> exit 3\n\nnpm error code 3\nnpm error command failed\nnpm error command sh -c exit 3",
            "the script prepublishOnly (`exit 3`) failed, before anything was sent",
        ),
        (
            "npm ERR! code ELIFECYCLE\nnpm ERR! errno 3\nnpm ERR! cat@1.0.0 prepublishOnly: `exit 3`\nnpm ERR! Exit status 3",
            "the script prepublishOnly (`exit 3`) failed",
        ),
        (
            "npm error code EUSAGE\nnpm error Publish a package\nnpm error Usage:\nnpm error npm publish <package-spec>\nnpm error [--otp <otp>]\nnpm error This is a one-time password",
            "npm publish takes one folder",
        ),
    ];
    for (log, why) in table {
        let causes = explained(log).causes;
        assert_eq!(causes.len(), 1, "{log}: {causes:?}");
        assert!(causes[0].why.contains(why), "{}", causes[0].why);
    }
}

#[test]
fn another_programs_line_is_not_a_failure_of_npms() {
    for log in [
        "error TS2322: something E404",
        "src/a.ts(1,2): error TS2322: something E404",
    ] {
        assert_eq!(explained(log).error, None, "{log}");
    }
}

#[test]
fn a_command_asks_the_registry_of_the_log() {
    for log in [
        "npm error code E404\nnpm error 404 Not Found - GET http://127.0.0.1:42055/cat - no such package",
        "npm error code E503\nnpm error 503 Service Unavailable - PUT http://127.0.0.1:42055/cat - busy",
        "8 verbose argv \"publish\" \"--registry\" \"http://127.0.0.1:42055/\"\n9 error code E409\n10 error 409 Conflict",
    ] {
        let explanation = explained(log);
        let separates = explanation
            .causes
            .iter()
            .filter_map(|cause| cause.separates.as_ref());
        let questions = separates.chain(explanation.first.as_ref().map(|fork| &fork.question));
        let helps = explanation.causes.iter().flat_map(|cause| &cause.help);
        let commands = questions
            .map(|question| question.command.clone())
            .chain(helps.map(ToString::to_string));
        for command in commands.filter(|command| command.contains("npm view")) {
            assert!(
                command.contains("--registry http://127.0.0.1:42055/"),
                "{command}"
            );
        }
    }
}

#[test]
fn codes_in_any_case_and_bare_statuses_are_known() {
    let sandbox = Sandbox::new();
    for word in ["e403", "404", "E404", "EUSAGE", "eotp"] {
        let run = sandbox.run(&["explain", word]);
        assert_eq!(run.code, Some(0), "{word}: {}", run.stderr);
        assert!(run.stdout.contains("npm said: E"), "{}", run.stdout);
    }
}

/// A device without a byte; Windows has none that is a path.
const NO_BYTES: &str = if cfg!(windows) {
    "empty.log"
} else {
    "/dev/null"
};

#[test]
fn anything_but_a_log_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("folder/file", "x");
    sandbox.write("empty.log", "");
    sandbox.write("picture.log", "\u{89}PNG\0\0\0E403 npm publish failed\0");
    for (what, says) in [
        ("folder", "`folder` is a folder"),
        ("empty.log", "contains no failure of npm"),
        (NO_BYTES, "contains no failure of npm"),
        ("picture.log", "it is not text"),
        ("nofile.log", "or a file\n"),
        ("version-token", "did you mean `version-taken`?"),
    ] {
        let run = sandbox.run(&["explain", what]);
        let shown = format!("{}{}", run.stdout, run.stderr);
        assert!(shown.contains(says), "{what}: {shown}");
    }
}

#[test]
fn ids_are_documents_for_programs() {
    let sandbox = Sandbox::new();
    let document = |what: &str| -> Value {
        let run = sandbox.run(&["explain", "--format", "json", what]);
        serde_json::from_str(&run.stdout).expect("JSON")
    };
    let taken = document("version-taken");
    assert_eq!(taken["schema"], "safe-publish/check@1");
    assert_eq!(
        (&taken["id"], &taken["level"]),
        (&"version-taken".into(), &"error".into())
    );
    assert!(taken["summary"].is_string() && taken["documentation"].is_string());
    let ids = document("ids");
    let ids = ids.as_array().expect("a list");
    assert!(ids.contains(&taken) && ids.contains(&document("registry-outage")));
}

#[test]
fn no_notation_of_a_credential_is_echoed() {
    for line in [
        "{\"authToken\":\"s3cr3t\"}",
        "\"_auth\": \"s3cr3t\"",
        "npm-otp: s3cr3t",
        "X-JFrog-Art-Api: s3cr3t",
        "request to http//al:s3cr3t@host/ failed",
        "https%3A%2F%2Fal%3As3cr3t%40host",
    ] {
        for log in [
            format!(
                "npm error code E403\nnpm error 403 403 Forbidden - PUT https://h/cat - {line}"
            ),
            format!("npm error {line}"),
            format!("npm publish failed: {line}"),
        ] {
            let human = crate::explain::shown(log.as_bytes());
            let json = crate::explain::explain(log.as_bytes()).to_string();
            assert!(
                !human.contains("s3cr3t") && !json.contains("s3cr3t"),
                "{human}{json}"
            );
        }
    }
}
