//! The ini dialect of .npmrc, as the npm package `ini` reads it (its grammar is the same in npm
//! 8 to 12), with the position of every value.

mod lines;
mod sections;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::value::{Value, trim};
use lines::{Line, lines};

/// The content of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ini {
    /// The settings, in the order of the file. A duplicate key is listed once, with its last
    /// value; `key[]` collects values.
    pub entries: Vec<Entry>,
    /// The keys below a `[section]`, which npm ignores.
    pub lost: Vec<SectionKey>,
    /// The line on which npm itself fails with a TypeError, from 1.
    pub crash: Option<usize>,
}

/// One key of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, not yet expanded.
    pub key: String,
    /// The value, not yet expanded or coerced.
    pub value: Value,
    /// The line of the value that counts, from 1.
    pub line: usize,
    /// The column of the value (or of the key if there is no value), from 1, in characters.
    pub column: usize,
    /// Everything that was written after the key, comments and lost values
    /// included.
    pub written: Vec<String>,
}

/// A key that npm does not see because it is below a `[section]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionKey {
    /// The section.
    pub section: String,
    /// The key.
    pub key: String,
    /// Its line, from 1.
    pub line: usize,
    /// The column of its value, from 1, in characters.
    pub column: usize,
    /// What was written after the key.
    pub written: String,
}

/// Where keys go: the top level, a section's object, a list with the section's name, or nowhere
/// (a section named like another setting).
enum KeyTarget {
    TopLevel,
    Section(usize),
    List(usize),
    Nowhere,
}

/// A numeric key does not make a list longer than this: npm's list would have holes.
const MAX_LIST: usize = 10_000;

/// A file that is being read.
struct Reading {
    ini: Ini,
    /// The indices of the top-level keys.
    top: HashMap<String, usize>,
    /// The indices of the current section's keys.
    members: HashMap<String, usize>,
    place: KeyTarget,
    section: String,
}

/// npm's own TypeError.
struct NpmTypeError;

/// Parses a file's text. It accepts any text and never fails.
pub fn parse(text: &str) -> Ini {
    let crashed = |line| Ini {
        crash: Some(line),
        ..Ini::default()
    };
    let mut reading = Reading {
        ini: Ini::default(),
        top: HashMap::new(),
        members: HashMap::new(),
        place: KeyTarget::TopLevel,
        section: String::new(),
    };
    for (number, content) in lines(text) {
        match lines::read(content) {
            None => {}
            Some(Line::Section(name)) => reading.enter(name, number),
            Some(Line::Key { key, value }) => {
                if let Err(NpmTypeError) = reading.assign(number, content, key, value) {
                    return crashed(number);
                }
            }
        }
    }
    match sections::split(reading.ini.entries) {
        Ok(entries) => Ini {
            entries,
            ..reading.ini
        },
        Err(line) => crashed(line),
    }
}

impl Reading {
    fn enter(&mut self, raw: &str, line: usize) {
        self.section = unquote(raw).to_text();
        self.members.clear();
        self.place = KeyTarget::Nowhere;
        if self.section == "__proto__" {
            return;
        }
        let at = self.top_entry(&self.section.clone(), line, 1);
        let entry = &mut self.ini.entries[at];
        if !entry.value.is_truthy() {
            entry.value = Value::Object(Vec::new());
            (entry.line, entry.column) = (line, 1);
        }
        if let Value::Object(members) = &entry.value {
            let known = members.iter().enumerate();
            self.members = known.map(|(at, (key, _))| (key.clone(), at)).collect();
            self.place = KeyTarget::Section(at);
        } else if let Value::List(_) = &entry.value {
            self.place = KeyTarget::List(at);
        }
    }

    /// The top-level entry of a key, added (as `Undefined`) if it is missing.
    fn top_entry(&mut self, key: &str, line: usize, column: usize) -> usize {
        if let Some(&at) = self.top.get(key) {
            return at;
        }
        self.top.insert(key.to_owned(), self.ini.entries.len());
        self.ini.entries.push(Entry {
            key: key.to_owned(),
            value: Value::Undefined,
            line,
            column,
            written: Vec::new(),
        });
        self.ini.entries.len() - 1
    }

