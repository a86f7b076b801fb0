//! What a plan says of packages that need each other, of the packer, and of the registries.

use serde_json::{Value, json};

use super::{Repository, states};

/// `cat-a` needs a version of `cat-b` that nobody has.
fn unfitting(more: &Value) -> Repository {
    let repository = Repository::new(&[("cat-b", "1.0.0")]);
    repository.root();
    let mut needing =
        json!({ "name": "cat-a", "version": "1.0.0", "dependencies": { "cat-b": "^3.0.0" } });
    let object = needing.as_object_mut().expect("an object");
    object.extend(more.as_object().expect("an object").clone());
    repository.package("packages/a", &needing);
    let needed = json!({ "name": "cat-b", "version": "2.0.0" });
    repository.package("packages/b", &needed);
    repository
}

#[test]
fn a_range_that_no_version_fits_is_an_error_before_anything_is_packed() {
    let repository = unfitting(&json!({}));
    let (plan, code) = repository.plan(&[]);
    assert_eq!(code, Some(100), "{plan:#}");
    let wanted = [
        ("cat-a".to_owned(), "blocked".to_owned()),
        ("cat-b".to_owned(), "publish".to_owned()),
    ];
    assert_eq!(states(&plan), wanted);
    let findings = plan["packages"][0]["report"]["findings"]
        .as_array()
        .expect("findings");
    let of_ranges: Vec<&str> = findings
        .iter()
        .filter(|found| found["check"] == "dependency-missing")
        .filter_map(|found| found["message"].as_str())
        .collect();
    let message = "no version of `cat-b` fits `^3.0.0`: neither 2.0.0, which this repository has, nor one on the registry";
    assert_eq!(of_ranges, [message]);
    let run = repository.run(&["release", "--dry-run", "--allow", "dependency-missing"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn a_script_may_still_correct_a_range() {
    let repository = unfitting(&json!({ "scripts": { "prepack": "node fix-ranges.js" } }));
    let (plan, code) = repository.plan(&[]);
    assert_eq!(code, Some(0), "{plan:#}");
    let text = plan.to_string();
    assert!(
        text.contains("no version of `cat-b` fits `^3.0.0`: neither"),
        "{plan:#}"
    );
}

#[test]
fn a_packer_that_is_missing_is_named_by_the_plan_and_ends_the_release() {
    let repository = Repository::new(&[]);
    let root = json!({ "name": "root", "private": true, "packageManager": "pnpm@12.21.0" });
    repository.package(".", &root);
    let members = "packages:\n  - packages/*\n";
    repository.sandbox.write("pnpm-workspace.yaml", members);
    repository.package(
        "packages/a",
        &json!({ "name": "cat-a", "version": "1.0.0" }),
    );
    let missing = "looking for pnpm, which packs this repository: it is not on PATH";
    let planned = repository.run(&["release", "--dry-run"]);
    assert_eq!(planned.code, Some(0), "{planned:?}");
    assert!(planned.stderr.contains(missing), "{planned:?}");
    let run = repository.run(&["release"]);
    assert_eq!(run.code, Some(102), "{run:?}");
    assert!(run.stderr.contains(missing), "{run:?}");
    let requests = repository.server.requests();
    assert!(requests.iter().all(|request| request.method == "GET"));
}

#[test]
fn the_plan_names_the_registry_and_of_several_each_packages_own() {
    let repository = Repository::new(&[]);
    repository.root();
    repository.package(
        "packages/a",
        &json!({ "name": "cat-a", "version": "1.0.0" }),
    );
    let url = repository.server.url();
    let one = repository.run(&["release", "--dry-run"]).stdout;
    assert!(one.contains(&format!("\nregistry: {url}\n")), "{one}");
    let elsewhere = "http://127.0.0.1:9/";
    let other =
        json!({ "name": "cat-b", "version": "1.0.0", "publishConfig": { "registry": elsewhere } });
    repository.package("packages/b", &other);
    let args = ["release", "--dry-run", "--fetch-retries=0"];
    let both = repository.run(&args).stdout;
    assert!(both.contains("\nregistries: "), "{both}");
    let own = format!("\ncat-a 1.0.0: publish to {url}, tag latest\n");
    assert!(both.contains(&own), "{both}");
}
