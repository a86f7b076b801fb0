//! The text between a name and its value: quotes, colons, blanks, brackets, in plain, escaped,
//! entity and percent notation.

use std::ops::Range;

use super::window;

/// How far the attributes of a tag are examined.
const MAX_TAG: usize = 500;

/// How a quotation mark is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    /// The mark itself after this many backslashes.
    Plain(u8, usize),
    /// `&quot;`, `%22`, `\u0022`: the same text ends the value.
    Encoded(&'static str),
    /// Between two XML tags.
    Tag,
}

const ENCODED_QUOTES: [&str; 11] = [
    "%2522", "%2527", "&quot;", "&apos;", "&#34;", "&#39;", "&#x22;", "&#x27;", "%22", "%27",
    "\\u0022",
];
/// Colons and equals signs, and how programs encode them.
const SEPARATORS: [&str; 22] = [
    "=>",
    "->",
    "<-",
    ":=",
    "?=",
    "+=",
    ":",
    "=",
    "%3a",
    "%3d",
    "%253a",
    "%253d",
    "&#58;",
    "&#61;",
    "&#x3a;",
    "&#x3d;",
    "\\u003a",
    "\\u003d",
    "\\\\u003a",
    "\\\\u003d",
    "\\x3a",
    "\\x3d",
];

/// What was read between a name and its value.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says whether one kind of mark was read, in any combination"
)]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Glue {
    /// Where the value starts.
    pub(super) end: usize,
    /// It contains a colon, an equals sign or the like.
    pub(super) separated: bool,
    /// It contains a blank.
    pub(super) spaced: bool,
    /// What quotes the value.
    pub(super) quote: Option<Quote>,
    /// The name was in quotes, or in a tag.
    closes: bool,
    /// Part of it is percent-encoded.
    pub(super) encoded: bool,
    /// The value is the first of a list.
    list: bool,
    /// The value starts on another line.
    breaks: bool,
}

impl Glue {
    /// Reads what follows a name.
    pub(super) fn read(text: &str, name: &Range<usize>) -> Self {
        let mut glue = Self {
            end: name.end,
            ..Self::default()
        };
        let in_tag = text[..name.start].ends_with('<');
        while let Some(length) = glue.step(&text[glue.end..], in_tag) {
            glue.end += length;
        }
        glue.skip_label(text, in_tag);
        // A bracket may end its line in any text; only quotes make it a list.
        glue.separated &= !glue.breaks || glue.quote.is_some();
        glue
    }

    /// Reads one piece; returns its length, or `None` where the value starts.
    fn step(&mut self, rest: &str, in_tag: bool) -> Option<usize> {
        let first = rest.chars().next()?;
        if let Some((quote, length)) = quote(rest) {
            return self.take_quote(quote).then_some(length);
        }
        if self.quote.is_some() {
            return None;
        }
        if self.separated
            && let Some(length) = yaml_mark(rest)
        {
            return Some(length);
        }
        if let Some(mark) = separator(rest).filter(|_| !self.separated) {
            self.separated = true;
            self.encoded |= mark.starts_with('%');
            return Some(mark.len());
        }
        match first {
            '>' if in_tag && !self.separated => {
                self.separated = true;
                self.quote = Some(Quote::Tag);
                Some(1)
            }
            ' ' | '\t' => {
                self.spaced = true;
                Some(1)
            }
            '\n' | '\r' if self.list => {
                self.breaks = true;
                Some(1)
            }
            // `"authorization", "Bearer x"`: names and values in one list.
            ',' if self.closes && !self.separated && !self.spaced => {
                self.spaced = true;
                Some(1)
            }
            '[' if self.separated => {
                self.list = true;
                Some(1)
            }
            // `_authToken[] = x`, `env["NPM_TOKEN"] = "x"`.
            '[' | ']' | ')' if !self.separated && !self.spaced => Some(1),
            _ => None,
        }
    }

    /// Reads a quotation mark: it ends the name or starts the value. Any other is part of the
    /// value.
    fn take_quote(&mut self, quote: Quote) -> bool {
        if self.quote.is_some() {
            return false;
        }
        if self.separated || self.spaced || self.list {
            self.quote = Some(quote);
        } else if self.closes {
            return false;
        } else {
            self.closes = true;
        }
        self.encoded |= matches!(quote, Quote::Encoded(mark) if mark.starts_with('%'));
        true
    }

