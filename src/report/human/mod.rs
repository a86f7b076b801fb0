//! The report for people: what will be published, what is wrong with it and what to do, and a
//! last line with the verdict. It reads well without colour, at 80 columns and in a CI log.

pub(super) mod comparison;
mod finding;
mod many;
mod package;
mod undecided;

use std::fmt::Write as _;

use super::Report;
use super::style::Style;
use crate::finding::{Level, Outcome, Reported};
use crate::plan::Skipped;
use finding::FindingContext;

/// How much is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbosity {
    /// Nothing if nothing is wrong.
    Quiet,
    /// The usual.
    Normal,
    /// Also the evidence, every undecided check and every request.
    Verbose,
}

/// What the parts of a report share.
#[derive(Clone, Copy)]
struct Page<'a> {
    report: &'a Report,
    style: Style,
    verbosity: Verbosity,
}

/// Names in one list before the rest is only counted.
const MAX_NAMES: usize = 20;
/// Private members that are listed on separate lines.
const MAX_SKIPPED_LINES: usize = 3;

/// Writes the whole report.
pub fn write(report: &Report, style: Style, verbosity: Verbosity) -> String {
    let page = Page {
        report,
        style,
        verbosity,
    };
    let mut text = String::new();
    let quiet = verbosity == Verbosity::Quiet;
    if quiet && report.verdict == Outcome::Ready && report.has_no_findings() {
        return text;
    }
    match report.packages.as_slice() {
        [] => nothing(&mut text, page),
        [one] => package::header(&mut text, one, page),
        _ => many::header(&mut text, page),
    }
    body(&mut text, page);
    if !quiet {
        skipped(&mut text, page);
    }
    if report.packages.len() > 1 {
        many::totals(&mut text, page);
    }
    last_line(&mut text, report.verdict.name(), page);
    text
}

/// The findings, and a last line with the caller's verdict.
pub(super) fn findings_and_verdict(
    report: &Report,
    verdict: &str,
    style: Style,
    verbosity: Verbosity,
) -> String {
    let page = Page {
        report,
        style,
        verbosity,
    };
    let mut text = String::new();
    body(&mut text, page);
    last_line(&mut text, verdict, page);
    text
}

fn body(text: &mut String, page: Page<'_>) {
    undecided::silence(text, page);
    findings(text, page);
    comparison::write(text, page);
    if page.verbosity == Verbosity::Verbose {
        undecided::others(text, page);
        requests(text, page);
    }
}

/// The findings: one by one for a single package, each check once for many.
fn findings(text: &mut String, page: Page<'_>) {
    let mut each = |found: &[&Reported], package| {
        let mut above = None;
        for found in found.iter().copied() {
            let around = FindingContext {
                package,
                above,
                ..FindingContext::default()
            };
            text.push_str(&finding::render(found, around, page));
            above = Some(found);
        }
    };
    each(&page.report.findings.iter().collect::<Vec<_>>(), None);
    match page.report.packages.as_slice() {
        [one] => {
            let shown = one.findings.iter().filter(|found| page.shows(found.level));
            each(&shown.collect::<Vec<_>>(), Some(one));
        }
        _ => many::findings(text, page),
    }
}

impl Page<'_> {
    /// Whether findings of a level are printed. `--quiet` omits notes.
    fn shows(self, level: Level) -> bool {
        self.verbosity != Verbosity::Quiet || level > Level::Note
    }
}

/// On one line, without control characters: the text comes from outside.
fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// `a, b, c and 17 more`, on one line.
pub fn list(names: &[String]) -> String {
    let shown = &names[..names.len().min(MAX_NAMES)];
    let mut text = printable(&shown.join(", "));
    if names.len() > shown.len() {
        let _ = write!(text, " and {} more", names.len() - shown.len());
    }
    text
}

/// `1 package`, `2 packages`.
pub fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A line with a painted label, wrapped below it.
fn labelled(text: &mut String, label: &str, line: &str, page: Page<'_>) {
    let paint = match label {
        "note" | "asked" => Style::note,
        _ => Style::warning,
    };
    let line = page
        .style
        .labelled(paint, &format!("{label}:"), &printable(line), 6);
    let _ = writeln!(text, "{line}");
}

/// Every member of the workspace is private.
fn nothing(text: &mut String, page: Page<'_>) {
    if page.report.skipped.is_empty() {
        return;
    }
    let line = "nothing would be published: every package here is private";
    let _ = writeln!(text, "{}\n", page.style.strong(line));
}

fn skipped(text: &mut String, page: Page<'_>) {
    let skipped = &page.report.skipped;
    if skipped.len() > MAX_SKIPPED_LINES {
        let names: Vec<String> = skipped.iter().map(|one| one.name.clone()).collect();
        let line = format!(
            "npm leaves out {} private packages: {}",
            names.len(),
            list(&names)
        );
        labelled(text, "note", &line, page);
        return;
    }
    for Skipped { name, package, .. } in skipped {
        let directory = &package.directory;
        let line = format!("npm leaves out {name} ({directory}): it is private");
        labelled(text, "note", &line, page);
    }
}

fn requests(text: &mut String, page: Page<'_>) {
    for request in &page.report.requests {
        let status = match (request.status, request.given_up) {
            (Some(status), _) => status.to_string(),
            (None, true) => "given up, not needed".to_owned(),
            (None, false) => "no answer".to_owned(),
        };
        let line = format!(
            "{} {}: {status}, {} ms",
            request.method, request.url, request.milliseconds
        );
        labelled(text, "asked", &line, page);
    }
    if !page.report.requests.is_empty() {
        text.push('\n');
    }
}

fn last_line(text: &mut String, verdict: &str, page: Page<'_>) {
    let (report, style) = (page.report, page.style);
    let paint = match report.verdict {
        Outcome::Ready => Style::good,
        Outcome::Undecided => Style::warning,
        Outcome::Blocked => Style::error,
    };
    let sent = report.requests.iter().map(|request| request.tries).sum();
    let counted = [
        (report.count(Level::Error), "error"),
        (report.count(Level::Warning), "warning"),
        (report.undecided_count(), "undecided check"),
        (sent, "request"),
    ];
    let mut parts: Vec<String> = counted
        .into_iter()
        .filter(|(number, what)| *number > 0 || *what == "request")
        .map(|(number, what)| count(number, what))
        .collect();
    parts.push(format!("{:.2} s", report.elapsed.as_secs_f64()));
    if let Some(npm) = &report.npm {
        parts.push(format!("npm {}", npm.version));
    }
    let name = format!("{verdict}:");
    let line = style.labelled(paint, &name, &parts.join(", "), name.len() + 1);
    let _ = writeln!(text, "{line}");
}
