//! What release scripts do besides publishing, with the real npm 11 and 12 against the embedded
//! registry: `unpublish`, `deprecate`, `dist-tag`, `owner`, `access`, `trust`, and a write that is
//! confirmed on a web page.

use serde_json::{Value, json};

use crate::support::http;
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// A registry in which alice has three packages.
fn registry(more: &Value) -> Server {
    let mut state = json!({
        "users": {
            "alice": { "twoFactor": "auth-only", "otp": "123456", "plan": "paid" },
            "bob": {},
        },
        "orgs": { "acme": {
            "members": { "alice": "owner", "bob": "developer" },
            "plan": "paid",
            "teams": { "devs": { "members": ["bob"] } },
        } },
        "tokens": {
            "session": { "user": "alice", "kind": "session" },
            "of-bob": { "user": "bob", "kind": "session" },
            "bypassing": { "user": "alice", "bypassTwoFactor": true },
        },
        "packages": {
            "cat": {
                "versions": {
                    "1.0.0": { "time": "2 hours ago" },
                    "1.1.0": { "time": "1 hour ago" },
                },
                "maintainers": ["alice"],
            },
            "@acme/dog": { "versions": { "1.0.0": {} }, "maintainers": ["alice"] },
            "shared": { "versions": { "1.0.0": {}, "2.0.0": {} }, "maintainers": ["alice", "bob"] },
        },
    });
    let object = state.as_object_mut().expect("an object");
    object.extend(more.as_object().expect("an object").clone());
    Server::start(serde_json::from_value(state).expect("a state"))
}

fn sandbox(server: &Server, major: u32, token: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    let path = npm(major).path_dir;
    sandbox.set_path(&[&path]);
    let npmrc = format!(
        "registry={}\n//{}/:_authToken={token}\n",
        server.url(),
        server.host()
    );
    std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    sandbox
}

fn run(sandbox: &Sandbox, line: &str) -> Run {
    Run::of(sandbox.command(sandbox.npm()).args(line.split(' ')))
}

/// What npm prints on standard output.
fn succeeds(sandbox: &Sandbox, line: &str) -> String {
    let ran = run(sandbox, line);
    assert_eq!(ran.code, Some(0), "{line}: {ran:?}");
    ran.stdout
}

fn fails(sandbox: &Sandbox, line: &str, says: &str) {
    let ran = run(sandbox, line);
    assert!(
        ran.code != Some(0) && ran.stderr.contains(says),
        "{line} is to fail with {says}: {ran:?}"
    );
}

fn get(server: &Server, path: &str) -> Value {
    let line = format!("GET {path}");
    let headers = [("authorization", "Bearer session")];
    let answer = http::send(&server.host(), &line, &headers, b"");
    answer.expect("an answer").json()
}

fn versions(server: &Server, name: &str) -> Vec<String> {
    let document = get(server, &format!("/{name}"));
    let versions = document["versions"].as_object();
    versions.map_or_else(Vec::new, |versions| versions.keys().cloned().collect())
}

fn unpublishes(major: u32) {
    let server = registry(&json!({}));
    let alice = sandbox(&server, major, "session");
    let bypassing = sandbox(&server, major, "bypassing");
    fails(
        &bypassing,
        "unpublish cat@1.1.0",
        "may not perform this action",
    );
    succeeds(&alice, "unpublish cat@1.1.0");
    assert_eq!(versions(&server, "cat"), ["1.0.0"]);
    assert_eq!(get(&server, "/cat")["dist-tags"]["latest"], "1.0.0");
    // The number can never be used again.
    alice.write(
        "package.json",
        r#"{"name":"cat","version":"1.1.0","license":"MIT"}"#,
    );
    fails(
        &alice,
        "publish --tag next",
        "Cannot publish over previously published version",
    );
    succeeds(&alice, "unpublish cat --force");
    assert!(versions(&server, "cat").is_empty());
    alice.write(
        "package.json",
        r#"{"name":"cat","version":"2.0.0","license":"MIT"}"#,
    );
    fails(
        &alice,
        "publish",
        "cannot be republished until 24 hours have passed",
    );
    fails(
        &alice,
        "unpublish shared@2.0.0",
        "You can no longer unpublish this package",
    );
    assert_eq!(versions(&server, "shared"), ["1.0.0", "2.0.0"]);
}

#[test]
fn npm_11_unpublishes_by_npmjs_rules() {
    unpublishes(11);
}

#[test]
fn npm_12_unpublishes_by_npmjs_rules() {
    unpublishes(12);
}