    /// `"name": "NPM_TOKEN", "value": "x"`, `key="password" value="x"`, and the
    /// same on two lines of YAML: the label before the value is skipped. So are the
    /// attributes before it in `<password type="x" value="y"/>`.
    fn skip_label(&mut self, text: &str, in_tag: bool) {
        if in_tag && self.spaced {
            let tag = window(&text[self.end..], MAX_TAG);
            let tag = &tag[..tag.find(['>', '<']).unwrap_or(tag.len())];
            self.end += tag.find("value=").unwrap_or(0);
        }
        let rest = &text[self.end..];
        let before = rest.trim_start_matches([' ', '\t', '\n', '\r', '"', '\'', ',', '\\']);
        let Some(label) = before
            .get(..5)
            .filter(|label| label.eq_ignore_ascii_case("value"))
        else {
            return;
        };
        let at = self.end + (rest.len() - before.len());
        let label = at..at + label.len();
        let mut inner = Self {
            end: label.end,
            ..Self::default()
        };
        while let Some(length) = inner.step(&text[inner.end..], false) {
            inner.end += length;
        }
        if inner.separated && (self.closes || in_tag || rest.starts_with(['\n', '\r'])) {
            *self = inner;
        }
    }

    /// Whether name and value are both in quotes, next to each other.
    pub(super) fn pairs_quotes(&self) -> bool {
        self.closes && self.quote.is_some()
    }

    /// Where the next value of a list starts, after the one that ends at `end`.
    pub(super) fn next_element(&self, text: &str, end: usize) -> Option<usize> {
        if !self.list {
            return None;
        }
        let (closing, rest) = match self.quote? {
            Quote::Plain(_, slashes) => (slashes + 1, &text[end..]),
            Quote::Encoded(mark) => (mark.len(), &text[end..]),
            Quote::Tag => return None,
        };
        let rest = rest.get(closing..)?;
        let comma = rest.trim_start().strip_prefix(',')?.trim_start();
        let (_, opening) = quote(comma)?;
        Some(text.len() - comma.len() + opening)
    }
}

impl Quote {
    /// The length of a value that this mark opened. No value extends beyond its line, except in
    /// a tag.
    pub(super) fn end_of_value(self, rest: &str) -> usize {
        let ends = |byte: &u8| matches!(byte, b'\n' | b'\r');
        match self {
            Self::Tag => rest.find('<').unwrap_or(rest.len()),
            Self::Encoded(mark) => {
                let bytes = rest.as_bytes();
                let is_end = |at: &usize| {
                    ends(&bytes[*at])
                        || bytes[*at..]
                            .get(..mark.len())
                            .is_some_and(|end| end.eq_ignore_ascii_case(mark.as_bytes()))
                };
                (0..bytes.len()).find(is_end).unwrap_or(bytes.len())
            }
            Self::Plain(mark, slashes) => {
                let mut behind = 0;
                for (at, byte) in rest.bytes().enumerate() {
                    if ends(&byte) {
                        return at;
                    }
                    let closes = match slashes {
                        0 => behind % 2 == 0,
                        deep => behind <= deep,
                    };
                    if byte == mark && closes {
                        return at - behind.min(slashes);
                    }
                    behind = if byte == b'\\' { behind + 1 } else { 0 };
                }
                rest.len()
            }
        }
    }
}

/// A quotation mark at the start of a text, and its length.
fn quote(text: &str) -> Option<(Quote, usize)> {
    let bytes = text.as_bytes();
    let is = |mark: &&&str| {
        bytes
            .get(..mark.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(mark.as_bytes()))
    };
    if let Some(mark) = ENCODED_QUOTES.iter().find(is) {
        return Some((Quote::Encoded(mark), mark.len()));
    }
    let slashes = bytes.iter().take_while(|byte| **byte == b'\\').count();
    match bytes.get(slashes)? {
        mark @ (b'"' | b'\'' | b'`') => Some((Quote::Plain(*mark, slashes), slashes + 1)),
        _ => None,
    }
}

/// The length of YAML's marks between a colon and its value: a tag (`!!str `), or a block's
/// mark (`|-`) with the line break after it.
fn yaml_mark(text: &str) -> Option<usize> {
    let mark = match text.bytes().next()? {
        b'!' => text.find([' ', '\t', '\n', '"', '\''])?,
        b'|' | b'>' => 1 + text[1..].len() - text[1..].trim_start_matches(['+', '-']).len(),
        _ => return None,
    };
    let rest = &text[mark..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    (blank > 0 || rest.starts_with(['"', '\''])).then_some(mark + blank)
}

fn separator(text: &str) -> Option<&'static str> {
    let is = |mark: &&&str| {
        text.as_bytes()
            .get(..mark.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(mark.as_bytes()))
    };
    SEPARATORS.iter().find(is).copied()
}
