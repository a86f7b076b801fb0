//! The report of a rehearsal.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::changes::changes;
use super::comparison::{Compared, comparison};
use super::human;
use super::size::size;
use super::style::Style;
use crate::facts::contents::{Changes, Comparison};
use crate::finding::{Gap, Level, Reported};
use crate::rehearsal::{Installed, PackageResult};

/// A finished rehearsal.
#[derive(Clone, Copy, Debug)]
pub struct Rehearsal<'a> {
    /// What published: `npm`, or our own release.
    pub publisher: &'static str,
    /// Its exit code.
    pub npm_ended_with: i32,
    /// How many packages npm was to publish.
    pub planned: usize,
    /// What arrived.
    pub packages: &'a [Rehearsed],
    /// Requests to other hosts that were refused.
    pub refused: &'a [String],
}

/// A package that arrived.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// Its files, an installation, and its entry points.
    pub result: PackageResult,
    /// The findings of the content checks on the tarball.
    pub findings: Vec<Reported>,
    /// Whether one of them blocks.
    pub is_blocked: bool,
    /// How scripts changed the predicted files.
    pub changes: Changes,
    /// What differs from the version on the real registry.
    pub comparison: Option<Result<Comparison, Gap>>,
}

impl Rehearsed {
    /// Whether users can install it and every entry point resolves.
    pub fn is_sound(&self) -> bool {
        self.result.is_sound() && !self.is_blocked
    }
}

/// At most this many files are listed by name.
const MAX_FILES: usize = 40;

/// For people.
pub fn human(rehearsal: &Rehearsal<'_>, style: Style) -> String {
    let mut text = String::new();
    for package in rehearsal.packages {
        one(&mut text, package, style);
    }
    for request in rehearsal.refused {
        let line = format!("{request}: a rehearsal sends nothing to any other registry");
        let _ = writeln!(
            text,
            "{} {}",
            style.warning("refused:"),
            style.wrap_indented(&line, 9)
        );
    }
    let count = rehearsal.packages.len();
    let verdict = match (
        rehearsal.npm_ended_with,
        rehearsal.packages.iter().all(Rehearsed::is_sound),
    ) {
        (0, true) if rehearsal.planned == 0 => style.note("there was nothing to publish"),
        (0, _) if count < rehearsal.planned => style.error(&format!(
            "{} reported success, but {} of {} did not arrive",
            rehearsal.publisher,
            rehearsal.planned - count,
            rehearsal.planned
        )),
        (0, true) => style.good("rehearsed"),
        (0, false) => style.error("published, but broken for its users"),
        (code, _) => style.error(&format!("{} failed with {code}", rehearsal.publisher)),
    };
    let _ = writeln!(
        text,
        "{verdict}: {count} package{} arrived; only the embedded registry was written to",
        if count == 1 { "" } else { "s" }
    );
    text
}

fn one(text: &mut String, rehearsed: &Rehearsed, style: Style) {
    let package = &rehearsed.result;
    let _ = writeln!(
        text,
        "\n{} arrived, tag {}",
        style.strong(&format!("{} {}", package.name, package.version)),
        package.tag
    );
    files(text, package);
    changes(text, &rehearsed.changes, style);
    let _ = writeln!(text, "  integrity {}, as npm packed it", package.integrity);
    installation(text, &package.installed, style);
    for entry in &package.entry_points {
        let (what, target) = (clean(&entry.what), clean(&entry.target));
        let _ = match &entry.problem {
            None => writeln!(text, "  {} {what} -> {target}", style.good("ok")),
            Some(problem) => writeln!(
                text,
                "  {} {what} -> {target}: {problem}",
                style.error("broken")
            ),
        };
    }
    findings(text, rehearsed, style);
    match &rehearsed.comparison {
        Some(Ok(found)) => {
            text.push('\n');
            human::comparison::one(text, "", &package.version, found, style);
        }
        Some(Err(gap)) => {
            let line = format!("cannot be compared with the last version: {gap}");
            let _ = writeln!(text, "  {}", style.wrap_indented(&clean(&line), 4));
        }
        None => {}
    }
    text.push('\n');
}

/// The packed files with their sizes.
fn files(text: &mut String, package: &PackageResult) {
    let count = package.files.len();
    let _ = writeln!(text, "  {} in {count} files", size(package.packed_size));
    for file in package.files.iter().take(MAX_FILES) {
        let _ = writeln!(text, "  {:>9}  {}", size(file.size), clean(&file.path));
    }
    if count > MAX_FILES {
        let _ = writeln!(text, "             and {} more", count - MAX_FILES);
    }
}

