//! The recipes of docs/ci.md for np, release-it and changesets, run with the real
//! tools, with npm 10, 11 and 12, for an account with two-factor authentication:
//! what is ready gets published, and what is blocked does not.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::slice::from_ref;

use serde_json::{Value, json};

use crate::support::git::Repository;
use crate::support::npm_versions::npm;
use crate::support::packages::installed;
use crate::support::sandbox::Run;
use crate::support::terminal::typed_into;

const NP: &str = "12.1.1";
const RELEASE_IT: &str = "21.1.2";
/// The two major versions that are in use.
const CHANGESETS: [&str; 2] = ["2.31.1", "3.0.3"];
const NPMS: [u32; 3] = [10, 11, 12];

/// What is typed where a tool asks for a one-time password.
const CODE: &str = "123456\n";

/// A repository with tools on PATH, and a registry where alice publishes with a
/// one-time password.
struct Release {
    repository: Repository,
}

impl Release {
    /// With this npm, these packages installed, and these of their programs.
    fn new(major: u32, packages: &[(&str, &str)], programs: &[(&str, &str)]) -> Self {
        let mut repository = Repository::new();
        let server = repository.server.as_ref().expect("it runs");
        server.reset(serde_json::from_value(state()).expect("a state"));
        let host = server.host();
        let npmrc = format!(
            "registry={}\n//{host}/:_authToken=tok-session\n",
            repository.registry
        );
        fs::write(repository.sandbox.home().join(".npmrc"), npmrc).expect("writable");
        repository.sandbox.write(".npmrc", "package-lock=false\n");
        let bin = repository.sandbox.root().join("tools");
        fs::create_dir(&bin).expect("a fresh folder");
        // np, release-it and changesets need a newer Node than npm 10 and 11.
        let (node, own) = (npm(12), npm(major));
        link(&node.node, &bin.join("node"));
        link(&own.cli, &bin.join("npm"));
        link(
            Path::new(env!("CARGO_BIN_EXE_safe-publish")),
            &bin.join("safe-publish"),
        );
        let modules = tools(packages);
        for (name, path) in programs {
            link(&modules.join(path), &bin.join(name));
        }
        let path = format!("{}:/usr/bin:/bin", bin.display());
        repository.sandbox.set("PATH", &path);
        let registry = repository.registry.clone();
        // changesets 2 reads no .npmrc for its own questions.
        repository.sandbox.set("npm_config_registry", &registry);
        Self { repository }
    }

    /// A package at the root, committed, tagged and pushed.
    fn with_package(self, manifest: &Value) -> Self {
        let repository = &self.repository;
        repository.package(".", manifest);
        repository.sandbox.write("index.js", "module.exports = 1\n");
        repository.commit("first");
        // np reads no variables of git's.
        repository.git(&["config", "user.name", "Alice"]);
        repository.git(&["config", "user.email", "alice@example.com"]);
        let remote = format!("file://{}", repository.remote().display());
        repository.git(&["remote", "set-url", "origin", &remote]);
        repository.git(&["push", "-q", "-u", "origin", "main"]);
        repository.git(&["tag", "v1.0.0"]);
        repository.git(&["push", "-q", "--tags"]);
        self
    }

    fn run(&self, program: &str, words: &[&str], typed: &str) -> Run {
        let bin = self.repository.sandbox.root().join("tools");
        let mut command = self.repository.sandbox.command(bin.join(program));
        typed_into(command.args(words), typed)
    }

    /// Name, version and tag of what the registry took.
    fn arrived(&self) -> Vec<(String, String, String)> {
        let server = self.repository.server.as_ref().expect("it runs");
        let arrived = server.arrived().into_iter();
        arrived
            .map(|one| (one.name, one.version, one.tag))
            .collect()
    }

    /// Nothing was published, the finding is shown, and the tool stopped.
    fn is_blocked_by(&self, id: &str, run: &Run) {
        assert_ne!(run.code, Some(0), "{run:?}");
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(id), "{said}");
        assert!(!said.contains("git-dirty"), "{said}");
        assert_eq!(self.arrived(), [], "{said}");
    }

    /// A block leaves the raised version behind; docs/ci.md says how to go back.
    fn goes_back(&self) {
        let status = || self.repository.git(&["status", "--porcelain"]);
        assert_eq!(status(), " M package.json\n");
        self.repository.git(&["checkout", "-q", "package.json"]);
        assert_eq!(status(), "");
    }
}

