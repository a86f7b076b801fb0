//! The hook in files that people changed after it was installed, and in places
//! that git's variables name.

use std::fs;

use crate::hook_install::RECORDER;
use crate::support::git::{Repository, script};

/// An existing hook, ours around it, and a line that the user added.
fn added_to() -> (Repository, std::path::PathBuf) {
    let repository = Repository::with_cat();
    let path = repository.sandbox.project().join(".git/hooks/pre-push");
    script(&path, RECORDER, 0o755);
    repository.sandbox.write("code", "0");
    repository.hook("install");
    let mut text = fs::read_to_string(&path).expect("it is there");
    text += "cat > added\n";
    fs::write(&path, text).expect("writable");
    (repository, path)
}

#[test]
fn written_again_it_still_calls_the_hook_that_was_there() {
    let (repository, path) = added_to();
    let run = repository.sandbox.run(&["hook", "install", "--strict"]);
    assert!(run.stdout.starts_with("updated"), "{}", run.stdout);
    let text = fs::read_to_string(&path).expect("it is there");
    assert!(
        text.contains("--strict") && text.ends_with("cat > added\n"),
        "{text}"
    );
    let run = repository.sandbox.run(&["hook", "install", "--strict"]);
    assert!(
        run.stdout.starts_with("already installed"),
        "{}",
        run.stdout
    );
    repository.hook_works();
    let seen = |name| {
        let text = fs::read_to_string(repository.sandbox.project().join(name));
        text.unwrap_or_default()
    };
    assert!(
        seen("seen").contains("refs/tags/v1.2.3"),
        "{}",
        seen("seen")
    );
    assert!(
        seen("added").contains("refs/tags/v1.2.3"),
        "{}",
        seen("added")
    );
}

#[test]
fn it_is_not_taken_out_of_a_file_that_would_lose_a_line() {
    let (repository, path) = added_to();
    let kept = path.with_file_name("pre-push.before-safe-publish");
    let before = fs::read(&path).expect("it is there");
    let run = repository.sandbox.run(&["hook", "uninstall"]);
    assert_eq!(run.code, Some(102), "{}", run.stdout);
    for text in [
        "hooks/pre-push",
        "pre-push.before-safe-publish",
        "help: move the lines",
    ] {
        assert!(run.stderr.contains(text), "{text}: {}", run.stderr);
    }
    assert_eq!(fs::read(&path).expect("it is there"), before);
    assert_eq!(fs::read_to_string(&kept).expect("it is there"), RECORDER);
    // As the help advises.
    let text = String::from_utf8(before).expect("a script");
    fs::write(&path, text.replace("cat > added\n", "\n")).expect("writable");
    assert!(repository.hook("uninstall").contains("as it was before"));
    assert_eq!(fs::read_to_string(&path).expect("restored"), RECORDER);
    assert!(!kept.exists());
    assert!(repository.hook("install").contains("called first"));
}

#[test]
fn lines_that_were_added_to_our_hook_are_kept() {
    let repository = Repository::with_cat();
    let path = repository.sandbox.project().join(".git/hooks/pre-push");
    repository.hook("install");
    let text = fs::read_to_string(&path).expect("it is there");
    fs::write(&path, text + "echo added\n").expect("writable");
    let said = repository.hook("uninstall");
    assert!(said.contains("the other lines of"), "{said}");
    let rest = fs::read_to_string(&path).expect("it is there");
    assert_eq!(rest, "#!/bin/sh\necho added\n");
}

#[test]
fn it_goes_where_the_variables_of_git_point() {
    let mut repository = Repository::with_cat();
    let bare = repository.sandbox.root().join("bare.git");
    repository.git(&["clone", "-q", "--bare", ".", &bare.display().to_string()]);
    for at in ["../bare.git".to_owned(), bare.display().to_string()] {
        repository.sandbox.set("GIT_DIR", &at);
        repository.hook("install");
        assert!(bare.join("hooks/pre-push").exists(), "{at}");
        repository.hook("uninstall");
        assert!(!bare.join("hooks/pre-push").exists(), "{at}");
    }
    let own = repository.sandbox.project().join(".git/hooks/pre-push");
    assert!(!own.exists());
    // A work tree elsewhere, with its own hooks.
    let tree = repository.sandbox.root().join("tree");
    fs::create_dir(&tree).expect("fresh");
    repository.sandbox.set("GIT_DIR", ".git");
    repository.sandbox.set("GIT_WORK_TREE", "../tree");
    repository.git(&["config", "core.hooksPath", ".githooks"]);
    repository.hook("install");
    assert!(tree.join(".githooks/pre-push").exists());
}
