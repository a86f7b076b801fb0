//! Files of the project and the machine that are devices, pipes or endless: every command ends,
//! with little memory, whichever file it is. Windows has no such files.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::hostile_patterns::{ends, package};
use crate::support::git::{Repository, line};
use crate::support::sandbox::Sandbox;

/// What replaces a file.
#[derive(Clone, Copy, Debug)]
enum Node {
    /// A link to a device that never ends.
    Zero,
    /// A pipe without a writer.
    Pipe,
    /// A link to a folder.
    Folder,
}

const NODES: [Node; 3] = [Node::Zero, Node::Pipe, Node::Folder];

impl Node {
    fn make(self, path: &Path) {
        let _ = fs::remove_file(path);
        fs::create_dir_all(path.parent().expect("below a folder")).expect("fresh");
        match self {
            Self::Zero => symlink("/dev/zero", path).expect("a link"),
            Self::Folder => symlink("/usr", path).expect("a link"),
            Self::Pipe => {
                let made = Command::new("mkfifo").arg(path).status();
                assert!(made.expect("mkfifo").success());
            }
        }
    }
}

/// The paths of the files that any command reads.
fn files(sandbox: &Sandbox) -> Vec<PathBuf> {
    let project = [
        "package.json",
        ".npmrc",
        "safe-publish.json",
        ".npmignore",
        ".gitignore",
        "pnpm-workspace.yaml",
        "lerna.json",
        "package-lock.json",
        "README.md",
        "index.js",
        ".git",
        "ci.yml",
    ];
    let mut files: Vec<PathBuf> = project
        .iter()
        .map(|name| sandbox.project().join(name))
        .collect();
    files.push(sandbox.home().join(".npmrc"));
    files.push(sandbox.root().join("named"));
    files
}

#[test]
fn devices_and_pipes_in_place_of_any_file_end_every_command() {
    for node in NODES {
        let count = files(&package()).len();
        for at in 0..count {
            let mut sandbox = package();
            let file = files(&sandbox).swap_remove(at);
            node.make(&file);
            // The same, if a variable or an option names the file.
            let named = sandbox.root().join("named").display().to_string();
            sandbox.set("GITHUB_EVENT_PATH", &named);
            sandbox.set("GITHUB_STEP_SUMMARY", &named);
            sandbox.set("GITHUB_ACTIONS", "true");
            sandbox.set("GITHUB_WORKFLOW_REF", "acme/cat/ci.yml@refs/heads/main");
            sandbox.set("GITHUB_REPOSITORY", "acme/cat");
            let project = sandbox.project().display().to_string();
            sandbox.set("GITHUB_WORKSPACE", &project);
            sandbox.set("NODE_EXTRA_CA_CERTS", &named);
            let cafile = format!("--cafile={named}");
            let bundle = format!("--provenance-file={named}");
            let registry = "--registry=https://127.0.0.1:9/";
            let _ = ends(&sandbox, &["check", "--timeout", "1", registry]);
            if file.ends_with("named") {
                let _ = ends(&sandbox, &["check", "--timeout", "1", registry, &cafile]);
                let _ = ends(&sandbox, &["check", "--timeout", "1", registry, &bundle]);
            }
            let _ = ends(&sandbox, &["config", registry]);
        }
    }
}

#[test]
fn devices_and_pipes_end_verify_rehearse_and_files() {
    let registry = "--registry=http://127.0.0.1:9/";
    for node in NODES {
        let places = [
            "package.json",
            ".npmrc",
            "safe-publish.json",
            ".npmignore",
            "index.js",
        ];
        for place in places {
            let sandbox = package();
            node.make(&sandbox.project().join(place));
            let _ = ends(&sandbox, &["verify", "--timeout", "1", registry]);
            let _ = ends(&sandbox, &["rehearse", "--timeout", "1", registry]);
            let _ = ends(&sandbox, &["files"]);
        }
        // As a tarball, and as the state of the embedded registry.
        let sandbox = package();
        let named = sandbox.project().join("named.tgz");
        node.make(&named);
        for command in ["verify", "rehearse", "files"] {
            let run = ends(&sandbox, &[command, "./named.tgz", "--timeout=1", registry]);
            assert_ne!(run.code, Some(0), "{node:?}: {command}: {run:?}");
        }
        let run = ends(&sandbox, &["rehearse", "--serve", "--state=named.tgz"]);
        assert!(matches!(run.code, Some(2 | 102)), "{node:?}: {run:?}");
    }
}

#[test]
fn devices_and_pipes_end_releases_checks_of_tarballs_and_the_hook() {
    let registry = "--registry=http://127.0.0.1:9/";
    let release = ["release", "--dry-run", "--timeout=1", registry];
    let rehearsal = ["rehearse", "--release", "--timeout=1", registry];
    for node in NODES {
        for place in [
            "package.json",
            ".npmrc",
            "pnpm-workspace.yaml",
            "pnpm-lock.yaml",
        ] {
            let sandbox = package();
            node.make(&sandbox.project().join(place));
            let _ = ends(&sandbox, &release);
            let _ = ends(&sandbox, &rehearsal);
        }
        let sandbox = package();
        node.make(&sandbox.project().join("named.tgz"));
        let run = ends(&sandbox, &["check", "./named.tgz", "--timeout=1", registry]);
        assert_ne!(run.code, Some(0), "{node:?}: {run:?}");
        // The files in the work tree are not what is pushed.
        let repository = Repository::new();
        repository.package(
            ".",
            &serde_json::json!({ "name": "cat", "version": "1.0.0" }),
        );
        repository.commit("first");
        let head = repository.head();
        for place in ["package.json", ".npmrc", "safe-publish.json"] {
            node.make(&repository.sandbox.project().join(place));
            let run = repository.run_hook(&["--timeout", "5"], &line("v1.0.0", &head));
            assert!(
                matches!(run.code, Some(0 | 1 | 100..=102)),
                "{node:?}: {place}: {run:?}"
            );
        }
    }
}

#[test]
fn explain_reads_no_device_and_no_folder() {
    for (node, code) in [(Node::Zero, 102), (Node::Folder, 2)] {
        let sandbox = package();
        node.make(&sandbox.project().join("log"));
        let run = ends(&sandbox, &["explain", "log"]);
        assert_eq!(run.code, Some(code), "{node:?}: {run:?}");
    }
}

/// `safe-publish explain <(npm publish 2>&1)`.
#[test]
fn explain_reads_a_pipe_to_its_end() {
    let sandbox = package();
    let path = sandbox.project().join("log");
    Node::Pipe.make(&path);
    let writer = std::thread::spawn(move || {
        let log = "npm error code E402\nnpm error 402 Payment Required - PUT https://registry.npmjs.org/@acme%2fcat - You must sign up for private packages\n";
        fs::write(path, log).expect("somebody reads");
    });
    let run = ends(&sandbox, &["explain", "log"]);
    writer.join().expect("written");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout.contains("access-restricted-by-default"),
        "{run:?}"
    );
}

#[test]
fn a_step_summary_that_is_no_file_is_not_written() {
    for node in NODES {
        let mut sandbox = package();
        let path = sandbox.root().join("summary");
        node.make(&path);
        sandbox.set("GITHUB_STEP_SUMMARY", &path.display().to_string());
        sandbox.set("GITHUB_ACTIONS", "true");
        let registry = "--registry=http://127.0.0.1:9/";
        let _ = ends(&sandbox, &["check", "--timeout", "1", registry]);
    }
}
