//! Which packages a release takes, and what it says where it sends nothing.

use serde_json::json;

use super::{Repository, states};

fn two() -> Repository {
    let repository = Repository::new(&[]);
    repository.root();
    for name in ["cat-a", "cat-b"] {
        let manifest = json!({ "name": name, "version": "1.0.0" });
        repository.package(&format!("packages/{name}"), &manifest);
    }
    repository
}

#[test]
fn a_flag_by_which_another_tool_chooses_is_refused() {
    let repository = two();
    for args in [
        &["--filter=cat-a"][..],
        &["-F", "cat-a"],
        &["--scope", "cat-a"],
        &["--since=main"],
        &["--ignore=cat-b"],
        &["--dry-run", "--filter", "cat-a"],
    ] {
        let mut all = vec!["release"];
        all.extend(args);
        let run = repository.run(&all);
        assert_eq!(run.code, Some(2), "{args:?}: {run:?}");
        assert!(run.stderr.contains("release -w NAME"), "{run:?}");
    }
    assert!(repository.server.requests().is_empty());
}

#[test]
fn a_flag_without_a_name_says_that_it_wants_one() {
    let run = two().run(&["release", "--dry-run", "-w"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("`-w` has no name after it"), "{run:?}");
}

#[test]
fn a_root_that_npm_leaves_out_is_named_and_can_be_added() {
    let repository = two();
    let root = json!({ "name": "cat-root", "version": "1.0.0", "workspaces": ["packages/*"] });
    repository.package(".", &root);
    let names = |args: &[&str]| -> Vec<String> {
        let (plan, code) = repository.plan(args);
        assert_eq!(code, Some(0), "{plan:#}");
        states(&plan).into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(names(&[]), ["cat-a", "cat-b"]);
    let added = "--include-workspace-root";
    assert_eq!(names(&[added]), ["cat-root", "cat-a", "cat-b"]);
    assert_eq!(names(&[added, "-w", "cat-b"]), ["cat-root", "cat-b"]);
    let note = |args: &[&str]| {
        repository
            .run(args)
            .stderr
            .contains("root package cat-root")
    };
    assert!(note(&["release", "--dry-run"]));
    assert!(!note(&["release", "--dry-run", added]));
    repository.root();
    assert!(
        !note(&["release", "--dry-run"]),
        "a private root is no package"
    );
}

#[test]
fn a_dry_run_says_that_nothing_was_sent_and_what_set_it() {
    let mut repository = two();
    let said = |repository: &Repository, args: &[&str], words: &str| {
        let run = repository.run(args);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(
            run.stderr.contains("nothing was sent: dry-run is set by"),
            "{run:?}"
        );
        assert!(run.stderr.contains(words), "{words}: {run:?}");
    };
    said(&repository, &["release", "--dry-run"], "--dry-run\n");
    repository.sandbox.write(".npmrc", "dry-run=true\n");
    said(&repository, &["release"], ".npmrc:1:");
    repository.sandbox.write(".npmrc", "");
    repository.sandbox.set("npm_config_dry_run", "true");
    said(
        &repository,
        &["release", "--quiet"],
        "variable npm_config_dry_run",
    );
    let writes = repository.server.requests();
    assert!(writes.iter().all(|request| request.method == "GET"));
}

/// npm takes what `latest` names for `latest` and for `*`, and the first version gets it.
#[test]
fn a_package_of_the_same_release_answers_for_its_tags() {
    let repository = two();
    let prerelease = json!({ "name": "cat-a", "version": "2.0.0-beta.1" });
    repository.package("packages/cat-a", &prerelease);
    for (wanted, is_missing, expected) in [
        ("latest", false, 0),
        ("beta", false, 0),
        ("*", false, 0),
        ("^2.0.0-beta.0", false, 0),
        ("next", true, 0),
        (">=1", true, 100),
    ] {
        let needing = json!({ "name": "cat-b", "version": "1.0.0-beta.1", "dependencies": { "cat-a": wanted } });
        repository.package("packages/cat-b", &needing);
        let (plan, code) = repository.plan(&["--tag", "beta"]);
        assert_eq!(code, Some(expected), "{wanted}: {plan:#}");
        let said = plan.to_string().contains("\"dependency-missing\"");
        assert_eq!(said, is_missing, "{wanted}: {plan:#}");
    }
}

#[test]
fn the_help_names_no_format_that_is_refused() {
    let repository = two();
    let help = repository.run(&["release", "--help"]).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        help.contains("`release` human, json and github, every other command human and json alone"),
        "{help}"
    );
    for (format, code) in [
        ("json", Some(0)),
        ("github", Some(0)),
        ("sarif", Some(2)),
        ("junit", Some(2)),
    ] {
        let run = repository.run(&["release", "--dry-run", "--format", format]);
        assert_eq!(run.code, code, "{run:?}");
    }
}
