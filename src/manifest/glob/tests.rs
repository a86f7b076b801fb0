use std::fs;

use super::*;

fn hit(pattern: &str, path: &str) -> bool {
    Glob::new(pattern).matches(path, How::default())
}

fn hits(pattern: &str, yes: &[&str], no: &[&str]) {
    for path in yes {
        assert!(hit(pattern, path), "{pattern} {path}");
    }
    for path in no {
        assert!(!hit(pattern, path), "{pattern} {path}");
    }
}

#[test]
fn a_star_stands_for_one_name_without_a_leading_dot() {
    hits(
        "packages/*",
        &["packages/a", "packages/a/"],
        &["packages", "packages/.a", "packages/a/b"],
    );
    hits("*.js", &["a.js"], &[".js", "a.jsx"]);
    hits(".*", &[".a"], &["a", "..", "."]);
    hits("a?", &["ab"], &["a", "abc"]);
}

#[test]
fn two_stars_stand_for_any_depth_below() {
    hits("a/**", &["a/b", "a/b/c", "a/"], &["a", "a/.b", "a/b/.c"]);
    hits("a/**/c", &["a/c", "a/b/c", "a/b/b/c"], &["a/.b/c", "c"]);
    hits("**", &["a", "a/b"], &[".a"]);
    let dot = How {
        dot: true,
        partial: false,
    };
    assert!(Glob::plain("**/node_modules/**").matches("a/.b/node_modules/", dot));
}

#[test]
fn braces_classes_and_choices_are_read() {
    hits("{a,b{c,d}}", &["a", "bc", "bd"], &["b", "bcd"]);
    hits("{1..3}", &["1", "2", "3"], &["4", "{1..3}"]);
    hits("{02..1}", &["02", "01"], &["1", "2"]);
    hits("{a}", &["{a}"], &["a"]);
    hits("[a-c]x", &["ax", "cx"], &["dx"]);
    hits("[!a]", &["b"], &["a", ".", ".b"]);
    hits("[[:alpha:]]", &["a", "Z"], &["1"]);
    hits("@(a|b)c", &["ac", "bc"], &["c", "abc"]);
    hits("+(a|b)", &["a", "abba"], &["c", ""]);
    hits("?(a)b", &["b", "ab"], &["aab"]);
    hits("x/!(a)", &["x/b", "x/ab"], &["x/a", "x/.b"]);
    hits("\\*", &["*"], &["a"]);
}

#[test]
fn a_star_after_a_negation_stands_for_something() {
    // minimatch's own reading: `ab` is out, `a` itself is in.
    let glob = Glob::plain("!(a|b)*");
    assert!(glob.matches("a", How::default()));
    assert!(!glob.matches("ab", How::default()));
}

#[test]
fn a_choice_of_nothing_is_text() {
    hits("@()", &["@()"], &["", "a"]);
    assert!(!hit("a/@()", "a/"));
}

#[test]
fn an_empty_name_is_no_star() {
    assert!(!Glob::plain("a/*/").matches("a//", How::default()));
    assert!(!hit("a/*", "a/"));
    assert!(hit("x/!(a|b)*", "x/"), "a negation matches nothing, too");
}

#[test]
fn a_mark_negates_and_a_hash_silences() {
    assert!(hit("!a", "b") && !hit("!a", "a"));
    assert!(hit("!!a", "a"));
    assert!(!hit("#a", "#a"));
    assert!(Glob::plain("#a").matches("#a", How::default()));
}

#[test]
fn in_part_a_path_may_yet_grow_into_a_match() {
    let part = How {
        partial: true,
        dot: false,
    };
    for (pattern, path) in [
        ("a/b/c", "a/b"),
        ("a/**/c", "a/x/y"),
        ("**/*/.", "core/.hidden"),
    ] {
        assert!(Glob::new(pattern).matches(path, part), "{pattern} {path}");
    }
    assert!(!Glob::new("a/b/c").matches("a/x", part));
}

#[test]
fn a_pattern_that_would_take_for_ever_is_given_up() {
    let pattern = format!("{}b", "*a".repeat(40));
    assert!(!hit(&pattern, &"a".repeat(255)));
    let many = "{a,b}".repeat(30);
    assert!(hit(&many, &"a".repeat(30)));
    assert!(!hit(&"{".repeat(5_000), "a"));
}

#[test]
fn folders_are_found_without_entering_node_modules() {
    let root = tempfile::tempdir().unwrap();
    for path in ["a/b", "a/node_modules/c", ".x/y", "d"] {
        fs::create_dir_all(root.path().join(path)).unwrap();
    }
    fs::write(root.path().join("a/file"), "").unwrap();
    let find = |pattern: &str| {
        let found = folders(root.path(), [&Glob::plain(pattern)]);
        found.into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(find("**"), ". a a/b d");
    assert_eq!(find("*"), "a d");
    assert_eq!(find(".x/*"), ".x/y");
    assert_eq!(find("a/node_modules/*"), "");
    assert_eq!(find("d/../a/*"), "a/b");
    assert_eq!(find("nowhere/*"), "");
}

#[cfg(unix)]
#[test]
fn a_link_stands_for_the_whole_of_two_stars() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("real/deep")).unwrap();
    fs::create_dir_all(root.path().join("in")).unwrap();
    std::os::unix::fs::symlink("../real", root.path().join("in/link")).unwrap();
    std::os::unix::fs::symlink(".", root.path().join("loop")).unwrap();
    let find = |pattern: &str| {
        let found = folders(root.path(), [&Glob::plain(pattern)]);
        found.into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(find("in/**"), "in in/link");
    assert_eq!(find("**/deep"), "real/deep");
    assert_eq!(find("in/*/deep"), "in/link/deep");
}
