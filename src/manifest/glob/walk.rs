//! The folders under a root that a pattern names.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use super::matching::Run;
use super::{Glob, MatchOptions, Name, Part};

/// How many folders are read for all patterns together. The largest repositories have some
/// thousands outside `node_modules`.
const MAX_FOLDERS: usize = 200_000;

/// The folders that patterns name.
pub(crate) struct Folders {
    /// Paths with forward slashes, relative to the root.
    pub(crate) paths: BTreeSet<String>,
    /// Whether there are more folders than the limit allows to read.
    pub(crate) gave_up: bool,
}

/// Every folder (or link) under `root` that one of the patterns names. Nothing in
/// `node_modules` is read, and `**` does not follow links.
pub(crate) fn folders<'a>(
    root: &Path,
    globs: impl IntoIterator<Item = &'a Glob>,
    options: MatchOptions,
) -> Folders {
    let mut walk = Walk {
        root,
        options,
        found: BTreeSet::new(),
        visited: HashSet::new(),
        looked_at: 0,
    };
    for glob in globs {
        for parts in &glob.alternatives {
            let parts: Vec<&Part> = parts
                .iter()
                .filter(|part| !matches!(part.literal(), Some("" | ".")))
                .collect();
            // An absolute pattern names no member of this root.
            walk.visited.clear();
            walk.visit("", &parts, 0);
        }
    }
    Folders {
        gave_up: walk.looked_at > MAX_FOLDERS,
        paths: walk.found,
    }
}

struct Walk<'a> {
    root: &'a Path,
    options: MatchOptions,
    found: BTreeSet<String>,
    /// Folders below a `**`, with the part of the pattern that they were matched with: several
    /// `**` reach the same folder many times.
    visited: HashSet<(String, usize)>,
    looked_at: usize,
}

impl Walk<'_> {
    fn visit(&mut self, path: &str, parts: &[&Part], index: usize) {
        let Some(part) = parts.get(index) else {
            let path = if path.is_empty() { "." } else { path };
            self.found.insert(path.to_owned());
            return;
        };
        if let Some(name) = part.literal() {
            self.looked_at += 1;
            let path = join(path, name);
            if is_folder_like(&self.root.join(&path)) && name != "node_modules" {
                self.visit(&path, parts, index + 1);
            }
            return;
        }
        match part {
            Part::Name(segment) => {
                for (name, _) in self.entries(path) {
                    let run = Run::new(self.options);
                    if segment.matches(&Name::new(&name), &run) {
                        self.visit(&join(path, &name), parts, index + 1);
                    }
                }
            }
            Part::AnyDepth => {
                if !self.visited.insert((path.to_owned(), index)) {
                    return;
                }
                self.visit(path, parts, index + 1);
                for (name, is_link) in self.entries(path) {
                    if name.starts_with('.') && !self.options.dot {
                        continue;
                    }
                    let path = join(path, &name);
                    if !is_link {
                        self.visit(&path, parts, index);
                    } else if index > 0 {
                        // A link counts for the whole `**`.
                        self.visit(&path, parts, index + 1);
                    }
                }
            }
        }
    }

    /// The folders and links in a folder, and whether each is a link.
    fn entries(&mut self, path: &str) -> Vec<(String, bool)> {
        self.looked_at += 1;
        if self.looked_at > MAX_FOLDERS {
            return Vec::new();
        }
        let Ok(entries) = std::fs::read_dir(self.root.join(path)) else {
            return Vec::new();
        };
        entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let kind = entry.file_type().ok()?;
                let name = entry.file_name().into_string().ok()?;
                let wanted = (kind.is_dir() || kind.is_symlink()) && name != "node_modules";
                wanted.then_some((name, kind.is_symlink()))
            })
            .collect()
    }
}

fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}/{name}"),
    }
}

fn is_folder_like(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir() || found.is_symlink())
}
