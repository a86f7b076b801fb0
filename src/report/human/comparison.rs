//! What differs from the published version.

use std::fmt::Write as _;

use super::super::size::size;
use super::super::style::Style;
use super::{Page, count, list, printable};
use crate::facts::contents::Comparison;

/// At most this many files of one kind are named.
const MAX_FILES: usize = 8;

/// The requested comparisons.
pub(super) fn write(text: &mut String, page: Page<'_>) {
    let packages = &page.report.packages;
    for package in packages {
        let label = if packages.len() == 1 {
            String::new()
        } else {
            format!("{} ", printable(&package.name_as_written()))
        };
        match &package.comparison {
            None => {}
            Some(Err(gap)) => {
                let line = format!("{label}cannot be compared with the last version: {gap}");
                super::labelled(text, "note", &line, page);
            }
            Some(Ok(comparison)) => {
                let version = package.version_as_written();
                one(text, &label, &version, comparison, page.style);
            }
        }
    }
}

/// One comparison; `own` is the version that would be published.
pub(in crate::report) fn one(
    text: &mut String,
    label: &str,
    own: &str,
    found: &Comparison,
    style: Style,
) {
    let version = printable(&found.version);
    if found.is_same {
        let line = if printable(own) == version {
            format!("{label}the registry already has the same contents as {version}")
        } else {
            format!("{label}nothing differs from {version} but the version")
        };
        let _ = writeln!(text, "{}\n", style.labelled(Style::note, "note:", &line, 6));
        return;
    }
    let counts = [
        (found.added.len(), "added"),
        (found.removed.len(), "removed"),
        (found.changed.len(), "changed"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", count(*number, "file")))
        .collect();
    let (before, after) = (size(found.size_before), size(found.size_after));
    let sizes = if before == after {
        after
    } else {
        format!("{before} {} {after}", style.arrow())
    };
    let heading = format!("{label}since {version}: {}, {sizes}", counts.join(", "));
    let _ = writeln!(text, "{}", style.wrap_indented(&heading, 2));
    files(text, found, style);
    let lists = [
        ("new dependencies", &found.new_dependencies),
        ("entry points gone", &found.removed_entries),
    ];
    for (what, names) in lists.iter().filter(|(_, names)| !names.is_empty()) {
        let line = format!("{what}: {}", list(names));
        let _ = writeln!(text, "  {}", style.wrap_indented(&line, 4));
    }
    text.push('\n');
}

fn files(text: &mut String, found: &Comparison, style: Style) {
    let sized = |file: &crate::facts::contents::SizedFile| {
        format!("{} ({})", printable(&file.path), size(file.size))
    };
    let arrow = style.arrow();
    let changed = found.changed.iter().map(|file| {
        let (before, after) = (size(file.before), size(file.after));
        let path = printable(&file.path);
        if before == after {
            format!("{path} ({after})")
        } else {
            format!("{path} ({before} {arrow} {after})")
        }
    });
    let kinds: [(char, Vec<String>); 3] = [
        ('+', found.added.iter().map(sized).collect()),
        ('-', found.removed.iter().map(sized).collect()),
        ('~', changed.collect()),
    ];
    for (mark, lines) in kinds {
        for line in lines.iter().take(MAX_FILES) {
            let _ = writeln!(text, "  {mark} {line}");
        }
        if lines.len() > MAX_FILES {
            let _ = writeln!(text, "  {mark} and {} more", lines.len() - MAX_FILES);
        }
    }
}
