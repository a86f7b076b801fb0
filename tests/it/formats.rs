//! The machine-readable formats, checked against their schemas by independent validators (ajv
//! for SARIF, libxml2 for JUnit), over scenarios with findings, without, and undecided, and
//! over hostile text.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::scenario::{scenarios, told};
use crate::support::npm_versions::npm;
use crate::support::packages::installed;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox, looks_like_npm};

/// The validators.
const VALIDATORS: [(&str, &str); 3] = [
    ("ajv", "8.20.0"),
    ("ajv-formats", "3.0.1"),
    ("xmllint-wasm", "5.3.0"),
];
/// One scenario in this many is rendered.
const EVERY: usize = 5;

/// The validation errors of each document, by its schema.
fn complaints(documents: &[(&str, &str)]) -> Vec<Vec<String>> {
    let install = npm(11);
    let dependencies: serde_json::Map<String, Value> = VALIDATORS
        .iter()
        .map(|(name, version)| ((*name).to_owned(), json!(version)))
        .collect();
    let versions: Vec<&str> = VALIDATORS.iter().map(|(_, version)| *version).collect();
    let manifest = json!({ "private": true, "dependencies": dependencies });
    let modules = installed(
        &install,
        &format!("validators-{}", versions.join("-")),
        &manifest,
    );
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut child = std::process::Command::new(&install.node)
        .arg(here.join("tests/it/support/validate.cjs"))
        .arg(modules)
        .arg(here.join("fixtures/schemas"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts");
    let all: Vec<Value> = documents
        .iter()
        .map(|(kind, text)| json!({ "kind": kind, "text": text }))
        .collect();
    let mut input = child.stdin.take().expect("a pipe");
    let text = Value::Array(all).to_string();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("node ends");
    writer.join().expect("no panic").expect("node reads");
    assert!(output.status.success(), "the validator failed");
    serde_json::from_slice(&output.stdout).expect("an array of arrays")
}

pub(crate) fn assert_valid(documents: &[(String, &'static str, String)]) {
    let each: Vec<(&str, &str)> = documents
        .iter()
        .map(|(_, kind, text)| (*kind, text.as_str()))
        .collect();
    for ((name, kind, text), found) in documents.iter().zip(complaints(&each)) {
        assert!(found.is_empty(), "{name} as {kind}: {found:#?}\n{text}");
    }
}

#[test]
fn documents_are_valid_whatever_the_scenario() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path_dir = looks_like_npm(folder.path(), "11.19.1");
    let mut documents = Vec::new();
    for path in scenarios().iter().step_by(EVERY) {
        for (format, kind) in [("sarif", "sarif"), ("junit", "junit"), ("json", "report-1")] {
            let run = told(path, &path_dir, format).expect("the scenario runs");
            // A refused command line makes no report.
            if run.code == Some(2) {
                continue;
            }
            assert!(!run.stdout.is_empty(), "{}: {}", path.display(), run.stderr);
            documents.push((path.display().to_string(), kind, run.stdout));
        }
    }
    assert!(documents.len() > 50, "only {} documents", documents.len());
    assert_valid(&documents);
}

#[test]
fn explanations_are_what_their_schema_says() {
    let sandbox = Sandbox::new();
    let mut documents = Vec::new();
    for code in [
        "E401",
        "E403",
        "E404",
        "E422",
        "EOTP",
        "ENEEDAUTH",
        "EPRIVATE",
    ] {
        let run = sandbox.run(&["explain", code, "--format", "json"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        documents.push((code.to_owned(), "explanation-1", run.stdout));
    }
    assert_valid(&documents);
    let wrong = documents[0].2.replace("explanation@1", "explanation@2");
    assert!(!complaints(&[("explanation-1", &wrong)])[0].is_empty());
    assert!(!complaints(&[("report-1", &documents[0].2)])[0].is_empty());
}

/// A package in which every text tries to break out of its format.
fn hostile() -> (Sandbox, Server) {
    let harm = "\u{1b}[31m]]> & <x> \"' |`*_[a](b) %0A::error::x\n::add-mask::y\r##[error]z\u{0}\u{7f}\u{85}";
    let state = json!({
        "users": { harm: {} },
        "tokens": { "token-of-alice": { "user": harm } },
        "packages": { "cat-utils": {
            "versions": { "0.9.0": {} },
            "maintainers": ["bob"],
            "description": harm,
        } },
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    sandbox.npm_is("11.19.1");
    let manifest = json!({
        "name": "cat-utils",
        "version": "1.0.0",
        "license": harm,
        "dependencies": { "dog": format!("workspace:{harm}") },
    });
    sandbox.write("package.json", &manifest.to_string());
    std::fs::write(
        sandbox.home().join(".npmrc"),
        format!(
            "registry={}\n//{}/:_authToken=token-of-alice\n",
            server.url(),
            server.host()
        ),
    )
    .expect("our own file");
    (sandbox, server)
}

#[test]
fn text_that_means_harm_stays_text_in_every_format() {
    let (sandbox, _server) = hostile();
    let run = |format: &str| {
        let run = sandbox.run(&["check", "--format", format]);
        assert_eq!(run.code, Some(100), "{}", run.stderr);
        run
    };
    let documents: Vec<_> = ["sarif", "junit"]
        .into_iter()
        .map(|kind| ("a hostile package".to_owned(), kind, run(kind).stdout))
        .collect();
    assert_valid(&documents);
    for text in [run("json").stdout, run("gitlab").stdout] {
        serde_json::from_str::<Value>(&text).expect("JSON");
    }
    for text in [run("human").stdout, run("github").stdout] {
        for line in text.lines() {
            let odd = line.chars().find(|c| c.is_control());
            assert_eq!(odd, None, "{line:?}");
        }
    }
    // Outside the fence, every line is one of our annotations.
    let text = run("github").stdout;
    let (fence, rest) = fenced(&text);
    assert!(text.contains(&format!("::{fence}::\n")));
    for line in rest.lines() {
        let ours = ["::error ", "::warning ", "::notice "];
        assert!(ours.iter().any(|start| line.starts_with(start)), "{line:?}");
    }
}

/// The fence's word, and what follows the fenced text.
fn fenced(text: &str) -> (String, &str) {
    let first = text.lines().next().expect("a line");
    let fence = first.strip_prefix("::stop-commands::").expect("a fence");
    let (_, rest) = text
        .split_once(&format!("::{fence}::\n"))
        .expect("the fence's end");
    (fence.to_owned(), rest)
}

#[test]
fn github_is_chosen_by_itself_in_actions_and_writes_a_summary() {
    let (mut sandbox, _server) = hostile();
    sandbox.write(
        "package.json",
        "{\n  \"name\": \"cat-utils\",\n  \"version\": \"0.9.0\"\n}\n",
    );
    let summary = sandbox.root().join("summary.md");
    std::fs::write(&summary, "before\n").expect("our own file");
    sandbox.set("GITHUB_ACTIONS", "true");
    sandbox.set("GITHUB_STEP_SUMMARY", &summary.display().to_string());
    let run = sandbox.run(&["check"]);
    let (_, rest) = fenced(&run.stdout);
    assert!(
        rest.contains(
            "::error file=package.json,line=3,col=14,title=cat-utils@0.9.0%3A version-taken::"
        ),
        "{rest}"
    );
    let text = std::fs::read_to_string(&summary).expect("the summary");
    assert!(
        text.starts_with("before\n### npm publish: blocked\n"),
        "{text}"
    );
    assert!(text.contains("| error | `version-taken` |") && text.contains("package.json:3"));
    assert!(!text.contains("<x>") && !text.contains("[a](b)"), "{text}");
    // A requested format is the one that is used, and is fenced as well.
    let run = sandbox.run(&["check", "--format", "human"]);
    let (_, rest) = fenced(&run.stdout);
    assert_eq!(rest, "");
    let run = sandbox.run(&["check", "--format", "json"]);
    let (_, rest) = fenced(&run.stderr);
    assert_eq!(rest, "");
}

#[test]
fn github_says_why_it_is_undecided() {
    let (mut sandbox, server) = hostile();
    drop(server);
    let summary = sandbox.root().join("summary.md");
    sandbox.set("GITHUB_ACTIONS", "true");
    sandbox.set("GITHUB_STEP_SUMMARY", &summary.display().to_string());
    sandbox.write(
        "package.json",
        r#"{"name": "cat-utils", "version": "1.0.0"}"#,
    );
    let run = sandbox.run(&["check", "--timeout", "2"]);
    assert_eq!(run.code, Some(101), "{}", run.stderr);
    let shown = "::warning title=cat-utils@1.0.0%3A undecided::undecided: GET http";
    assert!(run.stdout.contains(shown), "{}", run.stdout);
    let text = std::fs::read_to_string(&summary).expect("the summary");
    assert!(
        text.contains("- cat-utils&#64;1.0.0 is undecided: GET http"),
        "{text}"
    );
}

#[test]
fn annotations_are_relative_to_the_repository_from_any_folder_in_it() {
    let (mut sandbox, _server) = hostile();
    sandbox.write(
        "packages/cat/package.json",
        "{\n  \"name\": \"cat-utils\",\n  \"version\": \"0.9.0\"\n}\n",
    );
    let root = sandbox.project().display().to_string();
    sandbox.set("GITHUB_WORKSPACE", &root);
    let run = Run::of(
        sandbox
            .command(env!("CARGO_BIN_EXE_safe-publish"))
            .args(["check", "--format", "sarif"])
            .current_dir(sandbox.project().join("packages/cat")),
    );
    let result = &run.json()["runs"][0]["results"][0];
    assert_eq!(
        result["locations"][0]["physicalLocation"]["artifactLocation"],
        json!({ "uri": "packages/cat/package.json", "uriBaseId": "SRCROOT" })
    );
}

#[test]
fn gitlab_wants_a_list_of_issues_with_fingerprints_that_outlive_a_moved_line() {
    let (sandbox, _server) = hostile();
    let issues = |manifest: &str| {
        sandbox.write("package.json", manifest);
        let run = sandbox.run(&["check", "--format", "gitlab"]);
        run.json().as_array().expect("a list").clone()
    };
    let found = issues("{\n  \"name\": \"cat-utils\",\n  \"version\": \"0.9.0\"\n}\n");
    let moved = issues("{\n\n\n  \"name\": \"cat-utils\",\n  \"version\": \"0.9.0\"\n}\n");
    let field = |issues: &[Value], pointer: &str| -> Vec<Value> {
        issues
            .iter()
            .map(|issue| issue.pointer(pointer).expect("the field").clone())
            .collect()
    };
    assert_eq!(field(&found, "/fingerprint"), field(&moved, "/fingerprint"));
    assert_ne!(
        field(&found, "/location/lines/begin"),
        field(&moved, "/location/lines/begin")
    );
    let severities = ["info", "minor", "major", "critical", "blocker"];
    let mut seen = BTreeSet::new();
    for issue in &found {
        assert!(severities.contains(&issue["severity"].as_str().expect("a word")));
        let path = issue["location"]["path"].as_str().expect("a path");
        assert!(!path.starts_with('/') && !path.starts_with("./"), "{path}");
        assert!(seen.insert(issue["fingerprint"].to_string()), "unique");
        assert!(issue["description"].is_string() && issue["check_name"].is_string());
    }
    assert!(!found.is_empty());
}

#[test]
fn every_rule_of_sarif_has_the_documentation_of_its_check() {
    let (sandbox, _server) = hostile();
    let run = sandbox.run(&["check", "--format", "sarif"]);
    let document = run.json();
    let rules = document["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules");
    for rule in rules {
        let id = rule["id"].as_str().expect("an id");
        let explained = sandbox.run(&["explain", id]);
        let help = rule["help"]["text"].as_str().expect("a text");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words(&explained.stdout).contains(&words(help)),
            "{id}: {help}\n{}",
            explained.stdout
        );
    }
    for result in document["runs"][0]["results"].as_array().expect("results") {
        let index = result["ruleIndex"].as_u64().expect("an index");
        let rule = &rules[usize::try_from(index).expect("small")];
        assert_eq!(rule["id"], result["ruleId"]);
    }
}
