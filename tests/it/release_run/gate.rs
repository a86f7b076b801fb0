//! What the tarballs of real packers contain, and what in them stops a release.

use std::fs;

use serde_json::{Value, json};

use super::{Repository, states};

fn package<'d>(document: &'d Value, name: &str) -> &'d Value {
    let mut packages = document["packages"].as_array().expect("packages").iter();
    packages.find(|one| one["name"] == name).expect("a package")
}

/// The ids of a package's errors.
fn errors(document: &Value, name: &str) -> Vec<String> {
    let findings = package(document, name)["report"]["findings"].as_array();
    let findings = findings.into_iter().flatten();
    let errors = findings.filter(|finding| finding["level"] == "error");
    errors
        .map(|finding| finding["check"].as_str().expect("an id").to_owned())
        .collect()
}

/// Releases, and is stopped before anything is sent.
fn stopped(repository: &Repository) -> Value {
    let run = repository.release(&["--format", "json"]);
    assert_eq!(run.code, Some(100), "{run:?}");
    assert_eq!(repository.arrived(), [""; 0]);
    let document = run.json();
    assert_eq!(document["verdict"], "blocked", "{document:#}");
    document
}

/// Writes another range of `pkg-a` into `pkg-b`.
fn needs(repository: &Repository, range: &str) {
    let path = repository.path("packages/pkg-b/package.json");
    let text = fs::read_to_string(&path).expect("written before");
    let mut manifest: Value = serde_json::from_str(&text).expect("JSON");
    manifest["dependencies"]["pkg-a"] = json!(range);
    fs::write(path, manifest.to_string()).expect("writable");
}

#[test]
fn a_path_that_bun_leaves_is_no_range() {
    let repository = Repository::of("bun", 11);
    needs(&repository, "workspace:packages/pkg-a");
    let document = stopped(&repository);
    assert_eq!(
        errors(&document, "pkg-b"),
        ["dependency-protocol"],
        "{document:#}"
    );
    assert_eq!(package(&document, "pkg-b")["state"], "blocked");
    assert_eq!(package(&document, "pkg-c")["state"], "publish");
}

#[test]
fn what_yarn_leaves_of_a_workspace_is_no_range() {
    let repository = Repository::of("yarn 4", 11);
    needs(&repository, "workspace:../pkg-a");
    let document = stopped(&repository);
    assert_eq!(
        errors(&document, "pkg-b"),
        ["dependency-protocol"],
        "{document:#}"
    );
}

#[test]
fn what_yarn_packs_and_npm_never_would_is_refused() {
    let repository = Repository::of("yarn 4", 11);
    repository
        .sandbox
        .write("packages/pkg-b/.npmrc", "fund=false\n");
    let document = stopped(&repository);
    assert_eq!(
        errors(&document, "pkg-b"),
        ["contents-surprise"],
        "{document:#}"
    );
}

#[test]
fn a_range_that_no_version_fits_is_refused() {
    let repository = Repository::npm(11);
    needs(&repository, "^2.0.0");
    let document = stopped(&repository);
    assert_eq!(
        errors(&document, "pkg-b"),
        ["dependency-missing"],
        "{document:#}"
    );
}

