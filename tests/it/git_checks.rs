//! `check` in real git repositories: what it reports, and that git never
//! delays it.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::git::Repository;
#[cfg(unix)]
use crate::support::git::script;

fn repository() -> Repository {
    let repository = Repository::new();
    repository.package(".", &json!({ "name": "cat", "version": "1.2.3" }));
    repository.npmrc();
    repository.sandbox.write("src/index.js", "1");
    repository.commit("first");
    repository.git(&["push", "-q", "-u", "origin", "main"]);
    repository
}

/// The ids of the git checks that fire, with their messages, and the gaps.
fn found(repository: &Repository) -> (Vec<String>, Vec<String>) {
    found_with(repository, &["check", "--format", "json"])
}

fn found_with(repository: &Repository, args: &[&str]) -> (Vec<String>, Vec<String>) {
    let report = repository.sandbox.run(args).json();
    let package = &report["packages"][0];
    let list = |key: &str, text: &str| -> Vec<String> {
        let all = package[key].as_array().cloned().unwrap_or_default();
        let of_git = |one: &&Value| {
            one["check"]
                .as_str()
                .is_some_and(|id| id.starts_with("git-"))
        };
        let line = |one: &Value| {
            format!(
                "{}: {}",
                one["check"].as_str().unwrap_or_default(),
                one[text].as_str().unwrap_or_default()
            )
        };
        all.iter().filter(of_git).map(line).collect()
    };
    (list("findings", "message"), list("undecided", "reason"))
}

