//! What is proof in the hook and what is not: the pipeline that publishes has its own account
//! and command line, and some releases are published before their tags are pushed.

use std::fs;

use serde_json::json;

use crate::support::git::{Repository, line};
use crate::support::sandbox::Run;

#[test]
fn this_machines_account_is_not_proof_unless_the_settings_say_so() {
    // There is no login here, and the name belongs to another account.
    let repository = Repository::with_hook("taken", "2.0.0");
    let run = repository.tag_and_push("v2.0.0");
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(0), "ready: taken 2.0.0 (v2.0.0)\n")
    );
    repository.sandbox.write(
        "safe-publish.json",
        r#"{"checks": {"auth-missing": "error"}}"#,
    );
    repository.commit("settings");
    repository.git(&["tag", "2.0.0"]);
    let run = repository.push(&["refs/tags/2.0.0"]);
    assert!(
        run.code == Some(1) && run.stderr.contains("error[auth-missing]"),
        "{}",
        run.stderr
    );
}

#[test]
fn this_machines_registry_is_not_proof_either() {
    let repository = Repository::new();
    repository.package(".", &json!({ "name": "taken", "version": "1.1.0" }));
    repository.commit("first");
    repository.install();
    let npmrc = format!("registry={}\n", repository.registry);
    fs::write(repository.sandbox.home().join(".npmrc"), npmrc).expect("writable");
    let run = repository.tag_and_push("v1.1.0");
    assert!(
        run.code == Some(0) && run.stderr.contains("warning[version-taken]"),
        "{:?} {}",
        run.code,
        run.stderr
    );
}

