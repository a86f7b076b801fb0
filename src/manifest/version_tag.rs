//! Which git tags name a version, and of which package.

use crate::manifest::version::Version;

/// The patterns used if the settings have none.
pub const USUAL: [&str; 3] = ["v{version}", "{version}", "{name}@{version}"];
/// Longer tags are not read as versions.
const MAX_LENGTH: usize = 300;
/// From this number on, a first number is a year.
const YEARS: u64 = 1900;

/// One reading of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionTag {
    /// The package in it; `None` in `v1.2.3`.
    pub name: Option<String>,
    /// The version in it, without build metadata.
    pub version: Version,
}

/// Every reading of a tag by these patterns, or by the usual ones if there are none.
pub fn readings(tag: &str, patterns: &[String]) -> Vec<VersionTag> {
    let mut found = Vec::new();
    if tag.len() > MAX_LENGTH {
        return found;
    }
    let usual = USUAL.iter().copied().filter(|_| patterns.is_empty());
    for pattern in usual.chain(patterns.iter().map(String::as_str)) {
        read(tag, pattern, None, &mut |name, version| {
            let reading = VersionTag {
                name: name.map(str::to_owned),
                version,
            };
            if !found.contains(&reading) {
                found.push(reading);
            }
        });
    }
    found
}

/// Whether a pattern is usable: it contains the version once.
pub fn is_pattern(pattern: &str) -> bool {
    pattern.matches("{version}").count() == 1 && pattern.matches("{name}").count() <= 1
}

/// Whether some pattern could read a version from a tag: three numbers separated by dots. Asked
/// before anything else is known.
pub fn may_name_a_version(tag: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = tag.split('.').collect();
    parts.windows(3).any(|three| {
        let ends_in_digit = three[0].ends_with(|c: char| c.is_ascii_digit());
        let begins_with_digit = three[2].starts_with(|c: char| c.is_ascii_digit());
        ends_in_digit && is_number(three[1]) && begins_with_digit
    })
}

/// For a package at 1.4.0, `2026.11.27` is a date, not its version.
pub fn is_a_date(tagged: &Version, version: &Version) -> bool {
    tagged.0.major >= YEARS && version.0.major < YEARS
}

/// `0.0.0`, `0.0.0-development`: a tool writes the real version when it publishes.
pub fn is_placeholder(version: &Version) -> bool {
    (version.0.major, version.0.minor, version.0.patch) == (0, 0, 0)
}

type Found<'f> = dyn FnMut(Option<&str>, Version) + 'f;

/// Compares the rest of a tag with the rest of a pattern, before which there is no version.
fn read<'t>(text: &'t str, pattern: &str, name: Option<&'t str>, found: &mut Found<'_>) {
    let Some((literal, placeholder, rest)) = next(pattern) else {
        return;
    };
    let Some(text) = text.strip_prefix(literal) else {
        return;
    };
    for (end, _) in text.char_indices().chain([(text.len(), ' ')]).skip(1) {
        let (part, left) = text.split_at(end);
        if placeholder == "{name}" {
            if is_name(part) {
                read(left, rest, Some(part), found);
            }
        } else if let Some(version) = strict(part) {
            version_read(left, rest, name, version, found);
        }
    }
}

/// After the version only text or a name may follow.
fn version_read(
    text: &str,
    pattern: &str,
    name: Option<&str>,
    version: Version,
    found: &mut Found<'_>,
) {
    match next(pattern) {
        None if text == pattern => found(name, version),
        Some((before, "{name}", after)) => {
            let part = text
                .strip_prefix(before)
                .and_then(|text| text.strip_suffix(after));
            if let Some(part) = part.filter(|part| is_name(part)) {
                found(Some(part), version);
            }
        }
        _ => {}
    }
}

/// The text before the next placeholder, the placeholder, the rest.
fn next(pattern: &str) -> Option<(&str, &str, &str)> {
    let find = |word: &'static str| pattern.find(word).map(|at| (at, word));
    let (at, word) = [find("{name}"), find("{version}")]
        .into_iter()
        .flatten()
        .min()?;
    Some((&pattern[..at], word, &pattern[at + word.len()..]))
}

