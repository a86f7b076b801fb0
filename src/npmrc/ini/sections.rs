//! `ini`'s last step: keys with dots whose value is an object (a section) or
//! `null` move into the objects that the parts before the dots name.

use std::collections::HashMap;

use super::Entry;
use crate::npmrc::value::Value;

/// The top-level keys while they are being split.
struct TopLevel {
    entries: Vec<Option<Entry>>,
    at: HashMap<String, usize>,
}

/// Splits keys at their dots.
///
/// # Errors
/// The line whose key makes npm fail with a TypeError: a part before a dot is `null`.
pub(super) fn split(entries: Vec<Entry>) -> Result<Vec<Entry>, usize> {
    let dotted: Vec<String> = entries
        .iter()
        .filter(|entry| entry.key.contains('.') || entry.key.contains('\\'))
        .map(|entry| entry.key.clone())
        .collect();
    let places = entries.iter().enumerate();
    let mut top = TopLevel {
        at: places.map(|(at, entry)| (entry.key.clone(), at)).collect(),
        entries: entries.into_iter().map(Some).collect(),
    };
    let mut moved = Vec::new();
    for key in dotted {
        if top.move_down(&key)? {
            moved.push(key);
        }
    }
    for key in moved {
        top.remove(&key);
    }
    Ok(top.entries.into_iter().flatten().collect())
}

impl TopLevel {
    /// Moves a key whose value is an object or `null` to the place that its dots name; returns
    /// whether it did.
    fn move_down(&mut self, key: &str) -> Result<bool, usize> {
        let entry = self.at.get(key).and_then(|&at| self.entries[at].clone());
        let Some(entry) = entry.filter(|entry| is_split(&entry.value)) else {
            return Ok(false);
        };
        let mut parts = at_plain_dots(key);
        let last = parts.pop().unwrap_or_default();
        let name = last.replace("\\.", ".");
        parts.retain(|part| *part != "__proto__");
        let Some((first, inner)) = parts.split_first() else {
            if name != last {
                self.put(&name, entry);
            }
            return Ok(name != last);
        };
        let line = entry.line;
        let value = entry.value.clone();
        let object = self.object(first, entry);
        put(object, inner, &name, value).map_err(|()| line)?;
        Ok(true)
    }

    /// The object with a name, created if missing.
    fn object(&mut self, name: &str, model: Entry) -> &mut Value {
        let known = self.at.get(name).and_then(|&at| self.entries[at].as_ref());
        if !known.is_some_and(|entry| is_object(&entry.value)) {
            let value = Value::Object(Vec::new());
            let made = known.cloned().unwrap_or(model);
            self.put(name, Entry { value, ..made });
        }
        let entry = self.entries[self.at[name]].as_mut();
        &mut entry.expect("it was just inserted").value
    }

    fn put(&mut self, name: &str, entry: Entry) {
        self.remove(name);
        self.at.insert(name.to_owned(), self.entries.len());
        self.entries.push(Some(Entry {
            key: name.to_owned(),
            ..entry
        }));
    }

    fn remove(&mut self, name: &str) {
        if let Some(at) = self.at.remove(name) {
            self.entries[at] = None;
        }
    }
}

/// Whether a dotted key with that value is split.
fn is_split(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Object(_))
}

/// `typeof value === 'object'`.
fn is_object(value: &Value) -> bool {
    matches!(value, Value::Null | Value::List(_) | Value::Object(_))
}

fn put(target: &mut Value, path: &[&str], name: &str, value: Value) -> Result<(), ()> {
    let members = match target {
        Value::Null => return Err(()),
        Value::Object(members) => members,
        // A property of an array, which nothing reads.
        _ => return Ok(()),
    };
    let key = path.first().copied().unwrap_or(name);
    let at = members.iter().position(|(member, _)| member == key);
    let at = at.unwrap_or_else(|| {
        members.push((key.to_owned(), Value::Undefined));
        members.len() - 1
    });
    let member = &mut members[at].1;
    let Some((_, path)) = path.split_first() else {
        *member = value;
        return Ok(());
    };
    if !is_object(member) {
        *member = Value::Object(Vec::new());
    }
    put(member, path, name, value)
}

/// Splits at unescaped dots.
fn at_plain_dots(key: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in key.match_indices('.') {
        if !key[..at].ends_with('\\') {
            parts.push(&key[start..at]);
            start = at + 1;
        }
    }
    parts.push(&key[start..]);
    parts
}
