//! Bundled dependencies.

use super::*;

#[test]
fn bundled_packages_bring_what_they_depend_on() {
    let tree = "
        lib/a.js\nnode_modules/d/package.json = {\"name\":\"d\",\"files\":[\"k\"],\"dependencies\":{\"t\":\"*\"}}\n
        node_modules/d/k/i.js\nnode_modules/d/not.js\n
        node_modules/t/package.json = {\"name\":\"t\"}\nnode_modules/t/i.js\nnode_modules/t/.gitignore = i.js\n
        node_modules/t/.npmrc\nnode_modules/t/node_modules/own/i.js\nnode_modules/other/i.js";
    let more = json!({"files": ["lib"], "dependencies": {"d": "*", "other": "*"}, "bundleDependencies": ["d", "absent"]});
    let expected = "lib/a.js node_modules/d/k/i.js node_modules/d/package.json node_modules/t/.gitignore \
                    node_modules/t/i.js node_modules/t/package.json";
    all_pack("transitive", &more, tree, expected);
    let packed = Fixture::new(&manifest(&more), tree)
        .pack(Edition::Npm11)
        .unwrap();
    assert_eq!(packed.bundled, ["d", "t"]);
}

#[test]
fn only_dependencies_are_bundled() {
    let tree = "a.js\nnode_modules/d/package.json = {}\nnode_modules/d/i.js";
    let bundled = "a.js node_modules/d/i.js node_modules/d/package.json";
    let with = |field: &str, value: Value| json!({field: {"d": "*"}, "bundledDependencies": value});
    all_pack("true", &with("dependencies", json!(true)), tree, bundled);
    all_pack(
        "optional",
        &with("optionalDependencies", json!(["d"])),
        tree,
        bundled,
    );
    all_pack(
        "an object",
        &with("dependencies", json!({"d": 1})),
        tree,
        bundled,
    );
    all_pack("false", &with("dependencies", json!(false)), tree, "a.js");
    all_pack("dev", &with("devDependencies", json!(["d"])), tree, "a.js");
    all_pack(
        "peer",
        &with("peerDependencies", json!(["d"])),
        tree,
        "a.js",
    );
    all_pack(
        "no dependency",
        &json!({"bundleDependencies": ["d"]}),
        tree,
        "a.js",
    );
}

#[test]
fn a_bundled_link_follows_its_own_ignore_files() {
    let tree = "
        linked/d/package.json = {\"name\":\"d\"}\nlinked/d/i.js\nlinked/d/x.orig\nlinked/d/skip.js\nlinked/d/.npmignore = skip.js\n
        node_modules/d -> ../linked/d";
    let more = json!({"files": [], "dependencies": {"d": "*"}, "bundleDependencies": true});
    all_pack(
        "a link",
        &more,
        tree,
        "node_modules/d/i.js node_modules/d/package.json",
    );
}

#[test]
fn a_ring_of_bundled_packages_ends() {
    let tree = "
        node_modules/a/package.json = {\"dependencies\":{\"b\":\"*\"}}\nnode_modules/b/package.json = {\"dependencies\":{\"a\":\"*\"}}\n
        node_modules/self -> ..";
    let more = json!({"files": [], "dependencies": {"a": "*"}, "bundleDependencies": ["a"]});
    all_pack(
        "a ring",
        &more,
        tree,
        "node_modules/a/package.json node_modules/b/package.json",
    );
}

#[test]
fn a_backslash_in_a_bundled_name_is_lost() {
    let tree = "node_modules/d/package.json = {}\nnode_modules/d/a\\b.js";
    let more = json!({"dependencies": {"d": "*"}, "bundleDependencies": true});
    let fixture = Fixture::new(&manifest(&more), tree);
    let error = fixture.pack(Edition::Npm11).unwrap_err();
    assert!(
        matches!(error, PackError::Unreadable { code: "ENOENT", .. }),
        "{error}"
    );
}
