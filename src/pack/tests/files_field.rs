//! The `files` of package.json, and the entry points that npm adds.

use super::*;

const USUAL: &str = "a.js\nlib/b.js";
const LIB: &str = "a.js\nlib/a.js\nlib/b.js";

#[test]
fn files_and_ignore_files_interact() {
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
fn entries_of_files_are_not_gitignore_patterns() {
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
}

#[test]
fn files_that_is_not_a_list() {
    all_pack("false", &json!({"files": false}), USUAL, "a.js lib/b.js");
    all_pack("a text", &json!({"files": "lib"}), "l\nlib/a.js", "l");
}

#[test]
fn dotfiles_and_lock_files_by_name() {
    let files = |entries: &[&str]| json!({"files": entries});
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
}

#[test]
fn only_nested_node_modules_are_packed() {
    let files = |entries: &[&str]| json!({"files": entries});
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
fn main_is_forced_in() {
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
fn browser_is_forced_in_and_types_are_not() {
    all_pack(
        "types force nothing",
        &json!({"types": "dist/m.js", "module": "dist/n.js", "files": ["lib"]}),
        "dist/m.js\ndist/n.js\nlib/a.js",
        "lib/a.js",
    );
    all_pack(
        "an object as browser",
        &json!({"browser": {"a": "b"}, "files": ["lib"]}),
        "b\no\nlib/a.js",
        "b lib/a.js o",
    );
}

#[test]
fn the_files_of_directories_bin_are_forced_in() {
    all_pack(
        "directories.bin",
        &json!({"directories": {"bin": "bin"}, "files": ["lib"]}),
        "bin/a.js\nlib/a.js",
        "bin/a.js lib/a.js",
    );
    let (depth_first, breadth_first) = (
        "bin/b/a.js bin/y/c.js bin/z.js lib/l.js",
        "bin/b/a.js bin/b/z.js bin/y/c.js lib/l.js",
    );
    packs(
        "two of a name in directories.bin",
        &json!({"directories": {"bin": "bin"}, "files": ["lib"]}),
        "bin/z.js\nbin/b/z.js\nbin/a.js\nbin/b/a.js\nbin/c.js\nbin/y/c.js\nlib/l.js",
        [depth_first, breadth_first, breadth_first],
    );
}
