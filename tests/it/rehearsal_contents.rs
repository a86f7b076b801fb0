//! `rehearse` with the real npm: what it reports about the tarball that npm packed after
//! its scripts had run.

use serde_json::{Value, json};

use crate::rehearsal::{empty_registry, manifest, sandbox};
use crate::support::sandbox::Run;

/// Rehearses a package whose prepack script is `script`.
fn rehearse(script: &str, arguments: &[&str]) -> Run {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "built-cat", "version": "1.0.0", "main": "lib/index.js",
            "scripts": { "prepack": "node build.js" }, "files": ["lib", "old.txt"] }),
    );
    sandbox.write("build.js", script);
    sandbox.write("old.txt", "old");
    sandbox.run(&[&["rehearse", "--format=json"], arguments].concat())
}

/// Writes files into `lib`, as a build does.
fn build(files: &[(&str, &str)]) -> String {
    let writes = files.iter().map(|(path, text)| {
        format!(
            "fs.writeFileSync({}, {});",
            json!(format!("lib/{path}")),
            json!(text)
        )
    });
    let writes: String = writes.collect();
    format!("const fs = require('fs'); fs.mkdirSync('lib', {{ recursive: true }}); {writes}")
}

fn checks(run: &Run) -> Vec<String> {
    let findings = run.json()["packages"][0]["findings"].clone();
    let findings = findings.as_array().expect("findings");
    let id = |finding: &Value| finding["check"].as_str().expect("an id").to_owned();
    findings.iter().map(id).collect()
}

#[test]
fn what_scripts_add_and_remove_is_said() {
    let script = build(&[("index.js", "module.exports = 1;")]) + "fs.rmSync('old.txt');";
    let run = rehearse(&script, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let package = &run.json()["packages"][0];
    assert_eq!(package["addedByScripts"], json!(["lib/index.js"]));
    assert_eq!(package["removedByScripts"], json!(["old.txt"]));
    assert!(checks(&run).is_empty(), "{run:?}");
    assert!(
        run.stderr.contains("scripts added: lib/index.js"),
        "{run:?}"
    );
}

#[test]
fn a_secret_that_a_script_packs_is_an_error_and_is_not_shown() {
    let secret = "PASSWORD=hunter2-the-third";
    let script = build(&[("index.js", ""), (".env", secret)]);
    let run = rehearse(&script, &[]);
    assert_eq!(run.code, Some(100), "{run:?}");
    assert_eq!(checks(&run), ["contents-secret"]);
    assert!(!format!("{run:?}").contains("hunter2"), "{run:?}");
    let run = rehearse(&script, &["--allow", "contents-secret"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn an_entry_point_that_no_script_builds_is_an_error() {
    let run = rehearse(&build(&[("other.js", "")]), &[]);
    assert_eq!(run.code, Some(100), "{run:?}");
    assert_eq!(checks(&run), ["contents-entry-missing"]);
}
