//! Which packages of a repository a pushed tag names.

use serde_json::json;

use crate::support::git::{Repository, line};
use crate::support::sandbox::Run;

/// A private root with two public members and a private one.
fn npms() -> Repository {
    let repository = Repository::new();
    repository.package(
        ".",
        &json!({ "name": "root", "private": true, "workspaces": ["packages/*"] }),
    );
    members(&repository);
    repository
}

fn members(repository: &Repository) {
    repository.package(
        "packages/a",
        &json!({ "name": "@acme/a", "version": "1.1.0", "publishConfig": { "access": "public" } }),
    );
    repository.package(
        "packages/b",
        &json!({ "name": "taken", "version": "1.1.0" }),
    );
    repository.package(
        "packages/c",
        &json!({ "name": "c", "version": "3.0.0", "private": true }),
    );
    repository.package(
        "packages/a/test/fixtures/x",
        &json!({ "name": "x", "version": "7.0.0" }),
    );
    repository.npmrc();
    repository.commit("first");
    repository.install();
}

fn arrived(run: &Run, text: &str) {
    assert!(
        run.code == Some(0) && run.stderr.contains(text),
        "{text}: {}",
        run.stderr
    );
}

fn stopped(run: &Run, text: &str) {
    assert!(
        run.code == Some(1) && run.stderr.contains(text),
        "{text}: {}",
        run.stderr
    );
}

