//! The lines of a file, and how each is read.

use super::super::value::is_blank;

/// The content of a line.
pub(super) enum Line<'a> {
    /// `[name]`.
    Section(&'a str),
    /// `key = value`, or a key alone.
    Key {
        key: &'a str,
        value: Option<&'a str>,
    },
}

/// Lines with their numbers. Runs of CR and LF separate lines, so blank lines vanish; for the
/// numbers, CRLF, LF and CR each count as one line end.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut number = 1;
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['\r', '\n']).unwrap_or(rest.len());
        let line = (number, &rest[..end]);
        rest = &rest[end..];
        rest = rest
            .strip_prefix("\r\n")
            .or_else(|| rest.strip_prefix(['\r', '\n']))
            .unwrap_or(rest);
        number += 1;
        Some(line)
    })
}

/// Reads a line; `None` for blank lines, comments, and lines that npm's pattern does not match:
/// an empty key, or a value with U+2028 or U+2029.
pub(super) fn read(line: &str) -> Option<Line<'_>> {
    let content = line.trim_start_matches(is_blank);
    if content.is_empty() || content.starts_with([';', '#']) {
        return None;
    }
    if let Some((name, behind)) = line.strip_prefix('[').and_then(|line| line.split_once(']'))
        && behind.chars().all(is_blank)
    {
        return Some(Line::Section(name));
    }
    match line.split_once('=') {
        Some(("", _)) => None,
        Some((_, value)) if value.contains(['\u{2028}', '\u{2029}']) => None,
        Some((key, value)) => Some(Line::Key {
            key,
            value: Some(value),
        }),
        None => Some(Line::Key {
            key: line,
            value: None,
        }),
    }
}

/// The column, from 1, where a part of a line starts, without leading blanks.
pub(super) fn column_of(line: &str, part: &str) -> usize {
    let start = part.as_ptr() as usize - line.as_ptr() as usize;
    let blanks = part.len() - part.trim_start_matches(is_blank).len();
    line[..start + blanks].chars().count() + 1
}
