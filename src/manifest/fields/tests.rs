use serde_json::json;

use super::*;

fn of(value: Value) -> Manifest {
    Manifest::from_json(value)
}

#[test]
fn private_is_a_matter_of_javascripts_truth() {
    for (value, private) in [
        (json!(true), true),
        (json!("false"), true),
        (json!(1), true),
        (json!({}), true),
        (json!(false), false),
        (json!(""), false),
        (json!(0), false),
        (json!(null), false),
    ] {
        assert_eq!(
            of(json!({"private": value})).is_private(),
            private,
            "{value}"
        );
    }
    assert!(!of(json!({})).is_private());
}

#[test]
fn publish_config_is_an_object_or_nothing() {
    assert!(
        of(json!({"publishConfig": {"tag": "x"}}))
            .publish_config()
            .is_some()
    );
    assert!(of(json!({"publishConfig": "x"})).publish_config().is_none());
}

#[test]
fn only_scripts_that_run_before_the_put_count_and_in_their_order() {
    let manifest = of(json!({"scripts": {
        "prepare": "a", "prepublishOnly": "b", "prepack": "", "postpack": 5, "publish": "c", "prepublish": "d",
    }}));
    assert_eq!(manifest.scripts_before_put(), ["prepublishOnly", "prepare"]);
    assert!(of(json!({"scripts": "x"})).scripts_before_put().is_empty());
}

#[test]
fn dependencies_carry_their_pointers() {
    let manifest = of(json!({
        "dependencies": {"@s/a": "workspace:*", "b": 5},
        "peerDependencies": [],
    }));
    let all: Vec<_> = DependencyField::PUBLISHED
        .into_iter()
        .flat_map(|field| manifest.dependencies(field))
        .collect();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].name, all[0].spec), ("@s/a", "workspace:*"));
    assert_eq!(all[0].pointer, "/dependencies/@s~1a");
    assert_eq!(
        manifest.pointer(&all[0].pointer),
        Some(&json!("workspace:*"))
    );
}

#[test]
fn a_license_is_found_in_all_its_forms() {
    let found = |value: Value| of(value).license().map(|it| (it.text, it.pointer));
    let at = |text: &str, pointer: &str| Some((text.to_owned(), pointer.to_owned()));
    assert_eq!(found(json!({"license": "MIT"})), at("MIT", "/license"));
    assert_eq!(
        found(json!({"license": {"type": "MIT"}})),
        at("MIT", "/license/type")
    );
    assert_eq!(
        found(json!({"licenses": [{"type": "MIT"}]})),
        at("MIT", "/licenses/0/type")
    );
    assert_eq!(found(json!({"license": 5})), None);
}

#[test]
fn a_repository_is_written_as_npm_writes_it() {
    for (written, url) in [
        ("npm/cli", "git+https://github.com/npm/cli.git"),
        ("github:npm/cli#v1", "git+https://github.com/npm/cli.git#v1"),
        (
            "https://github.com/npm/cli",
            "git+https://github.com/npm/cli.git",
        ),
        (
            "git@github.com:npm/cli.git",
            "git+ssh://git@github.com/npm/cli.git",
        ),
        ("git://github.com/npm/cli", "git://github.com/npm/cli.git"),
        (
            "http://github.com/npm/cli",
            "git+ssh://git@github.com/npm/cli.git",
        ),
        (
            "https://github.com/npm/cli/tree/main",
            "git+https://github.com/npm/cli.git#main",
        ),
        (
            "https://gitlab.com/a/b/c",
            "git+https://gitlab.com/a/b/c.git",
        ),
        ("gist:abc", "git+https://gist.github.com/abc.git"),
        ("sourcehut:~a/b", "https://git.sr.ht/~a/b"),
        ("https://example.com/a/b", "https://example.com/a/b"),
    ] {
        let repository = of(json!({"repository": {"type": "git", "url": written}})).repository();
        let repository = repository.expect(written);
        assert_eq!(repository.url, url, "{written}");
        assert_eq!(repository.pointer, "/repository/url");
    }
    let text = of(json!({"repository": "npm/cli"})).repository().unwrap();
    assert_eq!(text.pointer, "/repository");
    assert_eq!(of(json!({"repository": {}})).repository(), None);
    let many = of(json!({"repository": "a/b", "repositories": ["c/d"]}));
    assert_eq!(many.repository().unwrap().pointer, "/repositories/0");
}

#[test]
fn entries_are_the_files_that_are_promised() {
    let manifest = of(json!({
        "main": "a.js", "types": "a.d.ts", "module": 5, "bin": {"x/y": "b.js", "z": 1},
        "exports": {
            ".": [{"import": "./c.mjs", "require": null}, "./d.js"],
            "./*": "./e/*.js",
            "./pkg": "other-package",
        },
    }));
    let entries: Vec<_> = manifest
        .entries()
        .into_iter()
        .map(|entry| (entry.kind, entry.target, entry.pointer))
        .collect();
    let at = |kind, target, pointer: &str| (kind, target, pointer.to_owned());
    assert_eq!(
        entries,
        [
            at(EntryKind::Main, "a.js", "/main"),
            at(EntryKind::Types, "a.d.ts", "/types"),
            at(EntryKind::Bin, "b.js", "/bin/x~1y"),
            at(EntryKind::Export, "./c.mjs", "/exports/./0/import"),
            at(EntryKind::Export, "./d.js", "/exports/./1"),
        ]
    );
}
