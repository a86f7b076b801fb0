//! The recipes in docs/ci.md for np, release-it and changesets, run with the real tools and npm
//! 10, 11 and 12, for an account with two-factor authentication: what is ready is published,
//! and what is blocked is not.

use std::slice::from_ref;

use serde_json::{Value, json};

use crate::support::release::{CODE, Release, package, recipe, taken};
use crate::support::sandbox::Run;

const NP: &str = "12.1.1";
const RELEASE_IT: &str = "21.1.2";
/// The two major versions in use.
const CHANGESETS: [&str; 2] = ["2.31.1", "3.0.3"];
const NPMS: [u32; 3] = [10, 11, 12];

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
        release.goes_back("np");
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
        release.goes_back("release-it");
    }
}

/// A job cannot type a code, so the hook stops before the publish that would fail.
#[test]
fn release_it_stops_in_a_job_that_cannot_type_a_code() {
    let args = ["patch", "--ci"];
    let in_job = |hooks| {
        let mut release = release_it(11, "cat", hooks);
        release.repository.sandbox.set("GITHUB_ACTIONS", "true");
        let run = release.run("release-it", &args, "");
        (release, run)
    };
    let (release, run) = in_job(recipe("release-it"));
    release.is_blocked_by("auth-otp-impossible", &run);
    release.goes_back("release-it");
    let (release, run) = in_job(json!({}));
    assert_ne!(run.code, Some(0));
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("one-time password"), "{said}");
    assert_eq!(release.arrived(), []);
}

/// A workspace that changesets publishes: its settings, then the members by folder.
fn changesets(major: u32, version: &str, settings: &[(&str, Value)], members: &[Value]) -> Release {
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
    // changesets 3 treats a folder with a lock file as an npm workspace.
    let lock = json!({ "name": "root", "lockfileVersion": 3, "packages": {} });
    sandbox.write("package-lock.json", &lock.to_string());
    let mut scripts = recipe("changesets")["scripts"].clone();
    scripts["alone"] = "changeset publish".into();
    let root = json!({ "name": "root", "private": true, "workspaces": ["packages/*"], "scripts": scripts });
    release.repository.package(".", &root);
    release.repository.commit("first");
    release
}

/// The script of the recipe, with a one-time password added to `changeset publish`.
fn released(release: &Release, script: &str) -> Run {
    let args = ["run", script, "--", "--otp", CODE.trim()];
    release.run("npm", &args, "")
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
            let release = changesets(major, version, &settings, &members);
            let run = released(&release, "release");
            assert_eq!(run.code, Some(0), "npm {major}, {version}: {run:?}");
            let expected = [
                taken("@acme/new", "1.0.0-next.0", "next"),
                taken("taken", "0.9.0", "next"),
            ];
            assert_eq!(
                release.arrived(),
                expected,
                "npm {major}, {version}: {run:?}"
            );
        }
    }
}

/// If pnpm is used, its own file lists the members, and `workspace:` is replaced.
#[test]
fn a_repository_of_pnpm_is_checked_as_changesets_publishes_it() {
    let members = [
        json!({ "name": "@acme/new", "version": "1.0.0", "dependencies": { "cat": "workspace:^" } }),
        json!({ "name": "cat", "version": "1.1.0" }),
    ];
    let release = changesets(11, CHANGESETS[1], &[config("public")], &members);
    let sandbox = &release.repository.sandbox;
    let check = |args: &[&str]| {
        let run = sandbox.run(&[&["check", "--workspaces", "--format", "json"], args].concat());
        (run.code, run.json()["packages"].as_array().map(Vec::len))
    };
    assert_eq!(check(&[]), (Some(100), Some(2)), "npm keeps the protocol");
    release
        .repository
        .package(".", &json!({ "name": "root", "private": true }));
    sandbox.write("pnpm-workspace.yaml", "packages:\n  - packages/*\n");
    assert_eq!(check(&[]), (Some(0), Some(2)));
}

/// What check blocks, `changeset publish` alone does not publish either.
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
            let set_up = || changesets(11, version, from_ref(&settings), from_ref(&member));
            let release = set_up();
            release.is_blocked_by(id, &released(&release, "release"));
            let release = set_up();
            let run = released(&release, "alone");
            assert_ne!(run.code, Some(0), "{version}, {id}: {run:?}");
            assert_eq!(release.arrived(), [], "{version}, {id}: {run:?}");
        }
    }
}
