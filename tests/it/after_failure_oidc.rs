//! Trusted publishing that fails, with the real npm and the embedded registry: npm reports
//! ENEEDAUTH or 404, and the wrapper explains why.

use serde_json::{Value, json};

use crate::support::http;
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// An identity token of a job of this workflow file.
fn id_token(workflow: &str) -> String {
    http::unsigned_token(&json!({
        "repository": "acme/cat",
        "workflow_ref": format!("acme/cat/.github/workflows/{workflow}@refs/heads/main"),
        "repository_visibility": "private",
        "runner_environment": "github-hosted",
    }))
}

/// A job run from another file than the package's trusted `release.yml`.
fn job(major: u32, npmrc: &str, faults: &Value) -> (Run, Value) {
    let state = json!({
        "users": { "alice": {} },
        "packages": { "cat": {
            "versions": { "0.9.0": {} },
            "maintainers": ["alice"],
            "trustedPublisher": { "repository": "acme/cat", "workflow": "release.yml" },
        } },
        "faults": faults,
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    let path = npm(major).path_dir;
    sandbox.set_path(&[&path]);
    sandbox.set("npm_config_fetch_retry_mintimeout", "50");
    sandbox.set("npm_config_fetch_retry_maxtimeout", "100");
    for (name, value) in [
        ("CI", "true"),
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "acme/cat"),
        ("RUNNER_ENVIRONMENT", "github-hosted"),
        ("NPM_ID_TOKEN", &id_token("publish.yml")),
    ] {
        sandbox.set(name, value);
    }
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.0.0","license":"MIT"}"#,
    );
    let npmrc = npmrc.replace("{host}", &server.host());
    std::fs::write(
        sandbox.home().join(".npmrc"),
        format!("registry={}\n{npmrc}", server.url()),
    )
    .expect("our own file");
    let run = sandbox.run(&["--format", "json"]);
    let start = run.stdout.rfind("{\n  \"schema\"").expect("an explanation");
    let explanation = serde_json::from_str(&run.stdout[start..]).expect("JSON");
    (run, explanation)
}

#[test]
fn a_record_that_does_not_fit_is_named_for_certain_with_the_claims() {
    for major in [11, 12] {
        for npmrc in ["", "//{host}/:_authToken=XXXXX-XXXXX-XXXXX-XXXXX\n"] {
            let (run, explanation) = job(major, npmrc, &json!([]));
            assert_ne!(run.code, Some(0));
            let cause = &explanation["causes"][0];
            assert_eq!(
                (cause["id"].as_str(), cause["likelihood"].as_str()),
                (Some("oidc-publisher-mismatch"), Some("certain")),
                "npm {major}, `{npmrc}`: {explanation:#}\n{}",
                run.stderr
            );
            let why = cause["why"].as_str().expect("a sentence");
            assert!(why.contains("publish.yml"), "{why}");
        }
    }
}

#[test]
fn an_exchange_that_the_registry_fails_to_answer_is_no_wrong_record() {
    let faults = json!([{
        "path": "/-/npm/v1/oidc/",
        "with": { "status": { "status": 503, "body": {} } },
    }]);
    let (_, explanation) = job(11, "", &faults);
    let causes = explanation["causes"].as_array().expect("causes");
    let certain: Vec<&Value> = causes
        .iter()
        .filter(|cause| cause["likelihood"] == "certain")
        .collect();
    assert!(certain.is_empty(), "{explanation:#}");
    let first = causes
        .iter()
        .any(|cause| cause["id"] == "oidc-first-publish");
    assert!(!first, "the package is there: {explanation:#}");
}
