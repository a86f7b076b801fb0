//! What surprises people, as it was run.

use super::*;

const USUAL: &str = "a.js\nlib/b.js";
const LIB: &str = "a.js\nlib/a.js\nlib/b.js";

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
fn files_and_ignore_files_meet() {
    let files = |entries: &[&str]| json!({"files": entries});
    let root = format!("{LIB}\n.npmignore = lib");
    all_pack(
        "root npmignore",
        &files(&["lib"]),
        &root,
        "lib/a.js lib/b.js",
    );
    let nested = format!("{LIB}\nlib/.npmignore = b.js");
    all_pack("nested npmignore", &files(&["lib"]), &nested, "lib/a.js");
    differ(
        "nested npmignore against a file by name",
        &files(&["lib/a.js", "lib/b.js"]),
        &nested,
        ("lib/a.js lib/b.js", "lib/a.js"),
    );
    let everything = "src/index.js\nsrc/other.js\nsrc/.npmignore = !*";
    all_pack(
        "nested !*",
        &files(&["src/index.js"]),
        everything,
        "src/index.js",
    );
    all_pack(
        "a gitignore in dist hides all of it",
        &json!({"files": ["dist"], "main": "dist/i.js"}),
        "dist/i.js\ndist/.gitignore = *",
        "",
    );
    all_pack(
        "gitignore names lib",
        &files(&["lib"]),
        &format!("{LIB}\n.gitignore = lib"),
        "lib/a.js lib/b.js",
    );
}

#[test]
fn entries_of_files_are_no_gitignore_patterns() {
    let files = |entries: &[&str]| json!({"files": entries});
    let tree = "a.js\nlib/b.js\nlib/sub/c.js\n.hidden";
    all_pack("dir/*", &files(&["lib/*"]), tree, "lib/b.js lib/sub/c.js");
    all_pack("*.js", &files(&["*.js"]), tree, "a.js");
    all_pack(
        "**/*.js",
        &files(&["**/*.js"]),
        tree,
        "a.js lib/b.js lib/sub/c.js",
    );
    all_pack("/*.js", &files(&["/*.js"]), tree, "a.js");
    all_pack("a bare name", &files(&["b.js"]), tree, "");
    all_pack("a bare folder", &files(&["sub"]), tree, "");
    all_pack(
        "*",
        &files(&["*"]),
        tree,
        ".hidden a.js lib/b.js lib/sub/c.js",
    );
    all_pack(
        "./lib and lib/",
        &files(&["./lib", "lib/"]),
        tree,
        "lib/b.js lib/sub/c.js",
    );
    all_pack("../", &files(&["../x", "lib/../a.js"]), tree, "a.js");
    all_pack(".", &files(&["."]), tree, "");
    let everything = ".hidden a.js lib/b.js lib/sub/c.js";
    for root in ["./", "/", ""] {
        differ(root, &files(&[root]), tree, (everything, ""));
    }
    all_pack("false", &json!({"files": false}), USUAL, "a.js lib/b.js");
    all_pack("a text", &json!({"files": "lib"}), "l\nlib/a.js", "l");
    all_pack(
        "dotfiles",
        &files(&[".gitignore", ".hidden", ".npmignore"]),
        ".gitignore\n.npmignore\n.hidden",
        ".gitignore .hidden .npmignore",
    );
    differ(
        "lock files",
        &files(&["package-lock.json", "npm-shrinkwrap.json"]),
        "package-lock.json\nnpm-shrinkwrap.json",
        ("npm-shrinkwrap.json", ""),
    );
    let nested = "lib/a.js\nlib/node_modules/x/i.js\nnode_modules/y/i.js";
    all_pack(
        "nested node_modules",
        &files(&["lib", "node_modules"]),
        nested,
        "lib/a.js lib/node_modules/x/i.js",
    );
    all_pack(
        "nested node_modules without files",
        &json!({}),
        nested,
        "lib/a.js lib/node_modules/x/i.js",
    );
}

