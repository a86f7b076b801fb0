//! After npm failed in a workspace: the wrapper asks nothing that the registry has already
//! answered, and its commands publish the rest to the same registry.

use serde_json::json;

use crate::after_failure::set_up;

#[test]
fn an_outage_in_a_monorepo_leaves_no_question_whether_the_package_is_there() {
    let faults = json!([{ "method": "PUT", "path": "/b", "with": { "status": { "status": 503, "body": { "error": "Service Unavailable" } } } }]);
    let (sandbox, server) = set_up("tok-granular-1", &faults, 11);
    sandbox.write_three_cats();
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
        "the version is not there: run the publish again later",
        &format!("safe-publish -w b-cat -w c-cat --registry {url} --fetch-retries=1"),
    ] {
        assert!(run.stderr.contains(wanted), "{wanted} in {}", run.stderr);
    }
    for spare in ["one question first", "look first", "npm view b-cat@1.0.0"] {
        assert!(!run.stderr.contains(spare), "{spare} in {}", run.stderr);
    }
}

#[test]
fn half_a_release_says_what_is_out_and_how_to_publish_the_rest() {
    let faults = json!([{ "method": "PUT", "path": "/b", "with": { "status": { "status": 400, "body": { "error": "Bad Request" } } } }]);
    let (sandbox, _server) = set_up("tok-granular-1", &faults, 11);
    sandbox.write_three_cats();
    let run = sandbox.run(&["--workspaces", "--access", "public"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    for wanted in [
        "published before npm stopped: 1 of 3 packages: a-cat@1.0.0",
        "not published: b-cat@1.0.0, c-cat@1.0.0",
        "safe-publish -w b-cat -w c-cat --access public",
        "[name-refused-by-filter]",
    ] {
        assert!(run.stderr.contains(wanted), "{wanted} in {}", run.stderr);
    }
}