/// A version without `v`, `=` or anything else that npm would remove.
fn strict(text: &str) -> Option<Version> {
    text.starts_with(|c: char| c.is_ascii_digit())
        .then(|| Version::parse(text, false))?
}

fn is_name(text: &str) -> bool {
    let (scope, name) = match text.strip_prefix('@').map(|rest| rest.split_once('/')) {
        Some(Some((scope, name))) => (scope, name),
        Some(None) => return false,
        None => ("-", text),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
    !scope.is_empty() && !name.is_empty() && scope.chars().all(plain) && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual(tag: &str) -> Vec<(Option<String>, String)> {
        by(tag, &[])
    }

    fn by(tag: &str, patterns: &[&str]) -> Vec<(Option<String>, String)> {
        let patterns: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
        let read = readings(tag, &patterns).into_iter();
        read.map(|tag| (tag.name, tag.version.to_string()))
            .collect()
    }

    fn one(name: Option<&str>, version: &str) -> Vec<(Option<String>, String)> {
        vec![(name.map(str::to_owned), version.to_owned())]
    }

    #[test]
    fn the_usual_forms_are_read() {
        assert_eq!(usual("v1.2.3"), one(None, "1.2.3"));
        assert_eq!(usual("1.2.3-rc.1"), one(None, "1.2.3-rc.1"));
        assert_eq!(usual("v1.2.3+build.5"), one(None, "1.2.3"));
        assert_eq!(usual("cat@1.2.3"), one(Some("cat"), "1.2.3"));
        assert_eq!(usual("@acme/cat@1.2.3"), one(Some("@acme/cat"), "1.2.3"));
    }

    #[test]
    fn a_partial_version_is_not_a_version() {
        for tag in [
            "v1",
            "v1.2",
            "1.2.3.4",
            "v01.2.3",
            "v2024.01.15",
            "release-1.2.3",
            "vv1.2.3",
            "v 1.2.3",
            "=1.2.3",
            "nightly",
            "cat@v1.2.3",
            "a/cat@1.2.3",
            "@1.2.3",
            "",
        ] {
            assert_eq!(usual(tag), [], "{tag}");
        }
    }

    #[test]
    fn patterns_of_the_settings_take_the_place_of_the_usual_ones() {
        assert_eq!(
            by("release-1.2.3", &["release-{version}"]),
            one(None, "1.2.3")
        );
        assert_eq!(by("v1.2.3", &["release-{version}"]), []);
        assert_eq!(
            by("@acme/cat/v1.2.3", &["{name}/v{version}"]),
            one(Some("@acme/cat"), "1.2.3")
        );
        assert_eq!(
            by("1.2.3/cat-npm", &["{version}/{name}-npm"]),
            one(Some("cat"), "1.2.3")
        );
        let both = by("cat-1.0.0-2.0.0", &["{name}-{version}"]);
        assert_eq!(both.len(), 2, "{both:?}");
    }

    #[test]
    fn the_quick_look_passes_all_that_a_pattern_could_read() {
        for tag in ["v1.2.3", "release-1.2.3", "1.2.3/cat", "@a/b@10.20.30-rc.1"] {
            assert!(may_name_a_version(tag), "{tag}");
        }
        for tag in ["v1", "v1.2", "nightly", "a.b.c", "1.x.3", ""] {
            assert!(!may_name_a_version(tag), "{tag}");
        }
    }

    #[test]
    fn a_year_is_a_date_if_the_version_is_small() {
        let version = |text| Version::parse(text, false).unwrap();
        assert!(is_a_date(&version("2026.11.27"), &version("1.4.0")));
        assert!(!is_a_date(&version("2026.11.27"), &version("2026.11.2")));
        assert!(is_placeholder(&version("0.0.0-development")));
        assert!(!is_placeholder(&version("0.0.1")));
    }

    proptest::proptest! {
        #[test]
        fn what_is_read_passed_the_quick_look(tag in "[a-z@/]{0,4}[0-9.v@+-]{0,12}[a-z.]{0,3}") {
            let patterns = ["{name}-{version}".to_owned(), "{version}-{name}".to_owned(), "v{version}x".to_owned()];
            if !readings(&tag, &patterns).is_empty() || !readings(&tag, &[]).is_empty() {
                proptest::prop_assert!(may_name_a_version(&tag));
            }
        }
    }
}
