//! The report for people: findings as snippets with their proof and their
//! remedy, what is undecided and why, and a last line that says what it comes
//! to. Reads well without colour, at 80 columns and in a CI log.

use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Shown, Origin, Renderer, Snippet};

use super::locate::{Location, locate};
use super::style::Style;
use super::{PackageReport, Report};
use crate::finding::{Gap, Level, Outcome, Reported, Undecided};
use crate::plan::Skipped;

/// More to say than the usual, or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing where nothing is wrong.
    Quiet,
    /// The usual.
    Normal,
    /// Every request, too.
    Verbose,
}

/// Writes the whole report.
pub fn write(report: &Report, style: Style, detail: Detail) -> String {
    let mut text = String::new();
    let silent = detail == Detail::Quiet && report.verdict == Outcome::Ready;
    if silent && report.is_spotless() {
        return text;
    }
    for found in &report.findings {
        text.push_str(&finding(found, None, report, style));
    }
    for package in &report.packages {
        header(&mut text, package, style);
        for found in &package.findings {
            text.push_str(&finding(found, Some(package), report, style));
        }
        undecided(&mut text, package, style, detail);
    }
    for Skipped {
        directory, name, ..
    } in &report.skipped
    {
        let line = format!("{name} ({directory}) is private: npm leaves it out, and so do we");
        let _ = writeln!(
            text,
            "{} {}",
            style.note("note:"),
            style.wrap_indented(&printable(&line), 6)
        );
    }
    if detail == Detail::Verbose {
        requests(&mut text, report, style);
    }
    last_line(&mut text, report, style);
    text
}

fn header(text: &mut String, package: &PackageReport, style: Style) {
    let name = package.name.as_deref().unwrap_or("(no name)");
    let version = package.version.as_deref().unwrap_or("(no version)");
    let title = printable(&format!("{name} {version}"));
    let _ = write!(text, "{}", style.strong(&title));
    if package.directory != "." {
        let _ = write!(text, " in {}", printable(&package.directory));
    }
    text.push('\n');
    let registry = package.registry.as_deref().unwrap_or("no usable registry");
    let mut line = format!("to {registry}");
    if let Some(account) = &package.account {
        let _ = write!(line, " as {account}");
    }
    let _ = write!(line, ", tag {}", package.tag);
    if let Some(access) = &package.access {
        let _ = write!(line, ", access {access}");
    }
    let _ = writeln!(text, "  {}\n", style.wrap_indented(&printable(&line), 2));
}

