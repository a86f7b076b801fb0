//! `check --compare`: this tree compared with the published version.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::rehearsal::{logged_in, manifest};
use crate::support::npm_versions::npm;
use crate::support::sandbox::{Run, Sandbox};

/// Publishes 1.4.0 with the real npm.
fn publish(sandbox: &Sandbox) {
    manifest(
        sandbox,
        &json!({ "name": "cat", "version": "1.4.0", "main": "a.js", "bin": { "cat": "old.js" } }),
    );
    sandbox.write("a.js", "module.exports = 1;\n");
    sandbox.write("old.js", "#!/usr/bin/env node\n");
    let run = Run::of(sandbox.command(npm(11).program()).arg("publish"));
    assert_eq!(run.code, Some(0), "{run:?}");
}

fn compared(sandbox: &Sandbox) -> (Value, String) {
    let run = sandbox.run(&["check", "--compare", "--format=json"]);
    (run.json()["packages"][0]["comparison"].clone(), run.stderr)
}

#[test]
fn added_removed_and_changed_files_are_shown() {
    let (_server, sandbox) = logged_in();
    publish(&sandbox);
    manifest(
        &sandbox,
        &json!({ "name": "cat", "version": "1.5.0", "main": "a.js", "dependencies": { "left-pad": "^1.0.0" } }),
    );
    sandbox.write("a.js", "module.exports = 12;\n");
    sandbox.write("src/b.ts", "b");
    std::fs::remove_file(sandbox.project().join("old.js")).expect("written before");
    let (found, text) = compared(&sandbox);
    assert_eq!(found["version"], "1.4.0", "{found} {text}");
    assert_eq!(found["added"], json!([{ "path": "src/b.ts", "size": 1 }]));
    assert_eq!(found["removed"][0]["path"], "old.js");
    assert_eq!(found["changed"][0]["path"], "a.js");
    assert_eq!(found["newDependencies"], json!(["left-pad ^1.0.0"]));
    assert_eq!(found["entryPointsGone"], json!(["bin cat"]));
    assert_eq!(found["same"], false);
    for words in [
        "since 1.4.0: 1 file added, 1 file removed, 2 files changed",
        "+ src/b.ts (1 B)",
        "note[contents-surprise]: new since 1.4.0: the folders `src`; files ending in",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn the_same_contents_are_named_and_nothing_is_compared_unasked() {
    let (_server, sandbox) = logged_in();
    publish(&sandbox);
    manifest(
        &sandbox,
        &json!({ "name": "cat", "version": "1.4.1", "main": "a.js", "bin": { "cat": "old.js" } }),
    );
    let (found, text) = compared(&sandbox);
    assert_eq!(found["same"], true, "{found}");
    assert!(
        text.contains("nothing differs from 1.4.0 but the version"),
        "{text}"
    );
    let run = sandbox.run(&["check", "--format=json"]);
    assert!(run.json()["packages"][0].get("comparison").is_none());
    let requests = run.json()["requests"].to_string();
    assert!(!requests.contains(".tgz"), "{requests}");
}

#[test]
fn a_rehearsal_compares_what_npm_packed() {
    let (_server, sandbox) = logged_in();
    publish(&sandbox);
    let fields = json!({ "name": "cat", "version": "1.5.0", "main": "a.js", "bin": { "cat": "old.js" },
        "license": "MIT", "scripts": { "prepack": "node build.cjs" }, "files": ["built"] });
    manifest(&sandbox, &fields);
    sandbox.write(
        "build.cjs",
        "require('fs').mkdirSync('built'); require('fs').writeFileSync('built/b.js', '');",
    );
    let run = sandbox.run(&["rehearse", "--format=json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let package = &run.json()["packages"][0];
    let found = &package["comparison"];
    assert_eq!(found["version"], "1.4.0", "{run:?}");
    assert_eq!(found["added"], json!([{ "path": "built/b.js", "size": 0 }]));
    assert!(run.stderr.contains("since 1.4.0: 1 file added"), "{run:?}");
    assert_eq!(package["findings"][0]["check"], "contents-surprise");
}

#[test]
fn a_new_name_has_nothing_to_be_compared_with() {
    let (_server, sandbox) = logged_in();
    manifest(&sandbox, &json!({ "name": "new-cat", "version": "1.0.0" }));
    let (found, text) = compared(&sandbox);
    assert_eq!(found, Value::Null, "{text}");
}

/// The host of a registry that states this checksum for its only version, and serves this
/// tarball.
fn registry(integrity: &str, tarball: &'static [u8]) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let host = listener.local_addr().expect("bound").to_string();
    let dist =
        json!({ "tarball": format!("http://{host}/cat/-/cat-1.4.0.tgz"), "integrity": integrity });
    let version = json!({ "name": "cat", "version": "1.4.0", "dist": dist });
    let document = json!({ "name": "cat", "dist-tags": { "latest": "1.4.0" }, "versions": { "1.4.0": version } });
    let (document, version) = (document.to_string(), version.to_string());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut line = String::new();
            let _ = BufReader::new(&stream).read_line(&mut line);
            let path = line.split(' ').nth(1).unwrap_or_default();
            let (status, body): (_, &[u8]) = match path {
                path if path.contains("/-/cat-") => ("200 OK", tarball),
                path if path.starts_with("/cat/1.4.0") => ("200 OK", version.as_bytes()),
                path if path.starts_with("/cat") => ("200 OK", document.as_bytes()),
                _ => ("404 Not Found", b"{}"),
            };
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
            );
            let _ = (&stream).write_all(&[head.as_bytes(), body].concat());
        }
    });
    host
}

#[test]
fn bytes_that_the_registry_did_not_promise_are_not_compared() {
    let promised = format!("sha512-{}==", "A".repeat(86));
    let host = registry(&promised, b"other bytes");
    let sandbox = Sandbox::new();
    let npmrc = format!("registry=http://{host}/\n//{host}/:_authToken=x\n");
    std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    manifest(&sandbox, &json!({ "name": "cat", "version": "1.5.0" }));
    let (found, text) = compared(&sandbox);
    assert!(found["added"].is_null(), "{found}");
    assert!(text.contains("the bytes do not match"), "{text}");
}

#[test]
fn the_same_version_with_the_same_contents_is_named() {
    let (_server, sandbox) = logged_in();
    publish(&sandbox);
    let (found, text) = compared(&sandbox);
    assert_eq!(found["same"], true, "{found}");
    let says = "the registry already has the same contents as 1.4.0";
    assert!(text.contains(says), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_question_before_a_publish_comes_after_what_differs() {
    let (_server, sandbox) = logged_in();
    publish(&sandbox);
    manifest(
        &sandbox,
        &json!({ "name": "cat", "version": "1.5.0", "license": "MIT", "main": "a.js", "bin": { "cat": "old.js" } }),
    );
    sandbox.write("b.js", "");
    let run = sandbox.on_terminal(80, "--confirm --no-verify", "n\n");
    assert_eq!(run.code, Some(100), "{}", run.stdout);
    let differs = run.stdout.find("since 1.4.0: 1 file added");
    let asks = run.stdout.find("publish cat 1.5.0? [y/N]");
    assert!(differs.is_some() && differs < asks, "{}", run.stdout);
}
