//! Where values are in a JSON text. A place is looked up for each finding, and a package.json
//! may have megabytes, so everything else is skipped, not parsed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cursor, MAX_DEPTH, Span};

/// Where the value of a JSON pointer is, and in an object its key with the quotes; of a
/// duplicate key, the last one. `None` if there is no such value. The text must be valid JSON;
/// otherwise the place is arbitrary.
pub(crate) fn locate(text: &str, pointer: &str) -> Option<(Option<Span>, Span)> {
    let mut cursor = Cursor::new(text);
    cursor.skip_space();
    let start = cursor.at;
    if pointer.is_empty() {
        cursor.skip()?;
    }
    let mut found = (None, start..cursor.at);
    if pointer.is_empty() {
        return Some(found);
    }
    for token in pointer.strip_prefix('/')?.split('/') {
        let token = token.replace("~1", "/").replace("~0", "~");
        cursor.at = found.1.start;
        found = cursor.child(&token)?;
    }
    Some(found)
}

/// The keys of the object that a JSON pointer leads to, in the order in which they are written,
/// each once. Empty if there is no object.
pub(crate) fn keys(text: &str, pointer: &str) -> Vec<String> {
    let Some((_, span)) = locate(text, pointer) else {
        return Vec::new();
    };
    let mut cursor = Cursor::new(text);
    cursor.at = span.start;
    let (mut keys, mut seen) = (Vec::new(), BTreeSet::new());
    if cursor.peek() != Some(b'{') {
        return keys;
    }
    while let Ok(Some((_, key))) = cursor.key(keys.is_empty()) {
        if seen.insert(key.clone()) {
            keys.push(key);
        }
        if cursor.skip().is_none() {
            break;
        }
    }
    keys
}

/// The keys of an object in the order in which they stand, each once, with those of the
/// value that counts: of a key that occurs twice, the last one. Objects within an array
/// have none.
#[derive(Debug, Default)]
pub(crate) struct Keys(pub(crate) Vec<(String, Keys)>);

/// The keys of the object that a JSON pointer leads to, and of all objects within it:
/// the text is read once.
pub(crate) fn all_keys(text: &str, pointer: &str) -> Keys {
    let Some((_, span)) = locate(text, pointer) else {
        return Keys::default();
    };
    let mut cursor = Cursor::new(text);
    cursor.at = span.start;
    cursor.all_keys(0).unwrap_or_default()
}

/// The line and column of a byte, both from 1; the column counts characters. A byte order mark
/// does not count.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let before = before.strip_prefix('\u{feff}').unwrap_or(before).as_bytes();
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before)
        .map_or(offset - before.len(), |at| offset - before.len() + at + 1);
    (line, text[start..offset].chars().count() + 1)
}

/// Visits the objects within a value, with the keys that lead to each and its own keys in the
/// order in which they are written. Objects within an array are skipped.
pub(crate) fn each_object(text: &str, pointer: &str, seen: &mut dyn FnMut(&[String], &[String])) {
    if let Some((_, span)) = locate(text, pointer) {
        let mut cursor = Cursor::new(text);
        cursor.at = span.start;
        let _ = cursor.each_object(&mut Vec::new(), seen);
    }
}

impl Cursor<'_> {
    /// Moves past a value.
    fn skip(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.skip_string(),
            b'{' | b'[' => self.skip_nested(),
            _ => {
                let ends = |byte: Option<u8>| {
                    matches!(
                        byte,
                        None | Some(b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r')
                    )
                };
                while !ends(self.peek()) {
                    self.at += 1;
                }
                Some(())
            }
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        loop {
            match bytes.get(at)? {
                b'"' => break,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        Some(())
    }

    fn skip_nested(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        loop {
            match bytes.get(self.at)? {
                b'"' => {
                    self.skip_string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn each_object(
        &mut self,
        above: &mut Vec<String>,
        seen: &mut dyn FnMut(&[String], &[String]),
    ) -> Option<()> {
        if self.peek()? != b'{' || above.len() > MAX_DEPTH {
            return self.skip();
        }
        let mut keys = Vec::new();
        while let Some((_, key)) = self.key(keys.is_empty()).ok()? {
            above.push(key);
            self.each_object(above, seen)?;
            keys.extend(above.pop());
        }
        seen(above, &keys);
        Some(())
    }

    fn all_keys(&mut self, depth: usize) -> Option<Keys> {
        if self.peek()? != b'{' || depth > MAX_DEPTH {
            self.skip()?;
            return Some(Keys::default());
        }
        let mut keys = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut is_first = true;
        while let Some((_, key)) = self.key(is_first).ok()? {
            is_first = false;
            let below = self.all_keys(depth + 1)?;
            if let Some(&place) = places.get(&key) {
                keys[place] = (key, below);
            } else {
                places.insert(key.clone(), keys.len());
                keys.push((key, below));
            }
        }
        Some(Keys(keys))
    }

    /// The child of the value at the cursor: its key and its place.
    fn child(&mut self, token: &str) -> Option<(Option<Span>, Span)> {
        let mut found = None;
        match self.peek()? {
            b'{' => {
                let mut first = true;
                while let Some((key, name)) = self.key(first).ok()? {
                    first = false;
                    let start = self.at;
                    self.skip()?;
                    if name == token {
                        found = Some((Some(key), start..self.at));
                    }
                }
            }
            b'[' => {
                let wanted = array_index(token)?;
                let mut index = 0;
                while self.element(index == 0).ok()? {
                    let start = self.at;
                    self.skip()?;
                    if index == wanted {
                        return Some((None, start..self.at));
                    }
                    index += 1;
                }
            }
            _ => {}
        }
        found
    }
}

/// An index as RFC 6901 allows it: no sign, no leading zero.
fn array_index(token: &str) -> Option<usize> {
    let canonical = token == "0" || !token.starts_with(['0', '+']);
    token.parse().ok().filter(|_| canonical)
}