fn link(target: &Path, link: &Path) {
    symlink(target, link).expect("a fresh folder");
}

/// The folder with these packages and what they need.
fn tools(packages: &[(&str, &str)]) -> std::path::PathBuf {
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
        "tokens": { "tok-session": { "user": "alice", "kind": "session" } },
        "orgs": { "acme": { "members": { "alice": "owner" } } },
        "packages": {
            "cat": of("alice", &["1.0.0"]),
            "taken": of("alice", &["1.0.0", "1.0.1"]),
            "bobs": of("bob", &["1.0.0"]),
        },
    })
}

/// What docs/ci.md tells the users of a tool to write, as an object.
fn recipe(tool: &str) -> Value {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md"));
    let page = page.expect("the page is there");
    let start = format!("| {tool}");
    let row = page.lines().find(|line| line.starts_with(&start));
    let mut words = row.expect("a recipe").split('`');
    let code = words.find(|word| word.starts_with('"')).expect("in code");
    serde_json::from_str(&format!("{{{code}}}")).expect("JSON")
}

fn package(name: &str) -> Value {
    json!({
        "name": name,
        "version": "1.0.0",
        "repository": "https://github.com/alice/cat",
        "files": ["index.js"],
    })
}

fn taken(name: &str, version: &str, tag: &str) -> (String, String, String) {
    (name.to_owned(), version.to_owned(), tag.to_owned())
}

fn np(major: u32, name: &str) -> Release {
    let mut manifest = package(name);
    manifest["scripts"] = recipe("np")["scripts"].clone();
    Release::new(major, &[("np", NP)], &[("np", "np/source/cli.js")]).with_package(&manifest)
}

const NP_WORDS: [&str; 5] = [
    "patch",
    "--no-tests",
    "--no-cleanup",
    "--no-release-draft",
    "--no-2fa",
];

#[test]
fn np_publishes_what_is_ready_and_stops_at_what_is_not() {
    for major in NPMS {
        let release = np(major, "cat");
        let run = release.run("np", &NP_WORDS, CODE);
        assert_eq!(run.code, Some(0), "npm {major}: {run:?}");
        assert_eq!(release.arrived(), [taken("cat", "1.0.1", "latest")]);

        let release = np(major, "taken");
        let run = release.run("np", &NP_WORDS, "");
        release.is_blocked_by("version-taken", &run);
        release.goes_back();
    }
}

fn release_it(major: u32, name: &str, hooks: Value) -> Release {
    let programs = [("release-it", "release-it/bin/release-it.js")];
    let release = Release::new(major, &[("release-it", RELEASE_IT)], &programs);
    let mut settings = hooks;
    settings["github"] = json!({ "release": false });
    release
        .repository
        .sandbox
        .write(".release-it.json", &settings.to_string());
    release.with_package(&package(name))
}

#[test]
fn release_it_publishes_what_is_ready_and_stops_at_what_is_not() {
    for major in NPMS {
        let hooks = || recipe("release-it");
        let with_code = ["patch", "--ci", "--npm.otp=123456"];
        let release = release_it(major, "cat", hooks());
        let run = release.run("release-it", &with_code, "");
        assert_eq!(run.code, Some(0), "npm {major}: {run:?}");
        assert_eq!(release.arrived(), [taken("cat", "1.0.1", "latest")]);

        let release = release_it(major, "taken", hooks());
        let run = release.run("release-it", &with_code, "");
        release.is_blocked_by("version-taken", &run);
        release.goes_back();
    }
}

/// In a job nobody can type a code: the hook stops before the publish that fails.
#[test]
fn release_it_stops_in_a_job_where_nobody_can_type_a_code() {
    let words = ["patch", "--ci"];
    let in_job = |hooks| {
        let mut release = release_it(11, "cat", hooks);
        release.repository.sandbox.set("GITHUB_ACTIONS", "true");
        let run = release.run("release-it", &words, "");
        (release, run)
    };
    let (release, run) = in_job(recipe("release-it"));
    release.is_blocked_by("auth-otp-impossible", &run);
    release.goes_back();
    let (release, run) = in_job(json!({}));
    assert_ne!(run.code, Some(0));
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("one-time password"), "{said}");
    assert_eq!(release.arrived(), []);
}

