//! JSON as `JSON.parse` reads it, and where each value is in the text.
//!
//! serde_json refuses what V8 accepts (lone surrogates, `1e999`, nesting beyond 128) and does
//! not report places. So this reads the text itself, with V8's grammar and V8's positions of
//! errors.

mod places;
mod scalars;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

pub(crate) use places::{Keys, all_keys, each_object, keys, line_and_column, locate};
use scalars::{Units, number};

/// The deepest nesting that is read. V8 has no limit, but [`Value`] is dropped
/// recursively.
pub(crate) const MAX_DEPTH: usize = 1000;

/// The values of one text may take this much memory, in bytes, as counted with the
/// numbers below: that is 60,000 small objects, or 300,000 members of one. Nobody writes
/// so many, and a few bytes of text take a hundred times as much.
const MAX_MEMORY: usize = 40 << 20;
/// What a value takes in an array that grows.
const ELEMENT: usize = 2 * size_of::<Value>();
/// What a member takes: its share in a node of the object's B-tree, half full.
const MEMBER: usize = 2 * (size_of::<Value>() + size_of::<String>());
/// What the first member takes: a node.
const NODE: usize = 11 * (size_of::<Value>() + size_of::<String>());

/// A byte range in a text.
pub type Span = std::ops::Range<usize>;

/// Why a text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// A mistake, at a byte, in V8's words.
    Syntax(usize, &'static str),
    /// Deeper than [`MAX_DEPTH`].
    TooDeep,
    /// The values take more memory than [`MAX_MEMORY`].
    TooMuch,
}

/// Reads a whole text.
pub(crate) fn parse(text: &str) -> Result<Value, Problem> {
    let mut cursor = Cursor::new(text);
    cursor.skip_space();
    let value = cursor.value(0)?;
    cursor.skip_space();
    if cursor.peek().is_some() {
        return cursor.fail("Unexpected non-whitespace character after JSON");
    }
    Ok(value)
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// How many bytes of memory more values may take.
    left: usize,
}

impl<'a> Cursor<'a> {
    /// At the start, after a byte order mark.
    fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self {
            text,
            at,
            left: MAX_MEMORY,
        }
    }

    fn take(&mut self, bytes: usize) -> Result<(), Problem> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or(Problem::TooMuch)?;
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn consume(&mut self, byte: u8) -> bool {
        let hit = self.peek() == Some(byte);
        self.at += usize::from(hit);
        hit
    }

    fn fail<T>(&self, reason: &'static str) -> Result<T, Problem> {
        let reason = if self.peek().is_none() {
            "Unexpected end of JSON input"
        } else {
            reason
        };
        Err(Problem::Syntax(self.at, reason))
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, Problem> {
        if depth > MAX_DEPTH {
            return Err(Problem::TooDeep);
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => self.fail("Unexpected token"),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Problem> {
        for byte in word.bytes() {
            if !self.consume(byte) {
                return self.fail("Unexpected token");
            }
        }
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Value, Problem> {
        let mut object = Map::new();
        let mut first = true;
        while let Some((_, key)) = self.key(first)? {
            self.take(if first { NODE } else { MEMBER } + key.len())?;
            first = false;
            let value = self.value(depth + 1)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }

    /// The next key of an object (its place and text), the cursor then being
    /// at its value; `None` past the closing brace. Starts at the opening
    /// brace or after a value.
    fn key(&mut self, first: bool) -> Result<Option<(Span, String)>, Problem> {
        if first {
            self.at += 1;
        }
        self.skip_space();
        if self.consume(b'}') {
            return Ok(None);
        }
        if !first {
            if !self.consume(b',') {
                return self.fail("Expected ',' or '}' after property value in JSON");
            }
            self.skip_space();
        }
        if self.peek() != Some(b'"') {
            return self.fail(if first {
                "Expected property name or '}' in JSON"
            } else {
                "Expected double-quoted property name in JSON"
            });
        }
        let start = self.at;
        let key = self.string()?;
        let span = start..self.at;
        self.skip_space();
        if !self.consume(b':') {
            return self.fail("Expected ':' after property name in JSON");
        }
        self.skip_space();
        Ok(Some((span, key)))
    }

    fn array(&mut self, depth: usize) -> Result<Value, Problem> {
        let mut array = Vec::new();
        while self.element(array.is_empty())? {
            self.take(ELEMENT)?;
            array.push(self.value(depth + 1)?);
        }
        Ok(Value::Array(array))
    }

    /// Moves to the next element of an array; `false` past its end. Starts at
    /// the opening bracket or after a value.
    fn element(&mut self, first: bool) -> Result<bool, Problem> {
        if first {
            self.at += 1;
        }
        self.skip_space();
        if first {
            return Ok(!self.consume(b']'));
        }
        if self.consume(b']') {
            return Ok(false);
        }
        if !self.consume(b',') {
            return self.fail("Expected ',' or ']' after array element in JSON");
        }
        self.skip_space();
        Ok(true)
    }

    fn number(&mut self) -> Result<Value, Problem> {
        let start = self.at;
        self.consume(b'-');
        let zero = self.peek() == Some(b'0');
        let digits = self.digits();
        if digits == 0 {
            return self.fail("No number after minus sign in JSON");
        }
        if zero && digits > 1 {
            // `01`: V8 complains at the digit after the zero.
            self.at -= digits - 1;
            return self.fail("Unexpected number in JSON");
        }
        if self.consume(b'.') && self.digits() == 0 {
            return self.fail("Unterminated fractional number in JSON");
        }
        if self.consume(b'e') || self.consume(b'E') {
            if !self.consume(b'+') {
                self.consume(b'-');
            }
            if self.digits() == 0 {
                return self.fail("Exponent part is missing a number in JSON");
            }
        }
        Ok(number(&self.text[start..self.at]))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    /// A string at its opening quote. A lone surrogate becomes U+FFFD.
    fn string(&mut self) -> Result<String, Problem> {
        self.at += 1;
        let mut units = Units::default();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest
                .find(|c: char| c == '"' || c == '\\' || c < ' ')
                .unwrap_or(rest.len());
            units.text(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(units.finish());
                }
                Some(b'\\') => {
                    self.at += 1;
                    let unit = self.escape()?;
                    units.unit(unit);
                }
                Some(_) => return self.fail("Bad control character in string literal in JSON"),
                None => {
                    return Err(Problem::Syntax(self.at, "Unterminated string in JSON"));
                }
            }
        }
    }

    /// The UTF-16 unit that an escape stands for, from after its backslash.
    fn escape(&mut self) -> Result<u16, Problem> {
        let Some(kind) = self.peek() else {
            return Err(Problem::Syntax(self.at, "Unterminated string in JSON"));
        };
        let unit = match kind {
            b'"' | b'\\' | b'/' => u16::from(kind),
            b'b' => 8,
            b'f' => 12,
            b'n' => 10,
            b'r' => 13,
            b't' => 9,
            b'u' => {
                self.at += 1;
                return self.four_digits();
            }
            _ => return self.fail("Bad escaped character in JSON"),
        };
        self.at += 1;
        Ok(unit)
    }

    fn four_digits(&mut self) -> Result<u16, Problem> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            let Some(digit) = digit.and_then(|digit| u16::try_from(digit).ok()) else {
                let reason = "Bad Unicode escape in JSON";
                return Err(Problem::Syntax(self.at, reason));
            };
            unit = unit << 4 | digit;
            self.at += 1;
        }
        Ok(unit)
    }
}