#[test]
fn a_token_in_a_committed_npmrc_is_reported_and_not_shown() {
    let repository = Repository::with_hook("cat", "1.2.3");
    let host = repository.registry.trim_start_matches("http:");
    let token = "npm_0123456789abcdefghijklmnopqrstuvwxyz";
    let npmrc = format!(
        "registry={}\n{host}:_authToken={token}\n",
        repository.registry
    );
    repository.sandbox.write(".npmrc", &npmrc);
    repository.commit("a leak");
    let run = repository.tag_and_push("v1.2.3");
    assert!(
        run.code == Some(0)
            && run.stderr.contains("warning[auth-exposed]")
            && run.stderr.contains("--> .npmrc:2"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("0123456789abc"), "{}", run.stderr);
    repository.sandbox.write(
        ".npmrc",
        &format!("registry={}\n_authToken={token}\n", repository.registry),
    );
    repository.commit("another");
    repository.git(&["tag", "1.2.3"]);
    let run = repository.push(&["refs/tags/1.2.3"]);
    assert!(
        run.code == Some(0) && run.stderr.contains("note[auth-unscoped]"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_a_pipelines_command_line_may_say_is_a_note() {
    let repository = Repository::with_hook("cat", "1.3.0-rc.1");
    let run = repository.tag_and_push("v1.3.0-rc.1");
    assert!(
        run.code == Some(0) && run.stderr.contains("note[tag-needed-for-prerelease]"),
        "{}",
        run.stderr
    );
    repository.package(
        ".",
        &json!({ "name": "cat", "version": "1.3.0", "dependencies": { "dog": "workspace:*" } }),
    );
    repository.commit("pnpm");
    let run = repository.tag_and_push("v1.3.0");
    assert!(
        run.code == Some(0) && run.stderr.contains("note[dependency-protocol]"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_version_that_is_written_later_and_dates_and_private_packages_are_let_through() {
    let repository = Repository::with_hook("cat", "0.0.0-development");
    let run = repository.tag_and_push("v1.0.0");
    assert!(
        run.code == Some(0)
            && run
                .stderr
                .starts_with("note: v1.0.0 is not checked: package.json has 0.0.0-development"),
        "{}",
        run.stderr
    );
    repository.package(".", &json!({ "name": "cat", "version": "1.4.0" }));
    repository.commit("dates");
    let silent = |run: Run| assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    silent(repository.tag_and_push("2026.11.27"));
    repository.package(
        ".",
        &json!({ "name": "cat", "version": "1.4.0", "private": true }),
    );
    repository.commit("private");
    silent(repository.tag_and_push("v3.0.0"));
    assert_eq!(repository.questions(), 0, "nothing was asked");
}

#[test]
fn a_package_without_a_name_or_a_version_is_there_for_tools() {
    let repository = Repository::new();
    repository.package(".", &json!({ "devDependencies": { "husky": "9" } }));
    repository.commit("tools");
    repository.install();
    let run = repository.tag_and_push("v3.0.0");
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

/// A repository whose commit was made at a certain time, with a version that was published a
/// month ago.
fn made(time: &str, version: &str) -> Repository {
    let mut repository = Repository::new();
    repository.package(".", &json!({ "name": "taken", "version": version }));
    repository.npmrc();
    repository.sandbox.set("GIT_COMMITTER_DATE", time);
    repository.commit("a release");
    repository.install();
    repository
}

#[test]
fn what_was_published_since_the_commit_was_made_is_a_past_release() {
    // np and changesets publish first and then push the tag; old tags are pushed to new
    // remotes.
    let repository = made("2026-01-01T12:00:00Z", "1.1.0");
    let run = repository.tag_and_push("v1.1.0");
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(0), "published already: taken 1.1.0 (v1.1.0)\n")
    );
}

#[test]
fn a_tag_of_a_past_release_on_another_commit_is_wrong() {
    let repository = made("2026-01-01T12:00:00Z", "1.0.9");
    let run = repository.tag_and_push("v1.1.0");
    assert!(
        run.code == Some(1) && run.stderr.contains("error[git-tag-mismatch]"),
        "{:?} {}",
        run.code,
        run.stderr
    );
}

#[test]
fn what_was_published_by_hand_just_before_the_commit_is_a_note() {
    let later = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(30 * 24 - 3);
    let repository = made(&later.to_string(), "1.1.0");
    let run = repository.tag_and_push("v1.1.0");
    assert!(
        run.code == Some(0) && run.stderr.contains("note[version-taken]"),
        "{}",
        run.stderr
    );
    let much_later = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(27 * 24);
    let repository = made(&much_later.to_string(), "1.1.0");
    let run = repository.tag_and_push("v1.1.0");
    assert!(
        run.code == Some(1) && run.stderr.contains("error[version-taken]"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_copy_of_a_repository_is_not_a_release() {
    let repository = Repository::with_hook("taken", "1.1.0");
    for number in 0..11 {
        repository.git(&["commit", "-q", "--allow-empty", "-m", "more"]);
        repository.git(&["tag", &format!("v8.0.{number}")]);
    }
    let run = repository.push(&["--tags"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (
            Some(0),
            "note: 11 version tags are pushed at once, as when a repository is copied: not checked\n"
        )
    );
    let lines: String = (0..11)
        .map(|number| line(&format!("v8.0.{number}"), &repository.tagged(number)))
        .collect();
    for args in [&["--strict"][..], &["--strict", "--quiet"]] {
        let run = repository.run_hook(args, &lines);
        assert_eq!(run.code, Some(101), "{}", run.stderr);
        assert!(
            run.stderr.contains("11 version tags are pushed at once")
                && run.stderr.contains("--no-verify"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(repository.questions(), 0, "nothing was asked");
}

impl Repository {
    fn tagged(&self, number: usize) -> String {
        let commit = format!("v8.0.{number}^{{commit}}");
        self.git(&["rev-parse", &commit]).trim().to_owned()
    }
}

#[test]
fn a_package_json_that_is_a_link_is_reported() {
    let repository = Repository::new();
    repository.package("real", &json!({ "name": "taken", "version": "1.1.0" }));
    repository.git(&["add", "-A"]);
    // The link is made in git alone: Windows lets few people make one.
    repository.sandbox.write("target", "real/package.json");
    let target = repository.git(&["hash-object", "-w", "target"]);
    let link = format!("120000,{},package.json", target.trim());
    repository.git(&["update-index", "--add", "--cacheinfo", &link]);
    repository.git(&["commit", "-q", "--no-verify", "-m", "first"]);
    repository.install();
    let run = repository.tag_and_push("v1.1.0");
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (
            Some(0),
            "note: v1.1.0 is not checked: package.json of that commit is a symbolic link\n"
        )
    );
}

#[test]
fn an_outer_npm_says_nothing_of_where_the_pipeline_publishes() {
    let mut repository = Repository::with_hook("taken", "1.1.0");
    // `"postversion": "git push --follow-tags"`
    for (name, value) in [
        ("npm_lifecycle_event", "postversion"),
        ("npm_command", "version"),
        ("npm_config_registry", "https://registry.yarnpkg.com"),
        ("npm_config_workspace", "nowhere"),
        ("npm_config_dry_run", "true"),
        ("npm_config_tag", "1.0.0"),
    ] {
        repository.sandbox.set(name, value);
    }
    let run = repository.run_hook(&[], &line("v1.1.0", &repository.head()));
    assert!(
        run.code == Some(100) && run.stderr.contains("error[version-taken]"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("blocked: 1 error,"), "{}", run.stderr);
}

#[test]
fn licences_are_looked_up_where_dependencies_are_installed() {
    let repository = Repository::new();
    let policy = json!({ "licenses": { "deny": ["AGPL-3.0-only"] } });
    repository.package(".", &json!({ "name": "cat", "version": "1.2.3", "dependencies": { "taken": "1" }, "safe-publish": policy }));
    repository.sandbox.write(".gitignore", "node_modules");
    repository.npmrc();
    repository.commit("first");
    repository.install();
    let run = repository.tag_and_push("v1.2.3");
    assert!(
        run.code == Some(0) && !run.stderr.contains("error["),
        "what is not installed proves nothing: {}",
        run.stderr
    );
    repository.sandbox.write(
        "node_modules/taken/package.json",
        r#"{"name":"taken","license":"AGPL-3.0-only"}"#,
    );
    repository.git(&["tag", "1.2.3"]);
    let run = repository.push(&["refs/tags/1.2.3"]);
    assert!(
        run.code == Some(1) && run.stderr.contains("error[license-denied]"),
        "{}",
        run.stderr
    );
    assert!(
        repository
            .sandbox
            .project()
            .join("node_modules/taken/package.json")
            .exists()
    );
}

#[test]
fn any_number_of_tags_on_one_commit_keeps_the_push_within_its_limit() {
    let repository = Repository::with_hook("cat", "1.2.3");
    let head = repository.head();
    let lines = |count: usize| -> String {
        let tags = (0..count).map(|number| line(&format!("cat@1.2.{number}"), &head));
        tags.collect()
    };
    let run = repository.run_hook(&[], &lines(100_000));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr
            .starts_with("note: 100000 version tags are pushed at once"),
        "{}",
        run.stderr
    );
    assert_eq!(repository.questions(), 0, "nothing was asked");
    // A large monorepo's release is checked up to the last tag.
    let run = repository.run_hook(&["--timeout", "60"], &lines(2000));
    assert_eq!(run.code, Some(100), "{}", run.stderr);
    assert!(
        run.stderr.contains("error[git-tag-mismatch]"),
        "{}",
        run.stderr
    );
}
