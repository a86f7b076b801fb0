//! `rehearse` with the real npm: what it reports about a package.

use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::support::bounded::wait_until;
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// A sandbox with npm 11 and its own temporary folder, whose configured registry is the given
/// one.
pub(crate) fn sandbox(registry: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set_path(&[&npm(11).path_dir]);
    sandbox.own_temporary_folder();
    std::fs::write(
        sandbox.home().join(".npmrc"),
        format!("registry={registry}\n"),
    )
    .expect("a writable home");
    sandbox
}

/// A registry on which alice can publish, and a sandbox that is logged in there.
pub(crate) fn logged_in() -> (Server, Sandbox) {
    let state =
        json!({ "users": { "alice": {} }, "tokens": { "token-of-alice": { "user": "alice" } } });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let sandbox = sandbox(&server.url());
    let line = format!("//{}/:_authToken=token-of-alice\n", server.host());
    let file = sandbox.home().join(".npmrc");
    let text = std::fs::read_to_string(&file).expect("written before") + &line;
    std::fs::write(file, text).expect("a writable home");
    (server, sandbox)
}

/// An empty registry.
pub(crate) fn empty_registry() -> Server {
    Server::start(serde_json::from_value(json!({})).expect("a state"))
}

pub(crate) fn manifest(sandbox: &Sandbox, manifest: &Value) {
    sandbox.write("package.json", &manifest.to_string());
}

/// Starts `rehearse`, whose script waits for five minutes and then writes `script-waited` into
/// the sandbox's root. Returns the process, and the id of the script's process.
pub(crate) fn rehearsal_that_waits(sandbox: &Sandbox) -> (Child, String) {
    let marker = sandbox.root().join("script-runs");
    let _ = std::fs::remove_file(&marker);
    // The blank at the end proves that the id is complete.
    let wait = format!(
        "const {{ writeFileSync }} = require('node:fs');\n\
         writeFileSync({}, `${{process.pid}} `);\n\
         setTimeout(() => writeFileSync({}, ''), 300_000);\n",
        json!(marker),
        json!(sandbox.root().join("script-waited"))
    );
    sandbox.write("wait.cjs", &wait);
    manifest(
        sandbox,
        &json!({ "name": "slow-cat", "version": "1.0.0", "license": "MIT", "scripts": { "prepack": "node wait.cjs" } }),
    );
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    let command = command.arg("rehearse");
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut script = String::new();
    wait_until("the script starts", || {
        let ended = child.try_wait().expect("our own child");
        assert!(ended.is_none(), "it ended before its script: {ended:?}");
        let text = std::fs::read_to_string(&marker).unwrap_or_default();
        text.trim_end().clone_into(&mut script);
        text.ends_with(' ')
    });
    (child, script)
}

pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("a readable folder") {
            let entry = entry.expect("readable");
            if entry.file_type().expect("known").is_dir() {
                folders.push(entry.path());
            }
            found.push(entry.path().display().to_string());
        }
    }
    found.sort();
    found
}

/// The entry points in the report: each with its problem, if any.
fn ways(run: &Run) -> Vec<(String, Option<String>)> {
    let report = run.json();
    let ways = report["packages"][0]["entryPoints"].as_array();
    ways.unwrap_or_else(|| panic!("{run:?}"))
        .iter()
        .map(|way| {
            let text = |key: &str| way[key].as_str().map(str::to_owned);
            (text("what").expect("a text"), text("problem"))
        })
        .collect()
}

fn broken(run: &Run) -> Vec<String> {
    ways(run)
        .into_iter()
        .filter(|(_, problem)| problem.is_some())
        .map(|(what, _)| what)
        .collect()
}

#[test]
fn a_sound_package_is_published_installed_and_resolved_and_nothing_stays() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "sound-cat", "version": "1.0.0", "main": "lib/index.js", "bin": "cli.js",
            "scripts": { "prepack": "node build.js" }, "files": ["lib", "cli.js"] }),
    );
    sandbox.write("cli.js", "#!/usr/bin/env node\n");
    sandbox.write(
        "build.js",
        "const fs = require('fs'); fs.mkdirSync('lib', { recursive: true }); fs.writeFileSync('lib/index.js', '');",
    );
    let run = sandbox.run(&["rehearse", "--format=json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let report = run.json();
    assert_eq!(report["schema"], "safe-publish/rehearsal@1");
    let package = &report["packages"][0];
    assert_eq!(package["name"], "sound-cat");
    assert_eq!(package["tag"], "latest");
    assert_eq!(package["installed"], "whole");
    let files: Vec<_> = package["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| file["path"].as_str().expect("a path"))
        .collect();
    assert_eq!(files, ["cli.js", "lib/index.js", "package.json"]);
    assert!(broken(&run).is_empty(), "{run:?}");
    assert!(files_below(&sandbox.root().join("tmp")).is_empty());
    let project = files_below(&sandbox.project());
    let names: Vec<_> = project
        .iter()
        .filter_map(|path| Path::new(path).file_name()?.to_str())
        .collect();
    assert_eq!(
        names,
        ["build.js", "cli.js", "lib", "index.js", "package.json"],
        "only the script's own work is new"
    );
}

#[test]
fn versions_of_the_real_registry_are_known_to_the_rehearsal() {
    let state = json!({ "packages": { "known-cat": { "versions": { "1.0.0": {}, "1.2.0": {} }, "maintainers": ["somebody"] } } });
    let real = Server::start(serde_json::from_value(state).expect("a state"));
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "known-cat", "version": "1.2.0" }),
    );
    sandbox.write("index.js", "");
    let run = sandbox.run(&["rehearse"]);
    assert_ne!(run.code, Some(0), "1.2.0 is there: {run:?}");
    manifest(
        &sandbox,
        &json!({ "name": "known-cat", "version": "1.3.0" }),
    );
    let run = sandbox.run(&["rehearse"]);
    assert_eq!(run.code, Some(0), "the account may publish it: {run:?}");
}