/// How the installation went.
fn installation(text: &mut String, installed: &Installed, style: Style) {
    let mut line = |state: String, rest: &str| {
        let _ = writeln!(text, "  {state} {}", style.wrap_indented(rest, 4));
    };
    match installed {
        Installed::Whole => line(style.good("installs"), "with npm install"),
        Installed::WithoutDependencies { reason } => line(
            style.warning("unpacked"),
            &format!("without its dependencies, because their registry did not answer: {reason}"),
        ),
        Installed::WithoutScripts { reason } => {
            line(
                style.warning("installs"),
                "with npm install, without scripts, because a dependency's script fails without \
                 the network; npm says:",
            );
            quote(text, reason);
        }
        Installed::Failed { message } => {
            let _ = writeln!(text, "  {}; npm says:", style.error("does not install"));
            quote(text, message);
        }
    }
}

/// npm's lines, indented.
fn quote(text: &mut String, lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(text, "    {}", clean(line));
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// The findings on the tarball, one or two lines each.
fn findings(text: &mut String, rehearsed: &Rehearsed, style: Style) {
    for reported in &rehearsed.findings {
        let name = reported.level.name();
        let painted = match (reported.level, reported.allowed) {
            (Level::Error, false) => style.error(name),
            (Level::Warning, _) | (Level::Error, true) => style.warning(name),
            (Level::Note, _) => style.note(name),
        };
        let allowed = if reported.allowed { " (allowed)" } else { "" };
        let line = format!(
            "[{}]{allowed}: {}",
            reported.check,
            clean(&reported.finding.message)
        );
        let _ = writeln!(text, "  {painted}{}", style.wrap_indented(&line, 4));
        for help in reported.finding.help.iter().take(1) {
            let line = format!("help: {}", clean(&help.to_string()));
            let _ = writeln!(text, "    {}", style.wrap_indented(&line, 6));
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema: &'static str,
    npm_exit_code: i32,
    packages: Vec<PackageEntry<'a>>,
    refused: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PackageEntry<'a> {
    name: &'a str,
    version: &'a str,
    tag: &'a str,
    integrity: &'a str,
    packed_size: u64,
    files: Vec<File<'a>>,
    installed: &'static str,
    reason: Option<&'a str>,
    entry_points: Vec<EntryPoint<'a>>,
    findings: Vec<super::json::Finding<'a>>,
    added_by_scripts: &'a [String],
    removed_by_scripts: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Compared<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    size: u64,
}

#[derive(Serialize)]
struct EntryPoint<'a> {
    what: &'a str,
    target: &'a str,
    problem: Option<&'a str>,
}

/// For programs: `safe-publish/rehearsal@1`.
///
/// # Panics
/// Never: strings and numbers can always be written.
pub fn json(rehearsal: &Rehearsal<'_>) -> String {
    let document = Document {
        schema: "safe-publish/rehearsal@1",
        npm_exit_code: rehearsal.npm_ended_with,
        packages: rehearsal.packages.iter().map(package).collect(),
        refused: rehearsal.refused,
    };
    super::json::pretty(&document)
}

fn package(rehearsed: &Rehearsed) -> PackageEntry<'_> {
    let package = &rehearsed.result;
    let (installed, reason) = match &package.installed {
        Installed::Whole => ("whole", None),
        Installed::WithoutDependencies { reason } => {
            ("without-dependencies", Some(reason.as_str()))
        }
        Installed::WithoutScripts { reason } => ("without-scripts", Some(reason.as_str())),
        Installed::Failed { message } => ("failed", Some(message.as_str())),
    };
    PackageEntry {
        name: &package.name,
        version: &package.version,
        tag: &package.tag,
        integrity: &package.integrity,
        packed_size: package.packed_size,
        files: package
            .files
            .iter()
            .map(|file| File {
                path: &file.path,
                size: file.size,
            })
            .collect(),
        installed,
        reason,
        entry_points: package
            .entry_points
            .iter()
            .map(|entry| EntryPoint {
                what: &entry.what,
                target: &entry.target,
                problem: entry.problem.as_deref(),
            })
            .collect(),
        findings: rehearsed
            .findings
            .iter()
            .map(|found| super::json::finding(found, None, Path::new("")))
            .collect(),
        added_by_scripts: &rehearsed.changes.added,
        removed_by_scripts: &rehearsed.changes.removed,
        comparison: rehearsed.comparison.as_ref().map(comparison),
    }
}
