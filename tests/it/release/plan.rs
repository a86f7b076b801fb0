//! `release --dry-run`: which packages, packed by which tool, in which order.

use serde_json::{Value, json};

use super::{Repository, states};

fn pairs(states: &[(String, String)]) -> Vec<(&str, &str)> {
    let each = states.iter();
    each.map(|(name, state)| (name.as_str(), state.as_str()))
        .collect()
}

/// `@acme/cli` needs `@acme/core`, which needs `@acme/base`, which is published.
fn chain() -> Repository {
    let repository = Repository::new(&[("@acme/base", "1.0.0")]);
    repository.root();
    let public = json!({ "access": "public" });
    repository.package(
        "packages/a-cli",
        &json!({ "name": "@acme/cli", "version": "2.0.0", "publishConfig": public,
                 "dependencies": { "@acme/core": "^1.2.0" } }),
    );
    repository.package(
        "packages/base",
        &json!({ "name": "@acme/base", "version": "1.0.0", "publishConfig": public }),
    );
    repository.package(
        "packages/core",
        &json!({ "name": "@acme/core", "version": "1.2.0", "publishConfig": public,
                 "peerDependencies": { "@acme/base": "^1.0.0" } }),
    );
    repository.package(
        "packages/docs",
        &json!({ "name": "docs", "private": true, "dependencies": { "@acme/cli": "*" } }),
    );
    repository
}

#[test]
fn the_plan_says_what_is_sent_in_which_order() {
    let repository = chain();
    let (plan, code) = repository.plan(&[]);
    assert_eq!(code, Some(0), "{plan:#}");
    assert_eq!(plan["schema"], "safe-publish/release@1");
    assert_eq!(plan["verdict"], "ready");
    assert_eq!(plan["order"], json!(["@acme/core", "@acme/cli"]));
    assert_eq!(
        pairs(&states(&plan)),
        [
            ("@acme/cli", "publish"),
            ("@acme/base", "out"),
            ("@acme/core", "publish"),
            ("docs", "private")
        ]
    );
    let cli = &plan["packages"][0];
    assert_eq!(cli["dependsOn"], json!(["@acme/core"]));
    assert_eq!(cli["directory"], "packages/a-cli");
    assert_eq!(cli["report"]["access"], "public");
    assert_eq!(
        plan["packer"],
        json!({ "name": "npm", "version": null, "because": "nothing names another tool" })
    );
    let writes = repository.server.requests();
    assert!(writes.iter().all(|request| request.method == "GET"));
    let run = repository.run(&["release", "--dry-run"]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    let core = lines
        .iter()
        .position(|line| line.starts_with("@acme/core 1.2.0"));
    let cli = lines
        .iter()
        .position(|line| line.starts_with("@acme/cli 2.0.0"));
    assert!(core.is_some() && core < cli, "{}", run.stdout);
}

#[test]
fn a_blocked_package_is_listed_with_its_findings() {
    let repository = chain();
    repository.package(
        "packages/bad",
        &json!({ "name": "bad", "version": "1.0.0-rc.1", "dependencies": { "@acme/base": "*" } }),
    );
    let (plan, code) = repository.plan(&[]);
    assert_eq!(code, Some(100));
    let bad = plan["packages"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["name"] == "bad"))
        .expect("listed");
    assert_eq!(bad["state"], "blocked");
    assert_eq!(
        bad["report"]["findings"][0]["check"],
        "tag-needed-for-prerelease"
    );
    assert_eq!(plan["order"], json!(["@acme/core", "@acme/cli"]));
    assert_eq!(repository.plan(&["--tag", "next"]).1, Some(0));
}

