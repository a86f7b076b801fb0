//! The state of published versions.

use std::fmt::Write as _;

use serde::Serialize;

use super::style::Style;
use crate::registry::kinds::traits;
use crate::verify::{Expected, VersionState};

type Paint = fn(Style, &str) -> String;

/// For people: a line per version.
pub fn human(seen: &[(&Expected, &VersionState)], style: Style) -> String {
    let mut text = String::new();
    for (expected, outcome) in seen {
        let ((paint, label), line) = line(expected, outcome);
        let indent = 4;
        let _ = writeln!(text, "{}", style.labelled(paint, label, &line, indent));
        if let VersionState::Staged { id } = outcome {
            for command in approval(expected, id.as_deref()) {
                let _ = writeln!(text, "    {command}");
            }
        }
        let page = page(expected).filter(|_| matches!(outcome, VersionState::Visible { .. }));
        if let Some(page) = page {
            let _ = writeln!(text, "    {}", style.wrap_indented(&page, indent));
        }
    }
    if seen.len() > 1 {
        let there = seen.iter().filter(|(_, outcome)| outcome.is_good()).count();
        let _ = writeln!(
            text,
            "{there} of {} versions are on the registry",
            seen.len()
        );
    }
    text
}

/// The web page of the version, if its registry is known by its URL.
fn page(expected: &Expected) -> Option<String> {
    let traits = traits(expected.kind);
    let page = traits
        .page
        .filter(|_| (traits.by_url)(expected.registry.url()))?;
    Some(page(&expected.name, &expected.version))
}

