//! The names of flags: keys, shorthands, and their unique abbreviations (`abbrev`).

use crate::npmrc::definitions::{self, Definition, SHORTHANDS};

/// The names of flags in one version of npm.
#[derive(Clone, Copy)]
pub(super) struct Names {
    major: u64,
}

impl Names {
    pub(super) fn new(major: u64) -> Self {
        Self { major }
    }

    pub(super) fn definition(self, key: &str) -> Option<&'static Definition> {
        definitions::find(key, self.major)
    }

    /// The key with that name, or the only key that starts with it.
    pub(super) fn key(self, name: &str) -> Option<&'static str> {
        if let Some(definition) = self.definition(name) {
            return Some(definition.key);
        }
        only(
            name,
            definitions::all(self.major).map(|definition| definition.key),
        )
    }
}

/// The only shorthand that starts with it.
pub(super) fn short_for(name: &str) -> Option<&'static str> {
    only(name, SHORTHANDS.iter().map(|(short, _)| *short))
}

/// The flags that a shorthand stands for.
pub(super) fn shorthand(name: &str) -> Option<&'static [&'static str]> {
    SHORTHANDS
        .iter()
        .find(|(short, _)| *short == name)
        .map(|(_, long)| *long)
}

fn only(start: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let mut all = names.filter(|name| !start.is_empty() && name.starts_with(start));
    all.next().filter(|_| all.next().is_none())
}
