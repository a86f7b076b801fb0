//! A map that is filled once and then read. All keys are in one string: a version of a
//! packument takes some twenty bytes, where a tree of strings takes over a hundred, and a
//! monorepo may have hundreds of thousands of them.

use std::mem::size_of;
use std::sync::Arc;

/// A map from strings to small values, ordered by the keys' bytes.
#[derive(Clone, Debug)]
pub struct Table<V> {
    text: Arc<String>,
    rows: Vec<Row<V>>,
}

#[derive(Clone, Debug)]
struct Row<V> {
    /// Where the key starts in the text.
    start: u32,
    length: u16,
    value: V,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self {
            text: Arc::default(),
            rows: Vec::new(),
        }
    }
}

/// Tables with the same keys and values are equal, even if their texts differ.
impl<V: PartialEq> PartialEq for Table<V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<V: Eq> Eq for Table<V> {}

#[cfg(test)]
impl<V: Copy> Table<V> {
    /// Sets a value, for tests that build a packument step by step.
    pub(crate) fn insert(&mut self, key: &str, value: V) {
        let before: Vec<(String, V)> = self
            .iter()
            .map(|(key, value)| (key.to_owned(), *value))
            .collect();
        *self = before
            .into_iter()
            .chain([(key.to_owned(), value)])
            .collect();
    }
}

impl<V> Table<V> {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.find(key).ok().map(|at| &self.rows[at].value)
    }

    /// Whether it has the key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.find(key).is_ok()
    }

    /// Whether it has no keys.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| self.key(row))
    }

    /// Keys and values, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.rows.iter().map(|row| (self.key(row), &row.value))
    }

    /// How many bytes it takes, not counting text shared with the other table.
    pub(super) fn size_beside<W>(&self, other: &Table<W>) -> usize {
        let is_shared = Arc::ptr_eq(&self.text, &other.text);
        let text = if is_shared { 0 } else { self.text.len() };
        text + self.rows_size()
    }

    /// How many bytes it takes.
    pub(super) fn size(&self) -> usize {
        self.text.len() + self.rows_size()
    }

    /// Drops its own text if another table has all of its keys.
    pub(super) fn share_text<W>(&mut self, other: &Table<W>) {
        let starts = self.keys().map(|key| {
            let at = other.find(key).ok()?;
            Some(other.rows[at].start)
        });
        let Some(starts) = starts.collect::<Option<Vec<u32>>>() else {
            return;
        };
        for (row, start) in self.rows.iter_mut().zip(starts) {
            row.start = start;
        }
        self.text = Arc::clone(&other.text);
    }

    fn rows_size(&self) -> usize {
        self.rows.capacity() * size_of::<Row<V>>()
    }

    fn key(&self, row: &Row<V>) -> &str {
        let start = row.start as usize;
        &self.text[start..start + usize::from(row.length)]
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        self.rows.binary_search_by(|row| self.key(row).cmp(key))
    }
}

/// Keeps the last of several values for one key, as JSON parsers do. A key that is too long for
/// a row (64 KB) is left out.
impl<K: AsRef<str>, V> FromIterator<(K, V)> for Table<V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut builder = Builder::default();
        for (key, value) in pairs {
            builder.push(key.as_ref(), value);
        }
        builder.finish()
    }
}

/// The most keys that a packument may have: three times as many as the largest real one has.
pub(super) const MAX_ROWS: usize = 100_000;
/// The most bytes of all keys together.
pub(super) const MAX_TEXT: usize = 4 << 20;
/// A table that grows beyond this reserves all that it may ever need, and returns what it did
/// not use. Memory that was never written to costs nothing, while a block that grows step by
/// step leaves holes that cost as much as the block.
const MAX_SMALL_TEXT: usize = 64 << 10;

/// A table that is being filled.
pub(super) struct Builder<V> {
    text: String,
    rows: Vec<Row<V>>,
}

impl<V> Default for Builder<V> {
    fn default() -> Self {
        Self {
            text: String::new(),
            rows: Vec::new(),
        }
    }
}

impl<V> Builder<V> {
    /// Adds a key, in any order.
    pub(super) fn push(&mut self, key: &str, value: V) {
        let start = u32::try_from(self.text.len());
        if let (Ok(start), Ok(length)) = (start, u16::try_from(key.len())) {
            let is_full = self.text.len() + key.len() > self.text.capacity();
            if is_full && self.text.len() > MAX_SMALL_TEXT {
                self.text.reserve_exact(MAX_TEXT);
                self.rows.reserve_exact(MAX_ROWS);
            }
            self.text.push_str(key);
            self.rows.push(Row {
                start,
                length,
                value,
            });
        }
    }

    /// The finished table, in order.
    pub(super) fn finish(self) -> Table<V> {
        let Self { mut text, mut rows } = self;
        let key = |row: &Row<V>| {
            let start = row.start as usize;
            &text[start..start + usize::from(row.length)]
        };
        // Of equal keys the last one comes first and is kept.
        rows.sort_unstable_by(|one, other| {
            key(one).cmp(key(other)).then(other.start.cmp(&one.start))
        });
        rows.dedup_by(|later, earlier| key(later) == key(earlier));
        text.shrink_to_fit();
        rows.shrink_to_fit();
        Table {
            text: text.into(),
            rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_like_a_map() {
        let table: Table<u8> = [("b", 1), ("a", 2), ("", 3), ("b", 4), ("ab", 5)]
            .into_iter()
            .collect();
        let pairs: Vec<_> = table.iter().collect();
        assert_eq!(pairs, [("", &3), ("a", &2), ("ab", &5), ("b", &4)]);
        assert_eq!(table.get("b"), Some(&4), "the last one counts");
        assert!(table.contains_key("") && !table.contains_key("aa"));
        assert_eq!((table.len(), table.is_empty()), (4, false));
        let long = "x".repeat(70_000);
        assert!(Table::from_iter([(long, ())]).is_empty());
    }

    #[test]
    fn tables_with_the_same_keys_share_their_text() {
        let table = |keys: &[&str]| -> Table<u8> { keys.iter().map(|key| (key, 1)).collect() };
        let all = table(&["1.0.0", "1.1.0", "2.0.0"]);
        let own = table(&["2.0.0", "1.0.0"]);
        let mut shared = own.clone();
        shared.share_text(&all);
        assert!(shared.iter().eq(own.iter()));
        assert_eq!(shared.get("1.1.0"), None);
        assert_eq!(own.size_beside(&all) - shared.size_beside(&all), 10);
        let mut other = table(&["1.0.0", "3.0.0"]);
        other.share_text(&all);
        assert_eq!(other, table(&["1.0.0", "3.0.0"]), "one key is missing");
    }

    #[test]
    fn a_version_costs_some_twenty_bytes() {
        let versions = (0..1000).map(|patch| (format!("1.0.{patch}"), true));
        let table: Table<bool> = versions.collect();
        assert!(table.size() <= 1000 * 20, "{}", table.size());
    }
}