#[test]
fn npm_12_looks_entries_up_on_disk() {
    let files = |entries: &[&str]| json!({"files": entries});
    let folders = "dist-a/x.js\ndist-b/y/z.js\ndist-file";
    differ(
        "a glob of folders",
        &files(&["dist-*"]),
        folders,
        ("dist-file", "dist-a/x.js dist-b/y/z.js dist-file"),
    );
    all_pack(
        "dist-*/**",
        &files(&["dist-*/**"]),
        folders,
        "dist-a/x.js dist-b/y/z.js",
    );
    differ("case", &files(&["*.JS"]), "a.js", ("a.js", ""));
    all_pack("case of a folder", &files(&["LIB"]), LIB, "");
    differ("blanks", &files(&["a.js "]), "a.js", ("a.js", ""));
    differ(
        "names are read as patterns a second time",
        &files(&["*.js"]),
        "[x].js\nx.js\na{b,c}.js\n!n.js",
        ("!n.js [x].js a{b,c}.js x.js", "!n.js x.js"),
    );
    differ(
        "a file as a folder",
        &files(&["lib", "!lib/b.js/"]),
        LIB,
        ("lib/a.js lib/b.js", "lib/a.js"),
    );
}

#[test]
fn negations_in_files() {
    let files = |entries: &[&str]| json!({"files": entries});
    let tree = "lib/a.js\nlib/t/x.js\nlib/t/keep.js\nlib/b.js";
    all_pack(
        "a folder",
        &files(&["lib", "!lib/t"]),
        tree,
        "lib/a.js lib/b.js",
    );
    all_pack(
        "with a slash",
        &files(&["lib", "!lib/t/"]),
        tree,
        "lib/a.js lib/b.js",
    );
    all_pack(
        "a glob",
        &files(&["lib", "!**/t/**"]),
        tree,
        "lib/a.js lib/b.js",
    );
    differ(
        "first",
        &files(&["!lib/b.js", "lib"]),
        LIB,
        ("lib/a.js", "lib/a.js lib/b.js"),
    );
    differ(
        "of a file by name",
        &files(&["lib/a.js", "!lib/a.js"]),
        LIB,
        ("lib/a.js", ""),
    );
    all_pack(
        "and back",
        &files(&["lib", "!lib/t", "lib/t/keep.js"]),
        tree,
        "lib/a.js lib/b.js lib/t/keep.js",
    );
}

