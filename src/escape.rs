//! Escapes text for the place that it is written to, so that nothing in it works as markup or
//! as a command there.

use std::borrow::Cow;
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

/// Text that no terminal, runner or reader interprets: control characters and those that change
/// the writing direction become `\u001b`, which is an escape in JSON, too. Line ends and tabs
/// stay; with `styled` so do our own colours and links.
pub fn visible(text: &str, styled: bool) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe_to_print) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let style = if styled { style_length(rest) } else { 0 };
        let length = style.max(c.len_utf8());
        if style == 0 && is_unsafe_to_print(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push_str(&rest[..length]);
        }
        rest = &rest[length..];
    }
    Cow::Owned(out)
}

/// Whether a character has an effect instead of being shown: Unicode's controls, and its marks
/// for the writing direction (Trojan Source, CVE-2021-42574).
pub fn is_unsafe_to_print(c: char) -> bool {
    let is_direction = matches!(
        c,
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    is_direction || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// The length of the colour or link code at the start of a text; 0 if there is none that we
/// write. We never write concealed, inverted or blinking text.
fn style_length(text: &str) -> usize {
    const COLOURS: &str =
        "0 1 2 3 4 9 22 24 29 30 31 32 33 34 35 36 37 38 39 90 91 92 93 94 95 96 97";
    if let Some(rest) = text.strip_prefix("\x1b[")
        && let Some(end) = rest.find('m')
        && rest[..end]
            .split(';')
            .all(|code| code.is_empty() || COLOURS.split(' ').any(|known| known == code))
    {
        return end + 3;
    }
    let is_url = |url: &str| url.is_empty() || url.starts_with("file://");
    if let Some(rest) = text.strip_prefix("\x1b]8;;")
        && let Some(end) = rest.find("\x1b\\")
        && is_url(&rest[..end])
        && !rest[..end].chars().any(is_unsafe_to_print)
    {
        return end + 7;
    }
    0
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = |byte: &u8| {
        [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
    };
    bytes.iter().flat_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        let text = "a\x1b[2J\x07\0\r\u{9b}31m\u{202e}b\u{2066}c\u{7f}\n\td";
        let shown = "a\\u001b[2J\\u0007\\u0000\\u000d\\u009b31m\\u202eb\\u2066c\\u007f\n\td";
        assert_eq!(visible(text, false), shown);
        assert_eq!(visible(text, true), shown);
        let json = serde_json::to_string("\u{202e}\u{9b}").unwrap();
        let read: String = serde_json::from_str(&visible(&json, false)).unwrap();
        assert_eq!(read, "\u{202e}\u{9b}");
    }

    #[test]
    fn our_own_colours_and_links_stay_where_they_are_wanted() {
        let text = "\x1b[1m\x1b[91merror\x1b[0m \x1b]8;;file:///x\x1b\\x:1\x1b]8;;\x1b\\";
        assert_eq!(visible(text, true), text);
        assert!(!visible(text, false).contains('\x1b'));
        for text in [
            "\x1b[8mhidden",
            "\x1b]8;;https://evil.example\x1b\\",
            "\x1b]0;title\x07",
        ] {
            assert!(!visible(text, true).contains('\x1b'), "{text:?}");
        }
    }
}
