//! `files`: the list, and what it says about one path.

use crate::support::sandbox::{Run, Sandbox};
use crate::tarballs::{archive, gzip};

const MANIFEST: &str = r#"{
  "name": "cat",
  "version": "1.0.0",
  "main": "index.js",
  "files": [
    "lib",
    "!lib/sub"
  ]
}
"#;

fn package() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.npm_is("11.19.1");
    sandbox.write("package.json", MANIFEST);
    for path in ["index.js", "lib/a.js", "lib/sub/b.js", "lib/t/c.js"] {
        sandbox.write(path, "12345");
    }
    sandbox.write("lib/t/.npmignore", "# tests\nc.js\n");
    sandbox
}

/// What `--why` says, without the line that names the package.
fn why(run: &Run) -> &str {
    let text = run.stdout.as_str();
    text.split_once('\n').map_or(text, |(_, rest)| rest.trim())
}

#[test]
fn why_names_the_line_of_the_rule() {
    let sandbox = package();
    let ask = |path: &str| why(&sandbox.run(&["files", "--why", path])).to_owned();
    for (path, answer) in [
        ("lib/a.js", "lib/a.js is packed: files[0] (package.json:6)"),
        ("index.js", "index.js is packed: main (package.json:4)"),
        ("package.json", "package.json is packed: always"),
        (
            "lib/sub/b.js",
            "lib/sub/b.js is not packed: files[1] (lib/sub/) (package.json:7)",
        ),
        ("lib/t/c.js", "lib/t/c.js is not packed: lib/t/.npmignore:2"),
        ("lib/t", "lib/t is not packed: a folder"),
        ("lib/x.js", "lib/x.js is not packed: does not exist"),
        ("../x.js", "../x.js is not packed: outside the package"),
    ] {
        assert_eq!(ask(path), answer);
    }
    let absolute = sandbox.project().join("lib/a.js");
    assert!(ask(absolute.to_str().unwrap()).starts_with("lib/a.js is packed"));
    let run = sandbox.run(&["files", "--why", "lib/sub/b.js", "--format=json"]);
    let location = &run.json()["packages"][0]["why"]["location"];
    assert_eq!(location["file"], "package.json");
    assert_eq!(location["line"], 7);
}

#[test]
fn a_path_may_be_relative_to_the_folder_that_a_shell_is_in() {
    let sandbox = package();
    let ask = |path: &str| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
        command.current_dir(sandbox.root());
        let run = Run::of(command.args(["files", "./project", "--why", path]));
        why(&run).to_owned()
    };
    assert!(ask("lib/a.js").starts_with("lib/a.js is packed: files[0]"));
    assert!(ask("project/lib/a.js").starts_with("lib/a.js is packed: files[0]"));
    assert!(ask("./project/lib/sub/b.js").starts_with("lib/sub/b.js is not packed: files[1]"));
    assert_eq!(
        ask("project/no.js"),
        "project/no.js is not packed: does not exist"
    );
    assert_eq!(ask("home"), "home is not packed: does not exist");
    // What the package has at that path comes first.
    sandbox.write("project/index.js", "1");
    assert!(ask("project/index.js").starts_with("project/index.js is not packed: not in files"));
}

#[test]
fn in_a_tarball_the_files_are_what_they_are() {
    let sandbox = package();
    let tar = sandbox.project().join("cat.tgz");
    std::fs::write(&tar, gzip(&archive())).unwrap();
    for (path, answer) in [
        ("a.js", "a.js is packed: in the tarball"),
        ("lib/a.js", "lib/a.js is not packed: does not exist"),
    ] {
        let run = sandbox.run(&["files", "./cat.tgz", "--why", path]);
        assert_eq!(why(&run), answer, "{run:?}");
    }
}

#[test]
fn the_list_has_sizes_and_a_sum() {
    let run = package().run(&["files"]);
    let list: Vec<&str> = run.stdout.lines().map(str::trim).collect();
    assert_eq!(
        list,
        [
            "cat 1.0.0",
            "5 B  lib/a.js",
            "5 B  index.js",
            "108 B  package.json",
            "3 files, 118 B"
        ],
        "{run:?}"
    );
}

#[test]
fn npm_12_fails_on_an_extension_that_exports_nothing() {
    let mut sandbox = package();
    sandbox.write(".npm-extension.mjs", "// nothing yet\n");
    assert_eq!(sandbox.run(&["files"]).code, Some(0));
    sandbox.npm_is("12.2.0");
    let run = sandbox.run(&["files", "--why", "index.js"]);
    assert_eq!(run.code, Some(100), "{run:?}");
    let says = "npm fails before it packs: .npm-extension.mjs exports no function";
    assert!(
        run.stderr.contains(says) || run.stdout.contains(says),
        "{run:?}"
    );
    let args = [
        "check",
        "--format",
        "json",
        "--registry=http://127.0.0.1:9/",
        "--fetch-retries=0",
    ];
    let report = sandbox.run(&args).json();
    let package = &report["packages"][0];
    assert_eq!(package["contents"], serde_json::Value::Null, "{report:#}");
    let findings = package["findings"].as_array().expect("findings");
    let named = findings.iter().filter_map(|found| found["check"].as_str());
    let named: Vec<&str> = named
        .filter(|id| id.contains("contents") || id.contains("extension"))
        .collect();
    assert_eq!(named, ["npm-extension-invalid"], "{report:#}");
}