/// A workspace that changesets publishes: its settings, then the members by folder.
fn changesets(
    (major, version): (u32, &str),
    settings: &[(&str, Value)],
    members: &[Value],
) -> Release {
    let packages = [("@changesets/cli", version)];
    let programs = [("changeset", "@changesets/cli/bin.js")];
    let release = Release::new(major, &packages, &programs);
    let sandbox = &release.repository.sandbox;
    for (name, value) in settings {
        sandbox.write(&format!(".changeset/{name}"), &value.to_string());
    }
    for (number, member) in members.iter().enumerate() {
        release
            .repository
            .package(&format!("packages/{number}"), member);
    }
    // changesets 3 takes a folder with a lock file for a workspace of npm.
    let lock = json!({ "name": "root", "lockfileVersion": 3, "packages": {} });
    sandbox.write("package-lock.json", &lock.to_string());
    let mut scripts = recipe("changesets");
    scripts["alone"] = "changeset publish".into();
    let root = json!({ "name": "root", "private": true, "workspaces": ["packages/*"], "scripts": scripts });
    release.repository.package(".", &root);
    release.repository.commit("first");
    release
}

/// The script with the recipe, and a code for `changeset publish` at its end.
fn released(release: &Release, script: &str) -> Run {
    let words = ["run", script, "--", "--otp", CODE.trim()];
    release.run("npm", &words, "")
}

fn config(access: &str) -> (&'static str, Value) {
    let config = json!({ "access": access, "baseBranch": "main", "changelog": false });
    ("config.json", config)
}

#[test]
fn changesets_publishes_with_the_tag_and_the_access_of_its_own_settings() {
    for version in CHANGESETS {
        for major in NPMS {
            let pre =
                json!({ "mode": "pre", "tag": "next", "initialVersions": {}, "changesets": [] });
            let members = [
                json!({ "name": "@acme/new", "version": "1.0.0-next.0" }),
                json!({ "name": "cat", "version": "1.0.0" }),
                json!({ "name": "taken", "version": "0.9.0" }),
                json!({ "name": "private", "private": true }),
            ];
            let settings = [config("public"), ("pre.json", pre)];
            let release = changesets((major, version), &settings, &members);
            let run = released(&release, "release");
            assert_eq!(run.code, Some(0), "npm {major}, {version}: {run:?}");
            let mut arrived = release.arrived();
            arrived.sort();
            let expected = [
                taken("@acme/new", "1.0.0-next.0", "next"),
                taken("taken", "0.9.0", "next"),
            ];
            assert_eq!(arrived, expected, "npm {major}, {version}: {run:?}");
        }
    }
}

/// Where pnpm is used its own file names the members, and `workspace:` is replaced.
#[test]
fn a_repository_of_pnpm_is_checked_as_changesets_publishes_it() {
    let members = [
        json!({ "name": "@acme/new", "version": "1.0.0", "dependencies": { "cat": "workspace:^" } }),
        json!({ "name": "cat", "version": "1.1.0" }),
    ];
    let release = changesets((11, CHANGESETS[1]), &[config("public")], &members);
    let sandbox = &release.repository.sandbox;
    let check = |words: &[&str]| {
        let run = sandbox.run(&[&["check", "--workspaces", "--format", "json"], words].concat());
        (run.code, run.json()["packages"].as_array().map(Vec::len))
    };
    assert_eq!(check(&[]), (Some(100), Some(2)), "npm keeps the protocol");
    release
        .repository
        .package(".", &json!({ "name": "root", "private": true }));
    sandbox.write("pnpm-workspace.yaml", "packages:\n  - packages/*\n");
    assert_eq!(check(&[]), (Some(0), Some(2)));
}

/// What check blocks, `changeset publish` alone does not get through either.
#[test]
fn changesets_stops_at_what_would_fail() {
    let blocked = [
        (
            config("public"),
            json!({ "name": "bobs", "version": "1.0.1" }),
            "name-owned-by-others",
        ),
        (
            config("restricted"),
            json!({ "name": "fresh-cat", "version": "1.0.0" }),
            "access-restricted-unscoped",
        ),
    ];
    for (settings, member, id) in blocked {
        for version in CHANGESETS {
            let set_up = || changesets((11, version), from_ref(&settings), from_ref(&member));
            let release = set_up();
            release.is_blocked_by(id, &released(&release, "release"));
            let release = set_up();
            let run = released(&release, "alone");
            assert_ne!(run.code, Some(0), "{version}, {id}: {run:?}");
            assert_eq!(release.arrived(), [], "{version}, {id}: {run:?}");
        }
    }
}
