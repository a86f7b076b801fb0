//! Escapes text for the places that it is written to, so that nothing in it
//! works as markup or as a command there.

use std::fmt::Write as _;

/// A message of a GitHub workflow command, as in actions/toolkit,
/// `packages/core/src/command.ts`. Other control characters become spaces.
pub fn data(text: &str) -> String {
    text.replace(|c: char| c.is_control() && !matches!(c, '\r' | '\n'), " ")
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a GitHub workflow command.
pub fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A cell of a Markdown table: no markup or mention in it works.
pub fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '#' | '!' | '@' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
