//! Where `explain` finds its log: a file, a code, the newest log, the wrapper's own.

use std::fs;

use crate::support::registry::Server;
use crate::support::sandbox::Sandbox;

#[test]
fn the_newest_log_is_found_in_the_configured_cache() {
    let sandbox = Sandbox::new();
    let logs = sandbox.root().join("own-cache/_logs");
    fs::create_dir_all(&logs).expect("a fresh folder");
    fs::write(
        sandbox.home().join(".npmrc"),
        format!("cache={}\n", sandbox.root().join("own-cache").display()),
    )
    .expect("writable");
    let write = |name: &str, text: &str| fs::write(logs.join(name), text).expect("writable");
    write(
        "2026-11-24T09_00_00_000Z-debug-0.log",
        "21 error code EOTP\n",
    );
    let older = std::time::SystemTime::now() - std::time::Duration::from_secs(5 * 60);
    fs::File::options()
        .append(true)
        .open(logs.join("2026-11-24T09_00_00_000Z-debug-0.log"))
        .and_then(|file| file.set_modified(older))
        .expect("our own file");
    write(
        "2026-11-24T10_00_00_000Z-debug-0.log",
        "20 error code EPRIVATE\n21 error This package has been marked as private\n",
    );
    let run = sandbox.run::<&str>(&["explain"]);
    assert!(
        run.code == Some(0) && run.stdout.contains("certain[manifest-private]"),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn every_cause_that_no_check_has_is_documented_in_the_same_form() {
    let sandbox = Sandbox::new();
    for id in [
        "registry-outage",
        "registry-rate-limited",
        "registry-conflict",
        "registry-permission",
        "registry-policy-block",
        "registry-github-permission",
        "registry-uplink-down",
        "contents-too-large",
        "name-refused-by-filter",
        "auth-two-factor-token",
        "oidc-publisher-mismatch",
        "provenance-log-conflict",
        "network-timeout",
        "network-dns",
        "network-address-blocked",
        "npm-bug",
        "npm-outdated",
        "publish-already-accepted",
        "script-failed",
        "npm-flag-unknown",
        "auth-otp-rejected",
        "oidc-tool-too-old",
        "provenance-certificate-incomplete",
        "registry-endpoint-missing",
        "local-file-unwritable",
        "unknown",
    ] {
        let run = sandbox.run(&["explain", id]);
        let text = &run.stdout;
        assert_eq!(run.code, Some(0), "{id}: {}", run.stderr);
        assert!(
            text.starts_with(id) && text.contains("npm says:") && text.contains("What to do:"),
            "{text}"
        );
        let listed = sandbox.run(&["explain", "ids"]).stdout;
        assert!(listed.lines().any(|line| line.starts_with(id)), "{id}");
    }
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
        none.code == Some(102) && none.stderr.contains("there are none"),
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
    sandbox.set_path(&[&npm.path_dir]);
    let run = sandbox.run(&["--allow", "version-staged"]);
    assert_eq!(run.code, Some(1), "npm's own code: {}", run.stderr);
    assert!(run.stderr.contains("[version-staged]"), "{}", run.stderr);
}
