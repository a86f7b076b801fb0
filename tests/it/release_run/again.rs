//! The same command goes on where a run ended, whatever the registry shows meanwhile.

use serde_json::{Value, json};

use super::{NEEDS, Repository};

/// The first upload of `pkg-b` is refused.
fn refusing_b(more: &Value) -> Repository {
    let mut state = json!({ "faults": [
        { "method": "PUT", "path": "/pkg-b", "times": 1, "with": { "status": { "status": 403 } } },
    ]});
    let object = state.as_object_mut().expect("an object");
    object.extend(more.as_object().expect("an object").clone());
    Repository::with_state(11, &state)
}

/// The state and the reason of a package in the document.
fn outcome(document: &Value, name: &str) -> (String, String) {
    let mut packages = document["packages"].as_array().expect("packages").iter();
    let package = packages.find(|one| one["name"] == name).expect("a package");
    let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
    (text("state"), text("reason"))
}

#[test]
fn what_an_earlier_run_sent_and_npm_still_scans_is_out() {
    let repository = refusing_b(&json!({ "scanMilliseconds": 86_400_000 }));
    let first = repository.release(&["--no-verify"]);
    assert_eq!(first.code, Some(104), "{first:?}");
    // The plan knows of it, too.
    let plan = repository.release(&["--dry-run", "--format", "json"]);
    assert_eq!(plan.code, Some(0), "{plan:?}");
    assert_eq!(plan.json()["order"], json!(["pkg-b", "pkg-c", "pkg-e"]));

    let second = repository.release(&["--timeout", "30", "--no-verify", "--format", "json"]);
    assert_eq!(second.code, Some(0), "{second:?}");
    let (state, reason) = outcome(&second.json(), "pkg-a");
    assert_eq!(state, "out", "{second:?}");
    assert!(reason.contains("earlier run"), "{reason}");
    for (name, _) in NEEDS {
        let wanted = if name == "pkg-b" { 2 } else { 1 };
        assert_eq!(repository.puts(name), wanted, "{name}: {second:?}");
    }
    let third = repository.release(&[]);
    assert_eq!(third.code, Some(0), "{third:?}");
    assert!(third.stdout.contains("nothing to release"), "{third:?}");
}

/// npm stages nothing new: every package has a version already.
#[test]
fn what_an_earlier_run_staged_is_not_staged_again() {
    let mut packages = serde_json::Map::new();
    for (name, _) in NEEDS {
        let known = json!({ "versions": { "0.9.0": {} }, "maintainers": ["alice"] });
        packages.insert(name.to_owned(), known);
    }
    let state = json!({ "packages": packages, "faults": [
        { "method": "POST", "path": "pkg-b", "times": 1, "with": { "status": { "status": 403 } } },
    ]});
    let repository = Repository::with_state(11, &state);
    let first = repository.release(&["--stage", "-w", "pkg-a", "-w", "pkg-b"]);
    assert_eq!(first.code, Some(104), "{first:?}");
    assert!(first.stderr.contains("staged: pkg-a 1.0.0"), "{first:?}");

    let second = repository.release(&["--stage", "-w", "pkg-a", "-w", "pkg-b", "--format", "json"]);
    assert_eq!(second.code, Some(0), "{second:?}");
    let document = second.json();
    assert_eq!(document["order"], json!(["pkg-b"]), "{document:#}");
    let (state, reason) = outcome(&document, "pkg-a");
    assert_eq!(state, "out");
    assert!(reason.contains("approval"), "{reason}");
    // Both are named, in the order in which they need each other.
    let place = |text: &str| second.stderr.find(text);
    let (a, b) = (place("staged: pkg-a 1.0.0"), place("staged: pkg-b 1.0.0"));
    assert!(a.is_some() && a < b, "{second:?}");

    // A publish does not take the stage for the registry.
    let publish = repository.release(&["-w", "pkg-a"]);
    assert_eq!(publish.code, Some(100), "{publish:?}");
    assert!(publish.stdout.contains("version-staged"), "{publish:?}");
}

#[test]
fn a_version_that_a_script_chose_is_not_sent_again() {
    let repository = refusing_b(&json!({}));
    // As a build that computes the version does; the sources stay as they are.
    let edit = |from: &str, to: &str| {
        format!(
            "const fs = require('node:fs'), text = fs.readFileSync('package.json', 'utf8');\n\
             fs.writeFileSync('package.json', text.replace('\"{from}\"', '\"{to}\"'));\n"
        )
    };
    repository.node_script("pkg-a", "prepack", &edit("1.0.0", "1.0.5"));
    repository.node_script("pkg-a", "postpack", &edit("1.0.5", "1.0.0"));
    let first = repository.release(&["--no-verify"]);
    assert_eq!(first.code, Some(104), "{first:?}");
    let second = repository.release(&["--no-verify", "--format", "json"]);
    assert_eq!(second.code, Some(0), "{second:?}");
    let (state, reason) = outcome(&second.json(), "pkg-a");
    assert_eq!(state, "out", "{second:?}");
    assert!(reason.contains("pkg-a@1.0.5"), "{reason}");
    assert_eq!(repository.puts("pkg-a"), 1);
    let arrived = repository.server.arrived();
    assert_eq!(arrived.len(), NEEDS.len());
}

#[test]
fn a_release_of_one_package_forgets_nothing_of_another() {
    let lag = json!({ "faults": [
        // Every read sees the state before.
        { "method": "GET", "path": "/pkg-d", "with": { "status": { "status": 404 } } },
    ]});
    let repository = Repository::with_state(11, &lag);
    for name in ["pkg-d", "pkg-a"] {
        let run = repository.release(&["--no-verify", "-w", name]);
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    let all = repository.release(&["--no-verify", "--format", "json"]);
    assert_eq!(all.code, Some(0), "{all:?}");
    assert_eq!(outcome(&all.json(), "pkg-d").0, "out");
    assert_eq!(repository.puts("pkg-d"), 1);
    assert_eq!(repository.arrived().len(), NEEDS.len());
}

/// npm ends with 236 where its cache is a file: `-ENOTDIR & 255`, and no signal. Windows has
/// other numbers.
#[cfg(unix)]
#[test]
fn an_npm_that_cannot_work_has_sent_nothing() {
    use std::fs;

    let mut repository = Repository::of("bun", 11);
    repository.sandbox.write("file", "");
    let file = repository.path("file").display().to_string();
    repository.sandbox.set("npm_config_cache", &file);
    let run = repository.release(&["-w", "pkg-a", "--format", "json"]);
    assert_eq!(repository.all_puts(), 0);
    assert!(
        run.code.is_some_and(|code| code > 192),
        "npm's own: {run:?}"
    );
    let (state, reason) = outcome(&run.json(), "pkg-a");
    assert_eq!((state.as_str(), reason.as_str()), ("failed", ""), "{run:?}");
    let folder = repository
        .sandbox
        .home()
        .join(".local/state/safe-publish/releases");
    let journals = fs::read_dir(folder).expect("a journal").flatten();
    let texts = journals.map(|file| fs::read_to_string(file.path()).expect("text"));
    let text: String = texts.collect();
    assert!(
        text.contains("\"packed\"") && !text.contains("\"sending\""),
        "{text}"
    );
}
