//! What became of published versions.

use std::fmt::Write as _;

use serde::Serialize;

use super::style::Style;
use crate::registry::kinds::traits;
use crate::verify::{Expected, Outcome};

/// For people: a line per version.
pub fn human(seen: &[(&Expected, &Outcome)], style: Style) -> String {
    let mut text = String::new();
    for (expected, outcome) in seen {
        let what = format!("{} {}", expected.name, expected.version);
        let (label, line) = match outcome {
            Outcome::Visible { compared: true } => (
                style.good("visible:"),
                format!(
                    "{what} is on {} with the bytes that were sent",
                    expected.registry
                ),
            ),
            Outcome::Visible { compared: false } => (
                style.good("visible:"),
                format!("{what} is on {}", expected.registry),
            ),
            Outcome::OtherBytes {
                expected: sent,
                found,
            } => (
                style.error("other bytes:"),
                format!(
                    "{what} is on {} with SHA-1 {found}, and npm sent {sent}; somebody else's publish may have been quicker",
                    expected.registry
                ),
            ),
            Outcome::TagElsewhere { tag, stands_on } => (
                style.error("tag elsewhere:"),
                match stands_on {
                    Some(version) => format!(
                        "{what} is there, and its tag {tag} still stands on {version}; look again with `{} --tag {tag}`",
                        again(expected)
                    ),
                    None => format!(
                        "{what} is there, and there is no tag {tag} yet; look again with `{} --tag {tag}`, or set it: npm dist-tag add {}@{} {tag}",
                        again(expected),
                        expected.name,
                        expected.version
                    ),
                },
            ),
            Outcome::NotSeen { last } => {
                (style.error("not seen:"), not_seen(expected, &what, last))
            }
            Outcome::Validating => (style.note("accepted:"), scanning(expected, &what)),
            Outcome::Staged { id } => (
                style.note("staged:"),
                staged(expected, &what, id.as_deref()),
            ),
            Outcome::Blocked => (
                style.error("blocked:"),
                format!(
                    "the registry's scan blocked {what}: nobody can install it; its owners get the reason by mail, and the version number is used up"
                ),
            ),
            Outcome::Deleted => (
                style.error("deleted:"),
                format!(
                    "{what} was published and then removed; publish another version: a removed number is used up"
                ),
            ),
            Outcome::NotTold { answer } => (
                style.note("not told:"),
                format!(
                    "{what} was accepted; the registry does not show it to this credential ({answer})"
                ),
            ),
        };
        let indent = 4;
        let _ = writeln!(text, "{label} {}", style.wrap_indented(&line, indent));
    }
    if seen.len() > 1 {
        let there = seen.iter().filter(|(_, outcome)| outcome.is_good()).count();
        let _ = writeln!(text, "{there} of {} versions are there", seen.len());
    }
    text
}

/// The command that looks again, at the same registry.
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
        "{what} is accepted; npm is still scanning it: `{}` waits until it is visible, and publishing it again is refused",
        again(expected)
    )
}

/// What a staged version waits for, and the commands that decide about it.
fn staged(expected: &Expected, what: &str, id: Option<&str>) -> String {
    let registry = &expected.registry;
    let approve = match id {
        Some(id) => format!(
            "`npm stage approve {id} --registry {registry}`, or reject it with `npm stage reject {id} --registry {registry}`"
        ),
        None => format!(
            "`npm stage approve <id> --registry {registry}`; `npm stage list {} --registry {registry}` lists the ids",
            expected.name
        ),
    };
    format!(
        "{what} is staged and waits for the approval of a maintainer with two-factor authentication: {approve}"
    )
}

/// A version that did not show: npm's word for it makes a difference.
fn not_seen(expected: &Expected, what: &str, last: &str) -> String {
    let again = format!("look again with `{}`", again(expected));
    if expected.accepted {
        format!(
            "{what} was accepted, and is not visible yet ({last}); registries may take minutes: {again} before you publish anything else"
        )
    } else {
        format!("{what} did not show in time ({last}); {again}, or with a longer --timeout")
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    packages: Vec<Package<'a>>,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    outcome: &'static str,
    compared: bool,
}

/// For programs: `safe-publish/verification@1`.
pub fn json(seen: &[(&Expected, &Outcome)]) -> String {
    let packages = seen.iter().map(|(expected, outcome)| Package {
        name: &expected.name,
        version: &expected.version,
        outcome: match outcome {
            Outcome::Visible { .. } => "visible",
            Outcome::OtherBytes { .. } => "other-bytes",
            Outcome::TagElsewhere { .. } => "tag-elsewhere",
            Outcome::NotSeen { .. } => "not-seen",
            Outcome::Validating => "validating",
            Outcome::Staged { .. } => "staged",
            Outcome::Blocked => "blocked",
            Outcome::Deleted => "deleted",
            Outcome::NotTold { .. } => "not-told",
        },
        compared: matches!(outcome, Outcome::Visible { compared: true }),
    });
    let document = Document {
        schema: "safe-publish/verification@1",
        packages: packages.collect(),
    };
    super::json::pretty(&document)
}
