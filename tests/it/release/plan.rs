//! `release --dry-run`: which packages, packed by what, in which order.

use serde_json::{Value, json};

use super::{Repository, states};

fn pairs(states: &[(String, String)]) -> Vec<(&str, &str)> {
    let each = states.iter();
    each.map(|(name, state)| (name.as_str(), state.as_str()))
        .collect()
}

/// `@acme/cli` needs `@acme/core`, which needs `@acme/base`, which is out.
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
    for words in [
        vec!["-w", "@acme/cli"],
        vec!["@acme/cli"],
        vec!["--workspace=packages/a-cli"],
    ] {
        let (plan, code) = repository.plan(&words);
        assert_eq!(code, Some(0), "{plan:#}");
        assert_eq!(pairs(&states(&plan)), [("@acme/cli", "publish")]);
        let reason = plan["packages"][0]["reason"].as_str().unwrap_or_default();
        assert!(reason.contains("@acme/core 1.2.0"), "{reason}");
    }
    // What it needs is out.
    let (plan, _) = repository.plan(&["-w", "@acme/core"]);
    assert_eq!(plan["packages"][0]["reason"], Value::Null);
    let run = repository.run(&["release", "--dry-run", "-w", "@acme/clo"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("did you mean `@acme/cli`"), "{run:?}");
}

#[test]
fn without_dry_run_nothing_is_sent_yet() {
    let repository = chain();
    let run = repository.run(&["release"]);
    assert_eq!(run.code, Some(102), "{run:?}");
    assert!(run.stderr.contains("--dry-run"));
    assert!(repository.server.requests().is_empty());
}