#[test]
fn a_file_that_is_not_packed_is_named_with_the_way_that_leads_to_it() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "broken-cat", "version": "1.0.0", "main": "dist/index.js", "types": "dist/index.d.ts",
            "bin": { "cat": "bin/cat.js" }, "files": ["lib"] }),
    );
    let run = sandbox.run(&["rehearse", "--format=json"]);
    assert_eq!(run.code, Some(100), "{run:?}");
    let broken = broken(&run);
    for wanted in ["main", "types", "bin.cat"] {
        assert!(
            broken.iter().any(|what| what == wanted),
            "{wanted} in {broken:?}"
        );
    }
}

#[test]
fn odd_but_valid_entry_points_are_not_a_problem() {
    let packages = [
        (
            "types only",
            json!({ "types": "index.d.ts", "exports": { ".": { "types": "./index.d.ts" } } }),
        ),
        ("nothing to load", json!({ "files": ["readme.txt"] })),
        ("a folder as main", json!({ "main": "./lib" })),
        ("main without its ending", json!({ "main": "lib/index" })),
        (
            "import only",
            json!({ "type": "module", "exports": { "import": "./index.mjs" } }),
        ),
        (
            "require only",
            json!({ "exports": { ".": { "require": "./lib/index.js" } } }),
        ),
        (
            "a subpath that is closed, a pattern, a fallback",
            json!({ "exports": { ".": ["./lib/index.js"], "./internal/*": null, "./lib/*": "./lib/*.js", "./package.json": "./package.json" } }),
        ),
        (
            "a condition for the author's own tools",
            json!({ "exports": { ".": { "source": "./src/index.ts", "development": "./src/index.ts", "default": "./lib/index.js" } }, "files": ["lib"] }),
        ),
        (
            "conditions within conditions",
            json!({ "exports": { ".": { "node": { "import": "./index.mjs", "require": "./lib/index.js" }, "default": "./index.mjs" } } }),
        ),
    ];
    let real = empty_registry();
    for (what, more) in packages {
        let sandbox = sandbox(&real.url());
        let mut whole = json!({ "name": "odd-cat", "version": "1.0.0" });
        whole
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        manifest(&sandbox, &whole);
        for file in ["lib/index.js", "index.mjs", "index.d.ts", "readme.txt"] {
            sandbox.write(file, "");
        }
        let run = sandbox.run(&["rehearse", "--format=json"]);
        assert_eq!(run.code, Some(0), "{what}: {run:?}");
        assert!(broken(&run).is_empty(), "{what}: {run:?}");
    }
}

#[test]
fn a_pattern_that_matches_nothing_and_a_closed_main_are_problems() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "closed-cat", "version": "1.0.0",
            "exports": { ".": { "import": "./gone.mjs", "require": "./index.js" }, "./features/*": "./features/*.js" } }),
    );
    sandbox.write("index.js", "");
    let run = sandbox.run(&["rehearse", "--format=json"]);
    assert_eq!(run.code, Some(100), "{run:?}");
    let broken = broken(&run);
    assert!(
        broken.iter().any(|what| what.contains("import")),
        "{broken:?}"
    );
    assert!(
        broken.iter().any(|what| what.contains("./features/*")),
        "{broken:?}"
    );
}

/// npm publishes version 2.0.0 of a package.
fn publish_dependency(sandbox: &Sandbox, name: &str, args: &[&str]) {
    let package = json!({ "name": name, "version": "2.0.0" });
    sandbox.write("dep/package.json", &package.to_string());
    sandbox.write("dep/index.js", "");
    let npm = npm(11).program();
    let mut command = sandbox.command(&npm);
    let published = Run::of(command.args(["publish", "./dep"]).args(args));
    assert_eq!(published.code, Some(0), "{published:?}");
}

