//! After npm failed: the wrapper, with the real npm and the embedded registry, names the cause
//! with certainty. The oracle suite has the refusals that `check` predicts; these are the ones
//! that only the publish itself reveals.

use serde_json::{Value, json};

use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox, noise};

/// One failure.
struct Case {
    about: &'static str,
    manifest: Value,
    /// The token in the user's .npmrc.
    token: &'static str,
    /// Faults, in the registry's own notation.
    faults: Value,
    arguments: &'static [&'static str],
    /// Bytes of a file that does not compress.
    noise: usize,
    /// The first cause, and how certain it must be.
    cause: (&'static str, &'static str),
    /// A part of its explanation.
    says: &'static str,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            about: "",
            manifest: json!({"name": "fresh-cat", "version": "1.0.0"}),
            token: "tok-granular-1",
            faults: json!([]),
            arguments: &[],
            noise: 0,
            cause: ("", "certain"),
            says: "",
        }
    }
}

fn state(faults: &Value) -> Value {
    json!({
        "users": {
            "alice": {},
            "greta": { "twoFactor": "auth-and-writes", "otp": "123456" },
        },
        "tokens": {
            "tok-granular-1": { "user": "alice" },
            "tok-narrow-1": { "user": "alice", "packages": ["other"] },
            "tok-reader-1": { "user": "alice", "kind": "read-only" },
            "tok-elsewhere-1": { "user": "alice", "addressRefused": true },
            "tok-greta-granular-1": { "user": "greta" },
            "tok-greta-classic-1": { "user": "greta", "kind": "publish" },
        },
        "orgs": {
            "acme": { "members": { "alice": "developer", "boss": "owner" } },
        },
        "packages": {
            "cat": { "versions": { "1.0.0": {} }, "maintainers": ["alice"], "staged": ["3.0.0"] },
            "strict": { "versions": { "1.0.0": {} }, "maintainers": ["alice"], "requiresTwoFactor": true },
            "@acme/ours": { "versions": { "1.0.0": {} }, "maintainers": ["boss"] },
            "@acme/secret": { "versions": { "1.0.0": {} }, "maintainers": ["boss"], "restricted": true },
        },
        "blockedWords": ["download"],
        "largestTarball": 4000,
        "faults": faults,
    })
}

fn put_fault(with: &Value) -> Value {
    json!([{ "method": "PUT", "with": with }])
}

fn status(status: u16, text: &str) -> Value {
    put_fault(&json!({ "status": { "status": status, "body": { "error": text } } }))
}

fn refusals() -> Vec<Case> {
    let package = |name: &str, version: &str| json!({ "name": name, "version": version });
    vec![
        Case {
            about: "the version waits on the stage",
            manifest: package("cat", "3.0.0"),
            arguments: &["--allow", "version-staged"],
            cause: ("version-staged", "certain"),
            ..Case::default()
        },
        Case {
            about: "the word filter, which says only 400",
            manifest: package("video-download-cat", "1.0.0"),
            cause: ("name-refused-by-filter", "likely"),
            ..Case::default()
        },
        Case {
            about: "a token for other packages, which npmjs hides behind a 404",
            token: "tok-narrow-1",
            cause: ("auth-package-not-covered", "certain"),
            says: "accepts the token as alice",
            ..Case::default()
        },
        Case {
            about: "the same for a package that is the account's own",
            manifest: package("cat", "2.0.0"),
            token: "tok-narrow-1",
            cause: ("auth-package-not-covered", "certain"),
            says: "does not cover cat",
            ..Case::default()
        },
        Case {
            about: "the same below the account's own scope",
            manifest: package("@alice/cat", "1.0.0"),
            token: "tok-narrow-1",
            arguments: &["--access", "public"],
            cause: ("auth-package-not-covered", "certain"),
            says: "whose scope @alice is",
            ..Case::default()
        },
        Case {
            about: "a token that may read only",
            manifest: package("cat", "2.0.0"),
            token: "tok-reader-1",
            cause: ("auth-read-only", "certain"),
            ..Case::default()
        },
        Case {
            about: "an address that the token does not allow",
            manifest: package("cat", "2.0.0"),
            token: "tok-elsewhere-1",
            cause: ("auth-address-not-allowed", "certain"),
            ..Case::default()
        },
        Case {
            about: "a package that wants a second factor",
            manifest: package("strict", "2.0.0"),
            cause: ("auth-otp-impossible", "certain"),
            ..Case::default()
        },
        Case {
            about: "an account that wants a second factor, and a granular token",
            token: "tok-greta-granular-1",
            cause: ("auth-two-factor-token", "certain"),
            ..Case::default()
        },
        Case {
            about: "an account that wants a second factor, and a classic token, without a terminal",
            token: "tok-greta-classic-1",
            cause: ("auth-otp-impossible", "certain"),
            ..Case::default()
        },
    ]
}

