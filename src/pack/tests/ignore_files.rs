//! .gitignore, .npmignore and npm's defaults.

use super::*;

#[test]
fn defaults_are_dropped_at_every_depth_and_in_every_case() {
    let tree = "
        a.js\n.editorconfig\n.env\n.gitattributes\n.npm-extension.cjs2\n.DS_Store\n._x\n.a.swp\n
        NPM-DEBUG.LOG\nx.orig\n.npmrc\n.lock-wscript\n.wafpickle-1\nbuild/config.gypi\n.git/HEAD\n
        cvs/x\narchived-packages/a\nlib/archived-packages/a\nlib/.lock-wscript\nlib/.npmrc\n
        package-lock.json\nyarn.lock\npnpm-lock.yaml\nnpm-shrinkwrap.json\nbun.lock\nbun.lockb\n
        lib/package-lock.json\nlib/yarn.lock\nnode_modules/x/i.js";
    let common = ".editorconfig .env .gitattributes .npm-extension.cjs2 a.js ";
    let nested = "lib/package-lock.json lib/yarn.lock";
    let ten = format!("{common}bun.lock bun.lockb {nested} npm-shrinkwrap.json");
    let eleven = format!("{common}bun.lock {nested} npm-shrinkwrap.json");
    let twelve = format!("{common}{nested}");
    packs("defaults", &json!({}), tree, [&ten, &eleven, &twelve]);
}

#[test]
fn some_files_are_always_there() {
    let tree = "README.md\nreadme.md\nReadme.txt\nLICENSE\nlicense.txt\nLICENCE\nCOPYING\nREADME-fr.md\nREADME.md~\n
        LICENSE-MIT\nCHANGELOG.md\nreadmex\na.js";
    let always = "COPYING LICENCE LICENSE README.md Readme.txt license.txt readme.md";
    all_pack("always", &json!({"files": []}), tree, always);
    let ignored = ".npmignore = README.md\\nLICENSE\nREADME.md\nLICENSE\na.js";
    all_pack(
        "npmignore README",
        &json!({}),
        ignored,
        "LICENSE README.md a.js",
    );
    all_pack(
        "readme folder",
        &json!({"files": ["lib"]}),
        "readme/a.js\nlib/a.js",
        "lib/a.js",
    );
}

#[test]
fn ignore_files_are_read_by_minimatch() {
    let ignore = |text: &str, tree: &str, expected: &str| {
        all_pack(
            text,
            &json!({}),
            &format!("{tree}\n.gitignore = {text}"),
            expected,
        );
    };
    let built = "a.js\ndist/a.js\nlib/b.js";
    ignore("dist\\nlib", built, "a.js");
    ignore("build/", "a.js\nbuild/x.js\nchild/build/b.js", "a.js");
    ignore(
        "/build",
        "a.js\nbuild/x.js\nchild/build/b.js",
        "a.js child/build/b.js",
    );
    ignore("notes/", "notes\nlib/notes", "lib/notes notes");
    ignore(
        "dist\\n!dist/keep.js",
        "dist/a.js\ndist/keep.js",
        "dist/a.js dist/keep.js",
    );
    ignore(
        "dist/*\\n!dist/keep.js",
        "dist/a.js\ndist/keep.js",
        "dist/keep.js",
    );
    ignore("DIST\\nlib", built, "a.js");
    ignore("dist\\rlib", built, "a.js dist/a.js lib/b.js");
    ignore("\u{feff}dist\\nlib\\na.js", built, "");
    ignore("{dist,lib}", built, "a.js");
    ignore("\\#x\\ndist\\nlib", "#x\na.js\ndist/a.js", "a.js");
    ignore("dist \\n  lib", built, "a.js");
    ignore("*.js\\n!!a.js", built, "");
    ignore(
        "*.log",
        "lib/a.log\nlib/b.log\nlib/.gitignore = !a.log",
        "lib/a.log",
    );
}

#[test]
fn npmignore_replaces_the_gitignore_beside_it() {
    let built = "a.js\ndist/a.js\nlib/b.js";
    all_pack(
        "both",
        &json!({}),
        &format!("{built}\n.gitignore = dist\n.npmignore = /a.js\\nlib/b.js"),
        "dist/a.js",
    );
    all_pack(
        "an empty npmignore",
        &json!({}),
        "dist/a.js\nsrc/a.js\n.gitignore = dist\n.npmignore",
        "dist/a.js src/a.js",
    );
}

