//! The members of a workspace, as `@npmcli/map-workspaces` finds them, and which of them `-w`
//! chooses.

mod error;
mod files;
mod layout;
mod paths;
mod select;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use error::{Malformed, WorkspaceError};
pub use files::{foreign_file, lerna_patterns, pnpm_patterns};
pub use layout::{Layout, LayoutSource};
pub use select::{Selected, Selection};

use super::glob::{Glob, MatchOptions, folders};
use super::{Manifest, ManifestError, collate, js};

/// How many patterns `workspaces` may have; each is compared with every other.
const MAX_PATTERNS: usize = 1000;
/// How many bytes they may have together.
const MAX_LENGTH: usize = 100_000;
/// How many patterns they may expand to together.
const MAX_ALTERNATIVES: usize = 50_000;

/// A package of a workspace.
#[derive(Clone, Debug)]
pub struct Member {
    /// The name in its package.json, as written; without one, the folder's name (with the
    /// folder above if that is a scope).
    pub name: String,
    /// Its folder, below the root's path as given.
    pub directory: PathBuf,
    /// Its package.json.
    pub manifest: Manifest,
}

/// The parsed `workspaces` of a root's package.json.
#[derive(Clone, Debug)]
pub struct Workspaces {
    /// In the order in which they are written.
    patterns: Vec<(String, Glob)>,
    ignored: Vec<Glob>,
    /// Whether stars also match names with a leading dot.
    dots: bool,
}

impl Workspaces {
    /// The members of a workspace, in the order in which npm publishes them.
    ///
    /// # Errors
    /// When npm would stop: see [`WorkspaceError`].
    pub fn read(root: &Path, manifest: &Manifest) -> Result<Vec<Member>, WorkspaceError> {
        let found = Self::of(manifest)?.members(root, &manifest.path)?;
        // Only now, because npm reports a broken package.json before a duplicate name.
        let mut members: Vec<Member> = Vec::new();
        for member in found {
            if let Some(other) = members.iter().find(|other| other.name == member.name) {
                return Err(WorkspaceError::SameName {
                    name: member.name,
                    first: other.directory.clone(),
                    second: member.directory,
                });
            }
            members.push(member);
        }
        Ok(members)
    }