#[test]
fn a_tag_with_a_name_is_about_that_member_only() {
    let repository = npms();
    arrived(
        &repository.tag_and_push("@acme/a@1.1.0"),
        "ready: @acme/a 1.1.0 (@acme/a@1.1.0)",
    );
    stopped(
        &repository.tag_and_push("@acme/a@1.1.1"),
        "error[git-tag-mismatch]",
    );
    let run = repository.tag_and_push("taken@1.1.0");
    stopped(&run, "error[version-taken]");
    assert!(
        run.stderr.contains("--> packages/b/package.json:4:14"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("taken 1.1.0 in packages/b"),
        "{}",
        run.stderr
    );
    for tag in ["c@3.0.1", "api@9.0.0", "@acme/cat@1.0.0"] {
        let run = repository.tag_and_push(tag);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{tag}");
    }
}

#[test]
fn all_tags_of_a_release_are_looked_at_at_once() {
    let repository = npms();
    repository.package(
        "packages/b",
        &json!({ "name": "taken", "version": "1.2.0" }),
    );
    repository.commit("bump");
    repository.git(&["tag", "@acme/a@1.1.0"]);
    repository.git(&["tag", "taken@1.2.0"]);
    let run = repository.push(&["--tags"]);
    arrived(
        &run,
        "ready: @acme/a 1.1.0, taken 1.2.0 (@acme/a@1.1.0, taken@1.2.0)\n",
    );
    repository.git(&["tag", "taken@1.2.1"]);
    repository.git(&["tag", "@acme/a@1.1.1"]);
    let run = repository.push(&["--tags"]);
    stopped(&run, "blocked: 2 errors");
}

#[test]
fn a_tag_without_a_name_is_about_the_members_with_its_version() {
    let repository = npms();
    let run = repository.tag_and_push("v1.1.0");
    stopped(&run, "error[version-taken]");
    assert!(run.stderr.contains("@acme/a 1.1.0"), "{}", run.stderr);
    // Both are at 1.1.0, so it must mean them.
    stopped(
        &repository.tag_and_push("v1.2.0"),
        "no package of that commit",
    );
    // The fixture is not a member.
    stopped(
        &repository.tag_and_push("v7.0.0"),
        "error[git-tag-mismatch]",
    );
}

#[test]
fn a_tag_without_a_name_may_mean_something_else_where_versions_differ() {
    let repository = npms();
    repository.package(
        "packages/b",
        &json!({ "name": "taken", "version": "4.0.0" }),
    );
    repository.commit("bump");
    arrived(
        &repository.tag_and_push("v9.0.0"),
        "warning[git-tag-mismatch]",
    );
    // The private root's own version concerns no other package.
    let root = json!({ "name": "root", "version": "10.0.0", "private": true, "workspaces": ["packages/*"] });
    repository.package(".", &root);
    repository.commit("root");
    let run = repository.tag_and_push("v10.0.0");
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

#[test]
fn pnpms_and_lernas_packages_are_found_too() {
    for (file, text) in [
        ("pnpm-workspace.yaml", "packages:\n  - 'packages/*'\n"),
        ("pnpm-workspace.yaml", "packages: [\"packages/*\"] # all\n"),
        (
            "lerna.json",
            r#"{"packages": ["packages/*"], "version": "independent"}"#,
        ),
    ] {
        let repository = Repository::new();
        repository.package(".", &json!({ "name": "root", "private": true }));
        repository.sandbox.write(file, text);
        members(&repository);
        stopped(
            &repository.tag_and_push("v1.2.0"),
            "error[git-tag-mismatch]",
        );
        // The root's .npmrc names the registry for all.
        let run = repository.tag_and_push("taken@1.1.0");
        stopped(&run, "error[version-taken]");
        assert!(
            run.stderr.contains("--> packages/b/package.json:4:14"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn a_package_in_a_folder_without_workspaces_is_found_by_its_name() {
    let repository = Repository::new();
    repository.package("js", &json!({ "name": "taken", "version": "1.1.0" }));
    let npmrc = format!("registry={}\n", repository.registry);
    repository.sandbox.write("js/.npmrc", &npmrc);
    repository.commit("first");
    repository.install();
    let run = repository.tag_and_push("taken@1.1.0");
    stopped(&run, "error[version-taken]");
    assert!(
        run.stderr.contains("--> js/package.json:4:14"),
        "{}",
        run.stderr
    );
    repository.package(
        "app",
        &json!({ "name": "app", "version": "1.0.0", "private": true }),
    );
    repository.commit("app");
    for tag in ["v1.1.0", "app@2.0.0"] {
        let run = repository.tag_and_push(tag);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{tag}");
    }
}

#[test]
fn forms_of_tags_are_the_settings_to_choose() {
    let repository = npms();
    repository.sandbox.write(
        "safe-publish.json",
        r#"{"hook": {"tags": ["release-{version}", "{name}/v{version}"]}}"#,
    );
    repository.commit("settings");
    stopped(
        &repository.tag_and_push("taken/v1.1.0"),
        "error[version-taken]",
    );
    stopped(
        &repository.tag_and_push("@acme/a/v1.1.1"),
        "error[git-tag-mismatch]",
    );
    // In such a pattern the last part of a name is enough.
    stopped(
        &repository.tag_and_push("a/v1.1.1"),
        "error[git-tag-mismatch]",
    );
    stopped(
        &repository.tag_and_push("release-1.2.0"),
        "error[git-tag-mismatch]",
    );
    let run = repository.tag_and_push("v1.2.0");
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(0), ""),
        "no form of their own"
    );
}

#[test]
fn annotated_tags_of_one_commit_are_one_release() {
    let repository = npms();
    for tag in ["@acme/a@1.1.1", "taken@1.1.1"] {
        repository.git(&["tag", "-a", tag, "-m", tag]);
    }
    let run = repository.push(&["--tags"]);
    stopped(&run, "the commit of @acme/a@1.1.1, taken@1.1.1");
    stopped(&run, "blocked: 3 errors");
}

#[test]
fn one_public_member_does_not_own_the_tags_of_the_apps() {
    let repository = Repository::new();
    repository.package(
        ".",
        &json!({ "name": "root", "private": true, "workspaces": ["apps/*", "packages/*"] }),
    );
    repository.package(
        "apps/web",
        &json!({ "name": "web", "version": "5.0.0", "private": true }),
    );
    repository.package(
        "packages/sdk",
        &json!({ "name": "@acme/sdk", "version": "1.2.0", "publishConfig": { "access": "public" } }),
    );
    repository.npmrc();
    repository.commit("first");
    repository.install();
    arrived(
        &repository.tag_and_push("v5.1.0"),
        "warning[git-tag-mismatch]",
    );
    let run = repository.tag_and_push("v5.0.0");
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    arrived(&repository.tag_and_push("v1.2.0"), "ready: @acme/sdk 1.2.0");
}

#[test]
fn a_plain_tag_is_the_roots_where_its_members_are_all_private() {
    let repository = Repository::new();
    repository.package(
        ".",
        &json!({ "name": "lib", "version": "1.1.0", "workspaces": ["examples/*"] }),
    );
    repository.package(
        "examples/one",
        &json!({ "name": "one", "version": "0.0.1", "private": true }),
    );
    repository.npmrc();
    repository.commit("first");
    repository.install();
    stopped(&repository.tag_and_push("v1.1.1"), "git-tag-mismatch");
}

#[test]
fn settings_that_cannot_be_read_hide_no_error_of_another_package() {
    let repository = Repository::new();
    repository.package("a", &json!({ "name": "taken", "version": "1.1.0" }));
    repository.package("b", &json!({ "name": "cat", "version": "1.2.3" }));
    repository
        .sandbox
        .write("b/safe-publish.json", r#"{ "wrong": 1 }"#);
    repository.npmrc_in("a");
    repository.commit("first");
    let head = repository.head();
    let tags = ["taken@1.1.0", "cat@1.2.3"].map(|tag| line(tag, &head));
    let run = repository.run_hook(&[], &tags.concat());
    assert_ne!(run.code, Some(0), "{}", run.stderr);
    for text in [
        "error[version-taken]",
        "a package of taken@1.1.0, cat@1.2.3 is pushed without a check",
        "error: reading the settings in b",
    ] {
        assert!(run.stderr.contains(text), "{text}: {}", run.stderr);
    }
    // Where nothing is wrong with the others, it depends on --strict.
    repository.package("a", &json!({ "name": "dog", "version": "1.1.0" }));
    repository.commit("another name");
    let head = repository.head();
    let tags = ["dog@1.1.0", "cat@1.2.3"].map(|tag| line(tag, &head));
    let run = repository.run_hook(&[], &tags.concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let run = repository.run_hook(&["--strict", "--quiet"], &tags.concat());
    assert_ne!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("reading the settings in b"),
        "{}",
        run.stderr
    );
}
