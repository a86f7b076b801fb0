//! npm 12: an element of `files` is expanded on disk (`glob` 13), and each match
//! becomes a rule.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::error::PackError;
use super::folder::{Kind, Tree};
use crate::manifest::glob::{Glob, MatchOptions, Part, Run};

/// `glob` refuses longer patterns, and npm then finds nothing.
const MAX_PATTERN: usize = 64 * 1024;

/// npm includes hidden files.
const DOT: MatchOptions = MatchOptions {
    partial: false,
    dot: true,
};

/// The rules that an element of `files` makes in a package's folder.
pub(super) fn rules(entry: &str, folder: &Path, tree: &mut Tree) -> Result<Vec<String>, PackError> {
    let bare = entry.trim_start_matches('!');
    let negated = bare.len() < entry.len();
    let pattern = bare
        .strip_prefix("./")
        .or_else(|| bare.strip_prefix('/'))
        .unwrap_or(bare)
        .trim_end_matches('/');
    if pattern.is_empty() || pattern.len() > MAX_PATTERN || pattern.starts_with('/') {
        return Ok(Vec::new());
    }
    let mark = if negated { "" } else { "!" };
    let mut rules = Vec::new();
    for (path, is_folder) in find(pattern, folder, tree)? {
        rules.push(format!("{mark}/{path}"));
        if is_folder {
            rules.push(format!("{mark}/{path}/**"));
        }
    }
    Ok(rules)
}

/// The files and folders that a pattern names, relative to the package, and
/// whether each is a folder.
fn find(pattern: &str, folder: &Path, tree: &mut Tree) -> Result<Vec<(String, bool)>, PackError> {
    let glob = Glob::on_disk(pattern);
    if glob.is_refused() {
        // npm drops what `glob` cannot read.
        return Ok(Vec::new());
    }
    let is_link = is_link(folder);
    let mut search = Search {
        root: folder,
        tree,
        seen: HashSet::new(),
        found: Vec::new(),
        hits: HashSet::new(),
    };
    for parts in glob.alternatives() {
        // A leading `**` does not go through a link, and the package's folder may be one.
        if is_link && matches!(parts.first(), Some(Part::AnyDepth)) {
            continue;
        }
        let folders_only = matches!(parts.last().and_then(Part::literal), Some("" | "."));
        let parts: Vec<&Part> = parts
            .iter()
            .filter(|part| !matches!(part.literal(), Some("" | ".")))
            .collect();
        search.seen.clear();
        search.visit(folder, &parts, 0, folders_only)?;
    }
    Ok(search.found)
}

/// Whether a folder is reached through a link of its own name.
fn is_link(folder: &Path) -> bool {
    // With a slash at its end a link is followed.
    let named = folder.components().as_path();
    named.symlink_metadata().is_ok_and(|it| it.is_symlink())
}

/// Whether a part is a literal that does not follow a `**`.
fn is_spelt_out(parts: &[&Part], index: usize) -> bool {
    let behind_depth = index > 0 && matches!(parts[index - 1], Part::AnyDepth);
    parts[index].literal().is_some() && !behind_depth
}

/// Whether exactly `**` follows a part.
fn ends_in_depth(parts: &[&Part], index: usize) -> bool {
    matches!(parts.get(index + 1..), Some([Part::AnyDepth]))
}

struct Search<'a> {
    root: &'a Path,
    tree: &'a mut Tree,
    /// The folder and part of every visit so far.
    seen: HashSet<(PathBuf, usize)>,
    found: Vec<(String, bool)>,
    hits: HashSet<String>,
}

impl Search<'_> {
    /// Matches the parts from `index` on in a folder.
    fn visit(
        &mut self,
        folder: &Path,
        parts: &[&Part],
        index: usize,
        folders_only: bool,
    ) -> Result<(), PackError> {
        let Some(part) = parts.get(index) else {
            self.hit(folder, true);
            return Ok(());
        };
        if !self.seen.insert((folder.to_owned(), index)) {
            return Ok(());
        }
        if part.literal() == Some("..") {
            let above = folder.parent().unwrap_or(folder).to_owned();
            return self.visit(&above, parts, index + 1, folders_only);
        }
        if matches!(part, Part::AnyDepth) {
            self.visit(folder, parts, index + 1, folders_only)?;
        }
        // A folder that cannot be read counts as empty.
        let Ok(entries) = self.tree.folder(folder) else {
            return Ok(());
        };
        for entry in entries.iter() {
            let path = folder.join(entry.name.text());
            let (is_folder, last) = (entry.kind == Kind::Folder, index + 1 == parts.len());
            match part {
                Part::AnyDepth if is_folder => self.visit(&path, parts, index, folders_only)?,
                Part::AnyDepth if last && entry.kind == Kind::File => self.hit(&path, false),
                Part::Name(segment) if segment.matches(&entry.name, &Run::new(DOT)) => {
                    match entry.kind {
                        Kind::Folder => self.visit(&path, parts, index + 1, folders_only)?,
                        Kind::File if last && !folders_only => self.hit(&path, false),
                        // `a.js/**` also matches the file `a.js` if that part is a
                        // literal.
                        Kind::File if is_spelt_out(parts, index) && ends_in_depth(parts, index) => {
                            self.hit(&path, false);
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn hit(&mut self, path: &Path, is_folder: bool) {
        let Ok(inside) = path.strip_prefix(self.root) else {
            return;
        };
        let path = inside
            .to_string_lossy()
            .replace('\\', if cfg!(windows) { "/" } else { "\\" });
        if !path.is_empty() && self.hits.insert(path.clone()) {
            self.found.push((path, is_folder));
        }
    }
}
