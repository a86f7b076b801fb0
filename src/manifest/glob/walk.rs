//! The folders under a root that a pattern names.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Glob, Part};

/// Every folder (or link) under `root` that one of the patterns names, as a
/// path with forward slashes relative to it. Nothing below `node_modules` is
/// looked at, and `**` does not follow links.
pub(crate) fn folders<'a>(
    root: &Path,
    globs: impl IntoIterator<Item = &'a Glob>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for glob in globs {
        for parts in &glob.alternatives {
            let parts: Vec<&Part> = parts
                .iter()
                .filter(
                    |part| !matches!(part, Part::Literal(text) if text.is_empty() || text == "."),
                )
                .collect();
            // An absolute pattern names no member of this root.
            let mut walk = Walk {
                root,
                found: &mut found,
            };
            walk.visit("", &parts, 0);
        }
    }
    found
}

struct Walk<'a> {
    root: &'a Path,
    found: &'a mut BTreeSet<String>,
}

impl Walk<'_> {
    fn visit(&mut self, path: &str, parts: &[&Part], index: usize) {
        let Some(part) = parts.get(index) else {
            let path = if path.is_empty() { "." } else { path };
            self.found.insert(path.to_owned());
            return;
        };
        match part {
            Part::Literal(name) => {
                let path = join(path, name);
                if is_folder_like(&self.root.join(&path)) && name != "node_modules" {
                    self.visit(&path, parts, index + 1);
                }
            }
            Part::Pattern(segment) => {
                for (name, _) in self.entries(path) {
                    if segment.matches(&name, false) {
                        self.visit(&join(path, &name), parts, index + 1);
                    }
                }
            }
            Part::AnyDepth => {
                self.visit(path, parts, index + 1);
                for (name, is_link) in self.entries(path) {
                    if name.starts_with('.') {
                        continue;
                    }
                    let path = join(path, &name);
                    if !is_link {
                        self.visit(&path, parts, index);
                    } else if index > 0 {
                        // A link stands for the whole `**`.
                        self.visit(&path, parts, index + 1);
                    }
                }
            }
        }
    }

    /// The folders and links in a folder, and whether each is a link.
    fn entries(&self, path: &str) -> Vec<(String, bool)> {
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
