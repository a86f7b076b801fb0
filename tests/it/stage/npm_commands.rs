//! Each command of `npm stage`, with the real npm 11 and 12.

use serde_json::json;

use super::{id_of, log_in, registry, run_npm, sandbox, status};
use crate::support::http;
use crate::support::registry::Server;
use crate::support::sandbox::Sandbox;

fn stages_and_decides(major: u32) {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, major, "cat", "1.1.0");
    let staged = run_npm(&sandbox, &["stage", "publish", "--tag", "next"]);
    assert_eq!(staged.code, Some(0), "{staged:?}");
    let id = id_of(&staged);
    assert_eq!(status(&server, "1.1.0"), "staged");
    assert!(server.arrived().is_empty());
    let list = run_npm(&sandbox, &["stage", "list", "cat", "--json"]).json();
    assert_eq!(
        (&list[0]["id"], &list[0]["tag"], &list[0]["status"]),
        (&json!(id), &json!("next"), &json!("staged"))
    );
    let view = run_npm(&sandbox, &["stage", "view", &id]);
    assert!(
        view.code == Some(0) && view.stdout.contains("1.1.0"),
        "{view:?}"
    );
    let download = run_npm(&sandbox, &["stage", "download", &id]);
    assert_eq!(download.code, Some(0), "{download:?}");
    for args in [
        &["publish", "--tag", "next"][..],
        &["stage", "publish", "--tag", "next"],
    ] {
        let again = run_npm(&sandbox, args);
        assert!(
            again.code == Some(1) && again.stderr.contains("E409"),
            "{args:?} {again:?}"
        );
    }
    let asked = run_npm(&sandbox, &["stage", "approve", &id]);
    assert!(
        asked.code == Some(1) && asked.stderr.contains("EOTP"),
        "{asked:?}"
    );
    let approved = run_npm(&sandbox, &["stage", "approve", &id, "--otp", "123456"]);
    assert_eq!(approved.code, Some(0), "{approved:?}");
    assert_eq!(server.arrived()[0].version, "1.1.0");
    assert_eq!(status(&server, "1.1.0"), "published");
    let gone = run_npm(&sandbox, &["stage", "view", &id]);
    assert!(
        gone.code == Some(1) && gone.stderr.contains("E404"),
        "{gone:?}"
    );
    rejects_and_restages(&server, &sandbox);
}