fn refusals_of_scopes_and_tokens() -> Vec<Case> {
    let package = |name: &str, version: &str| json!({ "name": name, "version": version });
    vec![
        Case {
            about: "an organisation's package that the member's team may not write",
            manifest: package("@acme/ours", "2.0.0"),
            cause: ("scope-not-yours", "certain"),
            ..Case::default()
        },
        Case {
            about: "an organisation's restricted package, which the registry hides behind a 404",
            manifest: package("@acme/secret", "2.0.0"),
            arguments: &[
                "--allow",
                "scope-not-yours",
                "--allow",
                "access-restricted-by-default",
            ],
            cause: ("scope-not-yours", "certain"),
            ..Case::default()
        },
        Case {
            about: "a scope that does not exist",
            manifest: package("@nobody-at-all/cat", "1.0.0"),
            arguments: &["--access", "public", "--allow", "scope-unknown"],
            cause: ("scope-unknown", "certain"),
            ..Case::default()
        },
        Case {
            about: "a token that is not accepted: npmjs says 404, and whoami says 401",
            token: "tok-of-nobody-1",
            arguments: &["--allow", "auth-rejected"],
            cause: ("auth-rejected", "certain"),
            says: "401",
            ..Case::default()
        },
        Case {
            about: "a package that is larger than the registry takes",
            noise: 20_000,
            cause: ("contents-too-large", "certain"),
            ..Case::default()
        },
    ]
}

fn troubles() -> Vec<Case> {
    vec![
        Case {
            about: "the database's conflict",
            faults: status(
                409,
                "Failed to save packument. A common cause is if you try to publish a new package before the previous package has been fully processed.",
            ),
            cause: ("registry-conflict", "certain"),
            ..Case::default()
        },
        Case {
            about: "too many requests",
            faults: status(429, "rate limited exceeded"),
            cause: ("registry-rate-limited", "certain"),
            ..Case::default()
        },
        Case {
            about: "an outage",
            faults: status(503, "Service Unavailable"),
            cause: ("registry-outage", "likely"),
            ..Case::default()
        },
        Case {
            about: "written, and then an error: npm's second try meets the first one's version",
            faults: json!([{ "method": "PUT", "times": 1, "with": { "afterWriting": 502 } }]),
            cause: ("publish-already-accepted", "certain"),
            says: "with the bytes that npm sent",
            ..Case::default()
        },
        Case {
            about: "written, and a conflict anyway, which npm does not try again",
            faults: json!([{ "method": "PUT", "times": 1, "with": { "afterWriting": 409 } }]),
            cause: ("publish-already-accepted", "certain"),
            says: "with the bytes that npm sent",
            ..Case::default()
        },
        Case {
            about: "a script after the publish",
            manifest: json!({"name": "fresh-cat", "version": "1.0.0", "scripts": {"postpublish": "exit 3"}}),
            cause: ("publish-already-accepted", "certain"),
            says: "the script `exit 3`",
            ..Case::default()
        },
    ]
}

/// A sandbox with the real npm, and the registry that its .npmrc names.
pub(crate) fn set_up(token: &str, faults: &Value, major: u32) -> (Sandbox, Server) {
    let install = npm(major);
    let state = serde_json::from_value(state(faults)).expect("a state");
    let server = Server::start(state);
    let mut sandbox = Sandbox::new();
    sandbox.set_path(&[&install.path_dir]);
    sandbox.set("npm_config_fetch_retry_mintimeout", "50");
    sandbox.set("npm_config_fetch_retry_maxtimeout", "100");
    let (url, host) = (server.url(), server.host());
    let npmrc = format!("registry={url}\n//{host}/:_authToken={token}\n");
    std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("a writable home");
    (sandbox, server)
}