#[test]
fn a_script_that_raises_the_version_is_reported_and_followed() {
    let repository = Repository::npm(11);
    let edit = "const fs = require('node:fs'), text = fs.readFileSync('package.json', 'utf8');\n\
        fs.writeFileSync('package.json', text.replace('\"1.0.0\"', '\"1.1.0\"'));\n";
    repository.node_script("pkg-d", "prepack", edit);
    let run = repository.release(&["--format", "json", "-w", "pkg-d"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let document = run.json();
    assert_eq!(
        states(&document),
        [("pkg-d".to_owned(), "published".to_owned())]
    );
    let reason = package(&document, "pkg-d")["reason"]
        .as_str()
        .unwrap_or_default();
    assert!(reason.contains("pkg-d@1.1.0"), "{document:#}");
    assert_eq!(repository.server.arrived()[0].version, "1.1.0");
}

/// Builds one file.
const BUILD: &str = "require('node:fs').mkdirSync('dist', { recursive: true });\n\
    require('node:fs').writeFileSync('dist/a.js', '\\n');\n";

#[test]
fn what_scripts_add_and_remove_is_said() {
    let repository = Repository::npm(11);
    repository.sandbox.write("packages/pkg-d/old.txt", "");
    let script = format!("{BUILD}require('node:fs').rmSync('old.txt');\n");
    repository.node_script("pkg-d", "prepack", &script);
    let run = repository.release(&["--format", "json", "-w", "pkg-d"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let document = run.json();
    let own = package(&document, "pkg-d");
    assert_eq!(own["addedByScripts"], json!(["dist/a.js"]), "{document:#}");
    assert_eq!(own["removedByScripts"], json!(["old.txt"]));
}

#[test]
fn people_read_what_scripts_added() {
    let repository = Repository::npm(12);
    repository.node_script("pkg-d", "prepack", BUILD);
    let run = repository.release(&["-w", "pkg-d"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("scripts added: dist/a.js"), "{run:?}");
}

/// Whichever tool packs, the scripts have run: what is missing now stays missing.
#[test]
fn an_entry_point_that_no_script_builds_stops_the_release() {
    for repository in [
        Repository::npm(11),
        Repository::of("pnpm 10", 11),
        Repository::of("yarn 4", 11),
    ] {
        let manifest = json!({
            "name": "pkg-d", "version": "1.0.0", "license": "MIT", "main": "dist/a.js",
            "files": ["dist"], "scripts": {},
        });
        repository.member("pkg-d", &manifest);
        let build = BUILD.replace("a.js", "b.js");
        repository.node_script("pkg-d", "prepack", &build);
        fs::remove_file(repository.path("packages/pkg-d/index.js")).expect("written before");
        let document = stopped(&repository);
        let expected = ["contents-entry-missing"];
        assert_eq!(errors(&document, "pkg-d"), expected, "{document:#}");
    }
}

/// A script in place of a packer: it prints what npm would, and writes this. Windows cannot
/// start a script as a program.
#[cfg(unix)]
fn made_up(text: &str) -> Repository {
    let repository = Repository::npm(11);
    repository.sandbox.write("bun.lock", "{}\n");
    let bin = repository.sandbox.root().join("bin/bun");
    let text = format!("#!/bin/sh\n[ \"$1\" = --version ] && echo 1.4.5 && exit\n{text}\n");
    crate::support::git::script(&bin, &text, 0o755);
    repository
}

#[cfg(unix)]
#[test]
fn a_packer_that_makes_no_package_of_ours_is_named() {
    let tar = "tar czf \"$5/x.tgz\" package";
    for (script, wanted) in [
        ("echo '{\"filename\":\"x.tgz\"}'", "wrote no tarball"),
        ("echo x > \"$5/x.tgz\"", "not a complete gzip file"),
        (
            &format!(
                "mkdir -p package; echo '{{\"name\":\"evil\",\"version\":\"1.0.0\"}}' > package/package.json; {tar}"
            ),
            "contains evil@1.0.0 instead of pkg-d@1.0.0",
        ),
    ] {
        let repository = made_up(script);
        let manifest = json!({ "name": "pkg-d", "version": "1.0.0", "license": "MIT" });
        repository.member("pkg-d", &manifest);
        let run = repository.release(&["-w", "pkg-d"]);
        assert_eq!(run.code, Some(100), "{run:?}");
        assert!(run.stdout.contains(wanted), "{wanted}: {run:?}");
        assert!(run.stdout.contains("\npkg-d 1.0.0: failed"), "{run:?}");
        assert_eq!(repository.arrived(), [""; 0]);
    }
}

#[test]
fn a_packer_that_is_not_there_is_named() {
    let repository = Repository::npm(11);
    let run = repository.release(&["--packer", "bun", "-w", "pkg-d"]);
    assert_eq!(run.code, Some(102), "{run:?}");
    assert!(run.stderr.contains("looking for bun"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_packer_of_another_major_version_is_named() {
    let repository = made_up("exit 9");
    let root = json!({ "name": "root", "private": true, "workspaces": ["packages/*"], "packageManager": "bun@2.0.1" });
    repository.sandbox.write("package.json", &root.to_string());
    let run = repository.release(&[]);
    assert_eq!(run.code, Some(102), "{run:?}");
    assert!(
        run.stderr
            .contains("asks for bun 2.0.1, but the one on PATH is 1.4.5"),
        "{run:?}"
    );
    assert_eq!(repository.arrived(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn what_a_packer_prints_decides_nothing() {
    let script = "echo '{\"filename\":\"evil.tgz\"}'; echo evil.tgz; mkdir -p package; cp package.json package; tar czf \"$5/x.tgz\" package; echo noise >&2; echo evil.tgz";
    let repository = made_up(script);
    let manifest = json!({ "name": "pkg-d", "version": "1.0.0", "license": "MIT" });
    repository.member("pkg-d", &manifest);
    let run = repository.release(&["-w", "pkg-d"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(repository.arrived(), ["pkg-d"]);
}

#[cfg(unix)]
#[test]
fn a_truncated_archive_is_no_package() {
    // A complete gzip file that ends in the middle of the archive, and one that is cut off.
    for cut in [
        "tar cf - package | head -c 700 | gzip > \"$5/x.tgz\"",
        "tar czf - package | head -c 200 > \"$5/x.tgz\"",
    ] {
        let repository = made_up(&format!("mkdir -p package; cp package.json package; {cut}"));
        let filler = "0123456789abcdefghijklmnopqrstuvwxyz".repeat(40);
        let manifest =
            json!({ "name": "pkg-d", "version": "1.0.0", "license": "MIT", "filler": filler });
        repository.member("pkg-d", &manifest);
        let run = repository.release(&["-w", "pkg-d"]);
        assert_eq!(run.code, Some(100), "{cut}: {run:?}");
        assert!(run.stdout.contains("\npkg-d 1.0.0: failed"), "{run:?}");
        assert_eq!(repository.arrived(), [""; 0]);
    }
}
