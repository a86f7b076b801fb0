//! A repository that a release tool publishes from, the real tool on PATH, and the recipes in
//! docs/ci.md.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::git::Repository;
use super::npm_versions::npm;
use super::packages::installed;
use super::sandbox::Run;
use super::terminal::typed_into;

/// What is typed if a tool asks for a one-time password.
pub(crate) const CODE: &str = "123456\n";

/// A repository with tools on PATH, and a registry where alice publishes with a
/// one-time password.
pub(crate) struct Release {
    pub(crate) repository: Repository,
}

impl Release {
    /// With this npm, these packages installed, and these of their programs.
    pub(crate) fn new(major: u32, packages: &[(&str, &str)], programs: &[(&str, &str)]) -> Self {
        let release = Self::with_npm(major);
        let modules = tools(packages);
        for (name, path) in programs {
            release.put_on_path(name, &modules.join(path));
        }
        release
    }

    /// With this npm, safe-publish and a Node on PATH.
    pub(crate) fn with_npm(major: u32) -> Self {
        let mut repository = Repository::new();
        let server = repository.server.as_ref().expect("it runs");
        server.reset(serde_json::from_value(state()).expect("a state"));
        repository.sandbox.write(".npmrc", "package-lock=false\n");
        let bin = repository.sandbox.root().join("tools");
        fs::create_dir(&bin).expect("a fresh folder");
        repository.sandbox.set_path(&[&bin]);
        let registry = repository.registry.clone();
        // changesets 2 does not read .npmrc for its own requests.
        repository.sandbox.set("npm_config_registry", &registry);
        // A tool that ignores the setting reaches nothing.
        repository.sandbox.set("HTTPS_PROXY", "http://127.0.0.1:9/");
        repository.sandbox.set("NO_PROXY", "127.0.0.1");
        // git's names, for tools that do not read git's variables.
        repository.git(&["config", "user.name", "Alice"]);
        repository.git(&["config", "user.email", "alice@example.com"]);
        let release = Self { repository };
        // The tools need a newer Node than npm 10 and 11.
        release.put_on_path("node", &npm(12).node);
        release.put_on_path("npm", &npm(major).cli);
        let own = Path::new(env!("CARGO_BIN_EXE_safe-publish"));
        release.put_on_path("safe-publish", own);
        release.log_in("tok-session");
        release
    }

    pub(crate) fn put_on_path(&self, name: &str, program: &Path) {
        let link = self.repository.sandbox.root().join("tools").join(name);
        symlink(program, link).expect("a fresh folder");
    }

    /// Writes the token into the user's .npmrc.
    pub(crate) fn log_in(&self, token: &str) {
        let server = self.repository.server.as_ref().expect("it runs");
        let (registry, host) = (&self.repository.registry, server.host());
        let npmrc = format!("registry={registry}\n//{host}/:_authToken={token}\n");
        let path = self.repository.sandbox.home().join(".npmrc");
        fs::write(path, npmrc).expect("writable");
    }

    /// A package at the root, committed, tagged and pushed.
    pub(crate) fn with_package(self, manifest: &Value) -> Self {
        let repository = &self.repository;
        repository.package(".", manifest);
        repository.sandbox.write("index.js", "module.exports = 1\n");
        self.pushed();
        self.repository.git(&["tag", "v1.0.0"]);
        self.repository.git(&["push", "-q", "--tags"]);
        self
    }

    /// Commits everything and pushes it.
    pub(crate) fn pushed(&self) {
        let repository = &self.repository;
        repository.commit("feat: first");
        let remote = format!("file://{}", repository.remote().display());
        repository.git(&["remote", "set-url", "origin", &remote]);
        repository.git(&["push", "-q", "-u", "origin", "main"]);
    }

    pub(crate) fn run(&self, program: &str, args: &[&str], typed: &str) -> Run {
        let bin = self.repository.sandbox.root().join("tools");
        let mut command = self.repository.sandbox.command(bin.join(program));
        typed_into(command.args(args), typed)
    }

    /// Lines of a shell block, one after the other until one fails.
    pub(crate) fn run_lines(&self, lines: &str) -> Run {
        let mut command = self.repository.sandbox.command("/bin/sh");
        Run::of(command.args(["-e", "-c", lines]))
    }

    /// Name, version and tag of what the registry accepted, sorted.
    pub(crate) fn arrived(&self) -> Vec<(String, String, String)> {
        let server = self.repository.server.as_ref().expect("it runs");
        let arrived = server.arrived().into_iter();
        let mut arrived: Vec<_> = arrived
            .map(|one| (one.name, one.version, one.tag))
            .collect();
        arrived.sort();
        arrived
    }