fn changes_a_package(major: u32) {
    let server = registry(&json!({}));
    let alice = sandbox(&server, major, "session");
    let bob = sandbox(&server, major, "of-bob");
    fails(&bob, "owner add bob cat", "EOWNERMUTATE");
    succeeds(&alice, "owner add bob cat");
    assert!(succeeds(&bob, "owner ls cat").contains("bob"));
    succeeds(&bob, "owner rm alice cat");
    assert!(!succeeds(&bob, "owner ls cat").contains("alice"));

    succeeds(&alice, "deprecate @acme/dog@1.0.0 old");
    let dog = get(&server, "/@acme%2fdog");
    assert_eq!(dog["versions"]["1.0.0"]["deprecated"], "old");
    succeeds(&alice, "dist-tag add @acme/dog@1.0.0 beta");
    assert_eq!(get(&server, "/@acme%2fdog")["dist-tags"]["beta"], "1.0.0");

    succeeds(&alice, "access set status=private @acme/dog");
    let status = succeeds(&alice, "access get status @acme/dog");
    assert!(status.contains("private"), "{status:?}");
    succeeds(&alice, "access set status=public @acme/dog");
    succeeds(&alice, "access set mfa=publish @acme/dog");
    fails(&bob, "access grant read-write acme:devs @acme/dog", "E403");
    succeeds(&alice, "access grant read-write acme:devs @acme/dog");
    let rights = get(&server, "/-/package/@acme%2fdog/collaborators");
    assert_eq!(rights["bob"], "write");
    succeeds(&alice, "access revoke acme:devs @acme/dog");
    let rights = get(&server, "/-/package/@acme%2fdog/collaborators");
    assert_eq!(rights["bob"], Value::Null);
}

#[test]
fn npm_11_changes_owners_tags_and_access() {
    changes_a_package(11);
}

#[test]
fn npm_12_changes_owners_tags_and_access() {
    changes_a_package(12);
}

fn changes_tags_and_asks_who_may(major: u32) {
    let server = registry(&json!({}));
    let alice = sandbox(&server, major, "session");
    succeeds(&alice, "dist-tag add cat@1.0.0 old");
    let tags = succeeds(&alice, "dist-tag ls cat");
    assert!(tags.contains("old: 1.0.0"), "{tags:?}");
    succeeds(&alice, "dist-tag rm cat old");
    assert_eq!(get(&server, "/cat")["dist-tags"]["old"], Value::Null);
    fails(
        &alice,
        "dist-tag rm cat old",
        "old is not a dist-tag on cat",
    );
    fails(&alice, "dist-tag add cat@9.9.9 old", "E400");

    succeeds(&alice, "deprecate cat@1.0.0 old");
    succeeds(&alice, "undeprecate cat@1.0.0");
    let cat = get(&server, "/cat");
    assert_eq!(cat["versions"]["1.0.0"]["deprecated"], Value::Null);

    let packages = succeeds(&alice, "access list packages acme");
    assert!(packages.contains("@acme/dog: read-write"), "{packages:?}");
    let people = succeeds(&alice, "access list collaborators shared");
    assert!(people.contains("bob: read-write"), "{people:?}");
    for mfa in ["none", "automation", "publish"] {
        succeeds(&alice, &format!("access set mfa={mfa} @acme/dog"));
    }
    succeeds(&alice, "unpublish cat@1.0.0 --dry-run");
    assert_eq!(versions(&server, "cat"), ["1.0.0", "1.1.0"]);
}

#[test]
fn npm_11_changes_tags_and_asks_who_may() {
    changes_tags_and_asks_who_may(11);
}

#[test]
fn npm_12_changes_tags_and_asks_who_may() {
    changes_tags_and_asks_who_may(12);
}

fn keeps_records_of_publishers(major: u32) {
    let server = registry(&json!({}));
    let alice = sandbox(&server, major, "session");
    let create = "trust github cat --repo acme/cat --file release.yml --allow-stage-publish --yes";
    fails(&alice, create, "EOTP");
    let with_code = format!("{create} --otp=123456");
    succeeds(&alice, &with_code);
    fails(&alice, &with_code, "already exists");
    let gitlab = "trust gitlab cat --project acme/cat --file .gitlab-ci.yml --allow-publish --yes --otp=123456";
    succeeds(&alice, gitlab);
    let listed = succeeds(&alice, "trust list cat --otp=123456");
    assert!(
        listed.contains("release.yml") && listed.contains(".gitlab-ci.yml"),
        "{listed:?}"
    );
    let id = listed
        .split("id: ")
        .nth(1)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_else(|| panic!("an id: {listed:?}"))
        .to_owned();
    succeeds(&alice, &format!("trust revoke cat --id={id} --otp=123456"));
    let listed = succeeds(&alice, "trust list cat --otp=123456");
    assert!(!listed.contains("release.yml"), "{listed:?}");
    let bob = sandbox(&server, major, "of-bob");
    fails(&bob, "trust list cat", "Insufficient permissions");
}

#[test]
fn npm_11_keeps_records_of_trusted_publishers() {
    keeps_records_of_publishers(11);
}