#[test]
fn entry_points_are_forced_in() {
    let tree = "dist/m.js\ndist/n.js\nlib/a.js";
    let main = |main: &str| json!({"main": main, "files": ["lib"]});
    let ignored = format!("{tree}\n.gitignore = dist");
    all_pack(
        "main drags its siblings in",
        &json!({"main": "dist/m.js"}),
        &ignored,
        "dist/m.js dist/n.js lib/a.js",
    );
    all_pack(
        "main beside files",
        &main("dist/m.js"),
        tree,
        "dist/m.js lib/a.js",
    );
    all_pack("main without its end", &main("dist/m"), tree, "lib/a.js");
    all_pack("main is a folder", &main("dist"), tree, "lib/a.js");
    all_pack(
        "main in another case",
        &main("Dist/M.js"),
        tree,
        "dist/m.js lib/a.js",
    );
    all_pack(
        "types force nothing",
        &json!({"types": "dist/m.js", "module": "dist/n.js", "files": ["lib"]}),
        tree,
        "lib/a.js",
    );
    all_pack(
        "an object as browser",
        &json!({"browser": {"a": "b"}, "files": ["lib"]}),
        "b\no\nlib/a.js",
        "b lib/a.js o",
    );
    all_pack(
        "directories.bin",
        &json!({"directories": {"bin": "bin"}, "files": ["lib"]}),
        "bin/a.js\nlib/a.js",
        "bin/a.js lib/a.js",
    );
    all_pack(
        "everything ignored",
        &json!({"main": "lib/a.js"}),
        "lib/a.js\nlib/b.js\nREADME\n.npmignore = *",
        "README lib/a.js",
    );
    all_pack(
        "a glob as main",
        &json!({"main": "*", "files": ["lib"]}),
        ".npmrc\nlib/a.js",
        ".npmrc lib/a.js",
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
fn links_and_odd_names() {
    let links =
        "lib/a.js\nREADME.md -> lib/a.js\nlink.js -> lib/a.js\nfolder -> lib\nbroken -> nowhere";
    all_pack("links", &json!({"main": "link.js"}), links, "lib/a.js");
    let stars = "a.js\nb*.js\nq?.js\nback\\slash.js\n@f.js\n@x/a.js";
    all_pack(
        "names",
        &json!({}),
        stars,
        "@f.js @x/a.js a.js back\\slash.js q?.js",
    );
    all_pack(
        "capitals",
        &json!({}),
        "Package.json\na.js",
        "Package.json a.js",
    );
    all_pack(
        "a package.json below",
        &json!({}),
        "sub/package.json = {}",
        "sub/package.json",
    );
}

#[test]
fn modes_sizes_and_hard_links() {
    let tree = "bin/cli.js : 644\nd.js : 644\nx/d.js : 644\ne.js : 755\np.js : 600\nr.js : 400\ns.js : 4755\nw.js : 666\na.txt = 12345\nb.txt => a.txt";
    let bench = Bench::new(
        &manifest(&json!({"bin": {"c": "bin/cli.js", "d": "d.js"}})),
        tree,
    );
    let packed = bench.pack(Edition::Npm11).unwrap();
    let mode = |path: &str| format!("{:o}", packed.find(path).unwrap().mode);
    for (path, expected) in [
        ("bin/cli.js", "644"),
        ("d.js", "755"),
        ("x/d.js", "755"),
        ("e.js", "755"),
        ("p.js", "600"),
        ("r.js", "600"),
        ("s.js", "4755"),
        ("w.js", "644"),
    ] {
        assert_eq!(mode(path), expected, "{path}");
    }
    assert_eq!(packed.find("a.txt").unwrap().size, 5);
    let link = packed.find("b.txt").unwrap();
    assert_eq!(link.size, 0);
    assert_eq!(
        link.kind,
        FileKind::HardLink {
            to: "a.txt".to_owned()
        }
    );
}

#[test]
fn patches_stay_at_home_with_npm_12() {
    let tree = "lib/a.js\npatches/x.patch\npatches/y.patch";
    let more =
        json!({"files": ["lib", "patches"], "patchedDependencies": {"x": "patches/x.patch"}});
    differ(
        "patches",
        &more,
        tree,
        (
            "lib/a.js patches/x.patch patches/y.patch",
            "lib/a.js patches/y.patch",
        ),
    );
    let bench = Bench::new(&manifest(&more), tree);
    let size = |edition| {
        bench
            .pack(edition)
            .unwrap()
            .find("package.json")
            .unwrap()
            .size
    };
    let without = r#"{"files":["lib","patches"],"name":"p","version":"1.0.0"}"#;
    assert_eq!(size(Edition::Npm12), without.len() as u64);
    assert!(size(Edition::Npm11) > size(Edition::Npm12));
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
    let bench = Bench::new(&manifest(&json!({"workspaces": ["packages/*"]})), tree);
    for edition in [Edition::Npm10, Edition::Npm12] {
        let list = |package: &str, workspaces: &[&str]| {
            paths(&pack(&bench.request(edition, package, workspaces)).unwrap())
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
    let bench = Bench::new(&manifest(&json!({"bin": {"x": "cli.js"}})), tree);
    let request = bench.request(Edition::Npm11, "", &[]);
    let ask = |path: &str| why(&request, path).unwrap();
    let line = |line| RuleSource::Line {
        path: bench.root.path().join(".npmignore").into(),
        line,
    };
    assert_eq!(ask("a.js").reason, Reason::NoRule);
    assert!(ask("./a.js").packed);
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

#[test]
fn the_order_is_by_extension_then_name_then_path() {
    let tree = "b/a.js\na/a.js\nB.js\nb.js\nMakefile\n.env\nz.css\n10.js\n9.js\n_x.js\n@s.js";
    let bench = Bench::new(&manifest(&json!({})), tree);
    let packed = bench.pack(Edition::Npm11).unwrap();
    let order: Vec<&str> = packed.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        order.join(" "),
        ".env Makefile z.css _x.js @s.js 10.js 9.js a/a.js b/a.js b.js B.js package.json"
    );
}