    /// Nothing was published, the finding is shown, and the tool stopped.
    pub(crate) fn is_blocked_by(&self, id: &str, run: &Run) {
        assert_ne!(run.code, Some(0), "{run:?}");
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(id), "{said}");
        assert!(!said.contains("git-dirty"), "{said}");
        assert_eq!(self.arrived(), [], "{said}");
    }

    /// The traces of a block are gone after the steps in docs/ci.md for this tool.
    pub(crate) fn goes_back(&self, tool: &str) {
        let git = |args: &[&str]| self.repository.git(args);
        let way_back = way_back(tool);
        let state = || {
            let status = git(&["status", "--porcelain"]);
            let unpushed = git(&["log", "--oneline", "origin/main..HEAD"]);
            (status, unpushed, git(&["tag", "--list"]).contains("v1.0.1"))
        };
        let clean = (String::new(), String::new(), false);
        let left_something = state() != clean;
        assert_eq!(left_something, way_back.is_some(), "{tool}: {:?}", state());
        if let Some(way_back) = way_back {
            let run = self.run_lines(&way_back);
            assert_eq!(run.code, Some(0), "{tool}: {run:?}");
            assert_eq!(state(), clean, "{tool}: {way_back}");
        }
    }
}

/// The folder with these packages and their dependencies.
pub(crate) fn tools(packages: &[(&str, &str)]) -> PathBuf {
    let wanted: BTreeMap<_, _> = packages.iter().copied().collect();
    let name = wanted
        .iter()
        .map(|(name, version)| format!("{}-{version}", name.replace(['@', '/'], "")))
        .collect::<Vec<_>>();
    let manifest = json!({ "private": true, "dependencies": wanted });
    installed(&npm(12), &name.join("-"), &manifest).join("node_modules")
}

fn state() -> Value {
    let of = |owner: &str, versions: &[&str]| {
        let versions: BTreeMap<_, _> = versions.iter().map(|one| (*one, json!({}))).collect();
        json!({ "versions": versions, "maintainers": [owner] })
    };
    json!({
        "users": {
            "alice": { "twoFactor": "auth-and-writes", "otp": CODE.trim() },
            "bob": {},
        },
        "tokens": {
            "tok-session": { "user": "alice", "kind": "session" },
            "tok-job": { "user": "alice", "kind": "granular", "bypassTwoFactor": true },
        },
        "orgs": { "acme": { "members": { "alice": "owner" } } },
        "packages": {
            "cat": of("alice", &["1.0.0"]),
            "dog": of("alice", &["1.0.0"]),
            "taken": of("alice", &["1.0.0", "1.0.1"]),
            "bobs": of("bob", &["1.0.0"]),
        },
    })
}

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md");
    fs::read_to_string(path).expect("the page is there")
}

/// The first block below a tool's heading in docs/ci.md: its language and lines.
fn block(tool: &str) -> (String, String) {
    let page = page();
    let headings = page.split("\n### ").skip(1);
    let mut of_tool = headings.filter(|section| section.starts_with(tool));
    let section = of_tool.next().expect("a recipe");
    let (_, block) = section.split_once("\n```").expect("a block");
    let (language, lines) = block.split_once('\n').expect("lines");
    let (lines, _) = lines.split_once("\n```").expect("an end");
    (language.to_owned(), lines.to_owned())
}

/// The object that users of a tool write into a file, according to docs/ci.md.
pub(crate) fn recipe(tool: &str) -> Value {
    let (language, lines) = block(tool);
    assert_eq!(language, "json", "{tool}");
    serde_json::from_str(&format!("{{{lines}}}")).expect("JSON")
}

/// The commands that users of a tool run, according to docs/ci.md.
pub(crate) fn recipe_lines(tool: &str) -> String {
    let (language, lines) = block(tool);
    assert_eq!(language, "sh", "{tool}");
    lines
}

/// The commands in docs/ci.md that undo the traces of a block; `None` if it leaves none.
fn way_back(tool: &str) -> Option<String> {
    let page = page();
    let (_, table) = page.split_once("\n| tool | left behind").expect("a table");
    let mut rows = table.lines().filter(|line| line.starts_with("| "));
    let row = rows.find(|row| names(row.split('|').nth(1), tool));
    let back = row
        .expect("a row")
        .split('|')
        .nth(3)
        .expect("three columns");
    back.split('`').nth(1).map(str::to_owned)
}

/// Whether a cell lists a tool.
fn names(cell: Option<&str>, tool: &str) -> bool {
    cell.is_some_and(|cell| cell.split(',').any(|name| name.trim() == tool))
}

pub(crate) fn package(name: &str) -> Value {
    json!({
        "name": name,
        "version": "1.0.0",
        "repository": "https://github.com/alice/cat",
        "files": ["index.js"],
    })
}

pub(crate) fn taken(name: &str, version: &str, tag: &str) -> (String, String, String) {
    (name.to_owned(), version.to_owned(), tag.to_owned())
}
