//! What `check` reports about the files that would be packed: an error needs proof, and before
//! a build there is none.

#[cfg(unix)]
use std::os::unix::ffi::OsStrExt as _;
#[cfg(unix)]
use std::os::unix::fs::symlink;
#[cfg(unix)]
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::rehearsal::{logged_in, manifest};
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// A logged-in sandbox, with a package of these files.
fn package(fields: &Value, files: &[(&str, &str)]) -> (Server, Sandbox) {
    let (server, sandbox) = logged_in();
    let mut whole = json!({ "name": "cat", "version": "1.0.0", "license": "MIT" });
    for (key, value) in fields.as_object().expect("an object") {
        whole[key] = value.clone();
    }
    manifest(&sandbox, &whole);
    for (path, text) in files {
        sandbox.write(path, text);
    }
    (server, sandbox)
}

/// The content checks that fired, with their levels.
fn found(run: &Run) -> Vec<String> {
    let findings = run.json()["packages"][0]["findings"].clone();
    let all = findings
        .as_array()
        .unwrap_or_else(|| panic!("{run:?}"))
        .clone();
    let shown = |one: &Value| {
        let (level, check) = (one["level"].as_str()?, one["check"].as_str()?);
        check
            .strip_prefix("contents-")
            .map(|rest| format!("{level} {rest}"))
    };
    all.iter().filter_map(shown).collect()
}

fn check(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    found(&sandbox.run(&[&["check", "--format=json"], arguments].concat()))
}

#[test]
fn what_is_not_built_yet_is_a_note_until_everything_is_built() {
    let (_server, sandbox) = package(&json!({ "main": "dist/index.js" }), &[("a.js", "")]);
    assert_eq!(check(&sandbox, &[]), ["note entry-missing"]);
    assert_eq!(check(&sandbox, &["--built"]), ["error entry-missing"]);
    // The wrapper starts npm immediately, and nothing is built in between.
    let run = sandbox.run(&["--format=json"]);
    assert_eq!(run.code, Some(100), "{run:?}");
    assert_eq!(found(&run), ["error entry-missing"]);
}