fn rejects_and_restages(server: &Server, sandbox: &Sandbox) {
    sandbox.write("package.json", r#"{"name":"cat","version":"1.2.0"}"#);
    let id = id_of(&run_npm(sandbox, &["stage", "publish"]));
    let rejected = run_npm(sandbox, &["stage", "reject", &id, "--otp", "123456"]);
    assert_eq!(rejected.code, Some(0), "{rejected:?}");
    let empty = run_npm(sandbox, &["stage", "list"]);
    assert!(
        empty.stdout.contains("No staged packages found"),
        "{empty:?}"
    );
    // A rejected number can be staged again.
    id_of(&run_npm(sandbox, &["stage", "publish"]));
    log_in(sandbox, server, "oidc");
    sandbox.write("package.json", r#"{"name":"cat","version":"1.3.0"}"#);
    id_of(&run_npm(sandbox, &["stage", "publish"]));
    let list = run_npm(sandbox, &["stage", "list"]);
    assert!(
        list.code == Some(1) && list.stderr.contains("E403"),
        "{list:?}"
    );
    let published = run_npm(sandbox, &["publish"]);
    assert!(
        published.stderr.contains("409") || published.stderr.contains("OIDC permission denied"),
        "{published:?}"
    );
}

#[test]
fn npm_11_stages_lists_approves_and_rejects() {
    stages_and_decides(11);
}

#[test]
fn npm_12_stages_lists_approves_and_rejects() {
    stages_and_decides(12);
}

#[test]
fn a_stage_only_token_stages_a_new_package_and_publishes_nothing() {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, 11, "new-cat", "1.0.0");
    log_in(&sandbox, &server, "stage-only");
    let refused = run_npm(&sandbox, &["publish"]);
    assert!(
        refused.code == Some(1) && refused.stderr.contains("E_STAGE_REQUIRED"),
        "{refused:?}"
    );
    let staged = run_npm(&sandbox, &["stage", "publish"]);
    assert_eq!(staged.code, Some(0), "{staged:?}");
    let packument = http::send(&server.host(), "GET /new-cat", &[], b"")
        .expect("an answer")
        .json();
    let versions: Vec<_> = packument["versions"]
        .as_object()
        .expect("versions")
        .keys()
        .collect();
    assert_eq!(versions, ["0.0.0-stage"], "the name is taken at once");
    let id = id_of(&staged);
    log_in(&sandbox, &server, "session");
    let approved = run_npm(&sandbox, &["stage", "approve", &id, "--otp", "123456"]);
    assert_eq!(approved.code, Some(0), "{approved:?}");
    let packument = http::send(&server.host(), "GET /new-cat", &[], b"")
        .expect("an answer")
        .json();
    assert_eq!(packument["dist-tags"], json!({ "latest": "1.0.0" }));
}

fn fails(sandbox: &Sandbox, words: &[&str], says: &str) {
    let run = run_npm(sandbox, words);
    assert!(
        run.code == Some(1) && run.stderr.contains(says),
        "{words:?} is to fail with {says}: {run:?}"
    );
}

/// One of npm's pages holds a hundred.
fn lists_by_pages_and_by_name(major: u32) {
    let many: Vec<String> = (0..120).map(|patch| format!("2.0.{patch}")).collect();
    let package = |owner: &str, staged: &[String]| json!({ "versions": { "1.0.0": {} }, "maintainers": [owner], "staged": staged });
    let one = ["3.0.0".to_owned()];
    let server = registry(&json!({ "packages": {
        "cat": package("alice", &many),
        "dog": package("alice", &one),
        "pig": package("bob", &one),
    } }));
    let sandbox = sandbox(&server, major, "cat", "1.1.0");
    let listed = |more: &[&str]| {
        let words = [&["stage", "list", "--json"], more].concat();
        let list = run_npm(&sandbox, &words).json();
        list.as_array().map_or(0, Vec::len)
    };
    assert_eq!(listed(&[]), 121, "bob's are not alice's");
    assert_eq!(listed(&["cat"]), 120);
    assert_eq!(listed(&["dog"]), 1);
    let pages = server.requests();
    let pages = pages.iter().filter(|seen| seen.target.contains("page=1&"));
    assert_eq!(pages.count(), 2, "the second page of all and of cat");
    let others = run_npm(&sandbox, &["stage", "list", "pig"]);
    assert!(
        others.code == Some(0) && others.stdout.contains("No staged versions of package name"),
        "{others:?}"
    );
    let text = run_npm(&sandbox, &["stage", "list", "dog"]);
    for line in ["package name: dog", "version: 3.0.0", "status: staged"] {
        assert!(text.stdout.contains(line), "{line}: {text:?}");
    }
    let with_version = ["stage", "list", "cat@2.0.1"];
    fails(
        &sandbox,
        &with_version,
        "Version specifiers are not supported",
    );
}

#[test]
fn npm_11_lists_the_stage_by_pages_and_by_name() {
    lists_by_pages_and_by_name(11);
}

#[test]
fn npm_12_lists_the_stage_by_pages_and_by_name() {
    lists_by_pages_and_by_name(12);
}

fn views_and_downloads(major: u32) {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, major, "cat", "1.1.0");
    let dry = run_npm(&sandbox, &["stage", "publish", "--dry-run"]);
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert_eq!(status(&server, "1.1.0"), serde_json::Value::Null);
    let id = id_of(&run_npm(&sandbox, &["stage", "publish"]));
    let item = run_npm(&sandbox, &["stage", "view", &id, "--json"]).json();
    let wanted = [
        ("packageName", "cat"),
        ("actor", "alice"),
        ("actorType", "user"),
        ("access", "public"),
    ];
    for (key, value) in wanted {
        assert_eq!(item[key], value, "{item}");
    }
    let download = run_npm(&sandbox, &["stage", "download", &id]);
    assert_eq!(download.code, Some(0), "{download:?}");
    let file = sandbox.project().join(format!("cat-1.1.0-{id}.tgz"));
    let bytes = std::fs::read(file).expect("downloaded");
    let approve = ["stage", "approve", &id, "--otp", "123456"];
    assert_eq!(run_npm(&sandbox, &approve).code, Some(0));
    assert_eq!(
        server.arrived()[0].tarball,
        bytes,
        "the bytes that were staged"
    );
    let unknown = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
    for word in ["view", "download", "approve", "reject"] {
        let text = "No staged package version found with the provided ID";
        fails(&sandbox, &["stage", word, unknown], text);
        fails(&sandbox, &["stage", word, "cat@1.1.0"], "valid UUID");
    }
    log_in(&sandbox, &server, "of-nobody");
    fails(&sandbox, &["stage", "list"], "E401");
}

