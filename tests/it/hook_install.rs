//! Where the hook is installed, what it does with an existing hook, and that removing it
//! restores the previous one.

use std::fs;
use std::path::Path;

#[cfg(unix)]
use crate::support::git::set_mode;
use crate::support::git::{Repository, has_mode, script};
use crate::support::sandbox::{Run, slashes};

#[test]
fn it_is_written_once_and_taken_out() {
    let repository = Repository::with_cat();
    let path = repository.sandbox.project().join(".git/hooks/pre-push");
    assert!(repository.hook("install").starts_with("installed: "));
    assert!(has_mode(&path, 0o755));
    let first = fs::read(&path).expect("it is there");
    assert!(
        repository
            .hook("install")
            .starts_with("already installed: ")
    );
    assert_eq!(fs::read(&path).expect("it is there"), first);
    repository.hook_works();
    assert!(repository.hook("uninstall").starts_with("removed: "));
    assert!(!path.exists());
    assert!(
        repository
            .hook("uninstall")
            .starts_with("nothing to remove")
    );
}

#[test]
fn without_the_program_the_push_goes_on_with_a_line() {
    let mut repository = Repository::with_cat();
    repository.hook("install");
    let path = repository.sandbox.project().join(".git/hooks/pre-push");
    // From PATH first, otherwise from where it was installed.
    let text = fs::read_to_string(&path).expect("it is there");
    let program = slashes(env!("CARGO_BIN_EXE_safe-publish"));
    assert!(text.contains(&program), "{text}");
    repository.sandbox.set_path(&[]);
    repository.hook_works();
    let text = text.replace(&program, "/nonexistent/safe-publish");
    fs::write(&path, text).expect("writable");
    let run = repository.push(&["refs/tags/v1.2.4"]);
    assert_eq!(run.code, Some(0));
    assert_eq!(
        run.stderr,
        "safe-publish is not on PATH, so the tags are pushed without a check\n"
    );
    assert_eq!(
        repository.push(&["main"]).stderr,
        "",
        "a branch needs no program"
    );
}

/// Records its input, and exits with the code in a file.
pub(crate) const RECORDER: &str =
    "#!/bin/sh\nprintf 'args: %s %s\\n' \"$1\" \"$2\" >> seen\ncat >> seen\nexit $(cat code)";

#[test]
fn a_hook_that_is_there_is_called_first_with_all_that_git_says() {
    let repository = Repository::with_cat();
    let project = repository.sandbox.project();
    let path = project.join(".git/hooks/pre-push");
    script(&path, RECORDER, 0o750);
    repository.sandbox.write("code", "0");
    assert!(repository.hook("install").contains("called first"));
    assert!(repository.hook("install").starts_with("already installed"));
    repository.hook_works();
    let remote = repository.remote().display().to_string();
    let id = repository.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let seen = fs::read_to_string(project.join("seen")).expect("it was called");
    let lines: Vec<&str> = seen.lines().collect();
    assert_eq!(lines[0], format!("args: origin {remote}"));
    assert_eq!(
        lines[1],
        format!("refs/tags/v1.2.3 {id} refs/tags/v1.2.3 {}", "0".repeat(40))
    );
    assert_eq!(lines.len(), 4, "{seen}");
    // Its exit code counts, too, and it runs first.
    repository.sandbox.write("code", "7");
    repository.git(&["tag", "1.2.3"]);
    let run = repository.push(&["refs/tags/1.2.3"]);
    assert!(
        run.code == Some(1) && !run.stderr.contains("ready"),
        "{}",
        run.stderr
    );
    assert!(repository.hook("uninstall").contains("as it was before"));
    assert_eq!(fs::read_to_string(&path).expect("restored"), RECORDER);
    assert!(has_mode(&path, 0o750));
    assert_eq!(
        fs::read_dir(path.parent().expect("a folder"))
            .expect("readable")
            .filter(|entry| {
                entry
                    .as_ref()
                    .expect("readable")
                    .file_name()
                    .to_string_lossy()
                    .contains("safe-publish")
            })
            .count(),
        0
    );
}

/// On Windows no file is switched off, and few people may make links.
#[cfg(unix)]
#[test]
fn a_hook_that_is_not_a_script_or_is_switched_off_is_kept_as_well() {
    let repository = Repository::with_cat();
    let path = repository.sandbox.project().join(".git/hooks/pre-push");
    script(
        &path,
        "#!/usr/bin/env python3\nraise SystemExit(1)\n",
        0o644,
    );
    repository.hook("install");
    // Neither git nor our hook calls a file that is not executable.
    repository.hook_works();
    repository.hook("uninstall");
    assert!(has_mode(&path, 0o644));
    // A link to one of the project's files.
    fs::remove_file(&path).expect("there");
    repository
        .sandbox
        .write("tools/hook", "#!/bin/sh\necho \"$0\" > called\n");
    set_mode(&repository.sandbox.project().join("tools/hook"), 0o755);
    std::os::unix::fs::symlink("../../tools/hook", &path).expect("writable");
    repository.hook("install");
    repository.hook_works();
    assert!(repository.sandbox.project().join("called").exists());
    repository.hook("uninstall");
    assert!(path.is_symlink());
    assert_eq!(
        fs::read_to_string(&path).expect("restored"),
        "#!/bin/sh\necho \"$0\" > called\n"
    );
}

