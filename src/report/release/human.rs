//! The release for people: a line per package that starts with its name and version.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Release, ReleaseCycle, ReleasePackage, State};
use crate::finding::Outcome;
use crate::origin::{Origin, Resolved};
use crate::report::PackageReport;
use crate::report::changes::changes;
use crate::report::human::{self, Verbosity};
use crate::report::style::Style;

/// The plan and what is wrong with it.
pub fn human(release: &Release, style: Style, verbosity: Verbosity) -> String {
    let mut text = String::new();
    packer(&mut text, release, style);
    registry(&mut text, release, style);
    text.push('\n');
    for package in in_order(release) {
        line(&mut text, package, release, style);
    }
    text.push('\n');
    totals(&mut text, release, style);
    for cycle in &release.cycles {
        warn_of_cycle(&mut text, cycle, style);
    }
    let report = &release.preflight;
    let verdict = match report.verdict {
        Outcome::Ready if release.order.is_empty() => "nothing to release",
        verdict => verdict.name(),
    };
    text.push_str(&human::findings_and_verdict(
        report, verdict, style, verbosity,
    ));
    text
}

/// `5 packages: 3 to publish, 1 out, 1 private`.
fn totals(text: &mut String, release: &Release, style: Style) {
    let packages = &release.packages;
    if packages.len() < 2 {
        return;
    }
    let states = [
        (State::Publish, "to publish"),
        (State::Out, "out"),
        (State::Blocked, "blocked"),
        (State::Private, "private"),
    ];
    let line = format!(
        "{}: {}",
        human::count(packages.len(), "package"),
        counted(release, &states)
    );
    let _ = writeln!(text, "{}\n", style.hang(&line, 2));
}

/// `3 published, 1 out`: how many packages are in each of these states, without zeros.
pub(super) fn counted(release: &Release, states: &[(State, &str)]) -> String {
    let of = |state: State| release.packages.iter().filter(move |it| it.state == state);
    let all = states
        .iter()
        .map(|&(state, word)| (of(state).count(), word));
    let some: Vec<String> = all
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    some.join(", ")
}

/// The packages to send, in order, then the others.
pub(super) fn in_order(release: &Release) -> impl Iterator<Item = &ReleasePackage> {
    let sent = release.order.iter().map(|&at| &release.packages[at]);
    let others = release.packages.iter().enumerate();
    let others = others.filter(|(at, _)| !release.order.contains(at));
    sent.chain(others.map(|(_, package)| package))
}

fn packer(text: &mut String, release: &Release, style: Style) {
    let packer = &release.packer;
    let version = packer.version.as_ref();
    let version = version.map_or(String::new(), |version| format!(" {version}"));
    let line = format!("{}{version} ({})", packer.packer.name(), packer.because);
    let line = style.labelled(Style::strong, "packer:", &printable(&line), 2);
    let _ = writeln!(text, "{line}");
}

/// Where the packages go.
fn registry(text: &mut String, release: &Release, style: Style) {
    let all = release.preflight.packages.iter();
    let urls: BTreeSet<&str> = all.filter_map(|one| one.registry.as_deref()).collect();
    let urls: Vec<&str> = urls.into_iter().collect();
    let label = match urls.len() {
        0 => return,
        1 => "registry:",
        _ => "registries:",
    };
    let line = style.labelled(Style::strong, label, &printable(&urls.join(", ")), 2);
    let _ = writeln!(text, "{line}");
}

/// The registry of a package, where the release has several.
fn own_registry<'a>(package: &ReleasePackage, release: &'a Release) -> Option<&'a str> {
    let packages = &release.preflight.packages;
    let own = packages[package.report?].registry.as_deref()?;
    let is_other = |one: &PackageReport| one.registry.as_deref().is_some_and(|url| url != own);
    packages.iter().any(is_other).then_some(own)
}

pub(super) fn line(text: &mut String, package: &ReleasePackage, release: &Release, style: Style) {
    let version = package.version.as_deref().unwrap_or("(no version)");
    let title = printable(&format!("{} {version}", package.name));
    let state = match package.state {
        State::Publish => style.good("publish"),
        State::Out => style.note("out, this version is on the registry"),
        State::Private => style.note("private"),
        State::Blocked => style.error("blocked"),
        State::Published => style.good("published"),
        State::Failed => style.error("failed"),
        State::Waiting => style.warning("waiting"),
    };
    let _ = write!(text, "{}: {state}", style.strong(&title));
    if let (State::Publish, Some(target)) = (package.state, &package.target) {
        if let Some(registry) = own_registry(package, release) {
            let _ = write!(text, " to {}", printable(registry));
        }
        let tag = decided(&target.tag, release);
        let _ = write!(text, ", tag {}", printable(&tag));
        if let Some(access) = &target.access {
            let access = decided(access, release);
            let _ = write!(text, ", access {}", printable(&access));
        }
    }
    text.push('\n');
    if let Some(reason) = &package.reason {
        let label = if reason.is_warning() {
            format!("{} ", style.warning("warning:"))
        } else {
            String::new()
        };
        let words = format!("{label}{}", printable(&reason.to_string()));
        let _ = writeln!(text, "  {}", style.wrap_indented(&words, 2));
    }
    changes(text, &package.changes, style);
}

/// `next (.changeset/pre.json)`; npm's default is not shown.
fn decided(value: &Resolved<String>, release: &Release) -> String {
    let cwd = &release.preflight.cwd;
    let shown = |path: &std::path::Path| {
        let path = path.strip_prefix(cwd).unwrap_or(path);
        path.display().to_string().replace('\\', "/")
    };
    let origin = match &value.origin {
        Origin::Default => return value.value.clone(),
        Origin::File(at) => format!("{}:{}", shown(&at.path), at.line),
        Origin::Manifest { path, pointer } => {
            let key = pointer.trim_start_matches('/').replace('/', ".");
            let key = key.replace("~1", "/").replace("~0", "~");
            if key.is_empty() {
                shown(path)
            } else {
                format!("{key} in {}", shown(path))
            }
        }
        other => other.to_string(),
    };
    format!("{} ({origin})", value.value)
}

fn warn_of_cycle(text: &mut String, cycle: &ReleaseCycle, style: Style) {
    let pairs: Vec<String> = cycle
        .broken
        .iter()
        .map(|(first, second)| format!("{first} is published before {second}"))
        .collect();
    let line = format!(
        "these packages need each other: {}; so {}",
        cycle.members.join(", "),
        pairs.join(", ")
    );
    let line = style.labelled(Style::warning, "warning:", &printable(&line), 6);
    let _ = writeln!(text, "{line}\n");
}

/// On one line, without control characters: the text comes from outside.
fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}
