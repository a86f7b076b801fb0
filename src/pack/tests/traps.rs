//! More surprising trees, each run with npm 10, 11 and 12.

use super::*;

#[test]
fn without_rules_all_is_packed() {
    all_pack("no rules", &json!({}), "a.js\nlib/b.js", "a.js lib/b.js");
}

#[test]
fn npm_12_leaves_its_extension_out() {
    differ(
        "npm-extension",
        &json!({}),
        ".npm-extension.mjs\na.js",
        (".npm-extension.mjs a.js", "a.js"),
    );
}

#[test]
fn an_ignore_file_in_a_folder_beats_a_glob_of_files() {
    all_pack(
        "dist/**/*.js",
        &json!({"files": ["dist/**/*.js"]}),
        "dist/a.js\ndist/b.js\ndist/c.txt\ndist/.npmignore = b.js",
        "dist/a.js",
    );
}

#[test]
fn a_path_in_an_ignore_file_starts_at_its_folder() {
    all_pack(
        "gitignore a/b",
        &json!({}),
        "child/build/b.js\nx/child/build/c.js\n.gitignore = child/build",
        "x/child/build/c.js",
    );
}

#[test]
fn a_folder_in_files_starts_at_the_root() {
    let files = json!({"files": ["dist"]});
    all_pack(
        "nested too",
        &files,
        "dist/a.js\nlib/dist/b.js",
        "dist/a.js",
    );
    all_pack("only nested", &files, "lib/dist/b.js", "");
}

#[test]
fn lock_files_cannot_be_brought_back() {
    let tree = "README.md\nlib/a.js\npackage-lock.json\nyarn.lock\npnpm-lock.yaml\nnode_modules/x/i.js\n.npmrc\n\
                .npmignore = !package-lock.json\\n!yarn.lock\\n!pnpm-lock.yaml\\n!node_modules\\n!.npmrc";
    all_pack("npmignore lock", &json!({}), tree, "README.md lib/a.js");
}

#[test]
fn bin_is_packed_and_types_are_not() {
    let more = json!({"bin": {"c": "cli.js"}, "types": "i.d.ts", "files": ["lib"]});
    let tree = "cli.js\ni.d.ts\nlib/a.js";
    all_pack("bin in, types out", &more, tree, "cli.js lib/a.js");
    let packed = Fixture::new(&manifest(&more), tree).pack(Edition::Npm11);
    assert_eq!(packed.unwrap().find("cli.js").unwrap().mode, 0o755);
}

#[test]
fn all_dependencies_are_bundled_and_no_other_package() {
    all_pack(
        "bundle true",
        &json!({"files": [], "dependencies": {"d": "*"}, "bundleDependencies": true}),
        "node_modules/d/package.json = {}\nnode_modules/d/i.js\nnode_modules/extra/i.js",
        "node_modules/d/i.js node_modules/d/package.json",
    );
}

#[test]
fn files_of_a_member_beat_the_ignore_file_of_the_workspace() {
    for files in ["dist", "dist/**"] {
        let member = format!(
            "packages/a/dist/i.js\npackages/a/i.js\npackages/a/package.json = {{\"name\":\"a\",\"files\":[\"{files}\"]}}\n\
             .gitignore = dist"
        );
        let fixture = Fixture::new(&manifest(&json!({"workspaces": ["packages/*"]})), &member);
        for edition in [Edition::Npm10, Edition::Npm11, Edition::Npm12] {
            let request = fixture.request(edition, "packages/a", &["packages/a"]);
            let packed = paths(&pack(&request).unwrap());
            assert_eq!(packed, "dist/i.js", "{files}, {}", edition.name());
        }
    }
}
