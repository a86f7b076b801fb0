//! The wrapper asks nothing that the registry has answered, and what it tells
//! people to type acts where they publish.

use serde_json::json;

use crate::aftermath::set_up;

#[test]
fn an_outage_in_a_monorepo_leaves_no_question_whether_the_package_is_there() {
    let faults = json!([{ "method": "PUT", "path": "/b", "with": { "status": { "status": 503, "body": { "error": "Service Unavailable" } } } }]);
    let (sandbox, server) = set_up("tok-granular-1", &faults, 11);
    sandbox.write(
        "package.json",
        r#"{"name":"root","private":true,"workspaces":["a","b","c"]}"#,
    );
    for name in ["a", "b", "c"] {
        let manifest = json!({ "name": format!("{name}-cat"), "version": "1.0.0" });
        sandbox.write(&format!("{name}/package.json"), &manifest.to_string());
    }
    let url = server.url();
    let run = sandbox.run(&[
        "--workspaces",
        "--registry",
        url.as_str(),
        "--fetch-retries=1",
    ]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    for wanted in [
        "[registry-outage]",
        "the version is not there: run again later",
        &format!("safe-publish -w b-cat -w c-cat --registry {url} --fetch-retries=1"),
    ] {
        assert!(run.stderr.contains(wanted), "{wanted} in {}", run.stderr);
    }
    for spare in ["one question first", "look first", "npm view b-cat@1.0.0"] {
        assert!(!run.stderr.contains(spare), "{spare} in {}", run.stderr);
    }
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
