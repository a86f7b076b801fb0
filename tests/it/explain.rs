//! `explain` from outside: logs as npm and the tools around it write them, reworded and with
//! made-up packages.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::support::sandbox::Sandbox;

pub(crate) const HOST: &str = "registry.npmjs.org";

pub(crate) fn explain(log: &[u8]) -> Value {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .command(env!("CARGO_BIN_EXE_safe-publish"))
        .args(["explain", "--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("piped");
    let log = log.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = input.write_all(&log);
    });
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("written");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn first(log: &str) -> String {
    let explanation = explain(log.replace("{host}", HOST).as_bytes());
    explanation["causes"][0]["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn the_shapes_of_many_tools_lead_to_the_same_cause() {
    let refusal = "403 403 Forbidden - PUT https://{host}/cat-utils - You cannot publish over the previously published versions: 1.2.0.";
    let shapes = [
        format!("npm error code E403\nnpm error {refusal}\n"),
        format!(
            "npm ERR! code E403\nnpm ERR! {refusal}\nnpm ERR! 403 In most cases, you or one of your dependencies are requesting\n"
        ),
        format!("41 error code E403\n42 error {refusal}\n"),
        format!("lerna ERR! E403 {}\n", &refusal[8..]),
        format!(
            "2026-11-24T10:00:00.0000000Z npm error code E403\n2026-11-24T10:00:00.0000001Z npm error {refusal}\n"
        ),
        format!("🦋  error npm error code E403\n🦋  error npm error {refusal}\n"),
    ];
    for shape in shapes {
        assert_eq!(first(&shape), "version-taken", "{shape}");
    }
}

#[test]
fn each_refusal_has_its_cause() {
    let table = [
        (
            "npm error code E402\nnpm error 402 Payment Required - PUT https://{host}/@acme%2fcat - You must sign up for private packages",
            "access-restricted-by-default",
        ),
        (
            "npm error You must specify a tag using --tag when publishing a prerelease version.",
            "tag-needed-for-prerelease",
        ),
        (
            "npm error Tag name must not be a valid SemVer range: v5",
            "tag-looks-like-version",
        ),
        (
            "npm error code E400\nnpm error 400 Bad Request - PUT https://{host}/cat - Cannot publish over previously published version \"1.0.0\".",
            "version-burnt",
        ),
        (
            "npm error code E403\nnpm error 403 403 Forbidden - PUT https://{host}/cat - cat cannot be republished until 24 hours have passed.",
            "name-cooling-down",
        ),
        (
            "npm error code EPRIVATE\nnpm error This package has been marked as private",
            "manifest-private",
        ),
        (
            "npm error code E429\nnpm error 429 Too Many Requests - PUT https://{host}/cat - Could not publish, as user undefined: rate limited exceeded",
            "registry-rate-limited",
        ),
        (
            "npm error code E422\nnpm error 422 Unprocessable Entity - PUT https://{host}/cat - Error verifying sigstore provenance bundle: Failed to validate repository information: package.json: \"repository.url\" is \"\", expected to match \"https://github.com/a/b\" from provenance",
            "provenance-repository-mismatch",
        ),
        (
            "npm error code E413\nnpm error 413 Payload Too Large - PUT https://{host}/cat - Payload Too Large",
            "contents-too-large",
        ),
        (
            "npm error code E403\nnpm error 403 403 Forbidden - PUT https://{host}/cat - Package name too similar to existing package c-a-t",
            "name-too-similar",
        ),
    ];
    for (log, id) in table {
        assert_eq!(first(log), id, "{log}");
    }
}

#[test]
fn a_404_on_a_put_is_never_explained_as_a_missing_package_and_never_certain() {
    let log = format!(
        "npm error code E404\nnpm error 404 Not Found - PUT https://{HOST}/cat - Not found\nnpm error 404\n"
    );
    let explanation = explain(log.as_bytes());
    let causes = explanation["causes"].as_array().expect("a list");
    assert!(
        causes.len() > 1 && causes.iter().all(|cause| cause["likelihood"] != "certain"),
        "{explanation:#}"
    );
    assert_eq!(explanation["error"]["method"], "PUT");
    assert!(causes.iter().any(|cause| cause["id"] == "auth-rejected"));
}

#[test]
fn a_success_has_no_cause_and_an_unmatched_failure_is_unknown() {
    let explanation = explain(b"+ cat@1.0.0\n");
    assert!(
        explanation["error"].is_null()
            && explanation["causes"].as_array().is_some_and(Vec::is_empty)
    );
    assert_eq!(
        first("npm error code EWHATEVER\nnpm error something nobody has ever seen\n"),
        "unknown"
    );
}

/// The human output, as a terminal shows it.
pub(crate) fn shown(log: &[u8]) -> String {
    let sandbox = Sandbox::new();
    let path = sandbox.project().join("it.log");
    fs::write(path, log).expect("writable");
    let run = sandbox.run(&["explain", "it.log"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout
}

#[test]
fn several_causes_come_with_the_one_question_that_separates_them() {
    let log = format!(
        "npm error code E404\nnpm error 404 Not Found - PUT https://{HOST}/@acme%2fcat - Not found\n"
    );
    let text = shown(log.as_bytes());
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines.iter().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    assert_eq!(
        lines[0],
        format!("npm said: E404 PUT https://{HOST}/@acme%2fcat Not found")
    );
    assert_eq!(
        lines[2],
        "one question first: does the registry accept the token that is sent?"
    );
    assert_eq!(
        lines[3],
        format!("    npm whoami --registry https://{HOST}/")
    );
    assert!(
        lines[4].contains("401") && lines[4].contains("auth-rejected"),
        "{text}"
    );
    assert!(lines[5].contains("a name: scope-not-yours"), "{text}");
    // Causes that are only possible are short, so the whole stays readable.
    assert!(lines.len() < 45, "{} lines:\n{text}", lines.len());
    let page = include_str!("../../docs/troubleshooting.md");
    let example = page.split("| safe-publish explain -\n").nth(1);
    let example = example.and_then(|rest| rest.split("…\n").next());
    assert!(
        text.starts_with(example.expect("an example")),
        "docs/troubleshooting.md is to show:\n{text}"
    );
    let sure =
        shown(b"npm error code EPRIVATE\nnpm error This package has been marked as private\n");
    assert!(!sure.contains("one question"), "{sure}");
}

#[test]
fn an_unknown_message_is_shown_as_it_is() {
    let text = shown(b"npm error code EWHATEVER\nnpm error the moon is full\n");
    assert!(
        text.contains("\nunknown: no known cause fits this message\n"),
        "{text}"
    );
}

#[test]
fn several_failures_of_a_log_are_separated() {
    let log = format!(
        "🦋  error an error occurred while publishing @acme/a: E403 403 Forbidden - PUT https://{HOST}/@acme%2fa - You cannot publish over the previously published versions: 1.0.0.\n\
         🦋  error an error occurred while publishing @acme/b: E402 402 Payment Required - PUT https://{HOST}/@acme%2fb - You must sign up for private packages\n\
         🦋  error packages failed to publish:\n"
    );
    let explanation = explain(log.as_bytes());
    assert_eq!(explanation["error"]["package"], "@acme/a");
    assert_eq!(explanation["causes"][0]["id"], "version-taken");
    let others = explanation["others"].as_array().expect("a list");
    assert_eq!(others.len(), 1, "{explanation:#}");
    assert_eq!(others[0]["error"]["package"], "@acme/b");
    assert_eq!(others[0]["causes"][0]["id"], "access-restricted-by-default");
    let text = shown(log.as_bytes());
    assert!(text.contains("also failed: @acme/b: E402"), "{text}");
    // The same failure, on the console and in the debug log, is one.
    let twice = format!(
        "npm error code E402\nnpm error 402 Payment Required - PUT https://{HOST}/@acme%2fb - You must sign up for private packages\nnpm error A complete log of this run can be found in: /x\n\
         44 error code E402\n45 error 402 Payment Required - PUT https://{HOST}/@acme%2fb - You must sign up for private packages\n"
    );
    assert!(explain(twice.as_bytes())["others"].is_null());
}

#[test]
fn a_look_up_that_failed_before_is_not_what_ended_the_publish() {
    let log = format!(
        "npm error code E404\nnpm error 404 Not Found - GET https://{HOST}/@acme%2fcat - Not found\nnpm error A complete log of this run can be found in: /x\n\
         npm error code E402\nnpm error 402 Payment Required - PUT https://{HOST}/@acme%2fcat - You must sign up for private packages\n"
    );
    let explanation = explain(log.as_bytes());
    assert_eq!(explanation["error"]["status"], 402, "{explanation:#}");
    assert_eq!(explanation["others"][0]["error"]["status"], 404);
}

/// The human output with `--verbose`.
fn shown_whole(log: &str) -> String {
    let sandbox = Sandbox::new();
    fs::write(sandbox.project().join("it.log"), log).expect("writable");
    sandbox.run(&["explain", "--verbose", "it.log"]).stdout
}

#[test]
fn what_the_log_contradicts_is_struck_out_with_its_reason() {
    let log = format!(
        "env: ACTIONS_ID_TOKEN_REQUEST_URL\nnpm notice New major version of npm available! 10.9.4 -> 11.16.0\nnpm error code ENEEDAUTH\nnpm error need auth This command requires you to be logged in to https://{HOST}/\n"
    );
    let explanation = explain(log.as_bytes());
    assert_eq!(explanation["causes"][0]["id"], "oidc-npm-too-old");
    assert!(!explanation.to_string().contains("oidc-publisher-mismatch"));
    let text = shown_whole(&log);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "ruled out[oidc-publisher-mismatch]: this npm is older than 11.5.1",
        "and this is 10.9.4",
    ] {
        assert!(words.contains(wanted), "{wanted}: {text}");
    }
}

#[test]
fn remedies_are_filled_from_the_log() {
    let table = [
        (
            format!("npm error code E422\nnpm error 422 Unprocessable Entity - PUT https://{HOST}/cat - Error verifying sigstore provenance bundle: Failed to validate repository information: package.json: \"repository.url\" is \"\", expected to match \"https://github.com/acme/cat\" from provenance"),
            "npm pkg set repository.url=git+https://github.com/acme/cat.git",
        ),
        (
            "npm error Cannot implicitly apply the \"latest\" tag because previously published version 7.4.2 is higher than the new version 6.51.1. You must specify a tag using --tag.".to_owned(),
            "npm publish --tag release-6.x",
        ),
        (
            "npm error code E401\nnpm error 401 Unauthorized - PUT https://npm.cloudsmith.io/acme/main/cat - no".to_owned(),
            "--registry https://npm.cloudsmith.io/acme/main/",
        ),
    ];
    for (log, wanted) in table {
        let text = shown_whole(&log);
        assert!(
            text.split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .contains(wanted),
            "{wanted}: {text}"
        );
    }
}

#[test]
fn an_endpoint_is_never_called_a_package() {
    let log = "npm error code E404\nnpm error 404 Not Found - GET https://gitlab.example.com/api/v4/projects/7/packages/npm/-/whoami\n";
    let explanation = explain(log.as_bytes());
    assert_eq!(explanation["causes"][0]["id"], "registry-endpoint-missing");
    assert!(explanation["error"]["package"].is_null(), "{explanation:#}");
    let text = shown_whole(log);
    assert!(
        !text.contains("npm view whoami") && !text.contains("package/whoami"),
        "{text}"
    );
}

/// What people see first: a screen that can be read at a glance.
#[test]
fn the_screen_is_short_unless_everything_is_asked_for() {
    let log = format!(
        "npm error code ENEEDAUTH\nnpm error need auth This command requires you to be logged in to https://{HOST}/\n"
    );
    let (text, whole) = (shown(log.as_bytes()), shown_whole(&log));
    let causes = |text: &str| text.matches("[auth-").count() + text.matches("[oidc-").count();
    assert_eq!(causes(&text), 3, "{text}");
    assert!(
        text.lines().count() <= 20,
        "{} lines:\n{text}",
        text.lines().count()
    );
    assert!(causes(&whole) > 3, "{whole}");
    assert!(
        text.contains("less likely (--verbose shows them): "),
        "{text}"
    );
}

#[test]
fn codes_of_other_tools_are_explained() {
    let sandbox = Sandbox::new();
    for (code, id) in [
        ("YN0033", "auth-missing"),
        ("YN0041", "auth-rejected"),
        ("ERR_PNPM_OTP_NON_INTERACTIVE", "auth-otp-impossible"),
        ("ERR_PNPM_GIT_UNCLEAN", "git-dirty"),
        ("TLOG_CREATE_ENTRY_ERROR", "provenance-log-conflict"),
        ("E_STAGE_REQUIRED", "auth-stage-only"),
        ("EUNKNOWNCONFIG", "npm-flag-unknown"),
        ("EWHOAMI", "auth-missing"),
    ] {
        let run = sandbox.run(&["explain", code]);
        assert!(
            run.stdout.contains(&format!("[{id}]")),
            "{code}: {}{}",
            run.stdout,
            run.stderr
        );
    }
}
