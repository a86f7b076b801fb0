//! `check` and the wrapper in repositories that a tool other than npm packs.

use serde_json::json;

use super::Repository;

/// A pnpm repository in which npm sees no workspaces. `cat-a` 1.0.0 is published.
fn of_pnpm() -> Repository {
    let repository = Repository::new(&[("cat-a", "1.0.0")]);
    repository.package(".", &json!({ "name": "root", "private": true }));
    let sandbox = &repository.sandbox;
    sandbox.write("pnpm-workspace.yaml", "packages: ['packages/*']\n");
    repository.package(
        "packages/a",
        &json!({ "name": "cat-a", "version": "1.0.0" }),
    );
    repository.package(
        "packages/b",
        &json!({ "name": "cat-b", "version": "1.0.0", "scripts": { "prepack": "node rewrite.js" },
                 "dependencies": { "cat-a": "workspace:^" } }),
    );
    repository
}

#[test]
fn check_judges_what_release_would_send_where_npm_sees_no_workspaces() {
    let repository = of_pnpm();
    for args in [&["--workspaces"][..], &["-w", "cat-b"]] {
        let mut all = vec!["check", "--format", "json"];
        all.extend(args);
        let run = repository.run(&all);
        assert_eq!(run.code, Some(0), "{run:?}");
        let report = run.json();
        assert_eq!(report["schema"], "safe-publish/report@1");
        let names: Vec<&str> = report["packages"]
            .as_array()
            .expect("packages")
            .iter()
            .filter_map(|package| package["name"].as_str())
            .collect();
        assert_eq!(names, ["cat-b"], "the other one is out");
        assert!(
            run.stderr
                .contains("what `safe-publish release` would send"),
            "{run:?}"
        );
        assert!(run.stderr.contains("pnpm-workspace.yaml"), "{run:?}");
    }
    let run = repository.run(&["check", "--workspaces"]);
    assert!(
        run.stderr
            .contains("already on the registry: cat-a 1.0.0\n"),
        "{run:?}"
    );
}

#[test]
fn the_wrapper_names_release_where_npm_sees_no_workspaces() {
    let repository = of_pnpm();
    for args in [&["--workspaces"][..], &["-w", "cat-b"]] {
        let run = repository.run(args);
        assert_eq!(run.code, Some(102), "{run:?}");
        assert!(run.stderr.contains("safe-publish release"), "{run:?}");
        assert!(run.stderr.contains("pnpm-workspace.yaml"), "{run:?}");
    }
    assert!(repository.server.requests().is_empty());
}

