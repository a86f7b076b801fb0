//! The files that become commands: `bin`, or the files below `directories.bin`.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use serde_json::{Map, Value};

use super::error::PackError;
use super::folder::Kind;
use super::{Edition, folder, paths};
use crate::manifest::js;

/// The files of a package that become commands.
#[derive(Clone, Debug, Default)]
pub(super) struct Bins {
    /// Packed, whatever `files` and ignore files say.
    pub(super) packed: Vec<String>,
    /// Made executable in the tarball.
    pub(super) executable: Vec<String>,
}

impl Bins {
    /// Reads `bin`, or without it the files below `directories.bin` in a package's
    /// folder.
    pub(super) fn of(object: &Map<String, Value>, folder: &Path, edition: Edition) -> Self {
        let named = named(object, edition);
        let counts = match edition {
            // npm 10 drops a `bin` with nothing usable in it first.
            Edition::Npm10 => !named.is_empty(),
            Edition::Npm11 | Edition::Npm12 => js::truthy(object, "bin").is_some(),
        };
        if counts {
            return Self {
                packed: named.clone(),
                executable: named,
            };
        }
        let directories = object.get("directories");
        let bin = directories.and_then(|directories| directories.get("bin"));
        let Some(path) = bin.and_then(Value::as_str).filter(|it| !it.is_empty()) else {
            return Self::default();
        };
        match edition {
            // It reads package.json twice, and only once with `directories.bin`.
            Edition::Npm10 => Self {
                packed: files_below(folder, path),
                executable: Vec::new(),
            },
            Edition::Npm11 | Edition::Npm12 => {
                let packed = all_below(folder, path);
                Self {
                    executable: packed.clone(),
                    packed,
                }
            }
        }
    }
}

/// The targets of `bin`.
fn named(object: &Map<String, Value>, edition: Edition) -> Vec<String> {
    let target = |value: &Value| {
        let path = value.as_str()?;
        // npm 10 leaves colons as they are.
        let path = match edition {
            Edition::Npm10 => paths::below_root(&path.replace('\\', "/")),
            Edition::Npm11 | Edition::Npm12 => paths::secured(path),
        };
        (!path.is_empty()).then_some(path)
    };
    let has_name = |name: &str| !paths::basename(&paths::secured(name)).is_empty();
    match js::truthy(object, "bin") {
        Some(value @ Value::String(_)) => {
            let named = js::truthy(object, "name").is_some();
            target(value).filter(|_| named).into_iter().collect()
        }
        Some(Value::Array(items)) => {
            let texts = items.iter().filter_map(|item| Some((item.as_str()?, item)));
            let named = texts.filter(|(path, _)| has_name(paths::basename(path)));
            // Of two files with the same name the last one counts.
            let by_name: BTreeMap<&str, &Value> = named
                .map(|(path, item)| (paths::basename(path), item))
                .collect();
            by_name.into_values().filter_map(target).collect()
        }
        Some(Value::Object(bins)) => {
            let named = bins.iter().filter(|(name, _)| has_name(name));
            named.filter_map(|(_, value)| target(value)).collect()
        }
        _ => Vec::new(),
    }
}

/// npm 11 and 12: every file below the folder, except names with a leading dot. Of
/// two with the same name npm keeps the one found last: breadth first, and backwards in
/// each folder, because `path-scurry` puts each name that it reads before those that it has.
fn all_below(folder: &Path, path: &str) -> Vec<String> {
    let base = paths::secured(path);
    let mut found = BTreeMap::new();
    let mut waiting = VecDeque::from([String::new()]);
    while let Some(inside) = waiting.pop_front() {
        for entry in sorted(&folder.join(&base).join(&inside)).iter().rev() {
            let name = entry.name.text();
            if name.starts_with('.') || found.len() > PackError::MAX_FILES {
                continue;
            }
            let path = join(&inside, name);
            if entry.kind == Kind::Folder {
                waiting.push_back(path.clone());
            }
            found.insert(name.to_owned(), format!("{base}/{}", paths::secured(&path)));
        }
    }
    found.into_values().collect()
}

/// npm 10: files only, in depth-first order.
fn files_below(folder: &Path, path: &str) -> Vec<String> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![(paths::below_root(path), Kind::Folder)];
    while let Some((path, kind)) = waiting.pop() {
        if kind == Kind::File {
            let target = path.replace('\\', "/");
            found.insert(paths::basename(&path).to_owned(), target);
            continue;
        }
        let entries = sorted(&folder.join(&path));
        let wanted = entries.iter().rev().filter(|entry| {
            let is_hidden = entry.name.text().starts_with('.');
            !is_hidden && matches!(entry.kind, Kind::File | Kind::Folder)
        });
        waiting.extend(wanted.map(|entry| (join(&path, entry.name.text()), entry.kind)));
        if waiting.len() + found.len() > PackError::MAX_FILES {
            break;
        }
    }
    found.into_values().collect()
}

/// The names in a folder, in the order in which Node returns them (libuv sorts them by bytes).
/// The order decides between two files with the same name.
fn sorted(path: &Path) -> Vec<folder::Entry> {
    let mut entries = folder::read(path).unwrap_or_default();
    entries.sort_by(|a, b| a.name.text().cmp(b.name.text()));
    entries
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{}/{name}", folder.trim_end_matches('/'))
    }
}
