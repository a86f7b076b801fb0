//! How scripts changed the predicted files, for people.

use std::fmt::Write as _;

use super::style::Style;
use crate::facts::contents::Changes;

/// At most this many files of each list are named.
const MAX_FILES: usize = 10;

/// One line for added files, and one for removed files.
pub(super) fn changes(text: &mut String, changes: &Changes, style: Style) {
    let lists = [
        ("scripts added", &changes.added),
        ("scripts removed", &changes.removed),
    ];
    for (label, paths) in lists.iter().filter(|(_, paths)| !paths.is_empty()) {
        let shown = paths.iter().take(MAX_FILES);
        let shown: Vec<String> = shown.map(|path| printable(path)).collect();
        let rest = match paths.len() - shown.len() {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        let line = format!("{label}: {}{rest}", shown.join(", "));
        let _ = writeln!(text, "  {}", style.wrap_indented(&line, 4));
    }
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