#[test]
fn names_narrow_it_and_what_they_need_is_said() {
    let repository = chain();
    for args in [
        vec!["-w", "@acme/cli"],
        vec!["@acme/cli"],
        vec!["--workspace=packages/a-cli"],
    ] {
        let (plan, code) = repository.plan(&args);
        assert_eq!(code, Some(0), "{plan:#}");
        assert_eq!(pairs(&states(&plan)), [("@acme/cli", "publish")]);
        let reason = plan["packages"][0]["reason"].as_str().unwrap_or_default();
        assert!(reason.contains("@acme/core 1.2.0"), "{reason}");
    }
    // What it needs is published.
    let (plan, _) = repository.plan(&["-w", "@acme/core"]);
    assert_eq!(plan["packages"][0]["reason"], Value::Null);
    let run = repository.run(&["release", "--dry-run", "-w", "@acme/clo"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("did you mean `@acme/cli`"), "{run:?}");
}

/// `@acme/b` needs `@acme/a`, and its tarball has another `main` than the folder.
fn of_pnpm() -> Repository {
    let repository = Repository::new(&[]);
    repository.package(
        ".",
        &json!({ "name": "root", "private": true, "packageManager": "pnpm@12.21.0",
                 "workspaces": ["elsewhere/*"] }),
    );
    repository
        .sandbox
        .write("pnpm-workspace.yaml", "packages:\n  - packages/*\n");
    repository.package(
        "packages/a",
        &json!({ "name": "cat-a", "version": "1.0.0" }),
    );
    repository.package(
        "packages/b",
        &json!({ "name": "cat-b", "version": "1.0.0", "main": "src/none.ts",
                 "dependencies": { "cat-a": "workspace:^", "left": "catalog:" },
                 "publishConfig": { "name": "cat-renamed", "main": "index.js" } }),
    );
    repository
}

#[test]
fn a_pnpm_repository_is_planned_as_pnpm_packs_it() {
    let repository = of_pnpm();
    let (plan, code) = repository.plan(&[]);
    assert_eq!(code, Some(0), "{plan:#}");
    assert_eq!(
        plan["packer"],
        json!({ "name": "pnpm", "version": "12.21.0", "because": "packageManager in package.json" })
    );
    assert_eq!(plan["order"], json!(["cat-a", "cat-renamed"]));
    // Inside a member the whole repository is still found.
    let run = repository
        .sandbox
        .command(env!("CARGO_BIN_EXE_safe-publish"))
        .args(["release", "--dry-run", "--format", "json"])
        .current_dir(repository.sandbox.project().join("packages/b"))
        .output()
        .expect("it starts");
    let plan: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(plan["order"], json!(["cat-renamed"]));
    let reason = plan["packages"][0]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("cat-a 1.0.0"), "{reason}");
}

