//! The git hook, as git runs it: real repositories, pushes to a bare remote.

use serde_json::json;

use crate::support::git::{NONE, Repository, line};
use crate::support::sandbox::Run;

#[test]
fn a_tag_that_fits_is_pushed() {
    let repository = Repository::with_hook("cat", "1.2.3");
    let run = repository.tag_and_push("v1.2.3");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr, "ready: cat 1.2.3 (v1.2.3)\n");
    assert!(repository.has_arrived("v1.2.3") && repository.questions() > 0);
}

#[test]
fn a_tag_with_another_version_than_the_commit_is_not_pushed() {
    let repository = Repository::with_hook("cat", "1.2.3");
    let run = repository.tag_and_push("v1.2.4");
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    for text in [
        "error[git-tag-mismatch]: the tag v1.2.4 is pushed, but package.json of that",
        "--> package.json:4:14",
        "blocked: 1 error",
        "help: to push anyway: git push --no-verify",
    ] {
        assert!(run.stderr.contains(text), "{text}: {}", run.stderr);
    }
    let folder = std::env::temp_dir().display().to_string();
    assert!(
        !run.stderr.contains(&format!("{folder}/safe-publish-hook")),
        "{}",
        run.stderr
    );
    assert!(!repository.has_arrived("v1.2.4"));
    let anyway = repository.push(&["--no-verify", "refs/tags/v1.2.4"]);
    assert!(anyway.code == Some(0) && repository.has_arrived("v1.2.4"));
}

#[test]
fn a_version_that_is_taken_stops_the_push_of_its_tag() {
    let repository = Repository::with_hook("taken", "1.1.0");
    let run = repository.tag_and_push("1.1.0");
    assert!(
        run.code == Some(1) && run.stderr.contains("error[version-taken]"),
        "{}",
        run.stderr
    );
    assert!(!repository.has_arrived("1.1.0"));
}

#[test]
fn branches_old_tags_and_deleted_tags_are_ignored() {
    let repository = Repository::with_hook("taken", "1.1.0");
    let silent = |run: Run| {
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (Some(0), ""),
            "{}",
            run.stdout
        );
    };
    repository.git(&["tag", "v9.9.9"]);
    silent(repository.push(&["--no-verify", "refs/tags/v9.9.9"]));
    repository.commit_more();
    silent(repository.push(&["main"]));
    silent(repository.push(&["main:v2.0.0-branch"]));
    // The remote has the tag: it is moved, then deleted.
    repository.git(&["tag", "--force", "v9.9.9"]);
    silent(repository.push(&["--force", "refs/tags/v9.9.9"]));
    silent(repository.push(&["--delete", "refs/tags/v9.9.9"]));
    for tag in ["v1", "nightly", "release-of-2026", "v2026.01.15"] {
        silent(repository.tag_and_push(tag));
        assert!(repository.has_arrived(tag));
    }
    assert_eq!(repository.questions(), 0, "nothing was asked");
}

impl Repository {
    fn commit_more(&self) {
        self.sandbox.write("more.txt", "more");
        self.commit("more");
    }
}

#[test]
fn irrelevant_pushes_are_recognised_without_git_and_without_files() {
    let mut repository = Repository::new();
    repository.sandbox.set("PATH", "");
    repository.sandbox.set("HOME", "/nonexistent");
    let id = "1234567890123456789012345678901234567890";
    let lines = format!(
        "refs/heads/main {id} refs/heads/main {NONE}\nrefs/tags/v1 {id} refs/tags/v1 {NONE}\nrefs/tags/v1.0.0 {id} refs/tags/v1.0.0 {id}\n(delete) {NONE} refs/tags/v1.0.0 {id}\n"
    );
    for input in [lines.as_str(), "", "nonsense\n"] {
        let run = repository.run_hook(&["origin", "https://user:secret@git.example/x"], input);
        assert_eq!(
            (run.code, run.stderr.as_str(), run.stdout.as_str()),
            (Some(0), "", "")
        );
    }
}

#[test]
fn an_annotated_tag_is_followed_to_its_commit() {
    let repository = Repository::with_hook("cat", "1.2.3");
    repository.git(&["tag", "-a", "v1.2.3", "-m", "release"]);
    let run = repository.push(&["refs/tags/v1.2.3"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(0), "ready: cat 1.2.3 (v1.2.3)\n")
    );
    repository.git(&["tag", "-a", "v1.2.4", "-m", "release"]);
    assert_eq!(repository.push(&["refs/tags/v1.2.4"]).code, Some(1));
}