#[test]
fn npm_12_keeps_records_of_trusted_publishers() {
    keeps_records_of_publishers(12);
}

fn trusts_circleci(major: u32) {
    let server = registry(&json!({}));
    let alice = sandbox(&server, major, "session");
    let id = |last: u32| format!("1b4e28ba-2fa1-41d2-883f-0016d3cca42{last}");
    let create = format!(
        "trust circleci cat --org-id={} --project-id={} --pipeline-definition-id={} --vcs-origin=github.com/acme/cat --context-id={} --allow-publish --yes --otp=123456",
        id(1),
        id(2),
        id(3),
        id(4)
    );
    succeeds(&alice, &format!("{create} --dry-run"));
    assert_eq!(get(&server, "/cat")["trust"], Value::Null);
    succeeds(&alice, &create);
    let listed = succeeds(&alice, "trust list cat --otp=123456");
    for shown in [id(1), id(4), "github.com/acme/cat".to_owned()] {
        assert!(listed.contains(&shown), "{shown}: {listed:?}");
    }
    fails(&alice, "trust revoke cat --otp=123456", "--id option");
    let unknown = format!("trust revoke cat --id={} --otp=123456", id(5));
    fails(
        &alice,
        &unknown,
        "Trusted publisher configuration not found",
    );
}

#[test]
fn npm_11_trusts_circleci() {
    trusts_circleci(11);
}

#[test]
fn npm_12_trusts_circleci() {
    trusts_circleci(12);
}

fn logs_in_and_out(major: u32) {
    let server = registry(&json!({
        "users": { "alice": { "twoFactor": "auth-only", "webLogin": true }, "bob": {} },
    }));
    let mut alice = sandbox(&server, major, "of-nobody");
    alice.set("npm_config_browser", "false");
    fails(&alice, "whoami", "E401");
    let shown = succeeds(&alice, "login");
    assert!(shown.contains("Logged in on"), "{shown:?}");
    assert_eq!(succeeds(&alice, "whoami").trim(), "alice");
    succeeds(&alice, "logout");
    fails(&alice, "whoami", "ENEEDAUTH");
}

#[test]
fn npm_11_logs_in_on_a_web_page_and_out() {
    logs_in_and_out(11);
}

#[test]
fn npm_12_logs_in_on_a_web_page_and_out() {
    logs_in_and_out(12);
}

#[test]
fn a_record_of_npm_trust_lets_its_job_stage_and_not_publish() {
    let record = json!([{
        "type": "github",
        "claims": { "repository": "acme/cat", "workflow_ref": { "file": "release.yml" } },
        "permissions": ["createStagedPackage"],
    }]);
    let server = registry(&json!({
        "packages": { "cat": {
            "versions": { "1.0.0": {} },
            "maintainers": ["alice"],
            "trust": record,
        } },
    }));
    let claims = json!({
        "repository": "acme/cat",
        "workflow_ref": "acme/cat/.github/workflows/release.yml@refs/heads/main",
        "runner_environment": "github-hosted",
    });
    let token = http::unsigned_token(&claims);
    let exchange = |name: &str, bearer: &str| {
        let line = format!("POST /-/npm/v1/oidc/token/exchange/package/{name}");
        let bearer = format!("Bearer {bearer}");
        let headers = [("authorization", bearer.as_str())];
        http::send(&server.host(), &line, &headers, b"{}").expect("an answer")
    };
    let exchanged = exchange("cat", &token).json();
    let granted = exchanged["token"].as_str().expect("a token");
    let job = sandbox(&server, 11, granted);
    job.write(
        "package.json",
        r#"{"name":"cat","version":"1.1.0","license":"MIT"}"#,
    );
    fails(&job, "publish", "OIDC permission denied for this action");
    succeeds(&job, "stage publish");
    let other = http::unsigned_token(&json!({ "repository": "acme/dog" }));
    assert_eq!(exchange("cat", &other).status, 404);
}

#[cfg(target_os = "linux")]
#[test]
fn a_write_is_confirmed_on_a_web_page() {
    let server = registry(&json!({
        "users": { "alice": { "twoFactor": "auth-and-writes", "webLogin": true } },
    }));
    let mut alice = sandbox(&server, 11, "session");
    alice.set("npm_config_browser", "false");
    alice.write(
        "package.json",
        r#"{"name":"cat","version":"1.2.0","license":"MIT"}"#,
    );
    // Without a terminal npm prints the URL and ends.
    fails(&alice, "publish", "/-/auth/");
    let shown = alice.on_terminal(100, "--no-verify", "\n");
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(shown.stdout.contains("/-/auth/"), "{shown:?}");
    assert_eq!(
        versions(&server, "cat").last().map(String::as_str),
        Some("1.2.0")
    );
}