#[test]
fn npm_11_views_and_downloads_what_is_staged() {
    views_and_downloads(11);
}

#[test]
fn npm_12_views_and_downloads_what_is_staged() {
    views_and_downloads(12);
}

fn is_refused_an_approval(major: u32) {
    let without = registry(&json!({ "users": { "alice": {} } }));
    let alone = sandbox(&without, major, "cat", "1.1.0");
    let id = id_of(&run_npm(&alone, &["stage", "publish"]));
    for word in ["approve", "reject"] {
        fails(
            &alone,
            &["stage", word, &id],
            "Please enable 2fa for your account",
        );
    }
    let scanning = registry(&json!({ "scanMilliseconds": 86_400_000 }));
    let early = sandbox(&scanning, major, "cat", "1.1.0");
    let id = id_of(&run_npm(&early, &["stage", "publish"]));
    assert_eq!(status(&scanning, "1.1.0"), "validating");
    fails(
        &early,
        &["stage", "approve", &id, "--otp", "123456"],
        "E409",
    );
    fails(
        &early,
        &["stage", "approve", &id, "--otp", "000000"],
        "EOTP",
    );
}

#[test]
fn npm_11_is_refused_an_approval_without_two_factors_and_during_the_scan() {
    is_refused_an_approval(11);
}

#[test]
fn npm_12_is_refused_an_approval_without_two_factors_and_during_the_scan() {
    is_refused_an_approval(12);
}

/// The page is shown, and npm waits until it is confirmed.
#[cfg(target_os = "linux")]
fn decides_on_a_web_page(major: u32) {
    let server =
        registry(&json!({ "users": { "alice": { "twoFactor": "auth-only", "webLogin": true } } }));
    let mut sandbox = sandbox(&server, major, "cat", "1.1.0");
    sandbox.set("npm_config_browser", "false");
    let id = id_of(&run_npm(&sandbox, &["stage", "publish"]));
    // Without a terminal npm shows the page's URL and ends.
    fails(&sandbox, &["stage", "approve", &id], "/-/auth/");
    let approved = sandbox.on_terminal(100, &format!("stage approve {id}"), "\n");
    assert_eq!(approved.code, Some(0), "{approved:?}");
    assert!(
        approved.stdout.contains("approved and published"),
        "{approved:?}"
    );
    assert_eq!(status(&server, "1.1.0"), "published");
    sandbox.write("package.json", r#"{"name":"cat","version":"1.2.0"}"#);
    let id = id_of(&run_npm(&sandbox, &["stage", "publish"]));
    let rejected = sandbox.on_terminal(100, &format!("stage reject {id}"), "\n");
    assert_eq!(rejected.code, Some(0), "{rejected:?}");
    assert_eq!(status(&server, "1.2.0"), serde_json::Value::Null);
}

#[cfg(target_os = "linux")]
#[test]
fn npm_11_approves_and_rejects_on_a_web_page() {
    decides_on_a_web_page(11);
}

#[cfg(target_os = "linux")]
#[test]
fn npm_12_approves_and_rejects_on_a_web_page() {
    decides_on_a_web_page(12);
}
