//! Where a path in package.json leads among the packed files.

use std::cell::{Cell, OnceCell};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::git::index::Tracked;
use crate::pack::{FileKind, Packed, PackedFile, Reason, Request, RuleSource, may_be_ignored, why};

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To this packed file.
    Packed(String),
    /// To nothing that is packed.
    Absent(Absence),
}

/// Why a file is not packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It does not exist. `source`: git tracks its folder, so no build would make it.
    Missing {
        /// Whether its folder is source.
        source: bool,
    },
    /// It exists with different letter case.
    OtherCase {
        /// The name that is packed.
        packed: String,
        /// git tracks that file.
        tracked: bool,
    },
    /// A rule excludes it.
    Excluded(RuleSource),
    /// It is a symbolic link, or below one.
    Link(String),
    /// It is in the tarball as a hard link, which clients drop.
    HardLink,
    /// npm never packs this kind of file.
    Special,
}

impl Absence {
    /// Whether the file exists, and something excludes it.
    pub fn is_on_disk(&self) -> bool {
        matches!(
            self,
            Self::Excluded(_) | Self::Link(_) | Self::HardLink | Self::Special
        ) || matches!(self, Self::OtherCase { tracked: true, .. })
    }

    /// Whether its folder is source, which no build writes to.
    pub fn is_source(&self) -> bool {
        matches!(self, Self::Missing { source: true })
    }
}

/// For this many missing files, npm's rules are asked why: each answer goes through all rules,
/// and package.json may list many commands.
const MAX_ASKED: usize = 100;

/// Looks up paths among the packed files.
pub(super) struct Finder<'a> {
    /// How often npm's rules were asked why a file is missing.
    asked: Cell<usize>,
    files: &'a [PackedFile],
    packed: HashMap<&'a str, bool>,
    /// Made when they are asked for: most entry points are packed.
    folded: OnceCell<HashMap<String, &'a str>>,
    folders: OnceCell<HashSet<&'a str>>,
    request: Option<&'a Request>,
    tracked: Option<&'a Tracked>,
    /// git would show the files that a build has made.
    has_traces: bool,
}

impl<'a> Finder<'a> {
    pub(super) fn in_folder(
        packed: &'a Packed,
        request: &'a Request,
        tracked: Option<&'a Tracked>,
    ) -> Self {
        Self {
            request: Some(request),
            tracked,
            ..Self::in_tarball(packed)
        }
    }

    pub(super) fn in_tarball(packed: &'a Packed) -> Self {
        let files = packed.files.iter();
        Self {
            asked: Cell::new(0),
            files: &packed.files,
            packed: files
                .map(|file| (file.path.as_str(), file.kind == FileKind::File))
                .collect(),
            folded: OnceCell::new(),
            folders: OnceCell::new(),
            request: None,
            tracked: None,
            has_traces: true,
        }
    }

    /// Sets whether git would show the files that a build has made.
    pub(super) fn with_traces(self, has_traces: bool) -> Self {
        Self { has_traces, ..self }
    }