#[test]
fn dependencies_come_from_the_configured_registry_and_are_left_out_without_one() {
    let state = json!({
        "users": { "somebody": {} }, "tokens": { "t": { "user": "somebody", "kind": "session" } },
    });
    let real = Server::start(serde_json::from_value(state).expect("a state"));
    let sandbox = sandbox(&real.url());
    let token = format!("--//{}/:_authToken=t", real.host());
    publish_dependency(&sandbox, "dep-cat", &[&token]);
    manifest(
        &sandbox,
        &json!({ "name": "needy-cat", "version": "1.0.0", "dependencies": { "dep-cat": "^2.0.0" }, "files": ["index.js"] }),
    );
    sandbox.write("index.js", "require('dep-cat')");
    let run = sandbox.run(&["rehearse", "--format=json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.json()["packages"][0]["installed"], "whole");
    drop(real);
    let run = sandbox.run(&["rehearse", "--format=json", "--allow-undecided"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        run.json()["packages"][0]["installed"],
        "without-dependencies"
    );
}

#[test]
fn a_script_installs_from_a_lock_file_through_the_rehearsal() {
    let state = json!({ "users": { "bob": {} }, "tokens": { "bobs-token": { "user": "bob" } } });
    let real = Server::start(serde_json::from_value(state).expect("a state"));
    let sandbox = sandbox(&real.url());
    let token = format!("--//{}/:_authToken=bobs-token", real.host());
    publish_dependency(&sandbox, "dep-cat", &[&token]);
    let integrity = real.arrived()[0].manifest["dist"]["integrity"].clone();
    let package = json!({ "name": "locked-cat", "version": "1.0.0", "dependencies": { "dep-cat": "^2.0.0" },
        "scripts": { "prepublishOnly": "npm ci --ignore-scripts" }, "files": ["index.js"] });
    manifest(&sandbox, &package);
    sandbox.write("index.js", "");
    let resolved = "https://registry.npmjs.org/dep-cat/-/dep-cat-2.0.0.tgz";
    let lock = json!({ "name": "locked-cat", "version": "1.0.0", "lockfileVersion": 3, "packages": {
        "": { "name": "locked-cat", "version": "1.0.0", "dependencies": { "dep-cat": "^2.0.0" } },
        "node_modules/dep-cat": { "version": "2.0.0", "resolved": resolved, "integrity": integrity },
    } });
    sandbox.write("package-lock.json", &lock.to_string());
    let run = sandbox.run(&["rehearse"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(sandbox.project().join("node_modules/dep-cat").is_dir());
}

#[test]
fn dependencies_of_a_scope_come_from_its_own_registry_with_its_own_credential() {
    let state = json!({
        "users": { "bob": { "plan": "paid" } }, "tokens": { "bobs-token": { "user": "bob" } },
    });
    let private = Server::start(serde_json::from_value(state).expect("a state"));
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    let npmrc = format!(
        "@bob:registry={}\n//{}/:_authToken=bobs-token\n",
        private.url(),
        private.host()
    );
    sandbox.write(".npmrc", &npmrc);
    publish_dependency(&sandbox, "@bob/dep", &["--access=restricted"]);
    manifest(
        &sandbox,
        &json!({ "name": "needy-cat", "version": "1.0.0", "dependencies": { "@bob/dep": "^2.0.0" }, "files": ["index.js"] }),
    );
    sandbox.write("index.js", "");
    let before = private.arrived().len();
    let run = sandbox.run(&["rehearse", "--format=json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.json()["packages"][0]["installed"], "whole");
    assert_eq!(private.arrived().len(), before, "nothing was written there");
    let asked_real = real.requests();
    assert!(
        asked_real
            .iter()
            .all(|request| request.authorization.is_none()),
        "the scope's credential goes to the scope's registry only"
    );
}

#[test]
fn a_name_that_rests_on_the_real_registry_rests_in_the_rehearsal() {
    let state = json!({ "packages": { "gone-cat": { "unpublished": { "time": "2 hours ago", "versions": ["1.0.0"] } } } });
    let real = Server::start(serde_json::from_value(state).expect("a state"));
    let sandbox = sandbox(&real.url());
    manifest(&sandbox, &json!({ "name": "gone-cat", "version": "1.0.1" }));
    let run = sandbox.run(&["rehearse"]);
    assert_eq!(run.code, Some(100), "{run:?}");
    assert!(run.stderr.contains("name-cooling-down"), "{run:?}");
}

#[test]
fn a_dependency_that_cannot_be_installed_is_reported_with_npms_message() {
    let real = empty_registry();
    let sandbox = sandbox(&real.url());
    manifest(
        &sandbox,
        &json!({ "name": "lost-cat", "version": "1.0.0", "dependencies": { "no-such-cat": "^1.0.0" } }),
    );
    sandbox.write("index.js", "");
    let run = sandbox.run(&["rehearse", "--format=json"]);
    assert_eq!(run.code, Some(100), "{run:?}");
    let package = &run.json()["packages"][0];
    assert_eq!(package["installed"], "failed");
    let reason = package["reason"].as_str().expect("npm's words");
    assert!(
        reason.contains("E404") && reason.contains("no-such-cat"),
        "{reason}"
    );
}