#[test]
fn a_clean_repository_on_its_tag_is_not_complained_of() {
    let repository = repository();
    assert_eq!(found(&repository), (vec![], vec![]));
    for tag in ["v1.2.3", "v1", "other@9.0.0", "2026.11.27"] {
        repository.git(&["tag", tag]);
    }
    repository.sandbox.write("untracked", "x");
    assert_eq!(found(&repository), (vec![], vec![]));
    repository.git(&["checkout", "-q", "v1.2.3"]);
    repository
        .sandbox
        .set_settings(&repository, r#"{"branches": ["main"]}"#);
    assert_eq!(found(&repository), (vec![], vec![]), "a pipeline on a tag");
}

impl crate::support::sandbox::Sandbox {
    /// User-wide settings.
    fn set_settings(&self, _: &Repository, text: &str) {
        let folder = self.home().join(".config/safe-publish");
        fs::create_dir_all(&folder).expect("writable");
        fs::write(folder.join("safe-publish.json"), text).expect("writable");
    }
}

#[test]
fn changes_branches_and_missing_commits_are_warnings() {
    let repository = repository();
    repository
        .sandbox
        .set_settings(&repository, r#"{"branches": ["main", "release/*"]}"#);
    let other = repository.sandbox.root().join("other");
    repository.git(&[
        "clone",
        "-q",
        &repository.remote().display().to_string(),
        &other.display().to_string(),
    ]);
    fs::write(other.join("x"), "x").expect("writable");
    repository.git_in(&other, &["add", "x"]);
    repository.git_in(&other, &["commit", "-q", "-m", "x"]);
    repository.git_in(&other, &["push", "-q", "origin", "main"]);
    assert_eq!(found(&repository).0, [""; 0], "nothing is fetched");
    repository.git(&["fetch", "-q"]);
    assert_eq!(
        found(&repository).0,
        ["git-behind: origin/main has a commit missing here"]
    );
    repository.git(&["switch", "-q", "-c", "feature/x"]);
    repository.sandbox.write("src/index.js", "2");
    let run = repository
        .sandbox
        .run(&["check", "--allow", "auth-missing"]);
    assert_eq!(run.code, Some(0), "warnings: {}{}", run.stdout, run.stderr);
    assert_eq!(
        found(&repository).0,
        [
            "git-dirty: a tracked file of the repository is changed and not committed: src/index.js",
            "git-branch: the branch is feature/x, but your settings release from main, release/*",
        ]
    );
    repository.git(&["switch", "-q", "-c", "release/1"]);
    assert_eq!(found(&repository).0.len(), 1);
}

#[test]
fn a_tag_at_head_with_another_version_is_a_warning() {
    let repository = repository();
    repository.git(&["tag", "-a", "v1.2.2", "-m", "annotated"]);
    assert_eq!(
        found(&repository).0,
        ["git-tag-mismatch: this commit is tagged v1.2.2, but package.json has 1.2.3"]
    );
    repository.package(".", &json!({ "name": "cat", "version": "1.2.4" }));
    let none: [&str; 0] = [];
    assert_eq!(found(&repository).0, none, "a bump under way");
    let more = json!({ "name": "cat", "version": "1.2.4", "main": "x.js" });
    repository.package(".", &more);
    let (found_now, _) = found(&repository);
    assert!(
        found_now.len() == 1 && found_now[0].starts_with("git-dirty"),
        "more than a bump: {found_now:?}"
    );
}

/// npm started the script in a clean work tree, and commits what it changes.
#[test]
fn in_the_script_version_a_change_is_not_complained_of_and_a_branch_is() {
    let mut repository = repository();
    repository.sandbox.write("src/index.js", "2");
    let settings = r#"{"branches": ["release/*"]}"#;
    repository.sandbox.set_settings(&repository, settings);
    let branch = "git-branch: the branch is main, but your settings release from release/*";
    let (now, _) = found(&repository);
    assert!(now.len() == 2 && now[1] == branch, "{now:?}");
    repository.sandbox.set("npm_lifecycle_event", "version");
    assert_eq!(found(&repository), (vec![branch.to_owned()], vec![]));
}

#[test]
fn a_plain_tag_is_not_about_each_of_several_packages() {
    let repository = Repository::new();
    repository.package(
        ".",
        &json!({ "name": "root", "private": true, "workspaces": ["p/*"] }),
    );
    repository.package("p/a", &json!({ "name": "cat", "version": "1.0.0" }));
    repository.npmrc();
    repository.commit("first");
    for tag in ["v5.0.0", "dog@2.0.0"] {
        repository.git(&["tag", tag]);
    }
    let args = ["check", "-w", "cat", "--format", "json"];
    assert_eq!(found_with(&repository, &args), (vec![], vec![]));
    repository.git(&["tag", "cat@2.0.0"]);
    assert_eq!(found_with(&repository, &args).0.len(), 1);
}

#[test]
fn a_built_folder_belongs_to_its_repository_but_no_package_to_a_home_folders() {
    let repository = repository();
    repository.git(&["tag", "v1.2.2"]);
    repository.package("dist", &json!({ "name": "cat", "version": "1.2.3" }));
    repository.sandbox.write("src/index.js", "2");
    let (built, _) = found_with(&repository, &["check", "./dist", "--format", "json"]);
    assert!(
        built.len() == 1 && built[0].starts_with("git-dirty"),
        "{built:?}"
    );
    // The repository above does not track it.
    let lone = Repository::new();
    lone.package(".", &json!({ "name": "cat", "version": "1.2.3" }));
    lone.npmrc();
    lone.sandbox.write("dotfile", "x");
    lone.git(&["add", "dotfile"]);
    lone.git(&["commit", "-q", "-m", "dotfiles"]);
    lone.sandbox.write("dotfile", "y");
    assert_eq!(found(&lone), (vec![], vec![]));
}

/// A git that records that it ran, and then runs a script: on Unix only, where a
/// script can be a program.
#[cfg(unix)]
fn fake_git(repository: &mut Repository, text: &str) -> std::path::PathBuf {
    let bin = repository.sandbox.root().join("fake");
    let log = repository.sandbox.root().join("git.log");
    let text = format!("#!/bin/sh\necho ran >> {}\n{text}\n", log.display());
    script(&bin.join("git"), &text, 0o755);
    repository.sandbox.set_path(&[&bin]);
    log
}

#[cfg(unix)]
#[test]
fn git_runs_only_where_it_is_wanted() {
    let mut repository = repository();
    let log = fake_git(&mut repository, "exec /usr/bin/git \"$@\"");
    assert_eq!(found(&repository), (vec![], vec![]));
    // The filters, the work tree, the tags, the tracked files.
    assert_eq!(fs::read_to_string(&log).expect("it ran").lines().count(), 4);
    fs::remove_file(&log).expect("there");
    let off = r#"{"checks": {"git-dirty": "off", "git-branch": "off", "git-behind": "off", "git-tag-mismatch": "off"}}"#;
    repository.sandbox.set_settings(&repository, off);
    found(&repository);
    assert!(!log.exists(), "all four are off");
    repository.sandbox.set_settings(&repository, "{}");
    fs::rename(
        repository.sandbox.project().join(".git"),
        repository.sandbox.root().join("moved"),
    )
    .expect("there");
    found(&repository);
    assert!(!log.exists(), "outside git");
}

#[cfg(unix)]
#[test]
fn a_git_that_fails_or_hangs_is_a_gap() {
    let mut repository = repository();
    fake_git(
        &mut repository,
        "echo 'fatal: detected dubious ownership' >&2; exit 128",
    );
    let (none, gaps) = found(&repository);
    assert_eq!(none, [""; 0]);
    assert!(
        gaps.len() == 3 && gaps[0].ends_with("fatal: detected dubious ownership"),
        "{gaps:?}"
    );
    let run = repository
        .sandbox
        .run(&["check", "--allow", "auth-missing"]);
    assert!(
        run.code == Some(0) && !run.stdout.contains("dubious"),
        "{}",
        run.stdout
    );
    fs::remove_dir_all(repository.sandbox.root().join("fake")).expect("there");
    fake_git(&mut repository, "exec sleep 60");
    let begin = std::time::Instant::now();
    let (none, gaps) = found(&repository);
    assert_eq!(none, [""; 0]);
    assert!(
        gaps.iter().all(|gap| gap.ends_with("git took too long")),
        "{gaps:?}"
    );
    assert!(
        begin.elapsed() < Duration::from_secs(10),
        "{:?}",
        begin.elapsed()
    );
}

#[test]
fn the_variables_of_an_outer_hook_do_not_confuse_it() {
    let mut repository = repository();
    repository.package("p", &json!({ "name": "dog", "version": "1.0.0" }));
    repository.commit("second");
    repository.sandbox.write("src/index.js", "2");
    let remote = repository.remote().display().to_string();
    repository.sandbox.set("GIT_DIR", &remote);
    repository
        .sandbox
        .set("GIT_INDEX_FILE", "/nonexistent/index");
    let args = ["check", "./p", "--format", "json"];
    let (found, gaps) = found_with(&repository, &args);
    assert!(
        found.len() == 1 && found[0].ends_with(": src/index.js"),
        "{found:?} {gaps:?}"
    );
}

/// A filter in the repository's own configuration, for all `.txt` files.
fn with_filter(repository: &Repository) -> std::path::PathBuf {
    let ran = repository.sandbox.root().join("filter-ran");
    let clean = format!("touch '{}'; cat", ran.display());
    repository.sandbox.write("a.txt", "1");
    repository
        .sandbox
        .write(".gitattributes", "*.txt filter=own\n");
    repository.commit("filtered");
    repository.git(&["push", "-q"]);
    for setting in ["clean", "smudge"] {
        repository.git(&["config", &format!("filter.own.{setting}"), &clean]);
    }
    repository.git(&["config", "filter.own.required", "true"]);
    ran
}

#[test]
fn a_filter_of_the_repositorys_own_never_runs() {
    let repository = repository();
    let ran = with_filter(&repository);
    // Its time differs, so git has to compare the contents.
    repository.sandbox.write("a.txt", "1");
    let old = std::time::SystemTime::now() - Duration::from_secs(100_000);
    let path = repository.sandbox.project().join("a.txt");
    let file = fs::File::options().append(true).open(path);
    file.and_then(|file| file.set_modified(old))
        .expect("a file of ours");
    assert_eq!(found(&repository), (vec![], vec![]));
    assert!(!ran.exists());
    // A difference may come from the filter, so it is undecided.
    repository.sandbox.write("a.txt", "2");
    let (findings, undecided) = found(&repository);
    assert_eq!(findings, [""; 0]);
    assert!(
        undecided
            .iter()
            .any(|gap| gap.contains("a filter in the repository's own")),
        "{undecided:?}"
    );
    // A difference elsewhere counts.
    repository.sandbox.write("src/index.js", "2");
    let (findings, _) = found(&repository);
    assert!(
        findings.iter().any(|line| line.starts_with("git-dirty")),
        "{findings:?}"
    );
    assert!(!ran.exists());
    // git itself would have run it.
    repository.git(&["status"]);
    assert!(ran.exists());
}