    fn assign(
        &mut self,
        line: usize,
        content: &str,
        raw_key: &str,
        raw_value: Option<&str>,
    ) -> Result<(), NpmTypeError> {
        let key = unquote(raw_key);
        if key == Value::Null {
            return Err(NpmTypeError);
        }
        let is_text = key.as_text().is_some();
        let key = key.to_text();
        let is_list = is_text && key.encode_utf16().nth(2).is_some() && key.ends_with("[]");
        let key = &key[..key.len() - if is_list { 2 } else { 0 }];
        if key == "__proto__" {
            return Ok(());
        }
        let value = raw_value.map_or(Value::Bool(true), |raw| literal(unquote(raw)));
        let column = lines::column_of(content, raw_value.unwrap_or(raw_key));
        let written = trim(raw_value.unwrap_or_default()).to_owned();
        if matches!(self.place, KeyTarget::TopLevel) {
            let at = self.top_entry(key, line, column);
            let entry = &mut self.ini.entries[at];
            put(&mut entry.value, value, is_list);
            (entry.line, entry.column) = (line, column);
            entry.written.push(written);
            return Ok(());
        }
        self.put_in_section(key, value, is_list)?;
        self.ini.lost.push(SectionKey {
            section: self.section.clone(),
            key: key.to_owned(),
            line,
            column,
            written,
        });
        Ok(())
    }

    /// Sets a key of the section, if the section has its own place.
    fn put_in_section(
        &mut self,
        key: &str,
        value: Value,
        is_list: bool,
    ) -> Result<(), NpmTypeError> {
        match self.place {
            KeyTarget::Section(at) => {
                if let Value::Object(members) = &mut self.ini.entries[at].value {
                    let known = self.members.entry(key.to_owned()).or_insert_with(|| {
                        members.push((key.to_owned(), Value::Undefined));
                        members.len() - 1
                    });
                    put(&mut members[*known].1, value, is_list);
                }
            }
            KeyTarget::List(at) => {
                if let Value::List(values) = &mut self.ini.entries[at].value {
                    put_in_list(values, key, value, is_list)?;
                }
            }
            KeyTarget::TopLevel | KeyTarget::Nowhere => {}
        }
        Ok(())
    }
}

/// Sets a value (`Undefined` if there is none yet): lists collect, whether or not the key
/// repeats `[]`.
fn put(known: &mut Value, value: Value, is_list: bool) {
    match known {
        Value::List(values) => values.push(value),
        Value::Undefined if is_list => *known = Value::List(vec![value]),
        _ if is_list => {
            let first = std::mem::replace(known, Value::Null);
            *known = Value::List(vec![first, value]);
        }
        _ => *known = value,
    }
}

/// Sets a property of an array as JavaScript does: an index, with holes before it, or the
/// length. Other properties have no effect.
fn put_in_list(
    values: &mut Vec<Value>,
    key: &str,
    value: Value,
    is_list: bool,
) -> Result<(), NpmTypeError> {
    if key == "length" {
        let length = array_length(&value).ok_or(NpmTypeError)?;
        if length <= MAX_LIST {
            values.resize(length, Value::Undefined);
        }
        return Ok(());
    }
    let index = key
        .parse()
        .ok()
        .filter(|index: &usize| index.to_string() == key);
    if let Some(index) = index.filter(|index| *index < MAX_LIST) {
        if index >= values.len() {
            values.resize(index + 1, Value::Undefined);
        }
        put(&mut values[index], value, is_list);
    }
    Ok(())
}

/// The length that an array accepts; `None` if JavaScript throws.
fn array_length(value: &Value) -> Option<usize> {
    let number = match value {
        Value::Null => 0.0,
        Value::Bool(is) => f64::from(u8::from(*is)),
        Value::Number(number) => *number,
        Value::Text(text) if text.is_empty() => 0.0,
        Value::Text(text) => text.parse().ok()?,
        Value::Undefined | Value::List(_) | Value::Object(_) => return None,
    };
    let fits = number >= 0.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is a whole number that fits"
    )]
    fits.then_some(number as usize)
}

fn literal(value: Value) -> Value {
    match value.as_text() {
        Some("true") => Value::Bool(true),
        Some("false") => Value::Bool(false),
        Some("null") => Value::Null,
        _ => value,
    }
}

/// Removes quotes, or returns the text up to the first unescaped `;` or `#`.
fn unquote(raw: &str) -> Value {
    let text = trim(raw);
    let quoted = |quote: char| text.starts_with(quote) && text.ends_with(quote);
    if quoted('"') {
        return from_json(text);
    }
    if quoted('\'') {
        let inner = text.get(1..text.len().max(2) - 1).unwrap_or_default();
        return from_json(inner);
    }
    let mut plain = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.chars() {
        if escaped {
            if !matches!(c, '\\' | ';' | '#') {
                plain.push('\\');
            }
            plain.push(c);
            escaped = false;
        } else if matches!(c, ';' | '#') {
            break;
        } else if c == '\\' {
            escaped = true;
        } else {
            plain.push(c);
        }
    }
    if escaped {
        plain.push('\\');
    }
    Value::Text(trim(&plain).to_owned())
}

/// The result of `JSON.parse`; the text itself if that fails.
fn from_json(text: &str) -> Value {
    crate::manifest::json::parse(text).map_or_else(
        |_| Value::Text(text.to_owned()),
        |value| Value::from_json(&value),
    )
}