    /// The packages in the folders that the patterns of the file at `path` name.
    fn members(&self, root: &Path, path: &Path) -> Result<Vec<Member>, WorkspaceError> {
        let folders = self.folders(root).ok_or_else(|| WorkspaceError::TooLarge {
            path: path.to_owned(),
        })?;
        let mut found = Vec::new();
        for path in folders {
            match Member::read(paths::resolve(root, &path)) {
                Ok(member) => found.push(member),
                Err(error) if is_absent(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(found)
    }

    /// Whether `directory` is a member of the workspace whose root is `root`. Looks at no other
    /// member.
    pub fn is_member(root: &Path, manifest: &Manifest, directory: &Path) -> bool {
        let path = paths::relative(root, directory);
        let path = if path.is_empty() { "." } else { &path };
        Self::of(manifest).is_ok_and(|workspaces| workspaces.names(path))
            && directory.join("package.json").is_file()
    }

    /// Reads the patterns, without looking at any folder.
    ///
    /// # Errors
    /// [`WorkspaceError::BadDeclaration`], [`WorkspaceError::BadPattern`].
    pub fn of(manifest: &Manifest) -> Result<Self, WorkspaceError> {
        let bad = |found| WorkspaceError::BadDeclaration {
            path: manifest.path.clone(),
            found,
        };
        let texts = manifest.workspace_patterns().map_err(bad)?;
        Self::of_patterns(&texts, &manifest.path)
    }

    /// Reads the patterns that the file at `path` holds.
    fn of_patterns(texts: &[&str], path: &Path) -> Result<Self, WorkspaceError> {
        let length: usize = texts.iter().map(|text| text.len()).sum();
        let few = texts.len() <= MAX_PATTERNS && length <= MAX_LENGTH;
        let workspaces = few.then(|| Self::from_patterns(texts)).flatten();
        let workspaces = workspaces.ok_or_else(|| WorkspaceError::TooLarge {
            path: path.to_owned(),
        })?;
        if workspaces.ignored.iter().any(Glob::is_empty) {
            return Err(WorkspaceError::BadPattern {
                path: path.to_owned(),
            });
        }
        Ok(workspaces)
    }

    /// `appendNegatedPatterns`; `None` if there are too many patterns.
    fn from_patterns(texts: &[&str]) -> Option<Self> {
        let mut patterns: Vec<String> = Vec::new();
        let mut negated: Vec<(String, Glob)> = Vec::new();
        for text in texts {
            let bare = text.trim_start_matches('!');
            let marks = text.len() - bare.len();
            let bare = without_lead(bare).to_owned();
            if marks % 2 == 1 {
                let glob = Glob::new(&bare);
                negated.push((bare, glob));
                continue;
            }
            // A later pattern overrides an earlier negation. npm's own loop removes entries
            // while it iterates, and so skips the next one.
            let mut index = 0;
            while index < negated.len() {
                if negated[index].1.matches(&bare, MatchOptions::default()) {
                    negated.remove(index);
                }
                index += 1;
            }
            patterns.push(bare);
        }
        for (_, glob) in &negated {
            // As in npm, the first of identical patterns is removed.
            let hits: Vec<String> = patterns
                .iter()
                .filter(|pattern| glob.matches(pattern, MatchOptions::default()))
                .cloned()
                .collect();
            for hit in hits {
                if let Some(at) = patterns.iter().position(|pattern| *pattern == hit) {
                    patterns.remove(at);
                }
            }
        }
        let gave_up = negated.iter().any(|(_, glob)| glob.gave_up());
        let ignored = std::iter::once("**/node_modules/**")
            .chain(negated.iter().map(|(text, _)| text.as_str()))
            .map(|text| Glob::plain(text).without_dots())
            .collect();
        let patterns = Self::compile(patterns).filter(|_| !gave_up)?;
        Some(Self {
            patterns,
            ignored,
            dots: false,
        })
    }

    fn compile(texts: Vec<String>) -> Option<Vec<(String, Glob)>> {
        let mut patterns = Vec::with_capacity(texts.len());
        let mut alternatives = 0;
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            let text = text.replace('\\', "/");
            let glob = Glob::plain(&text).without_dots();
            alternatives += glob.alternatives().len();
            if glob.gave_up() || alternatives > MAX_ALTERNATIVES {
                return None;
            }
            // `.` is the root itself.
            let root = glob.is_empty().then(|| Glob::plain("."));
            patterns.push((text, root.unwrap_or(glob)));
        }
        Some(patterns)
    }

    /// The folders that the patterns name, in npm's order, each once; `None` if there are too
    /// many to read.
    fn folders(&self, root: &Path) -> Option<Vec<String>> {
        let globs = self.patterns.iter().map(|(_, glob)| glob);
        let options = MatchOptions {
            dot: self.dots,
            ..ORDER
        };
        let walked = folders(root, globs, self.options());
        let mut found: Vec<String> = walked.paths.into_iter().collect();
        found.retain(|path| !self.ignores(path));
        found.sort_by(|a, b| collate::compare(a, b));
        let mut ordered: Vec<String> = Vec::new();
        let mut seen = HashSet::new();
        let mut gave_up = walked.gave_up;
        for (text, own) in &self.patterns {
            let glob = Glob::new(text);
            for path in &found {
                if glob.matches(path, options) && seen.insert(path) {
                    ordered.push(path.clone());
                }
            }
            gave_up |= glob.gave_up() || own.gave_up();
        }
        gave_up |= self.ignored.iter().any(Glob::gave_up);
        (!gave_up).then_some(ordered)
    }

    fn options(&self) -> MatchOptions {
        MatchOptions {
            dot: self.dots,
            partial: false,
        }
    }

    fn names(&self, path: &str) -> bool {
        let below = format!("{path}/");
        let options = MatchOptions::default();
        !self.ignores(path)
            && self
                .patterns
                .iter()
                .any(|(_, glob)| glob.matches(path, options) || glob.matches(&below, options))
            && self
                .patterns
                .iter()
                .any(|(text, _)| Glob::new(text).matches(path, ORDER))
    }

    fn ignores(&self, path: &str) -> bool {
        let options = MatchOptions {
            dot: true,
            partial: false,
        };
        let below = format!("{path}/");
        self.ignored
            .iter()
            .any(|glob| glob.matches(path, options) || glob.matches(&below, options))
    }
}

/// How npm sorts what it found for the patterns.
const ORDER: MatchOptions = MatchOptions {
    partial: true,
    dot: false,
};

/// `/^\.?\/+/` removed.
fn without_lead(pattern: &str) -> &str {
    let rest = pattern.strip_prefix('.').unwrap_or(pattern);
    if rest.starts_with('/') {
        rest.trim_start_matches('/')
    } else {
        pattern
    }
}

impl Member {
    /// Reads the package in a folder.
    fn read(directory: PathBuf) -> Result<Self, ManifestError> {
        let manifest = Manifest::read(&directory.join("package.json"))?;
        Ok(Self {
            name: name_of(&manifest, &directory),
            directory,
            manifest,
        })
    }
}

fn is_absent(error: &ManifestError) -> bool {
    match error {
        ManifestError::Missing { .. } => true,
        // ENOTDIR: the "folder" is a link to a file.
        ManifestError::Unreadable { path, .. } => {
            path.parent().is_some_and(|folder| !folder.is_dir())
        }
        _ => false,
    }
}

fn name_of(manifest: &Manifest, directory: &Path) -> String {
    js::truthy(&manifest.object, "name").map_or_else(|| name_from_folder(directory), js::to_text)
}

/// `@npmcli/name-from-folder`.
fn name_from_folder(directory: &Path) -> String {
    let name = |path: Option<&std::ffi::OsStr>| {
        path.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    };
    let base = name(directory.file_name());
    let parent = name(directory.parent().and_then(Path::file_name));
    if parent.starts_with('@') {
        format!("{parent}/{base}")
    } else {
        base
    }
}

impl Manifest {
    /// The patterns of `workspaces`; empty if there is no such key.
    fn workspace_patterns(&self) -> Result<Vec<&str>, Malformed> {
        let Some(declared) = self.object.get("workspaces") else {
            return Ok(Vec::new());
        };
        let patterns = match declared {
            Value::Null => return Err(Malformed::Null),
            Value::Array(patterns) => patterns,
            other => match other.get("packages") {
                Some(Value::Array(patterns)) => patterns,
                _ => return Err(Malformed::NotAnArray),
            },
        };
        let text = |pattern: &'_ Value| match pattern {
            Value::Null => Err(Malformed::NullPattern),
            _ => Err(Malformed::NotText),
        };
        patterns
            .iter()
            .map(|pattern| pattern.as_str().map_or_else(|| text(pattern), Ok))
            .collect()
    }
}