#[test]
fn the_commit_counts_and_not_the_work_tree() {
    let repository = Repository::with_hook("cat", "1.2.3");
    // Bumped, but not committed.
    repository.package(".", &json!({ "name": "cat", "version": "1.2.4" }));
    let run = repository.tag_and_push("v1.2.4");
    assert!(
        run.code == Some(1) && run.stderr.contains("package.json of that commit has 1.2.3")
            || run.stderr.contains("has 1.2.3"),
        "{}",
        run.stderr
    );
    repository.sandbox.write("package.json", "{ broken");
    repository
        .sandbox
        .write(".npmrc", "registry=http://127.0.0.1:1/\n");
    assert_eq!(
        repository.tag_and_push("v1.2.3").stderr,
        "ready: cat 1.2.3 (v1.2.3)\n"
    );
    // A branch that is not checked out.
    repository.git(&["stash", "-q"]);
    repository.git(&["switch", "-q", "-c", "next"]);
    repository.package(".", &json!({ "name": "cat", "version": "2.0.0" }));
    repository.commit("two");
    repository.git(&["tag", "v2.0.0"]);
    repository.git(&["switch", "-q", "main"]);
    assert_eq!(repository.push(&["refs/tags/v2.0.0"]).code, Some(0));
}

#[test]
fn a_registry_that_is_down_does_not_stop_a_push() {
    let mut repository = Repository::with_hook("cat", "1.2.3");
    drop(repository.server.take());
    let run = repository.tag_and_push("v1.2.3");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("undecided:") && run.stderr.contains("note: the push continues"),
        "{}",
        run.stderr
    );
    assert!(repository.has_arrived("v1.2.3"));
    let head = repository.head();
    let strict = repository.run_hook(&["--strict", "origin", "x"], &line("v1.2.3", &head));
    assert_eq!(strict.code, Some(101), "{}", strict.stderr);
    let installed = repository.sandbox.run(&["hook", "install", "--strict"]);
    assert!(
        installed.stdout.starts_with("updated"),
        "{}",
        installed.stdout
    );
    repository.git(&["tag", "1.2.3"]);
    assert_eq!(repository.push(&["refs/tags/1.2.3"]).code, Some(1));
}

#[test]
fn a_registry_that_says_nothing_is_waited_for_once() {
    let repository = Repository::with_hook("cat", "1.2.3");
    // Connections are accepted and never answered.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("bound");
    let npmrc = format!("registry=http://{address}/\n");
    repository.sandbox.write(".npmrc", &npmrc);
    let mut lines = String::new();
    for number in 1..5 {
        let version = format!("2.0.{number}");
        repository.package(".", &json!({ "name": "cat", "version": version }));
        repository.commit("more");
        lines += &line(&format!("v{version}"), &repository.head());
    }
    let begin = std::time::Instant::now();
    let run = repository.run_hook(&["--timeout", "2"], &lines);
    let took = begin.elapsed();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr.matches("the push continues").count(), 4);
    let at = |tag: &str| run.stderr.find(&format!("the commit of {tag}\n"));
    assert!(
        at("v2.0.1").is_some() && at("v2.0.1") < at("v2.0.4"),
        "{}",
        run.stderr
    );
    assert!(took.as_secs() < 7, "{took:?}");
}

#[test]
fn without_git_or_its_objects_the_push_goes_on_with_a_warning() {
    let mut repository = Repository::with_hook("cat", "1.2.3");
    let missing = "1234567890123456789012345678901234567890";
    let run = repository.run_hook(&[], &line("v1.2.3", missing));
    assert!(
        run.code == Some(0) && run.stderr.contains("warning: v1.2.3 is pushed without a check\nerror: reading the commit of v1.2.3 from git: "),
        "{:?} {}",
        run.code,
        run.stderr
    );
    let head = repository.head();
    repository.sandbox.set("PATH", "");
    let run = repository.run_hook(&[], &line("v1.2.3", &head));
    assert!(
        run.code == Some(0) && run.stderr.contains("looking for git on PATH"),
        "{}",
        run.stderr
    );
    let run = repository.run_hook(&["--strict"], &line("v1.2.3", &head));
    assert_eq!(run.code, Some(102), "{}", run.stderr);
}

#[test]
fn invalid_settings_and_files_are_named_by_their_place_in_the_commit() {
    let repository = Repository::with_hook("cat", "1.2.3");
    repository
        .sandbox
        .write("safe-publish.json", r#"{"chekcs": {}}"#);
    repository.commit("settings");
    let run = repository.tag_and_push("v1.2.3");
    assert!(
        run.code == Some(0)
            && run
                .stderr
                .contains("error: reading the settings in safe-publish.json: unknown key `chekcs`"),
        "{}",
        run.stderr
    );
    repository.sandbox.write("package.json", "{ broken");
    repository.commit("broken");
    let run = repository.tag_and_push("v1.2.4");
    assert!(
        run.code == Some(0)
            && run.stderr.contains("package.json:1:3")
            && !run.stderr.contains("safe-publish-hook-"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_hook_writes_for_people_and_is_started_by_git() {
    let repository = Repository::with_hook("cat", "1.2.3");
    let run = repository.run_hook(&["--format", "json"], &line("v1.2.3", &repository.head()));
    assert!(
        run.code == Some(2) && run.stderr.contains("error: reading --format"),
        "{}",
        run.stderr
    );
    let help = repository.sandbox.run(&["hook"]);
    assert!(
        help.code == Some(2) && help.stderr.contains("install"),
        "{}",
        help.stderr
    );
}
