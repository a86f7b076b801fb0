//! Each document that `--format json` prints, validated against its schema. The schemas allow
//! additional fields; these tests do not, so every field is described.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::formats::assert_valid;
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::Sandbox;

/// A registry where alice owns `cat` 1.0.0, and her project with npm 11.
fn logged_in(faults: &Value) -> (Sandbox, Server) {
    let state = json!({
        "users": { "alice": {} },
        "tokens": { "token-of-alice": { "user": "alice", "kind": "session" } },
        "packages": { "cat": { "versions": { "1.0.0": {} }, "maintainers": ["alice"] } },
        "faults": faults,
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    sandbox.set_path(&[&npm(11).path_dir]);
    sandbox.own_temporary_folder();
    let (url, host) = (server.url(), server.host());
    let npmrc = format!("registry={url}\n//{host}/:_authToken=token-of-alice\n@b:registry={url}\n");
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    package(&sandbox, "1.1.0");
    sandbox.write("index.js", "");
    (sandbox, server)
}

fn package(sandbox: &Sandbox, version: &str) {
    let manifest = json!({
        "name": "cat", "version": version, "license": "MIT", "main": "index.js",
        "publishConfig": { "tag": "next" },
    });
    sandbox.write("package.json", &format!("{manifest:#}"));
}

/// What a command prints, with the name of its schema.
fn document(
    sandbox: &Sandbox,
    schema: &'static str,
    args: &[&str],
) -> (String, &'static str, String) {
    let mut all = args.to_vec();
    all.extend(["--format", "json"]);
    let run = sandbox.run(&all);
    assert!(!run.stdout.is_empty(), "{args:?}: {run:?}");
    (args.join(" "), schema, run.stdout)
}

#[test]
fn what_only_looks() {
    let (sandbox, _server) = logged_in(&json!([]));
    let mut documents = vec![
        document(&sandbox, "report-1", &["check", "--compare"]),
        document(&sandbox, "files-1", &["files"]),
        document(&sandbox, "files-1", &["files", "--why", "index.js"]),
        document(&sandbox, "config-1", &["config", "--tag", "beta"]),
        document(&sandbox, "check-1", &["explain", "version-taken"]),
        document(&sandbox, "check-1", &["explain", "ids"]),
        document(&sandbox, "verification-1", &["verify", "cat@1.0.0"]),
        document(
            &sandbox,
            "verification-1",
            &["verify", "cat@9.0.0", "--timeout", "1"],
        ),
        document(&sandbox, "release-1", &["release", "--dry-run"]),
    ];
    sandbox.write(".npmignore", "index.js\n");
    documents.push(document(
        &sandbox,
        "files-1",
        &["files", "--why", "index.js"],
    ));
    package(&sandbox, "1.0.0");
    documents.push(document(&sandbox, "report-1", &["check"]));
    documents.push(document(&sandbox, "release-1", &["release", "--dry-run"]));
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.2.0","bundleDependencies":["dog"]}"#,
    );
    documents.push(document(&sandbox, "files-1", &["files"]));
    assert_valid(&documents);
}

#[test]
fn what_starts_npm() {
    let (sandbox, server) = logged_in(&json!([]));
    let mut documents = vec![
        document(&sandbox, "rehearsal-1", &["rehearse"]),
        document(&sandbox, "staging-1", &["stage", "publish"]),
    ];
    package(&sandbox, "1.2.0");
    documents.push(document(&sandbox, "release-1", &["release"]));
    assert_eq!(server.arrived().len(), 1);
    assert_valid(&documents);
}

#[test]
fn what_failed() {
    let put = json!({
        "method": "PUT", "path": "/cat",
        "with": { "status": { "status": 403, "body": { "error": "You may not" } } },
    });
    let stage = json!({
        "method": "POST", "path": "/-/stage/package/cat",
        "with": { "status": { "status": 403, "body": { "error": "You may not" } } },
    });
    let (sandbox, server) = logged_in(&json!([put, stage]));
    let documents = [
        document(&sandbox, "release-1", &["release"]),
        document(&sandbox, "staging-1", &["stage", "publish"]),
        document(&sandbox, "explanation-1", &["explain"]),
    ];
    assert!(server.arrived().is_empty());
    for (name, _, text) in &documents[..2] {
        let document: Value = serde_json::from_str(text).expect("JSON");
        let explained = document.pointer("/packages/0/explanation/causes");
        let explained = explained.or_else(|| document.pointer("/explanation/causes"));
        let found = explained.and_then(Value::as_array);
        assert!(
            found.is_some_and(|causes| !causes.is_empty()),
            "{name}: {text}"
        );
    }
    assert_valid(&documents);
}

#[test]
fn every_document_has_its_schema_and_every_schema_its_address() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut ids = Vec::new();
    for entry in fs::read_dir(root.join("schemas")).expect("a folder") {
        let path = entry.expect("readable").path();
        let schema: Value = serde_json::from_slice(&fs::read(&path).expect("ours")).expect("JSON");
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("UTF-8");
        let address = format!("https://unpkg.com/@safe-publish/cli/schemas/{name}");
        assert_eq!(schema["$id"], address);
        let title = name.replace("-1.schema.json", "@1");
        assert_eq!(schema["title"], format!("safe-publish/{title}"));
        ids.push(format!("\"safe-publish/{title}\""));
    }
    let mut printed: Vec<String> = Vec::new();
    for text in crate::layers::sources().into_values() {
        let ends = text
            .match_indices("schema: \"safe-publish/")
            .map(|(at, _)| &text[at + 8..]);
        printed.extend(ends.filter_map(|rest| Some(rest[..=rest[1..].find('"')? + 1].to_owned())));
    }
    printed.sort();
    ids.sort();
    assert_eq!(printed, ids);
}