#[test]
fn a_script_that_goes_by_its_own_name_stays_where_it_is() {
    let repository = Repository::with_cat();
    let path = repository.sandbox.project().join(".git/hooks/pre-push");
    let text = "#!/bin/sh\n. \"$(dirname \"$0\")/helper\"\n";
    script(&path, text, 0o755);
    script(
        &path.with_file_name("helper"),
        "echo \"$(basename \"$0\") $1\" > seen; cat >> seen\n",
        0o644,
    );
    assert!(repository.hook("install").contains("a block at the start"));
    repository.hook("install");
    repository.hook_works();
    let run = repository.tag_and_push("nightly");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let seen = fs::read_to_string(repository.sandbox.project().join("seen")).expect("called");
    assert!(
        seen.starts_with("pre-push origin\nrefs/tags/nightly "),
        "{seen}"
    );
    assert_eq!(seen.lines().count(), 2, "{seen}");
    repository.hook("uninstall");
    assert_eq!(fs::read_to_string(&path).expect("restored"), text);
}

#[test]
fn a_projects_own_folder_is_used_and_a_shared_one_refused() {
    let repository = Repository::with_cat();
    repository.git(&["config", "core.hooksPath", ".githooks"]);
    let said = slashes(&repository.hook("install"));
    assert!(
        said.contains(".githooks/pre-push") && said.contains("belongs to the project"),
        "{said}"
    );
    repository.hook_works();
    repository.hook("uninstall");
    repository.git(&["config", "--unset", "core.hooksPath"]);
    let shared = repository.sandbox.home().join("hooks");
    let path = shared.display().to_string();
    repository.git(&["config", "--global", "core.hooksPath", &path]);
    for word in ["install", "uninstall"] {
        let run = repository.sandbox.run(&["hook", word]);
        assert_eq!(run.code, Some(102), "{}", run.stdout);
        for text in [
            "which other repositories may use",
            ".gitconfig",
            "help: add `safe-publish hook run",
        ] {
            assert!(run.stderr.contains(text), "{text}: {}", run.stderr);
        }
    }
    assert!(!shared.exists());
    // As the error advises.
    repository.git(&["config", "core.hooksPath", ".githooks"]);
    repository.hook("install");
}

/// Installs the hook from this folder; there it works then.
fn works_from(repository: &Repository, folder: &Path) {
    let mut command = repository
        .sandbox
        .command(env!("CARGO_BIN_EXE_safe-publish"));
    let run = Run::of(command.args(["hook", "install"]).current_dir(folder));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    repository.hook_works_in(folder);
}

/// Makes a clone push to where the repository pushes to.
fn push_where_the_repository_does(repository: &Repository, clone: &Path) {
    let remote = repository.remote().display().to_string();
    repository.git_in(clone, &["remote", "set-url", "origin", &remote]);
}

#[test]
fn a_worktree_has_the_repositorys_hook() {
    let repository = Repository::with_cat();
    let worktree = repository.sandbox.root().join("tree");
    let path = worktree.display().to_string();
    repository.git(&["worktree", "add", "-q", "-b", "other", &path]);
    works_from(&repository, &worktree);
    let project = repository.sandbox.project();
    assert!(project.join(".git/hooks/pre-push").exists());
}

#[test]
fn a_submodule_has_its_own_hook() {
    let repository = Repository::with_cat();
    let outer = repository.sandbox.root().join("outer");
    fs::create_dir(&outer).expect("fresh");
    repository.git_in(&outer, &["init", "-q"]);
    let url = slashes(&repository.sandbox.project().display().to_string());
    repository.git_in(&outer, &["submodule", "--quiet", "add", &url, "inner"]);
    let inner = outer.join("inner");
    push_where_the_repository_does(&repository, &inner);
    works_from(&repository, &inner);
    assert!(outer.join(".git/modules/inner/hooks/pre-push").exists());
}

#[test]
fn a_bare_repository_has_its_own_hook() {
    let repository = Repository::with_cat();
    let bare = repository.sandbox.root().join("bare.git");
    repository.git(&["clone", "-q", "--bare", ".", &bare.display().to_string()]);
    push_where_the_repository_does(&repository, &bare);
    works_from(&repository, &bare);
}

#[test]
fn what_is_not_clear_is_an_error_with_a_next_step() {
    let repository = Repository::with_cat();
    let path = repository.sandbox.project().join(".git/hooks/pre-push");
    script(&path, "#!/bin/sh\n", 0o755);
    repository.hook("install");
    // Another tool has overwritten our hook.
    script(&path, "#!/bin/sh\nexit 0\n", 0o755);
    let run = repository.sandbox.run(&["hook", "install"]);
    assert!(
        run.code == Some(102) && run.stderr.contains("from an earlier installation"),
        "{}",
        run.stderr
    );
    fs::remove_file(path.with_file_name("pre-push.before-safe-publish")).expect("there");
    script(
        &path,
        "#!/bin/sh\ncall_lefthook run \"pre-push\" \"$@\"\n",
        0o755,
    );
    let run = repository.sandbox.run(&["hook", "install"]);
    assert!(
        run.code == Some(102) && run.stderr.contains("help: name a script in lefthook.yml"),
        "{}",
        run.stderr
    );
    let outside = crate::support::sandbox::Sandbox::new();
    let run = outside.run(&["hook", "install"]);
    assert!(
        run.code == Some(102) && run.stderr.contains("looking for git on PATH"),
        "{}",
        run.stderr
    );
    let mut command = repository
        .sandbox
        .command(env!("CARGO_BIN_EXE_safe-publish"));
    let run = Run::of(
        command
            .args(["hook", "install"])
            .current_dir(repository.sandbox.home()),
    );
    assert!(
        run.code == Some(102)
            && run.stderr.contains("not a git repository")
            && run.stderr.contains("help: run this inside"),
        "{}",
        run.stderr
    );
}
