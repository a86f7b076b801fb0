//! What comparisons of generated trees with npm 10, 11 and 12 have found.

use super::*;

const EDITIONS: [Edition; 3] = [Edition::Npm10, Edition::Npm11, Edition::Npm12];

#[test]
fn a_named_class_beside_a_dash_crashes_npm() {
    let crashes = |more: &Value, tree: &str| {
        let fixture = Fixture::new(&manifest(more), tree);
        EDITIONS.map(|edition| {
            let packed = fixture.pack(edition);
            matches!(packed, Err(PackError::BadPattern { .. }))
        })
    };
    for pattern in [
        "*-[[:digit:]].js",
        "[[:alpha:]],b",
        "lib/[[:space:]]#",
        "[[:alpha:]] x",
        "[[:alpha:]]\\!",
        "@([[:alpha:]]|[-])",
        "{x,[[:alnum:]]-}",
    ] {
        let tree = format!("a.js\n.npmignore = {pattern}");
        assert_eq!(crashes(&json!({}), &tree), [true; 3], "{pattern}");
    }
    for pattern in [
        "*[[:digit:]].js",
        "[[:alpha:]_-]",
        "[0-9]-x",
        "[[:xdigit:]]-x",
        "[[:alpha:]]\\-",
        "lib-x/[[:alpha:]]",
    ] {
        let tree = format!("a.js\n.npmignore = {pattern}");
        assert_eq!(crashes(&json!({}), &tree), [false; 3], "{pattern}");
    }
    let main = json!({"main": "[[:alpha:]]-"});
    assert_eq!(crashes(&main, "a.js"), [true; 3]);
    let files = json!({"files": ["*-[[:digit:]].js", "b.js"]});
    let tree = "a-1.js\nb.js";
    assert_eq!(crashes(&files, tree), [true, true, false]);
    let packed = Fixture::new(&manifest(&files), tree).pack(Edition::Npm12);
    assert_eq!(packed.map(|packed| paths(&packed)), Ok("b.js".to_owned()));
}

#[test]
fn npm_12_finds_nothing_behind_two_stars_in_a_linked_package() {
    let tree = "
        linked/d/package.json = {\"name\":\"d\",\"files\":[\"**/x.js\",\"*/z.js\"]}\n
        linked/d/lib/x.js\nlinked/d/lib/z.js\nnode_modules/d -> ../linked/d";
    let more = json!({"files": [], "dependencies": {"d": "*"}, "bundleDependencies": true});
    differ(
        "a bundled link",
        &more,
        tree,
        (
            "node_modules/d/lib/x.js node_modules/d/lib/z.js node_modules/d/package.json",
            "node_modules/d/lib/z.js node_modules/d/package.json",
        ),
    );
    let root = "real/package.json = {\"files\":[\"**/*.js\"]}\nreal/lib/x.js\nlink -> real";
    let fixture = Fixture::new(&manifest(&json!({})), root);
    for (edition, expected) in EDITIONS.into_iter().zip(["lib/x.js", "lib/x.js", ""]) {
        for folder in ["link", "link/"] {
            let packed = pack(&fixture.request(edition, folder, &[])).unwrap();
            assert_eq!(paths(&packed), expected, "{folder}, {}", edition.name());
        }
    }
}

#[test]
fn npm_10_makes_nothing_in_directories_bin_executable() {
    let mode = |more: &Value, tree: &str, path: &str| {
        let fixture = Fixture::new(&manifest(more), tree);
        EDITIONS.map(|edition| {
            let packed = fixture.pack(edition).unwrap();
            packed.find(path).map(|file| format!("{:o}", file.mode))
        })
    };
    let modes = |of: [&str; 3]| of.map(|mode| Some(mode.to_owned()));
    let below = json!({"directories": {"bin": "bin"}});
    // npm compares with the path less its first folder.
    let tree = "bin/a.js\nx/bin/a.js";
    assert_eq!(mode(&below, tree, "bin/a.js"), modes(["644"; 3]));
    assert_eq!(
        mode(&below, tree, "x/bin/a.js"),
        modes(["644", "755", "755"])
    );
}

#[test]
fn of_two_folders_in_directories_bin_the_first_one_is_read_last() {
    for (bin, tree, forwards, backwards) in [
        (".", "a/x.js\nb/x.js", "b/x.js", "a/x.js"),
        ("bin", "bin/a/x.js\nbin/b/x.js", "bin/b/x.js", "bin/a/x.js"),
    ] {
        let more = json!({"files": [], "directories": {"bin": bin}});
        packs(bin, &more, tree, [forwards, backwards, backwards]);
    }
}

#[test]
fn what_npm_makes_of_a_name_below_directories_bin_need_not_be_there() {
    let more = json!({"files": [], "directories": {"bin": "bin"}});
    packs(
        "a colon and a backslash are slashes",
        &more,
        "bin/co:lon\nbin/back\\\nbin/ok",
        ["bin/co:lon bin/ok", "bin/ok", "bin/ok"],
    );
}

#[test]
fn a_bin_with_nothing_usable_in_it() {
    let more = |bin: Value| json!({"files": [], "bin": bin, "directories": {"bin": "bin"}});
    packs(
        "an object",
        &more(json!({"x": 1})),
        "bin/a.js",
        ["bin/a.js", "", ""],
    );
    all_pack("an empty one", &more(json!("")), "bin/a.js", "bin/a.js");
    all_pack(
        "two of a name: the last one",
        &json!({"files": [], "bin": ["a/x.js", "b/x.js"]}),
        "a/x.js\nb/x.js",
        "b/x.js",
    );
}

#[test]
fn a_bundled_package_with_bad_files_crashes_npm() {
    let tree = "node_modules/d/package.json = {\"files\":true}\nnode_modules/d/a.js";
    let error = |bundled: Value| {
        let more = json!({"dependencies": {"d": "*"}, "bundleDependencies": bundled});
        let fixture = Fixture::new(&manifest(&more), tree);
        EDITIONS.map(|edition| fixture.pack(edition).err())
    };
    let expected = PackError::BadBundledFiles {
        package: "d".to_owned(),
        says: "files is not iterable",
    };
    assert_eq!(
        error(json!(["d"])),
        [(); 3].map(|()| Some(expected.clone()))
    );
    assert_eq!(error(json!([])), [None, None, None]);
}
