//! The recipes in docs/ci.md for lerna, nx, pnpm and yarn, run with the real tools: what is
//! ready is published, and what is blocked is not.

use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::support::managers::managers;
use crate::support::release::{Release, recipe, recipe_lines, taken, tools};

/// lerna has its own nx, which is this one.
const LERNA: [(&str, &str); 2] = [("lerna", "10.1.1"), ("nx", "23.3.1")];
const NX: [(&str, &str); 2] = [("nx", "23.3.1"), ("@nx/js", "23.3.1")];

/// A private root with two members: `cat`, and one with this name.
fn workspace(release: &Release, root: &Value, other: &str) {
    let mut manifest = json!({ "name": "root", "private": true, "workspaces": ["packages/*"] });
    for (key, value) in root.as_object().expect("an object") {
        manifest[key] = value.clone();
    }
    let repository = &release.repository;
    repository.package(".", &manifest);
    for name in ["cat", other] {
        let member = json!({ "name": name, "version": "1.0.0", "files": [] });
        repository.package(&format!("packages/{name}"), &member);
    }
    let ignored = "node_modules\n.nx\n.yarn\n.pnp.*\n";
    repository.sandbox.write(".gitignore", ignored);
    let lock = json!({ "name": "root", "lockfileVersion": 3, "packages": {} });
    repository
        .sandbox
        .write("package-lock.json", &lock.to_string());
    release.log_in("tok-job");
}

/// nx keeps no daemon, and writes only into the sandbox.
fn hermetic(release: &mut Release) {
    let sandbox = &mut release.repository.sandbox;
    let temporary = sandbox.root().join("nx").display().to_string();
    for (name, value) in [
        ("NX_DAEMON", "false"),
        ("NX_NO_CLOUD", "true"),
        ("NX_NATIVE_FILE_CACHE_DIRECTORY", &temporary),
        ("NX_SOCKET_DIR", &temporary),
    ] {
        sandbox.set(name, value);
    }
}

fn lerna(other: &str) -> Release {
    let mut release = Release::new(12, &LERNA, &[("lerna", "lerna/dist/cli.js")]);
    hermetic(&mut release);
    workspace(&release, &recipe("lerna"), other);
    let settings = json!({ "version": "1.0.0", "packages": ["packages/*"] });
    let sandbox = &release.repository.sandbox;
    sandbox.write("lerna.json", &settings.to_string());
    release.pushed();
    release
}

#[test]
fn lerna_publishes_what_is_ready_and_stops_at_what_is_not() {
    let args = ["publish", "patch", "--yes", "--conventional-commits"];
    let release = lerna("dog");
    let run = release.run("lerna", &args, "");
    assert_eq!(run.code, Some(0), "{run:?}");
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("cat 1.0.0 → 1.0.1 (patch)"), "{said}");
    assert!(!said.contains("git-dirty"), "{said}");
    let arrived = [
        taken("cat", "1.0.1", "latest"),
        taken("dog", "1.0.1", "latest"),
    ];
    assert_eq!(release.arrived(), arrived, "{said}");

    let release = lerna("bobs");
    let run = release.run("lerna", &["publish", "patch", "--yes"], "");
    release.is_blocked_by("name-owned-by-others", &run);
    release.goes_back("lerna");
}

fn nx(other: &str) -> Release {
    let mut release = Release::new(12, &NX, &[("nx", "nx/dist/bin/nx.js")]);
    hermetic(&mut release);
    let settings = json!({ "release": {
        "projects": ["packages/*"],
        "releaseTag": { "pattern": "v{version}" },
        "changelog": { "workspaceChangelog": false },
    }});
    let sandbox = &release.repository.sandbox;
    sandbox.write("nx.json", &settings.to_string());
    // nx is a dependency of the workspace.
    symlink(tools(&NX), sandbox.project().join("node_modules")).expect("a fresh folder");
    workspace(&release, &json!({}), other);
    release.pushed();
    release
}

#[test]
fn nx_publishes_what_is_ready_and_stops_at_what_is_not() {
    let release = nx("dog");
    let run = release.run_lines(&recipe_lines("nx"));
    assert_eq!(run.code, Some(0), "{run:?}");
    let arrived = [
        taken("cat", "1.0.1", "latest"),
        taken("dog", "1.0.1", "latest"),
    ];
    assert_eq!(release.arrived(), arrived, "{run:?}");

    let release = nx("bobs");
    let run = release.run_lines(&recipe_lines("nx"));
    release.is_blocked_by("name-owned-by-others", &run);
    release.goes_back("nx");
}

/// A workspace of a package manager: one version is published, one is new.
fn of_manager(name: &str, other: &str) -> Release {
    let all = managers();
    let manager = all.iter().find(|one| one.name == name).expect("a manager");
    let tool = name.split(' ').next().expect("a name");
    let release = Release::with_npm(12);
    let bin = release.repository.sandbox.root().join("tools");
    manager.put_into(&bin, tool);
    workspace(&release, &json!({}), other);
    // The tool replaces `workspace:`; npm would not.
    let member = json!({
        "name": other, "version": "1.0.1", "files": [], "dependencies": { "cat": "workspace:^" },
    });
    let folder = format!("packages/{other}");
    release.repository.package(&folder, &member);
    let sandbox = &release.repository.sandbox;
    if tool == "pnpm" {
        sandbox.write("pnpm-workspace.yaml", "packages:\n  - packages/*\n");
    } else {
        let registry = &release.repository.registry;
        let settings = format!(
            "npmRegistryServer: \"{registry}\"\nunsafeHttpWhitelist: [\"127.0.0.1\"]\nnpmAuthToken: tok-job\nenableTelemetry: false\nenableGlobalCache: false\n"
        );
        sandbox.write(".yarnrc.yml", &settings);
        sandbox.write("yarn.lock", "");
    }
    let run = release.run(tool, &["install"], "");
    assert_eq!(run.code, Some(0), "{run:?}");
    release
}

#[test]
fn pnpm_and_yarn_publish_what_is_ready_and_stop_at_what_is_not() {
    for name in ["pnpm 10", "pnpm 12", "yarn 4"] {
        let tool = name.split(' ').next().expect("a name");
        let release = of_manager(name, "dog");
        release.pushed();
        let run = release.run_lines(&recipe_lines(tool));
        assert_eq!(run.code, Some(0), "{name}: {run:?}");
        assert_eq!(release.arrived(), [taken("dog", "1.0.1", "latest")]);

        let release = of_manager(name, "bobs");
        release.pushed();
        let run = release.run_lines(&recipe_lines(tool));
        release.is_blocked_by("name-owned-by-others", &run);
        release.goes_back(tool);
    }
}
