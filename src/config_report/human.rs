//! The table for people: one line for each setting with its origin, overridden values below it,
//! struck through; then the files.

use std::fmt::Write as _;

use super::place::short;
use super::{ConfigReport, PackageSettings, Row};
use crate::npmrc::config::FileState;
use crate::report::style::Style;

/// Columns of the names of settings.
const NAMES: usize = 12;
/// The widest column of values.
const MAX_VALUE_WIDTH: usize = 44;

/// A line of a package's table, before it is laid out.
struct Line {
    name: &'static str,
    value: String,
    place: String,
    lost: bool,
}

/// Writes the whole table.
pub fn write(report: &ConfigReport, style: Style) -> String {
    let mut text = String::new();
    for package in &report.packages {
        header(&mut text, package, style);
        table(&mut text, &lines(package, report), style);
        text.push('\n');
    }
    files(&mut text, report, style);
    for note in &report.notes {
        let place = note.place.brief(&report.folders);
        let words = style.wrap_indented(&format!("{} ({place})", note.message), 6);
        let _ = writeln!(text, "{} {words}", style.note("note:"));
    }
    if let Some(npm) = &report.npm {
        let _ = writeln!(text, "read as npm {} reads it", npm.version);
    }
    text
}

fn header(text: &mut String, package: &PackageSettings, style: Style) {
    let name = package.name.as_deref().unwrap_or("(no name)");
    let version = package.version.as_deref().unwrap_or("(no version)");
    let _ = write!(text, "{}", style.strong(&format!("{name} {version}")));
    if package.directory != "." {
        let _ = write!(text, " in {}", package.directory);
    }
    text.push('\n');
}

fn lines(package: &PackageSettings, report: &ConfigReport) -> Vec<Line> {
    let mut all = Vec::new();
    let text = |value: &String| value.clone();
    add(&mut all, "registry", &package.registry, text, report);
    if let Some(other) = &package.compared_with {
        all.push(Line {
            name: "",
            value: format!("versions: {other}"),
            place: "npm's own comparison asks there".to_owned(),
            lost: false,
        });
    }
    add(&mut all, "tag", &package.tag, text, report);
    add(&mut all, "access", &package.access, text, report);
    let asked = |asked: &bool| if *asked { "asked for" } else { "not asked for" }.to_owned();
    add(&mut all, "provenance", &package.provenance, asked, report);
    let account = &package.account;
    if !account.key.is_empty() {
        all.push(Line {
            name: "account",
            value: account.key.clone(),
            place: if account.found {
                "npm finds a credential".to_owned()
            } else {
                "npm finds no credential: ENEEDAUTH".to_owned()
            },
            lost: false,
        });
    }
    let masked = |credential: &super::Masked| credential.describe();
    add(&mut all, "credential", &package.credential, masked, report);
    for (key, place) in &package.elsewhere {
        all.push(Line {
            name: "",
            value: format!("elsewhere: {key}"),
            place: place.brief(&report.folders),
            lost: false,
        });
    }
    all
}

fn add<T>(
    all: &mut Vec<Line>,
    name: &'static str,
    row: &Row<T>,
    shown: impl Fn(&T) -> String,
    report: &ConfigReport,
) {
    let value = row.value.as_ref().map(shown);
    let value = match (value, &row.remark) {
        (Some(value), Some(remark)) => format!("{value} ({remark})"),
        (Some(value), None) => value,
        (None, Some(remark)) => format!("({remark})"),
        (None, None) => "none".to_owned(),
    };
    let place = row.place.brief(&report.folders);
    let is_own_key = matches!(
        row.key.as_str(),
        "registry" | "tag" | "access" | "provenance"
    );
    let is_default = row.place == super::SourceOfSetting::Default;
    all.push(Line {
        name,
        value,
        place: if is_own_key || is_default {
            place
        } else {
            format!("{place} ({})", row.key)
        },
        lost: false,
    });
    for lost in &row.lost {
        let place = lost.place.brief(&report.folders);
        all.push(Line {
            name: "",
            value: lost.value.clone(),
            place: if lost.key == row.key {
                place
            } else {
                format!("{place} ({})", lost.key)
            },
            lost: true,
        });
    }
}

fn table(text: &mut String, lines: &[Line], style: Style) {
    let width = |line: &Line| line.value.chars().count() + if line.lost { 6 } else { 0 };
    let widest = lines
        .iter()
        .map(width)
        .filter(|&width| width <= MAX_VALUE_WIDTH)
        .max();
    let column = widest.unwrap_or(MAX_VALUE_WIDTH);
    for line in lines {
        let padding = " ".repeat(column.saturating_sub(width(line)));
        let value = if line.lost {
            format!("lost: {}", style.struck(&line.value))
        } else {
            line.value.clone()
        };
        let _ = write!(text, "  {:NAMES$}", line.name);
        if width(line) > column {
            // Too wide for its column, so the origin is below.
            let _ = writeln!(text, "{value}");
            let _ = writeln!(
                text,
                "  {:NAMES$}{}  {}",
                "",
                " ".repeat(column),
                line.place
            );
        } else {
            let _ = writeln!(text, "{value}{padding}  {}", line.place);
        }
    }
}

fn files(text: &mut String, report: &ConfigReport, style: Style) {
    let _ = writeln!(text, "{}", style.strong("files, in npm's order"));
    for file in &report.files {
        let (state, why) = match &file.state {
            FileState::Read => ("read", None),
            FileState::Missing => ("missing", None),
            FileState::Unreadable(why) => ("unreadable", Some(why.clone())),
            FileState::Ignored(why) => ("ignored", Some(why.to_string())),
        };
        let path = short(&file.path, &report.folders);
        let why = why.map_or(String::new(), |why| format!(": {why}"));
        let layer = file.layer.name();
        let words = format!("{path}{why}");
        let words = style.wrap_indented(&words, 24);
        let _ = writeln!(text, "  {state:NAMES$}{layer:10}{words}");
    }
}
