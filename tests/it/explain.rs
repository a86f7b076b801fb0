//! `explain` from outside: logs as npm and the tools round it write them, in
//! our own words and with our own packages.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::support::registry::Server;
use crate::support::sandbox::Sandbox;

const HOST: &str = "registry.npmjs.org";

fn explain(log: &[u8]) -> Value {
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
fn what_is_no_failure_has_no_cause_and_what_fits_nothing_is_unknown() {
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

#[test]
fn hostile_logs_are_survived_and_echo_nothing() {
    let token = format!("npm_{}", "aB3d".repeat(9));
    let mut log = format!("npm error code E403\nnpm error 403 403 Forbidden - PUT https://u:{token}@{HOST}/cat - \x1b]0;title\x07 {token} is bad\n").into_bytes();
    log.extend([0xff, 0xfe, 0x00, 0x1b, b'[', b'2', b'J', b'\n']);
    log.extend(std::iter::repeat_n(b'x', 3 << 20));
    let text = explain(&log).to_string();
    assert!(
        !text.contains(&token) && !text.contains('\x1b') && !text.contains("\\u001b"),
        "{text}"
    );
}

#[test]
fn a_log_in_a_file_a_code_and_the_newest_log_are_explained() {
    let mut sandbox = Sandbox::new();
    sandbox.write("ci.log", "npm error code EOTP\nnpm error This operation requires a one-time password from your authenticator.\n");
    let file = sandbox.run(&["explain", "ci.log"]);
    assert!(
        file.code == Some(0) && file.stdout.contains("one-time password"),
        "{}{}",
        file.stdout,
        file.stderr
    );
    let code = sandbox.run(&["explain", "E404"]);
    assert!(
        code.code == Some(0) && code.stdout.contains("npm said: E404"),
        "{}",
        code.stdout
    );
    let none = sandbox.run(&["explain"]);
    assert!(
        none.code == Some(102) && none.stderr.contains("there is none"),
        "{}",
        none.stderr
    );
    let logs = sandbox.root().join("logs");
    fs::create_dir(&logs).expect("a fresh folder");
    fs::write(
        logs.join("2026-11-24T10_00_00_000Z-debug-0.log"),
        "20 error code EPRIVATE\n21 error This package has been marked as private\n",
    )
    .expect("writable");
    sandbox.set("npm_config_logs_dir", &logs.display().to_string());
    let newest = sandbox.run(&["explain"]);
    assert!(
        newest.code == Some(0) && newest.stdout.contains("manifest-private"),
        "{}{}",
        newest.stdout,
        newest.stderr
    );
}

#[test]
fn the_wrapper_says_why_npm_failed() {
    let npm = crate::support::npm_versions::npm(11);
    let state = serde_json::json!({
        "users": { "alice": {} },
        "tokens": { "token-of-alice": { "user": "alice" } },
        "packages": { "cat": { "versions": { "1.0.0": {} }, "maintainers": ["alice"], "staged": ["1.1.0"] } },
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    fs::write(
        sandbox.home().join(".npmrc"),
        format!(
            "registry={}\n//{}/:_authToken=token-of-alice\n",
            server.url(),
            server.host()
        ),
    )
    .expect("writable");
    sandbox.write("package.json", r#"{"name":"cat","version":"1.1.0"}"#);
    sandbox.set("PATH", &format!("{}:/usr/bin:/bin", npm.path_dir.display()));
    let run = sandbox.run::<&str>(&[]);
    assert_eq!(run.code, Some(1), "npm's own code: {}", run.stderr);
    assert!(run.stderr.contains("[version-staged]"), "{}", run.stderr);
}