#[test]
fn npm_leaves_the_protocols_of_others_as_they_are() {
    let repository = of_pnpm();
    repository.package(
        ".",
        &json!({ "name": "root", "private": true, "workspaces": ["packages/*"] }),
    );
    let (plan, code) = repository.plan(&["--packer", "npm"]);
    assert_eq!(code, Some(100));
    let b = &plan["packages"][1];
    assert_eq!(b["state"], "blocked");
    let checks: Vec<&str> = b["report"]["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|found| found["check"].as_str())
        .collect();
    assert!(checks.contains(&"dependency-protocol"), "{checks:?}");
    assert_eq!(plan["packer"]["because"], "--packer");
}

#[test]
fn tag_and_access_come_from_the_strongest_place() {
    let repository = chain();
    let tags = |args: &[&str]| {
        let (plan, _) = repository.plan(args);
        let packages = plan["packages"].as_array().expect("packages").clone();
        let sent = packages.into_iter().filter(|one| one["state"] == "publish");
        sent.map(|one| {
            let text = |key: &str| one["report"][key].as_str().unwrap_or("-").to_owned();
            (text("tag"), text("access"))
        })
        .next()
        .expect("one is sent")
    };
    let pair = |tag: &str, access: &str| (tag.to_owned(), access.to_owned());
    assert_eq!(tags(&[]), pair("latest", "public"));
    let sandbox = &repository.sandbox;
    sandbox.write(
        "lerna.json",
        r#"{"command":{"publish":{"distTag":"lerna"}}}"#,
    );
    assert_eq!(tags(&[]), pair("lerna", "public"));
    let nx = r#"{"targetDefaults":{"nx-release-publish":{"options":{"tag":"nx"}}}}"#;
    sandbox.write("nx.json", nx);
    assert_eq!(tags(&[]), pair("lerna", "public"), "lerna publishes then");
    sandbox.write(".changeset/config.json", r#"{"access":"public"}"#);
    assert_eq!(tags(&[]), pair("lerna", "public"));
    sandbox.write(".changeset/pre.json", r#"{"mode":"pre","tag":"next"}"#);
    assert_eq!(tags(&[]), pair("next", "public"));
    let run = repository.run(&["release", "--dry-run"]);
    assert!(
        run.stdout.contains("tag next (tag in .changeset/pre.json)"),
        "{}",
        run.stdout
    );
    sandbox.write(
        "safe-publish.json",
        r#"{"release":{"tag":"own","access":"restricted"}}"#,
    );
    assert_eq!(tags(&[]), pair("own", "restricted"));
    let flags = ["--tag", "beta", "--access", "public"];
    assert_eq!(tags(&flags), pair("beta", "public"));
}

#[test]
fn bad_input_is_one_error_that_names_the_package() {
    // A package.json: its folder and text. Then the exit code, and what the report names.
    let cases = [
        (
            "packages/x",
            r#"{ "name": "@acme/core", "version": "1.0.0", "license": "MIT" }"#,
            102,
            "@acme/core",
        ),
        (
            "packages/x",
            r#"{ "name": "x", "license": "MIT" }"#,
            100,
            "version-missing",
        ),
        (
            ".",
            r#"{ "private": true, "workspaces": ["packages/*", "tools/*"] }"#,
            102,
            "tools/*",
        ),
        (
            ".",
            r#"{ "private": true, "workspaces": 7 }"#,
            102,
            "workspaces",
        ),
        ("packages/x", "{ broken", 102, "packages/x/package.json"),
    ];
    for (folder, manifest, code, words) in cases {
        let repository = chain();
        let path = format!("{folder}/package.json");
        repository.sandbox.write(&path, manifest);
        let run = repository.run(&["release", "--dry-run"]);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert_eq!(run.code, Some(code), "{said}");
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_packer_that_is_unknown_is_an_error_before_any_request() {
    let repository = chain();
    let run = repository.run(&["release", "--dry-run", "--packer", "lerna"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(repository.server.requests().is_empty());
}

#[test]
fn a_registry_that_is_silent_leaves_the_plan_undecided() {
    let repository = chain();
    let faults = json!([{ "method": "GET", "path": "/@acme%2fcore", "with": { "status": { "status": 503 } } }]);
    let state = json!({ "users": { "alice": {} }, "tokens": { "tok-alice-1": { "user": "alice" } }, "faults": faults });
    let server =
        crate::support::registry::Server::start(serde_json::from_value(state).expect("a state"));
    let npmrc = format!(
        "registry={}\n//{}/:_authToken=tok-alice-1\n",
        server.url(),
        server.host()
    );
    std::fs::write(repository.sandbox.home().join(".npmrc"), npmrc).expect("our own file");
    let (plan, code) = repository.plan(&["-w", "@acme/core", "--timeout", "2"]);
    assert_eq!(
        (code, &plan["verdict"]),
        (Some(101), &json!("undecided")),
        "{plan:#}"
    );
}

#[test]
fn a_cycle_is_named_and_broken_at_its_weakest_need() {
    let repository = Repository::new(&[]);
    repository.root();
    repository.package(
        "packages/a",
        &json!({ "name": "cat-a", "version": "1.0.0", "dependencies": { "cat-b": "^1.0.0" } }),
    );
    repository.package(
        "packages/b",
        &json!({ "name": "cat-b", "version": "1.0.0", "peerDependencies": { "cat-a": "^1.0.0" } }),
    );
    let (plan, _) = repository.plan(&[]);
    assert_eq!(plan["order"], json!(["cat-b", "cat-a"]));
    let run = repository.run(&["release", "--dry-run"]);
    let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("cat-b is published before cat-a"), "{said}");
}
