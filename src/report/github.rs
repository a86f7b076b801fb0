//! `--format github`: annotations for GitHub Actions, and a step summary.
//!
//! The runner reads commands from both streams, at the start of a line (`::error …`), and in
//! the old form anywhere in a line (`##[…]`). Text from outside must not become a command, so
//! the human text is between `stop-commands` and its token. Escapes as in actions/toolkit,
//! `packages/core/src/command.ts`.

use std::fmt::Write as _;
use std::path::Path;

use super::item::{Item, items, silent, spec};
use super::{PackageReport, Report};
use crate::escape::{cell, data, property};
use crate::finding::Level;

/// GitHub shows at most this many annotations of a kind for a step.
const MAX_SHOWN: usize = 10;

/// Text that the runner only shows. `fence` is an unguessable word.
pub fn fenced(text: &str, fence: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("::stop-commands::{fence}\n{text}{end}::{fence}::\n")
}

/// One annotation per finding.
pub fn write(report: &Report, root: &Path) -> String {
    let mut text = String::new();
    for item in items(report, root) {
        text.push_str(&annotation(&item));
    }
    for (package, why) in silent(report) {
        let title = format!("{}: undecided", spec(package));
        let message = format!("undecided: {why}");
        let _ = writeln!(
            text,
            "::warning title={}::{}",
            property(&title),
            data(&message)
        );
    }
    text
}

fn annotation(item: &Item<'_>) -> String {
    let command = match (item.reported.level, item.reported.allowed) {
        (_, true) | (Level::Note, _) => "notice",
        (Level::Error, _) => "error",
        (Level::Warning, _) => "warning",
    };
    let mut properties = Vec::new();
    if let Some(place) = &item.place {
        properties.push(format!("file={}", property(&place.file)));
        properties.push(format!("line={}", place.line));
        properties.push(format!("col={}", place.column));
    }
    let allowed = if item.reported.allowed {
        " (allowed)"
    } else {
        ""
    };
    let title = format!("{}: {}{allowed}", item.spec(), item.reported.check);
    properties.push(format!("title={}", property(&title)));
    format!(
        "::{command} {}::{}\n",
        properties.join(","),
        data(&item.text())
    )
}

/// The step summary, in Markdown.
pub fn summary(report: &Report, root: &Path) -> String {
    let mut text = format!("### npm publish: {}\n\n", report.verdict.name());
    for package in &report.packages {
        let _ = writeln!(text, "{}", head(package));
    }
    for (package, why) in silent(report) {
        let _ = writeln!(
            text,
            "- {} is undecided: {}",
            cell(&spec(package)),
            cell(&why)
        );
    }
    findings(&mut text, report, root);
    text.push('\n');
    text
}

/// A table of the findings, if there are any.
pub(super) fn findings(text: &mut String, report: &Report, root: &Path) {
    let found = items(report, root);
    if !found.is_empty() {
        text.push_str("\n| | check | what | where |\n|---|---|---|---|\n");
    }
    for item in &found {
        let level = if item.reported.allowed {
            "allowed"
        } else {
            item.reported.level.name()
        };
        let place = item.place.as_ref().map_or(String::new(), |place| {
            format!("{}:{}", place.file, place.line)
        });
        let lines: Vec<String> = item.text().lines().map(cell).collect();
        let _ = writeln!(
            text,
            "| {level} | `{}` | {} | {} |",
            item.reported.check,
            lines.join("<br>"),
            cell(&place)
        );
    }
    if found.len() > MAX_SHOWN {
        let _ = writeln!(
            text,
            "\nGitHub shows {MAX_SHOWN} annotations of a kind; this list has all."
        );
    }
}

fn head(package: &PackageReport) -> String {
    let registry = package.registry.as_deref().unwrap_or("no usable registry");
    let account = package
        .account
        .as_ref()
        .map_or(String::new(), |account| format!(" as {}", cell(account)));
    format!(
        "- **{}** to {}{account}, tag {}: {}",
        cell(&spec(package)),
        cell(registry),
        cell(&package.tag),
        package.verdict.name()
    )
}
