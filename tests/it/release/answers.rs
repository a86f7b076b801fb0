//! Plans that the registry's answers change: the tag of changesets' pre mode, and contents that
//! are already published.

use serde_json::{Value, json};

use super::Repository;
use crate::support::registry::Server;

/// The entry of a package.
fn entry<'p>(plan: &'p Value, name: &str) -> &'p Value {
    let mut packages = plan["packages"].as_array().expect("packages").iter();
    packages.find(|one| one["name"] == name).expect("a package")
}

#[test]
fn changesets_sends_latest_while_nothing_but_prereleases_is_out() {
    let repository = Repository::new(&[("cat-a", "1.0.0-next.0"), ("cat-b", "0.9.0")]);
    repository.root();
    for name in ["a", "b", "c"] {
        let manifest = json!({ "name": format!("cat-{name}"), "version": "1.0.0-next.1" });
        repository.package(&format!("packages/{name}"), &manifest);
    }
    let sandbox = &repository.sandbox;
    sandbox.write(".changeset/config.json", r#"{"access":"public"}"#);
    sandbox.write(".changeset/pre.json", r#"{"mode":"pre","tag":"next"}"#);
    let (plan, code) = repository.plan(&[]);
    assert_eq!(code, Some(0), "{plan:#}");
    let tag = |name: &str| entry(&plan, name)["report"]["tag"].clone();
    assert_eq!(
        (tag("cat-a"), tag("cat-b"), tag("cat-c")),
        (json!("latest"), json!("next"), json!("next"))
    );
    let run = repository.run(&["release", "--dry-run"]);
    let line = "cat-a 1.0.0-next.1: publish, tag latest (tag in .changeset/pre.json)";
    assert!(run.stdout.contains(line), "{}", run.stdout);
    // The command line wins.
    let (plan, _) = repository.plan(&["--tag", "next"]);
    assert_eq!(entry(&plan, "cat-a")["report"]["tag"], "next");
}

/// Two published packages; the registry states the size of their files.
fn out(sizes: [(&str, usize); 2]) -> Repository {
    let repository = Repository::new(&[]);
    repository.root();
    let mut state =
        json!({ "users": { "alice": {} }, "tokens": { "tok-alice-1": { "user": "alice" } } });
    let mut faults = Vec::new();
    for (name, size) in sizes {
        let manifest = json!({ "name": name, "version": "1.0.0" });
        repository.package(&format!("packages/{name}"), &manifest);
        state["packages"][name] = json!({ "maintainers": ["alice"], "versions": { "1.0.0": {} } });
        let body = json!({ "name": name, "version": "1.0.0", "dist": { "unpackedSize": size } });
        faults.push(json!({ "path": format!("/{name}/1.0.0"), "with": { "status": { "status": 200, "body": body } } }));
    }
    state["faults"] = Value::from(faults);
    served(repository, state)
}

/// With a registry of this state, at which the user is logged in.
fn served(repository: Repository, state: Value) -> Repository {
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let npmrc = format!(
        "registry={}\n//{}/:_authToken=tok-alice-1\n",
        server.url(),
        server.host()
    );
    std::fs::write(repository.sandbox.home().join(".npmrc"), npmrc).expect("our own file");
    Repository {
        server,
        ..repository
    }
}

#[test]
fn other_contents_than_those_that_are_out_are_a_warning() {
    let size = |repository: &Repository, name: &str| {
        let path = format!("packages/{name}/package.json");
        let file = repository.sandbox.project().join(path);
        usize::try_from(std::fs::metadata(file).expect("written").len()).expect("small")
    };
    let own = size(&out([("cat-a", 0), ("cat-b", 0)]), "cat-a");
    let repository = out([("cat-a", own), ("cat-b", own + 7)]);
    let run = repository.run(&["release", "--dry-run"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout
            .contains("cat-a 1.0.0: out, this version is on the registry\ncat-b"),
        "{}",
        run.stdout
    );
    let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let warning = format!(
        "cat-b 1.0.0: out, this version is on the registry warning: the registry has other contents: its files have {} bytes, those here {own}; raise the version to publish these",
        own + 7
    );
    assert!(said.contains(&warning), "{said}");
    assert!(said.contains("nothing to release: "), "{said}");
    // What a script makes is unknown before it runs.
    let scripted = json!({ "name": "cat-b", "version": "1.0.0", "scripts": { "prepack": "tsc" } });
    repository.package("packages/cat-b", &scripted);
    let (plan, _) = repository.plan(&[]);
    assert_eq!(entry(&plan, "cat-b")["state"], "out");
    assert_eq!(entry(&plan, "cat-b")["reason"], Value::Null);
}

#[test]
fn a_version_that_is_somebody_elses_is_a_warning() {
    let repository = Repository::new(&[]);
    repository.root();
    let manifest = json!({ "name": "dog", "version": "1.0.0" });
    repository.package("packages/dog", &manifest);
    let state = json!({
        "users": { "alice": {}, "bob": {} },
        "tokens": { "tok-alice-1": { "user": "alice" } },
        "packages": { "dog": { "versions": { "1.0.0": {} }, "maintainers": ["bob"] } },
    });
    let (plan, code) = served(repository, state).plan(&[]);
    assert_eq!(code, Some(0), "{plan:#}");
    let reason = entry(&plan, "dog")["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("belongs to others"), "{plan:#}");
}