#[test]
fn a_script_that_may_build_keeps_the_wrapper_from_an_error() {
    let fields = json!({ "main": "dist/index.js", "scripts": { "prepack": "node build.js" } });
    let build =
        "require('fs').mkdirSync('dist'); require('fs').writeFileSync('dist/index.js', '');";
    let (_server, sandbox) = package(&fields, &[("build.js", build)]);
    assert_eq!(check(&sandbox, &[]), ["note entry-missing"]);
    let run = sandbox.run(&["--no-verify"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn what_is_there_and_left_out_is_an_error_at_once() {
    for (fields, files) in [
        (
            json!({ "main": "lib/a.js", "files": ["dist"] }),
            vec![("lib/a.js", ""), ("dist/b.js", "")],
        ),
        (
            json!({ "bin": "bin/cat" }),
            vec![("bin/cat", "#!/bin/sh\n"), (".npmignore", "bin\n")],
        ),
    ] {
        let has_bin = fields.get("bin").is_some();
        let (_server, sandbox) = package(&fields, &files);
        // npm always packs a command and `main`, whatever the rules are.
        assert!(check(&sandbox, &[]).is_empty(), "bin: {has_bin}");
    }
    let fields = json!({ "exports": "./lib/a.js", "files": ["dist"] });
    let (_server, sandbox) = package(&fields, &[("lib/a.js", ""), ("dist/b.js", "")]);
    assert_eq!(check(&sandbox, &[]), ["error entry-missing"]);
}

#[test]
fn a_script_that_rewrites_the_entry_points_leaves_no_proof() {
    let fields = json!({ "exports": "./src/a.ts", "files": ["dist"],
        "scripts": { "prepack": "npm pkg set exports=./dist/a.js" } });
    let (_server, sandbox) = package(&fields, &[("src/a.ts", ""), ("dist/a.js", "")]);
    assert_eq!(check(&sandbox, &[]), ["warning entry-missing"]);
    let run = sandbox.run(&["--no-verify"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let fields = json!({ "exports": "./src/a.ts", "files": ["dist"],
        "scripts": { "prepack": "tsc" } });
    let (_server, sandbox) = package(&fields, &[("src/a.ts", ""), ("dist/a.js", "")]);
    assert_eq!(check(&sandbox, &[]), ["error entry-missing"]);
}

#[test]
fn a_tracked_folder_is_source_and_is_not_built() {
    let (_server, sandbox) = package(&json!({ "exports": "./lib/a.js" }), &[("lib/b.js", "")]);
    assert_eq!(check(&sandbox, &[]), ["note entry-missing"]);
    for arguments in [vec!["init", "-q"], vec!["add", "."]] {
        let done = Command::new("git")
            .args(&arguments)
            .current_dir(sandbox.project())
            .status();
        assert!(done.expect("git is there").success());
    }
    assert_eq!(check(&sandbox, &[]), ["error entry-missing"]);
    sandbox.write(".gitignore", "lib\n");
    assert_eq!(check(&sandbox, &[]), ["note empty", "note entry-missing"]);
}

/// Makes the project a git repository in which everything is tracked.
fn track(sandbox: &Sandbox) {
    for arguments in [vec!["init", "-q"], vec!["add", "."]] {
        let run = Run::of(sandbox.command("git").args(arguments));
        assert_eq!(run.code, Some(0), "{run:?}");
    }
}

#[test]
fn what_a_build_makes_beside_tracked_files_is_no_error() {
    // `main` names a folder that git ignores as a folder.
    let (_server, sandbox) = package(
        &json!({ "main": "lib" }),
        &[("a.js", ""), (".gitignore", "lib/\n")],
    );
    track(&sandbox);
    assert_eq!(check(&sandbox, &[]), ["note entry-missing"]);
    // One script creates the file, and another one removes it.
    let scripts = json!({ "prepack": "tsc", "postpack": "rm index.js" });
    let fields = json!({ "main": "index.js", "scripts": scripts });
    let (_server, sandbox) = package(&fields, &[("a.ts", "")]);
    track(&sandbox);
    assert_eq!(check(&sandbox, &[]), ["note entry-missing"]);
    let fields = json!({ "main": "index.js", "scripts": { "prepack": "tsc" } });
    let (_server, sandbox) = package(&fields, &[("a.ts", "")]);
    track(&sandbox);
    assert_eq!(check(&sandbox, &[]), ["error entry-missing"]);
}

#[test]
fn main_is_looked_up_as_node_does() {
    for main in ["dist/m", "dist"] {
        let fields = json!({ "main": main, "files": ["lib"] });
        let files = [("lib/a.js", ""), ("dist/m.js", ""), ("dist/index.js", "")];
        let (_server, sandbox) = package(&fields, &files);
        assert_eq!(check(&sandbox, &[]), ["error entry-missing"], "{main}");
        let fields = json!({ "main": main, "files": ["dist"] });
        let (_server, sandbox) = package(&fields, &files);
        assert!(check(&sandbox, &[]).is_empty(), "{main}");
    }
    let fields = json!({ "main": "index", "typings": "a.d.ts" });
    let (_server, sandbox) = package(&fields, &[("a.d.ts", ""), ("NOTICE", "")]);
    assert!(check(&sandbox, &["--built"]).is_empty());
}

#[test]
fn a_pattern_in_exports_needs_a_file() {
    let fields = json!({ "exports": { "./*": "./lib/*.js", "./x/*": "./none/*.js", "./": "./" } });
    let (_server, sandbox) = package(&fields, &[("lib/a/b.js", "")]);
    assert_eq!(check(&sandbox, &[]), ["note entry-missing"]);
    assert_eq!(check(&sandbox, &["--built"]), ["warning entry-missing"]);
}

#[cfg(unix)]
#[test]
fn a_readme_behind_a_link_is_a_warning() {
    let (_server, sandbox) = package(&json!({}), &[("a.js", ""), ("docs/README.md", "x")]);
    let link = sandbox.project().join("README.md");
    std::os::unix::fs::symlink("docs/README.md", link).expect("a new link");
    assert_eq!(check(&sandbox, &[]), ["warning link"]);
}

#[test]
fn what_is_too_much_to_be_searched_is_named() {
    let (_server, sandbox) = package(&json!({}), &[("a.js", "")]);
    let large = |name: &str, text: &str| {
        sandbox.write(name, &text.repeat(9 << 10));
        let file = std::fs::OpenOptions::new()
            .append(true)
            .open(sandbox.project().join(name));
        let grown = file.and_then(|file| file.set_len(33 << 20));
        grown.expect("a sparse file");
    };
    large("program", "\0");
    assert!(check(&sandbox, &[]).is_empty());
    large("large.js", " ");
    assert_eq!(check(&sandbox, &[]), ["note secret"]);
}

#[test]
fn secrets_and_broken_commands_are_errors_and_settings_allow_files() {
    let token = format!("npm_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let files = [
        ("cli.js", "#!/usr/bin/env node\r\nx\r\n"),
        (".env", "PASSWORD=hunter2-x\n"),
    ];
    let (_server, sandbox) = package(&json!({ "bin": "cli.js" }), &files);
    let run = sandbox.run(&["check", "--format=json"]);
    assert_eq!(found(&run), ["error secret", "warning bin"]);
    assert!(!format!("{run:?}").contains("hunter2"), "{run:?}");
    sandbox.write(
        "safe-publish.json",
        &json!({ "contents": { "allow": [".env"] } }).to_string(),
    );
    assert_eq!(check(&sandbox, &[]), ["warning bin"]);
    let allow = json!({ "contents": { "allow": [".env", "*.js"] } });
    sandbox.write("safe-publish.json", &allow.to_string());
    assert!(check(&sandbox, &[]).is_empty());
    let clean = [
        ("cli.js", "#!/usr/bin/env node\n"),
        ("notes.txt", token.as_str()),
    ];
    let (_server, sandbox) = package(&json!({ "bin": "cli.js" }), &clean);
    assert!(!format!("{:?}", sandbox.run(&["check"])).contains(&token));
}

#[test]
fn the_hook_says_nothing_of_files_that_a_build_makes() {
    let (_server, sandbox) = package(&json!({ "main": "dist/index.js" }), &[("a.js", "")]);
    let git = |arguments: &[&str]| {
        let run = Run::of(sandbox.command("git").args(arguments));
        assert_eq!(run.code, Some(0), "{run:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    let own = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    git(&[&own[..], &["commit", "-qm", "1.0.0"]].concat());
    git(&["tag", "v1.0.0"]);
    let run = sandbox.run(&["hook", "run", "--format=json"]);
    assert!(!format!("{run:?}").contains("contents-"), "{run:?}");
}

/// A package that npm cannot pack.
#[cfg(unix)]
struct Unpackable {
    /// More fields of its package.json.
    fields: &'static str,
    /// What is done to the project's folder.
    spoil: fn(&Path),
    /// The finding: level, check, and npm's message up to the first path.
    expected: &'static str,
}

#[cfg(unix)]
const UNPACKABLE: [Unpackable; 6] = [
    Unpackable {
        fields: "{}",
        spoil: |project| symlink(".npmignore", project.join(".npmignore")).expect("a new link"),
        expected: "error unpackable: ELOOP: too many symbolic links encountered, open",
    },
    Unpackable {
        fields: r#"{ "files": {} }"#,
        spoil: |_| {},
        expected: "error unpackable: files is not iterable",
    },
    Unpackable {
        fields: r#"{ "files": [1] }"#,
        spoil: |_| {},
        expected: "error unpackable: file.startsWith is not a function",
    },
    Unpackable {
        fields: "{}",
        spoil: |project| std::fs::create_dir(project.join(".gitignore")).expect("a new folder"),
        expected: "error unpackable: EISDIR: illegal operation on a directory, read",
    },
    Unpackable {
        fields: "{}",
        spoil: |project| {
            let name = std::ffi::OsStr::from_bytes(b"bad-\xff.js");
            std::fs::write(project.join(name), "").expect("a new file");
        },
        expected: "error unpackable: ENOENT: no such file or directory, lstat",
    },
    Unpackable {
        fields: "{}",
        spoil: |project| {
            let (own, real) = (project.join("package.json"), project.join("real.json"));
            std::fs::rename(&own, &real).expect("writable");
            symlink("real.json", own).expect("a new link");
        },
        expected: "error link: ",
    },
];

#[cfg(unix)]
#[test]
fn what_npm_cannot_pack_is_one_error() {
    for case in UNPACKABLE {
        let fields = serde_json::from_str(case.fields).expect("an object");
        let (_server, sandbox) = package(&fields, &[("a.js", "")]);
        (case.spoil)(&sandbox.project());
        let run = sandbox.run(&["check", "--format=json"]);
        assert_eq!(only_finding(&run), case.expected, "{run:?}");
    }
}

/// The only content check that fired, with npm's message up to the first path.
#[cfg(unix)]
fn only_finding(run: &Run) -> String {
    let kinds = found(run);
    let [kind] = kinds.as_slice() else {
        panic!("not one finding: {run:?}");
    };
    let findings = run.json()["packages"][0]["findings"].clone();
    let is_it = |one: &&Value| one["check"].as_str() == Some(&kind.replace("error ", "contents-"));
    let all = findings.as_array().expect("findings");
    let one = all.iter().find(is_it).expect("the finding");
    let message = one["predicts"]["text"].as_str().unwrap_or_default();
    let start = message.split(" '").next().unwrap_or_default();
    format!("{kind}: {start}")
}