#[test]
fn a_range_for_another_tool_never_gets_onto_a_registry() {
    let repository = of_pnpm();
    let run = repository.run(&["./packages/b"]);
    assert_eq!(run.code, Some(100), "{run:?}");
    assert!(run.stderr.contains("error[dependency-protocol]"), "{run:?}");
    assert!(
        run.stderr.contains("safe-publish release -w cat-b"),
        "{run:?}"
    );
    // The packer replaces it with a range.
    let run = repository.run(&["check", "--packer", "pnpm", "cat-b"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = repository.run(&["check", "--packer", "npm", "cat-b"]);
    assert_eq!(run.code, Some(100), "{run:?}");
    assert_eq!(repository.run(&["check", "--packer", "nx"]).code, Some(2));
}

#[test]
fn with_a_packer_the_manifest_is_judged_as_it_is_packed() {
    let repository = Repository::new(&[("dog", "1.0.0")]);
    let manifest = json!({ "name": "cat", "version": "1.0.0", "publishConfig": { "name": "dog" } });
    repository.package(".", &manifest);
    let verdict = |packer| {
        let args = ["check", "--format", "json", "--packer", packer];
        let report = repository.run(&args).json();
        report["packages"].as_array().map(Vec::len)
    };
    // `dog` 1.0.0 is published, `cat` is not.
    assert_eq!(verdict("pnpm"), Some(0));
    assert_eq!(verdict("yarn"), Some(1));
}

#[test]
fn a_taken_version_in_a_workspace_names_release() {
    let repository = Repository::new(&[("cat-a", "1.0.0")]);
    repository.root();
    repository.package(
        "packages/a",
        &json!({ "name": "cat-a", "version": "1.0.0" }),
    );
    repository.package(
        "packages/b",
        &json!({ "name": "cat-b", "version": "1.0.0" }),
    );
    let run = repository.run(&["--workspaces"]);
    assert_eq!(run.code, Some(100));
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("publish the members that are not published yet: safe-publish release"),
        "{said}"
    );
}

#[test]
fn credentials_of_the_packers_own_files_are_named() {
    let yarn = (
        ".yarnrc.yml",
        "npmAuthToken: yarn-secret-1\n",
        "npmAuthToken",
    );
    let pnpm = (
        "../config/pnpm/auth.ini",
        "//{host}/:_authToken=pnpm-secret-1\n",
        "auth.ini",
    );
    let bun = (
        "bunfig.toml",
        "[install]\ntoken = \"bun-secret-1\"\n",
        "token",
    );
    for (file, text, key) in [yarn, bun, pnpm] {
        let mut repository = Repository::new(&[]);
        repository.root();
        repository.package(
            "packages/a",
            &json!({ "name": "cat-a", "version": "1.0.0" }),
        );
        let config = repository.sandbox.root().join("config");
        let config = config.to_str().expect("UTF-8").to_owned();
        repository.sandbox.set("XDG_CONFIG_HOME", &config);
        let text = text.replace("{host}", &repository.server.host());
        repository.sandbox.write(file, &text);
        let registry = format!("registry={}\n", repository.server.url());
        std::fs::write(repository.sandbox.home().join(".npmrc"), registry).expect("our own file");
        let run = repository.run(&["release", "--dry-run"]);
        assert_eq!(run.code, Some(100), "{run:?}");
        assert!(run.stdout.contains("error[auth-elsewhere]"), "{run:?}");
        assert!(
            run.stdout.contains(key) && run.stdout.contains(file.trim_start_matches("../config/")),
            "{run:?}"
        );
        assert!(!format!("{run:?}").contains("secret-1"));
    }
}

/// The number of requests in the last line.
fn counted(run: &crate::support::sandbox::Run) -> usize {
    let line = run.stdout.lines().last().unwrap_or_default();
    let count = line
        .split(", ")
        .find_map(|part| part.strip_suffix(" requests"));
    let count = count.and_then(|text| text.rsplit(' ').next());
    count.and_then(|count| count.parse().ok()).expect("a count")
}

#[test]
fn the_last_line_counts_what_the_registry_saw() {
    let names: Vec<String> = (0..40).map(|number| format!("pkg-{number}")).collect();
    let old: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1.0.0")).collect();
    let repository = Repository::new(&old);
    repository.sandbox.write_workspace(40, "1.1.0");
    let run = repository.run(&["check", "--workspaces"]);
    let seen = repository.server.requests();
    assert_eq!(counted(&run), seen.len(), "{}", run.stdout);
    // Questions about new names were asked for none of them, and questions that have one answer
    // for the whole account were asked once.
    let asked = |part: &str| seen.iter().filter(|it| it.target.contains(part)).count();
    assert_eq!(asked("/-/v1/search"), 0);
    assert_eq!((asked("/-/whoami"), asked("/-/npm/v1/user")), (1, 1));
}

#[test]
fn a_request_that_is_tried_again_counts_each_time() {
    let repository = Repository::new(&[]);
    repository.package(".", &json!({ "name": "cat", "version": "1.0.0" }));
    let faults =
        json!([{ "method": "GET", "path": "/cat", "with": { "status": { "status": 503 } } }]);
    let state = json!({ "users": { "alice": {} }, "tokens": { "tok-alice-1": { "user": "alice" } }, "faults": faults });
    let state = serde_json::from_value(state).expect("a state");
    let server = crate::support::registry::Server::start(state);
    let host = server.host();
    let npmrc = format!(
        "registry={}\n//{host}/:_authToken=tok-alice-1\n",
        server.url()
    );
    std::fs::write(repository.sandbox.home().join(".npmrc"), npmrc).expect("our own file");
    let run = repository.run(&["check"]);
    assert_eq!(run.code, Some(101), "{run:?}");
    assert_eq!(counted(&run), server.requests().len(), "{}", run.stdout);
}
