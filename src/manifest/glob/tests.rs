use std::fs;
use std::path::Path;

use super::*;

fn hit(pattern: &str, path: &str) -> bool {
    Glob::new(pattern).matches(path, MatchOptions::default())
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
fn a_star_matches_one_name_without_a_leading_dot() {
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
    let dot = MatchOptions {
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
fn a_star_after_a_negation_matches_something() {
    // This is how minimatch reads it: `ab` does not match, `a` itself does.
    let glob = Glob::plain("!(a|b)*");
    assert!(glob.matches("a", MatchOptions::default()));
    assert!(!glob.matches("ab", MatchOptions::default()));
}

#[test]
fn a_choice_of_nothing_is_text() {
    hits("@()", &["@()"], &["", "a"]);
    assert!(!hit("a/@()", "a/"));
}

#[test]
fn an_empty_name_does_not_match_a_star() {
    assert!(!Glob::plain("a/*/").matches("a//", MatchOptions::default()));
    assert!(!hit("a/*", "a/"));
    assert!(hit("x/!(a|b)*", "x/"), "a negation matches nothing, too");
}

#[test]
fn a_mark_negates_and_a_hash_silences() {
    assert!(hit("!a", "b") && !hit("!a", "a"));
    assert!(hit("!!a", "a"));
    assert!(!hit("#a", "#a"));
    assert!(Glob::plain("#a").matches("#a", MatchOptions::default()));
}

#[test]
fn in_part_a_path_may_yet_grow_into_a_match() {
    let part = MatchOptions {
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
    let glob = Glob::new(&format!("{}b", "*a".repeat(40)));
    assert!(!glob.matches(&"a".repeat(255), MatchOptions::default()));
    assert!(glob.gave_up(), "the answer is not certain");
    assert!(Glob::new(&"{a,b}".repeat(30)).gave_up());
    assert!(!Glob::new(&"{a,b}".repeat(13)).gave_up());
    for pattern in [
        "{a,".repeat(5_000),
        format!("{{0{}1..9999}}", "0".repeat(50_000)),
        "{1..99999}".to_owned(),
        format!("{{{}", "{a,b}".repeat(9_000)),
        "a".repeat(70_000),
        format!("{}{}", "{a,".repeat(500), "}".repeat(500)),
    ] {
        let glob = Glob::new(&pattern);
        glob.matches("a", MatchOptions::default());
        assert!(
            pattern.starts_with("{a,{") || glob.gave_up(),
            "{}",
            &pattern[..20]
        );
    }
    let deep = Glob::new(&format!("{}x", "**/a/".repeat(30)));
    assert!(!deep.matches(&"a/".repeat(200), MatchOptions::default()));
    assert!(
        !deep.gave_up(),
        "the end of the pattern is looked for first"
    );
}

#[test]
fn braces_without_commas_are_text_at_any_depth() {
    let nested = format!("{}{}", "{".repeat(40), "}".repeat(40));
    let glob = Glob::new(&nested);
    assert!(glob.matches(&nested, MatchOptions::default()) && !glob.gave_up());
    assert!(!hit(&"{".repeat(5_000), "a"));
    // As brace-expansion: text that is not a group may still become one.
    hits("{x}{a,b}", &["{x}a", "{x}b"], &["{x}{a,b}"]);
    hits("{a},b}", &["a}", "b"], &["{a},b}"]);
    hits("${a,b}", &["${a,b}"], &["$a"]);
    hits("x{{a,b}}y", &["x{a}y", "x{b}y"], &["xay"]);
    hits("{{a,b},c}", &["a", "b", "c"], &["{a,b}"]);
    hits("a{\\,b,c}", &["a,b", "ac"], &["ab"]);
}

/// The folders that match, in one line.
fn folders_of(root: &Path, pattern: &str) -> String {
    let found = folders(root, [&Glob::plain(pattern)], MatchOptions::default());
    found.paths.into_iter().collect::<Vec<_>>().join(" ")
}

#[test]
fn folders_are_found_without_entering_node_modules() {
    let root = tempfile::tempdir().unwrap();
    for path in ["a/b", "a/node_modules/c", ".x/y", "d"] {
        fs::create_dir_all(root.path().join(path)).unwrap();
    }
    fs::write(root.path().join("a/file"), "").unwrap();
    let find = |pattern: &str| folders_of(root.path(), pattern);
    assert_eq!(find("**"), ". a a/b d");
    assert_eq!(find("*"), "a d");
    assert_eq!(find(".x/*"), ".x/y");
    assert_eq!(find("a/node_modules/*"), "");
    assert_eq!(find("d/../a/*"), "a/b");
    assert_eq!(find("nowhere/*"), "");
}

#[cfg(unix)]
#[test]
fn a_link_matches_the_whole_of_two_stars() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("real/deep")).unwrap();
    fs::create_dir_all(root.path().join("in")).unwrap();
    std::os::unix::fs::symlink("../real", root.path().join("in/link")).unwrap();
    std::os::unix::fs::symlink(".", root.path().join("loop")).unwrap();
    let find = |pattern: &str| folders_of(root.path(), pattern);
    assert_eq!(find("in/**"), "in in/link");
    assert_eq!(find("**/deep"), "real/deep");
    assert_eq!(find("in/*/deep"), "in/link/deep");
}
