//! Trees of files, as values.

use std::collections::BTreeMap;

/// The entry at a path.
#[derive(Clone, Debug)]
pub(super) enum Thing {
    File { text: String, mode: u32 },
    Link { to: String },
    HardLink { to: String },
}

/// A tree under construction. Existing entries stay.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub(super) things: BTreeMap<String, Thing>,
}

impl Tree {
    pub(super) fn put(&mut self, path: &str, thing: Thing) {
        let is_taken = self.things.contains_key(path)
            || self
                .things
                .keys()
                .any(|known| known.starts_with(&format!("{path}/")))
            || path
                .match_indices('/')
                .any(|(at, _)| self.things.contains_key(&path[..at]));
        if !is_taken {
            self.things.insert(path.to_owned(), thing);
        }
    }

    pub(super) fn file(&mut self, path: &str, text: &str, mode: u32) {
        let text = text.to_owned();
        self.put(path, Thing::File { text, mode });
    }

    pub(super) fn manifest(&mut self, at: &str, text: &str) {
        let file = Thing::File {
            text: text.to_owned(),
            mode: 0o644,
        };
        self.things.insert(format!("{at}package.json"), file);
    }

    pub(super) fn add(&mut self, at: &str, inner: Self) {
        for (path, thing) in inner.things {
            self.put(&format!("{at}/{path}"), thing);
        }
    }

    /// The same if something may be in the way.
    pub(super) fn replace(&mut self, at: &str, inner: Self) {
        let in_the_way = |path: &str| {
            at == path || at.starts_with(&format!("{path}/")) || path.starts_with(&format!("{at}/"))
        };
        self.things.retain(|path, _| !in_the_way(path));
        self.add(at, inner);
    }

    pub(super) fn files(&self) -> Vec<String> {
        let files = self
            .things
            .iter()
            .filter(|(_, thing)| matches!(thing, Thing::File { .. }));
        files.map(|(path, _)| path.clone()).collect()
    }

    pub(super) fn folders(&self, at: &str) -> Vec<String> {
        let mut folders: Vec<String> = self
            .things
            .keys()
            .filter_map(|path| path.strip_prefix(at)?.rsplit_once('/'))
            .map(|(folder, _)| format!("{at}{folder}"))
            .collect();
        folders.dedup();
        folders
    }
}
