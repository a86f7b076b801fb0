use super::*;

fn ranges(loose: bool, texts: &[&str]) {
    for text in texts {
        assert!(is_valid_range(text, loose), "{text:?}");
    }
}

fn no_ranges(loose: bool, texts: &[&str]) {
    for text in texts {
        assert!(!is_valid_range(text, loose), "{text:?}");
    }
}

#[test]
fn tags_that_npm_refuses_are_ranges_and_the_others_are_not() {
    ranges(
        false,
        &[
            "",
            " ",
            "v1",
            "1",
            "1.x",
            "x",
            "X",
            "*",
            "2024",
            "1.0.0-beta",
            "~>1",
            "1 ||",
            "1.2.3*",
        ],
    );
    no_ranges(
        false,
        &[
            "latest", "next", "v-next", "beta1", "latest-1", "v", "xx", "1.2.3.4", "01", "=",
            "1beta",
        ],
    );
}

#[test]
fn a_caret_keeps_the_first_number_that_is_not_zero() {
    for (range, inside, outside) in [
        ("^1.2.3", "1.9.0", "2.0.0"),
        ("^0.2.3", "0.2.9", "0.3.0"),
        ("^0.0.3", "0.0.3", "0.0.4"),
        ("^0.0", "0.0.9", "0.1.0"),
        ("^0", "0.9.0", "1.0.0"),
        ("~1.2.3", "1.2.9", "1.3.0"),
        ("~1", "1.9.0", "2.0.0"),
        (">1", "2.0.0", "1.9.9"),
        ("<=1.2", "1.2.9", "1.3.0"),
        ("1.2 - 2", "2.9.9", "3.0.0"),
        ("1.2.3 - 2.0.0", "2.0.0", "2.0.1"),
    ] {
        assert!(satisfies(inside, range, false), "{inside} {range}");
        assert!(!satisfies(outside, range, false), "{outside} {range}");
    }
}

#[test]
fn a_prerelease_satisfies_only_with_a_prerelease_of_its_numbers() {
    assert!(satisfies("1.2.3-beta.2", "^1.2.3-beta.1", false));
    assert!(!satisfies("1.2.4-beta.2", "^1.2.3-beta.1", false));
    assert!(!satisfies("1.2.3-beta", "*", false));
    assert!(!satisfies("2.0.0-0", "^1", false));
}

#[test]
fn any_version_among_others_means_all_versions() {
    assert!(satisfies("1.0.0-b", ">=1.0.0-a", false));
    assert!(!satisfies("1.0.0-b", "* || >=1.0.0-a", false));
    assert!(!satisfies("0.0.0", "<0.0.0-0 || <0.0.0-0", false));
    assert!(satisfies("1.0.0", "<0.0.0-0 || 1", false));
}

#[test]
fn two_spaces_of_a_rewritten_range_hold_nothing_between_them() {
    // `x` becomes nothing, which leaves only `v` and `-`, which are not ranges.
    no_ranges(true, &[" v x - ", "=>v0.x * = x.x.00", "~ v * =10."]);
    ranges(true, &["x -", "- x"]);
}

#[test]
fn loose_reading_throws_away_what_it_cannot_read() {
    ranges(
        true,
        &["1.2.3 latest", "01.02.03", "1.2.3beta", "latest 1 ||"],
    );
    no_ranges(true, &["latest", "next", "1.2.3 99999999999999999999.0.0"]);
    assert!(satisfies("1.2.3-4.5", "1.2.34.5", true));
    assert!(!is_valid_range("1.2.3 latest", false));
}

#[test]
fn build_metadata_is_nothing() {
    assert!(satisfies("1.2.3+x", "1.2.3+y.1 - 2+z", false));
    no_ranges(false, &["1.2.3+", "1+a+", "1++a"]);
}

#[test]
fn numbers_beyond_javascript_are_not_a_range() {
    no_ranges(
        false,
        &[
            "99999999999999999999.x",
            "9007199254740992",
            "^9007199254740991",
            ">9007199254740991.x",
        ],
    );
    ranges(false, &["<=9007199254740991.0.0", "9007199254740990"]);
}

#[test]
fn a_range_of_any_length_is_answered() {
    let long = "~1.2.3-a.b.c || ".repeat(5_000);
    assert!(is_valid_range(&long, false));
    assert!(!is_valid_range(&"1.".repeat(50_000), true));
    assert!(!is_valid_range(&"1".repeat(100_000), false));
}