    /// All packed paths.
    pub(super) fn paths(&self) -> impl Iterator<Item = &'a str> {
        self.files.iter().map(|file| file.path.as_str())
    }

    /// Whether a file is packed with its bytes.
    pub(super) fn has(&self, path: &str) -> bool {
        self.packed.get(path) == Some(&true)
    }

    /// Whether something is packed below a folder.
    pub(super) fn has_folder(&self, path: &str) -> bool {
        let above = |path: &'a str| path.match_indices('/').map(move |(at, _)| &path[..at]);
        let folders = || self.paths().flat_map(above).collect();
        self.folders.get_or_init(folders).contains(path)
    }

    /// Where the first of these paths that is packed leads; otherwise what excludes one of
    /// them. That no build makes the first one is proven only if git would ignore none of them.
    pub(super) fn first_of(&self, paths: &[String]) -> Target {
        if let Some(path) = paths.iter().find(|path| self.has(path)) {
            return Target::Packed(path.clone());
        }
        let mut first = None;
        for path in paths {
            match self.absence(path) {
                Absence::Missing { source } => first = first.or(Some(source)),
                other => return Target::Absent(other),
            }
        }
        let source = first == Some(true) && !paths.iter().any(|path| self.may_be_ignored(path));
        Target::Absent(Absence::Missing { source })
    }

    fn may_be_ignored(&self, path: &str) -> bool {
        let (Some(tracked), Some(request)) = (self.tracked, self.request) else {
            return true;
        };
        may_be_ignored(tracked.root(), &request.folder.join(path))
    }

    /// A packed file with this start and end; the part between may be any path.
    pub(super) fn pattern(&self, (start, end): (&str, &str)) -> Target {
        // A second `*` matches the same text as the first.
        let end = end.rsplit('*').next().unwrap_or(end);
        let fits = |path: &&str| {
            path.len() > start.len() + end.len() && path.starts_with(start) && path.ends_with(end)
        };
        self.paths()
            .find(fits)
            .map_or(Target::Absent(Absence::Missing { source: false }), |path| {
                Target::Packed(path.to_owned())
            })
    }

    /// Where an exact path leads.
    pub(super) fn exact(&self, path: &str) -> Target {
        if self.has(path) {
            return Target::Packed(path.to_owned());
        }
        Target::Absent(self.absence(path))
    }

    fn absence(&self, path: &str) -> Absence {
        if self.packed.contains_key(path) {
            return Absence::HardLink;
        }
        let absolute = |path: &str| -> Option<PathBuf> { Some(self.request?.folder.join(path)) };
        let folded = || {
            self.paths()
                .map(|path| (path.to_lowercase(), path))
                .collect()
        };
        if let Some(packed) = self.folded.get_or_init(folded).get(&path.to_lowercase()) {
            let file = absolute(packed);
            return Absence::OtherCase {
                packed: (*packed).to_owned(),
                tracked: self
                    .tracked
                    .zip(file)
                    .is_some_and(|(it, file)| it.has(&file)),
            };
        }
        let request = self.request.filter(|request| self.may_ask(request, path));
        let reason = request.and_then(|request| why(request, path).ok());
        match reason.map(|why| why.reason) {
            Some(Reason::Rule(rule) | Reason::Folder { rule, .. }) if self.stands(path) => {
                Absence::Excluded(rule)
            }
            Some(Reason::Link { path }) => Absence::Link(path),
            Some(Reason::IsSpecial | Reason::Star) => Absence::Special,
            _ => Absence::Missing {
                source: absolute(path).is_some_and(|path| self.is_source(&path)),
            },
        }
    }

    /// Whether to ask npm's rules: not if the path does not exist at all, not even below a
    /// link.
    fn may_ask(&self, request: &Request, path: &str) -> bool {
        let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|it| it.is_symlink());
        let full = request.folder.join(path);
        let mut above = full.ancestors().skip(1);
        let is_there = full.symlink_metadata().is_ok()
            || above
                .by_ref()
                .take_while(|folder| *folder != request.folder)
                .any(is_link);
        is_there && self.asked.replace(self.asked.get() + 1) < MAX_ASKED
    }

    fn stands(&self, path: &str) -> bool {
        self.request
            .is_some_and(|request| request.folder.join(path).is_file())
    }

    /// Whether git tracks files in a path's folder, and ignores neither the path nor the
    /// folder.
    fn is_source(&self, path: &Path) -> bool {
        let (Some(tracked), Some(folder)) = (self.tracked, path.parent()) else {
            return false;
        };
        self.has_traces && tracked.has_files_in(folder) && !may_be_ignored(tracked.root(), path)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::manifest::Manifest;
    use crate::pack::{Edition, pack};

    #[test]
    fn npms_rules_are_asked_about_a_limited_number_of_files() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = json!({ "name": "cat", "version": "1.0.0", "files": ["in.js"] });
        let write = |path: &str| fs::write(folder.path().join(path), "").unwrap();
        fs::write(folder.path().join("package.json"), manifest.to_string()).unwrap();
        let count = MAX_ASKED + 5;
        (0..count).for_each(|number| write(&format!("out-{number}.js")));
        write("in.js");
        let request = Request {
            folder: folder.path().to_owned(),
            manifest: Arc::clone(&Manifest::from_json(manifest).object),
            edition: Edition::Npm11,
            prefix: folder.path().to_owned(),
            workspaces: Arc::default(),
            has_members: false,
            global_ignore_file: None,
        };
        let packed = pack(&request).unwrap();
        let finder = Finder::in_folder(&packed, &request, None);
        let is_excluded =
            |path: &str| matches!(finder.exact(path), Target::Absent(Absence::Excluded(_)));
        // What is not there costs nothing, and what is packed neither.
        assert!((0..count).all(|number| !is_excluded(&format!("none-{number}.js"))));
        assert!((0..count).all(|_| finder.has("in.js") && !is_excluded("in.js")));
        let known: Vec<bool> = (0..count)
            .map(|number| is_excluded(&format!("out-{number}.js")))
            .collect();
        assert!(known[..MAX_ASKED].iter().all(|it| *it), "{known:?}");
        assert!(known[MAX_ASKED..].iter().all(|it| !it), "{known:?}");
    }
}
