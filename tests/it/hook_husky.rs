//! The hook together with husky's, of version 9 and before.

use std::fs;

use crate::support::git::{Repository, has_mode, script};
use crate::support::sandbox::{Run, slashes};

/// husky 9: git looks into `.husky/_`, and the files next to that folder are called.
fn husky_9(repository: &Repository) {
    let project = repository.sandbox.project();
    let helper = "#!/usr/bin/env sh\nn=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n[ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\nc=$?\n[ $c != 0 ] && echo \"husky - $n script failed (code $c)\"\nexit $c\n";
    script(&project.join(".husky/_/h"), helper, 0o755);
    script(
        &project.join(".husky/_/pre-push"),
        "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"\n",
        0o755,
    );
    fs::write(project.join(".husky/_/.gitignore"), "*").expect("writable");
    repository.git(&["config", "core.hooksPath", ".husky/_"]);
}

#[test]
fn huskys_own_file_gets_a_block_that_leaves_the_rest_its_input() {
    let repository = Repository::with_cat();
    husky_9(&repository);
    let path = repository.sandbox.project().join(".husky/pre-push");
    let text = "cat > seen\nnpm_test=1\n";
    script(&path, text, 0o644);
    let said = slashes(&repository.hook("install"));
    assert!(
        said.contains(".husky/pre-push") && said.contains("commit pre-push"),
        "{said}"
    );
    let written = fs::read_to_string(&path).expect("it is there");
    assert!(
        !written.contains(&slashes(env!("CARGO_BIN_EXE_safe-publish"))),
        "no path of this machine"
    );
    repository.hook_works();
    let seen = repository.sandbox.project().join("seen");
    assert!(
        fs::read_to_string(seen)
            .expect("called")
            .starts_with("refs/tags/v1.2.3 ")
    );
    repository.hook("uninstall");
    assert_eq!(fs::read_to_string(&path).expect("restored"), text);
    assert!(has_mode(&path, 0o644));
    // From a folder below, and without their own file.
    fs::remove_file(&path).expect("there");
    let mut below = repository
        .sandbox
        .command(env!("CARGO_BIN_EXE_safe-publish"));
    repository.sandbox.write("packages/a/x", "");
    let below = below
        .args(["hook", "install"])
        .current_dir(repository.sandbox.project().join("packages/a"));
    assert_eq!(Run::of(below).code, Some(0));
    repository.hook_works();
    repository.hook("uninstall");
    assert!(!path.exists());
}

#[test]
fn old_husky_runs_it_once() {
    let repository = Repository::with_cat();
    let project = repository.sandbox.project();
    let helper = "if [ -z \"$husky_skip_init\" ]; then\n  readonly husky_skip_init=1\n  export husky_skip_init\n  sh -e \"$0\" \"$@\"\n  exit $?\nfi\n";
    script(&project.join(".husky/_/husky.sh"), helper, 0o644);
    let text = "#!/usr/bin/env sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\n\ncat > seen\n";
    script(&project.join(".husky/pre-push"), text, 0o755);
    repository.git(&["config", "core.hooksPath", ".husky"]);
    repository.hook("install");
    repository.hook_works();
    repository.git(&["tag", "1.2.3"]);
    let run = repository.push(&["refs/tags/1.2.3"]);
    assert_eq!(
        run.stderr.matches("ready: cat").count(),
        1,
        "{}",
        run.stderr
    );
    let seen = fs::read_to_string(project.join("seen")).expect("called");
    assert!(seen.starts_with("refs/tags/1.2.3 "), "{seen}");
    repository.hook("uninstall");
    assert_eq!(
        fs::read_to_string(project.join(".husky/pre-push")).expect("restored"),
        text
    );
}