type Label = (Paint, &'static str);

fn line(expected: &Expected, outcome: &VersionState) -> (Label, String) {
    let what = format!("{} {}", expected.name, expected.version);
    let (paint, label): Label = match outcome {
        VersionState::Visible { .. } => (Style::good, "visible:"),
        VersionState::OtherBytes { .. } => (Style::error, "other bytes:"),
        VersionState::TagElsewhere { .. } => (Style::error, "tag elsewhere:"),
        VersionState::NotSeen { .. } => (Style::error, "not seen:"),
        VersionState::Validating => (Style::note, "accepted:"),
        VersionState::Staged { .. } => (Style::note, "staged:"),
        VersionState::Blocked => (Style::error, "blocked:"),
        VersionState::Deleted => (Style::error, "deleted:"),
        VersionState::NoAnswer { .. } => (Style::note, "unknown:"),
    };
    ((paint, label), sentence(expected, outcome, &what))
}

fn sentence(expected: &Expected, outcome: &VersionState, what: &str) -> String {
    let registry = &expected.registry;
    match outcome {
        VersionState::Visible { compared } => {
            let bytes = if *compared {
                " with the bytes that were sent"
            } else {
                ""
            };
            let tag = expected.tag.as_ref();
            let tag = tag.map_or(String::new(), |tag| format!(", tag {tag}"));
            format!("{what} is on {registry}{bytes}{tag}")
        }
        VersionState::OtherBytes {
            expected: sent,
            found,
        } => format!(
            "{what} is on {registry} with SHA-1 {found}, but npm sent {sent}; another publish \
             may have come first"
        ),
        VersionState::TagElsewhere { tag, stands_on } => {
            tag_elsewhere(expected, what, tag, stands_on.as_deref())
        }
        VersionState::NotSeen { last } => not_seen(expected, what, last),
        VersionState::Validating => scanning(expected, what),
        VersionState::Staged { .. } => format!(
            "{what} is staged and waits for the approval of a maintainer with two-factor authentication:"
        ),
        VersionState::Blocked => format!(
            "the registry's scan blocked {what}: nobody can install it; its owners get the reason by mail, and the version number is used up"
        ),
        VersionState::Deleted => format!(
            "{what} was published and then removed; publish another version: a removed number is used up"
        ),
        VersionState::NoAnswer { answer } => format!(
            "{what} was accepted, but the registry does not show it to this credential ({answer})"
        ),
    }
}

fn tag_elsewhere(expected: &Expected, what: &str, tag: &str, on: Option<&str>) -> String {
    let again = again(expected);
    match on {
        Some(version) => format!(
            "{what} is published, but its tag {tag} still points at {version}; check again with \
             `{again} --tag {tag}`"
        ),
        None => format!(
            "{what} is published, but there is no tag {tag} yet; check again with `{again} --tag \
             {tag}`, or set it: npm dist-tag add {}@{} {tag}",
            expected.name, expected.version
        ),
    }
}

/// The command that waits again, at the same registry.
fn again(expected: &Expected) -> String {
    let registry = expected.registry.to_string();
    let elsewhere = if traits(expected.kind).npmjs_rules {
        String::new()
    } else {
        format!(" --registry {registry}")
    };
    format!(
        "safe-publish verify {}@{}{elsewhere}",
        expected.name, expected.version
    )
}

fn scanning(expected: &Expected, what: &str) -> String {
    format!(
        "{what} was accepted; npm is still scanning it: `{}` waits until it is visible, and \
         publishing it again is refused",
        again(expected)
    )
}

/// The line shown while the registry scans versions that it has accepted; `None` if it scans
/// none.
pub fn scanning_so_far(expected: &[Expected], so_far: &[VersionState]) -> Option<String> {
    let both = expected.iter().zip(so_far);
    let scanned = both.filter(|(_, state)| **state == VersionState::Validating);
    let names: Vec<String> = scanned
        .map(|(package, _)| format!("{} {}", package.name, package.version))
        .collect();
    let (what, them) = match names.as_slice() {
        [] => return None,
        [one] => (one.clone(), "it"),
        many => (format!("{} versions", many.len()), "them"),
    };
    Some(format!(
        "the registry has accepted {what} and is scanning {them}; that takes minutes"
    ))
}

/// The commands that decide about a staged version, one per line.
fn approval(expected: &Expected, id: Option<&str>) -> Vec<String> {
    let (name, registry) = (&expected.name, &expected.registry);
    let decide = |word: &str| {
        let id = id.unwrap_or("<id>");
        format!("npm stage {word} {id} --registry {registry}")
    };
    let list = format!("npm stage list {name} --registry {registry}");
    let list = id.is_none().then_some(list);
    list.into_iter()
        .chain(["approve", "reject"].map(decide))
        .collect()
}

/// A version that did not appear: the text depends on whether npm reported success.
fn not_seen(expected: &Expected, what: &str, last: &str) -> String {
    let again = format!("check again with `{}`", again(expected));
    if expected.accepted {
        format!(
            "{what} was accepted, but is not visible yet ({last}); registries may take minutes: \
             {again} before you publish anything else"
        )
    } else {
        format!("{what} did not appear in time ({last}); {again}, or with a longer --timeout")
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    packages: Vec<PackageEntry<'a>>,
}

#[derive(Serialize)]
struct PackageEntry<'a> {
    name: &'a str,
    version: &'a str,
    outcome: &'static str,
    compared: bool,
}

/// For programs: `safe-publish/verification@1`.
pub fn json(seen: &[(&Expected, &VersionState)]) -> String {
    let packages = seen.iter().map(|(expected, outcome)| PackageEntry {
        name: &expected.name,
        version: &expected.version,
        outcome: match outcome {
            VersionState::Visible { .. } => "visible",
            VersionState::OtherBytes { .. } => "other-bytes",
            VersionState::TagElsewhere { .. } => "tag-elsewhere",
            VersionState::NotSeen { .. } => "not-seen",
            VersionState::Validating => "validating",
            VersionState::Staged { .. } => "staged",
            VersionState::Blocked => "blocked",
            VersionState::Deleted => "deleted",
            VersionState::NoAnswer { .. } => "not-told",
        },
        compared: matches!(outcome, VersionState::Visible { compared: true }),
    });
    let document = Document {
        schema: "safe-publish/verification@1",
        packages: packages.collect(),
    };
    super::json::pretty(&document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::kind::RegistryKind;
    use crate::registry::url::RegistryUrl;

    fn shown(registry: &str, kind: RegistryKind) -> String {
        let expected = Expected {
            registry: RegistryUrl::parse(registry).unwrap(),
            kind,
            credential: None,
            name: "@acme/cat".to_owned(),
            version: "1.0.0".to_owned(),
            tag: None,
            accepted: true,
            shasum: None,
        };
        let visible = VersionState::Visible { compared: true };
        human(&[(&expected, &visible)], Style::PLAIN)
    }

    #[test]
    fn a_success_names_the_page_where_the_registry_has_one() {
        let npmjs = shown("https://registry.npmjs.org/", RegistryKind::Npmjs);
        assert!(npmjs.contains("https://www.npmjs.com/package/@acme/cat/v/1.0.0"));
        // A registry at another URL may be a mirror of npmjs.
        let mirror = shown("https://npm.example/", RegistryKind::Npmjs);
        assert!(!mirror.contains("npmjs.com"));
    }
}