fn run(case: &Case, major: u32) -> Run {
    let (sandbox, _server) = set_up(case.token, &case.faults, major);
    sandbox.write("package.json", &case.manifest.to_string());
    if case.noise > 0 {
        sandbox.write("noise.txt", &noise(case.noise));
    }
    Run::of(
        sandbox
            .command(env!("CARGO_BIN_EXE_safe-publish"))
            .args(["--format", "json"])
            .args(case.arguments),
    )
}

fn judge(case: &Case, run: &Run) -> Result<(), String> {
    let shown = format!("\n{}\n{}", run.stderr, run.stdout);
    if matches!(run.code, None | Some(0 | 100..=103)) {
        return Err(format!(
            "npm was not started, or did not fail ({:?}){shown}",
            run.code
        ));
    }
    let start = run
        .stdout
        .rfind("{\n  \"schema\"")
        .ok_or_else(|| format!("no explanation{shown}"))?;
    let explanation: Value =
        serde_json::from_str(&run.stdout[start..]).map_err(|error| format!("{error}{shown}"))?;
    let first = &explanation["causes"][0];
    let (id, likelihood) = case.cause;
    let why = first["why"].as_str().unwrap_or_default();
    if first["id"] != id || first["likelihood"] != likelihood || !why.contains(case.says) {
        return Err(format!(
            "explained as {first}, expected {id} ({likelihood}: {}){shown}",
            case.says
        ));
    }
    if run.stderr.contains(&format!("_authToken={}", case.token)) {
        return Err(format!("the token is shown{shown}"));
    }
    Ok(())
}

fn all(major: u32) {
    let cases = refusals().into_iter().chain(troubles());
    let cases: Vec<Case> = cases.chain(refusals_of_scopes_and_tokens()).collect();
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let problem = judge(case, &run(case, major)).err()?;
            Some(format!("npm {major}, {}: {problem}", case.about))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} differ:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn npm_10_is_explained() {
    all(10);
}

#[test]
fn npm_11_is_explained() {
    all(11);
}

#[test]
fn npm_12_is_explained() {
    all(12);
}

#[test]
fn a_script_before_the_publish_is_said_to_have_stopped_it() {
    let (sandbox, server) = set_up("tok-granular-1", &json!([]), 11);
    let manifest =
        json!({"name": "fresh-cat", "version": "1.0.0", "scripts": {"prepublishOnly": "exit 7"}});
    sandbox.write("package.json", &manifest.to_string());
    let run = sandbox.run::<&str>(&[]);
    assert_eq!(run.code, Some(7), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("certain[script-failed]: the script prepublishOnly (`exit 7`) failed"),
        "{}",
        run.stderr
    );
    assert!(
        !run.stderr.contains("publish-already-accepted"),
        "{}",
        run.stderr
    );
    assert!(server.requests().iter().all(|seen| seen.method == "GET"));
}

#[test]
fn without_npms_log_only_the_facts_decide() {
    let (mut sandbox, _server) = set_up("tok-granular-1", &json!([]), 11);
    sandbox.set("npm_config_logs_max", "0");
    sandbox.write("package.json", r#"{"name":"cat","version":"1.0.0"}"#);
    let run = sandbox.run(&["--allow", "version-taken"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr.contains("certain[version-taken]"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_422_without_any_provenance_names_no_cause_of_provenances() {
    let faults = json!([{ "method": "PUT", "with": { "status": { "status": 422, "body": { "error": "Unprocessable Entity" } } } }]);
    let (sandbox, _server) = set_up("tok-granular-1", &faults, 11);
    sandbox.write("package.json", r#"{"name":"fresh-cat","version":"1.0.0"}"#);
    let run = sandbox.run(&["--format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.contains("explanation@1"), "{}", run.stdout);
    assert!(!run.stdout.contains("provenance-"), "{}", run.stdout);
}