/// On one line and without control characters: names and words come from others.
fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn finding(
    reported: &Reported,
    package: Option<&PackageReport>,
    report: &Report,
    style: Style,
) -> String {
    let found = &reported.finding;
    let location = locate(found, package.map(|package| &package.manifest), &report.cwd);
    let level = match reported.level {
        Level::Error => Shown::ERROR,
        Level::Warning => Shown::WARNING,
        Level::Note => Shown::NOTE,
    };
    let name = format!(
        "{}{}",
        reported.level.name(),
        if reported.allowed { " (allowed)" } else { "" }
    );
    let title = level
        .with_name(name.clone())
        .primary_title(style.wrap(
            &printable(&found.message),
            name.len() + reported.check.len() + 4,
        ))
        .id(reported.check);
    let mut group = Group::with_title(title);
    if let Some(location) = &location {
        group = match &location.excerpt {
            Some(excerpt) => group.element(
                Snippet::source(without_c1(&excerpt.text))
                    .line_start(location.line)
                    .path(location.file.clone())
                    .annotation(AnnotationKind::Primary.span(excerpt.span.clone())),
            ),
            None => group.element(
                Origin::path(location.file.clone())
                    .line(location.line)
                    .char_column(location.column),
            ),
        };
    }
    if let Some(leader) = reported.moot_by {
        group = group.element(
            Shown::NOTE
                .with_name("moot")
                .message(format!("mend {leader} first")),
        );
    }
    for (label, words) in footnotes(reported) {
        let indent = label.len() + 8;
        group = group.element(
            Shown::NOTE
                .with_name(label)
                .message(style.wrap(&printable(&words), indent)),
        );
    }
    let renderer = if style.is_coloured() {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let rendered = renderer
        .decor_style(DecorStyle::Ascii)
        .term_width(style.width())
        .render(&[group]);
    format!("{}\n\n", linked(rendered, location.as_ref(), report, style))
}

/// The renderer shows C0 controls of a snippet as pictures and passes C1 controls
/// on, which a terminal may obey. They have two bytes in UTF-8, and so has what
/// stands for them here: the span stays true.
fn without_c1(text: &str) -> String {
    text.replace(|c| ('\u{80}'..='\u{9f}').contains(&c), "\u{b7}")
}

/// The lines below the snippet: proof, npm's own words, the remedy.
fn footnotes(reported: &Reported) -> Vec<(&'static str, String)> {
    let found = &reported.finding;
    let mut lines = Vec::new();
    if let Some(crate::finding::Place::Setting(origin)) = &found.place
        && !matches!(origin, crate::origin::Origin::File(_))
    {
        lines.push(("set by", origin.to_string()));
    }
    for evidence in &found.evidence {
        let is_question = evidence.request.starts_with("GET ");
        lines.push((
            if is_question { "asked" } else { "seen" },
            format!("{}: {}", evidence.request, evidence.answer),
        ));
    }
    if let Some(predicts) = &found.predicts {
        let code = predicts
            .code
            .as_deref()
            .map_or(String::new(), |code| format!("{code} "));
        lines.push(("npm would say", format!("{code}{}", predicts.text)));
    }
    for help in found.help.iter().filter(|_| reported.moot_by.is_none()) {
        lines.push(("help", help.to_string()));
    }
    lines
}

/// Makes the place a link where the terminal takes one.
fn linked(rendered: String, location: Option<&Location>, report: &Report, style: Style) -> String {
    let Some(location) = location.filter(|_| style.has_links()) else {
        return rendered;
    };
    let Ok(url) = url::Url::from_file_path(report.cwd.join(&location.file)) else {
        return rendered;
    };
    let shown = format!("{}:{}:{}", location.file, location.line, location.column);
    rendered.replacen(
        &shown,
        &format!("\x1b]8;;{url}\x1b\\{shown}\x1b]8;;\x1b\\"),
        1,
    )
}

/// Checks that are undecided for the same reason share one entry.
fn undecided(text: &mut String, package: &PackageReport, style: Style, detail: Detail) {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    let mut about_itself = Vec::new();
    let since = |gap: &Gap| match gap {
        Gap::Unknown(why) => format!(": {why}"),
        gap => format!(", since nobody tells: {gap}"),
    };
    for undecided in &package.undecided {
        let is_told = match detail {
            Detail::Verbose => undecided.gap.is_shown(),
            Detail::Quiet | Detail::Normal => undecided.decisive,
        };
        if !is_told {
            continue;
        }
        let Undecided { check, gap, .. } = undecided;
        if detail != Detail::Verbose && gap.is_about_the_token() {
            about_itself.push(*check);
            continue;
        }
        let reason = since(gap);
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, checks)) => checks.push(check),
            None => reasons.push((reason, vec![check])),
        }
    }
    if !about_itself.is_empty() {
        let why = ": this token may not ask about itself (more with --verbose)".to_owned();
        reasons.push((why, about_itself));
    }
    for (reason, checks) in reasons {
        let label = "undecided:";
        let line = format!("{}{reason}", checks.join(", "));
        let line = style.wrap_indented(&printable(&line), label.len() + 1);
        let _ = writeln!(text, "{} {line}\n", style.warning(label));
    }
}

fn requests(text: &mut String, report: &Report, style: Style) {
    for request in &report.requests {
        let status = match (request.status, request.given_up) {
            (Some(status), _) => status.to_string(),
            (None, true) => "given up, not needed".to_owned(),
            (None, false) => "no answer".to_owned(),
        };
        let _ = writeln!(
            text,
            "{} {} {}: {status}, {} ms",
            style.note("asked:"),
            request.method,
            request.url,
            request.milliseconds
        );
    }
    if !report.requests.is_empty() {
        text.push('\n');
    }
}

fn last_line(text: &mut String, report: &Report, style: Style) {
    let verdict = match report.verdict {
        Outcome::Ready => style.good("ready"),
        Outcome::Undecided => style.warning("undecided"),
        Outcome::Blocked => style.error("blocked"),
    };
    let counted = [
        (report.count(Level::Error), "error"),
        (report.count(Level::Warning), "warning"),
        (report.undecided_count(), "undecided check"),
        (report.requests.len(), "request"),
    ];
    let mut parts: Vec<String> = counted
        .into_iter()
        .filter(|(count, what)| *count > 0 || *what == "request")
        .map(|(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" }))
        .collect();
    parts.push(format!("{:.2} s", report.elapsed.as_secs_f64()));
    if let Some(npm) = &report.npm {
        parts.push(format!("npm {}", npm.version));
    }
    let _ = writeln!(text, "{verdict}: {}", parts.join(", "));
}
