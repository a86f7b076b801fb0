use serde_json::json;

use super::*;

fn sent(text: &str) -> Option<String> {
    Version::of(Some(&json!(text)))
        .ok()
        .map(|version| version.to_string())
}

fn nearest(value: &Value) -> Option<String> {
    match Version::of(Some(value)) {
        Err(VersionProblem::Invalid { nearest, .. }) => nearest,
        other => panic!("{value}: {other:?}"),
    }
}

#[test]
fn loose_versions_are_cleaned_before_they_are_sent() {
    for (written, expected) in [
        ("1.2.3", "1.2.3"),
        (" v1.4.0", "1.4.0"),
        (" =v1.2.3 ", "1.2.3"),
        ("= v 1.2.3", "1.2.3"),
        ("v1.02.03", "1.2.3"),
        ("1.0.0beta", "1.0.0-beta"),
        ("1.0.0-01", "1.0.0-1"),
        ("1.2.34.5", "1.2.3-4.5"),
        ("1.2.3-", "1.2.3--"),
        ("\u{feff}1.2.3\n", "1.2.3"),
    ] {
        assert_eq!(sent(written).as_deref(), Some(expected), "{written}");
    }
}

#[test]
fn build_metadata_is_dropped() {
    assert_eq!(sent("2.0.0+build.5").as_deref(), Some("2.0.0"));
    assert_eq!(sent("2.0.0-rc.1+b").as_deref(), Some("2.0.0-rc.1"));
    assert_eq!(sent("2.0.0+"), None);
}

#[test]
fn an_invalid_version_is_refused_and_the_nearest_one_named() {
    for (written, expected) in [
        (json!("1.0"), Some("1.0.0")),
        (json!("1"), Some("1.0.0")),
        (json!("v2"), Some("2.0.0")),
        (json!(1.5), Some("1.5.0")),
        (json!("1.2.3 beta 1"), Some("1.2.3-beta-1")),
        (json!("1.2.3_rc.1"), Some("1.2.3-rc.1")),
        (json!("1.2.3.4"), Some("1.2.3-4")),
        (json!("latest"), None),
        (json!(["1.0.0"]), None),
        (json!("99999999999999999999.0.0"), None),
    ] {
        assert_eq!(nearest(&written).as_deref(), expected, "{written}");
    }
}

#[test]
fn no_version_is_missing() {
    for value in [json!(null), json!(""), json!(0), json!(false)] {
        assert_eq!(Version::of(Some(&value)), Err(VersionProblem::Missing));
    }
    assert_eq!(Version::of(None), Err(VersionProblem::Missing));
}

#[test]
fn a_number_that_stays_text_is_not_a_strict_version() {
    // Too large for a number, the identifier keeps its zero, and npm's second check refuses it
    // (EBADSEMVER).
    assert_eq!(sent("1.0.0-09007199254740991"), None);
    assert!(sent("1.0.0-9007199254740991").is_some());
    assert_eq!(sent("9007199254740992.0.0"), None);
}

#[test]
fn the_hyphen_that_cleaning_adds_may_be_one_too_many() {
    let longest = format!("1.0.0a{}", "b".repeat(250));
    assert_eq!(longest.len(), 256);
    assert_eq!(sent(&longest), None);
    assert!(sent(&longest[..255]).is_some());
    assert_eq!(sent(&format!("1.0.0{}", " ".repeat(252))), None);
}

#[test]
fn prereleases_are_recognised_and_ordered() {
    let version = |text: &str| Version::parse(text, true).unwrap();
    assert!(version("1.0.0-a").is_prerelease() && !version("1.0.0+a").is_prerelease());
    let order = [
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-10",
        "1.0.0-a",
        "1.0.0-a.b",
        "1.0.0",
        "1.0.1",
    ];
    for pair in order.windows(2) {
        assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        let (a, b) = (SemVer::parse(pair[0], false), SemVer::parse(pair[1], false));
        assert_eq!(a.unwrap().compare(&b.unwrap()), Ordering::Less, "{pair:?}");
    }
}