#[test]
fn defaults_can_be_undone() {
    let back =
        ".npmignore = !.DS_Store\\n!x.orig\\n!node_modules\n.DS_Store\nx.orig\nnode_modules/x/i.js";
    all_pack(
        "defaults can be undone",
        &json!({}),
        back,
        ".DS_Store x.orig",
    );
}

#[test]
fn npm_12_reads_a_global_ignore_file() {
    let tree = "a.js\nb.tmp\nlib/c.tmp\nglobal-ignore = *.tmp\\nglobal-ignore";
    differ(
        "global",
        &json!({}),
        tree,
        ("a.js b.tmp global-ignore lib/c.tmp", "a.js"),
    );
    all_pack(
        "files beat it",
        &json!({"files": ["lib"]}),
        tree,
        "lib/c.tmp",
    );
}

#[test]
fn workspaces_change_the_rules() {
    let tree = "
        packages/README.md\npackages/a/i.js\npackages/a/dist/i.js\npackages/a/tmp/t.js\npackages/a/package.json = {\"name\":\"a\"}\n
        packages/b/i.js\npackages/b/j.js\npackages/b/package.json = {\"name\":\"b\"}\nroot.js\n
        tools/m.js\ntools/n.js\ntools/package.json = {}\ntools/.npmignore = n.js\n
        .gitignore = dist\\n/packages/a/tmp";
    let fixture = Fixture::new(&manifest(&json!({"workspaces": ["packages/*"]})), tree);
    for edition in [Edition::Npm10, Edition::Npm12] {
        let list = |package: &str, workspaces: &[&str]| {
            paths(&pack(&fixture.request(edition, package, workspaces)).unwrap())
        };
        assert_eq!(
            list("", &[]),
            "packages/README.md packages/a/i.js packages/a/package.json packages/b/i.js packages/b/j.js \
             packages/b/package.json root.js tools/m.js tools/n.js tools/package.json"
        );
        assert_eq!(
            list("", &["packages/a", "packages/b"]),
            "packages/README.md root.js tools/m.js tools/n.js tools/package.json"
        );
        assert_eq!(list("packages/a", &["packages/a"]), "i.js tmp/t.js");
        assert_eq!(list("packages/a", &[]), "dist/i.js i.js tmp/t.js");
    }
}

#[test]
fn why_names_the_rule_and_its_line() {
    let tree = "a.js\nb.log\ndist/x.js\nREADME\nlink -> a.js\n.npmignore = # c\\n*.log\\ndist";
    let fixture = Fixture::new(&manifest(&json!({"bin": {"x": "cli.js"}})), tree);
    let request = fixture.request(Edition::Npm11, "", &[]);
    let ask = |path: &str| why(&request, path).unwrap();
    let line = |line| RuleSource::Line {
        path: fixture.root.path().join(".npmignore").into(),
        line,
    };
    assert_eq!(ask("a.js").reason, Reason::NoRule);
    assert!(ask("./a.js").packed);
    assert!(ask("/a.js").packed);
    let absolute = fixture.root.path().join("lib/../a.js");
    assert!(ask(absolute.to_str().unwrap()).packed);
    for outside in ["..", "../a.js", "/nowhere/a.js", "lib/../../a.js"] {
        assert_eq!(ask(outside).reason, Reason::Outside, "{outside}");
    }
    assert_eq!(ask("b.log").reason, Reason::Rule(line(2)));
    let folder = "dist".to_owned();
    assert_eq!(
        ask("dist/x.js").reason,
        Reason::Folder {
            folder,
            rule: line(3)
        }
    );
    assert_eq!(ask("README").reason, Reason::Rule(RuleSource::Always));
    assert_eq!(ask("nowhere/x").reason, Reason::Absent);
    assert_eq!(
        ask("link").reason,
        Reason::Link {
            path: "link".to_owned()
        }
    );
    assert_eq!(ask("dist").reason, Reason::IsFolder);
}
