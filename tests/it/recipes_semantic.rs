//! The recipe in docs/ci.md for semantic-release, run with the real tool, which has its own
//! npm.

use std::fs;

use serde_json::{Value, json};

use crate::support::release::{Release, package, recipe, taken};
use crate::support::sandbox::Run;

const PACKAGES: [(&str, &str); 2] = [
    ("semantic-release", "25.0.9"),
    ("@semantic-release/exec", "7.1.0"),
];

/// A repository of this package whose first commit is a feature, and whose .npmrc reads the
/// token from a variable.
fn semantic_release(name: &str, branches: &Value) -> Release {
    let program = "semantic-release/bin/semantic-release.js";
    let mut release = Release::new(12, &PACKAGES, &[("semantic-release", program)]);
    let sandbox = &mut release.repository.sandbox;
    fs::remove_file(sandbox.home().join(".npmrc")).expect("it is there");
    let registry = &release.repository.registry;
    let host = registry.trim_start_matches("http:");
    let npmrc = format!("registry={registry}\n{host}:_authToken=${{NPM_TOKEN}}\n");
    sandbox.write(".npmrc", &npmrc);
    sandbox.set("NPM_TOKEN", "tok-job");
    let mut settings = recipe("semantic-release");
    settings["branches"] = branches.clone();
    sandbox.write(".releaserc.json", &settings.to_string());
    let mut manifest = package(name);
    manifest["version"] = "0.0.0-development".into();
    release.with_package(&manifest)
}

/// v1.0.0 is published, and a fix was made since.
fn fixed(release: &Release) -> Run {
    let repository = &release.repository;
    repository.git(&["commit", "-q", "--allow-empty", "-m", "fix: it works"]);
    repository.git(&["push", "-q"]);
    let remote = format!("file://{}", repository.remote().display());
    let args = ["--no-ci", "--repository-url", &remote];
    release.run("semantic-release", &args, "")
}

#[test]
fn semantic_release_publishes_what_is_ready_and_stops_at_what_is_not() {
    let release = semantic_release("cat", &json!(["main"]));
    let run = fixed(&release);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("cat 1.0.0 → 1.0.1 (patch)"), "{run:?}");
    assert_eq!(release.arrived(), [taken("cat", "1.0.1", "latest")]);

    let release = semantic_release("taken", &json!(["main"]));
    release.is_blocked_by("version-taken", &fixed(&release));
    release.goes_back("semantic-release");
}

/// Without the recipe's tag a prerelease would be refused. If no tag is named, the branch is
/// the tag.
#[test]
fn a_prerelease_of_semantic_release_is_checked_with_its_own_tag() {
    let branches = json!(["stable", { "name": "main", "prerelease": "beta" }]);
    let release = semantic_release("cat", &branches);
    release
        .repository
        .git(&["push", "-q", "origin", "main:stable"]);
    let run = fixed(&release);
    assert_eq!(run.code, Some(0), "{run:?}");
    let arrived = [taken("cat", "1.0.1-beta.1", "main")];
    assert_eq!(release.arrived(), arrived, "{run:?}");
}
