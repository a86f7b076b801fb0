//! The files that become commands: `bin`, or the files below `directories.bin`.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use serde_json::{Map, Value};

use super::error::PackError;
use super::folder::Kind;
use super::{Edition, folder, paths};
use crate::manifest::js;

/// The targets of `bin`, or without it the files below `directories.bin`.
pub(super) fn targets(object: &Map<String, Value>, folder: &Path, edition: Edition) -> Vec<String> {
    let target = |value: &Value| {
        let path = value.as_str()?;
        // npm 10 leaves colons as they are.
        let path = match edition {
            Edition::Npm10 => paths::below_root(&path.replace('\\', "/")),
            Edition::Npm11 | Edition::Npm12 => paths::secured(path),
        };
        (!path.is_empty()).then_some(path)
    };
    match js::truthy(object, "bin") {
        Some(value @ Value::String(_)) => {
            let named = js::truthy(object, "name").is_some();
            target(value).filter(|_| named).into_iter().collect()
        }
        Some(Value::Array(items)) => items.iter().filter_map(target).collect(),
        Some(Value::Object(bins)) => {
            let named = bins
                .iter()
                .filter(|(name, _)| !paths::basename(&paths::secured(name)).is_empty());
            named.filter_map(|(_, value)| target(value)).collect()
        }
        Some(_) => Vec::new(),
        None => {
            let directories = object.get("directories");
            let bin = directories.and_then(|directories| directories.get("bin"));
            match bin {
                Some(Value::String(path)) if !path.is_empty() => match edition {
                    Edition::Npm10 => files_below(folder, path),
                    Edition::Npm11 | Edition::Npm12 => all_below(folder, path),
                },
                _ => Vec::new(),
            }
        }
    }
}

/// npm 11 and 12: every file below the folder, except names with a leading dot. Of
/// two with the same name npm keeps the one found last, in breadth-first order.
fn all_below(folder: &Path, path: &str) -> Vec<String> {
    let base = paths::secured(path);
    let mut found = BTreeMap::new();
    let mut waiting = VecDeque::from([String::new()]);
    while let Some(inside) = waiting.pop_front() {
        for entry in &sorted(&folder.join(&base).join(&inside)) {
            let name = entry.name.text();
            if name.starts_with('.') || found.len() > PackError::MAX_FILES {
                continue;
            }
            let path = join(&inside, name);
            if entry.kind == Kind::Folder {
                waiting.push_back(path.clone());
            }
            found.insert(name.to_owned(), format!("{base}/{path}"));
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
            found.insert(paths::basename(&path).to_owned(), path);
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

/// The names in a folder, in the order in which Node gives them (libuv sorts them by
/// their bytes): of two files with the same name it decides.
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
