//! Walks a package's folders, and asks the rules of each folder and of those above it:
//! npm-packlist's `PackWalker`.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::base_rules::{BaseRules, IGNORE_FILES, read_text};
use super::error::PackError;
use super::folder::{Entry, Kind, Tree};
use super::includes::{self, Includes};
use super::package::PackFields;
use super::rules::{self, Question, Rule, RuleSource, Rules};
use super::why::{Reason, Why};
use super::{Request, entries, paths};
use crate::manifest::glob::Name;

/// The paths that npm packs of a package, without its bundled dependencies;
/// relative to the package, unsorted.
pub(super) fn list(
    request: &Request,
    package: &PackFields,
    tree: &mut Tree,
) -> Result<Vec<String>, PackError> {
    let base = BaseRules::root(request)?;
    let mut walker = Walker::new(request, base, &request.folder, tree)?;
    walker.enter_package(package, true)?;
    walker.finish()
}

/// The paths that npm packs of a bundled dependency, relative to it.
pub(super) fn list_bundled(
    request: &Request,
    folder: &Path,
    is_link: bool,
    package: &PackFields,
    tree: &mut Tree,
) -> Result<Vec<String>, PackError> {
    let base = BaseRules::bundled(is_link)?;
    let mut walker = Walker::new(request, base, folder, tree)?;
    walker.enter_package(package, false)?;
    walker.finish()
}

/// Why a path is packed, or is not.
pub(super) fn why(
    request: &Request,
    package: &PackFields,
    path: &str,
    tree: &mut Tree,
) -> Result<Why, PackError> {
    let Some(path) = below(&request.folder, path) else {
        return Ok(Why {
            path: path.to_owned(),
            packed: false,
            reason: Reason::Outside,
        });
    };
    let path = path.as_str();
    let mut walker = Walker::new(request, BaseRules::root(request)?, &request.folder, tree)?;
    walker.enter_package(package, true)?;
    let (mut packed, mut reason) = walker.follow(path)?;
    if !packed && path.starts_with("node_modules/") {
        let all = super::pack(request)?;
        let owner = all.find(path).and_then(|_| entries::bundled_name(path));
        packed = owner.is_some();
        reason = owner.map_or(reason, Reason::Bundled);
    }
    Ok(Why {
        path: path.to_owned(),
        packed,
        reason,
    })
}

/// A path that is relative to a folder, or absolute, or begins with a slash as a rule does; as
/// one that is relative to the folder. `None` if it is not below it.
fn below(folder: &Path, asked: &str) -> Option<String> {
    let path = Path::new(asked);
    let inside = path.strip_prefix(folder);
    let is_rooted = || {
        let rooted = folder.join(asked.trim_start_matches('/'));
        rooted.symlink_metadata().is_ok()
    };
    if inside.is_err() && path.is_absolute() && !is_rooted() {
        return None;
    }
    let mut inside = inside.unwrap_or(path).to_string_lossy().into_owned();
    if cfg!(windows) {
        inside = inside.replace('\\', "/");
    }
    let inside = paths::normalize(&inside);
    let inside = inside.trim_matches('/');
    (inside.split('/').next() != Some("..")).then(|| inside.to_owned())
}

/// The rules of one folder on the path from the root.
struct Frame {
    /// In the order in which npm asks them.
    lists: Vec<Rc<Rules>>,
    /// Rules of this folder may include what those above exclude.
    exact: bool,
    required: Vec<String>,
    /// About how much memory the patterns of its own ignore file take, in bytes.
    size: usize,
}

struct Walker<'a> {
    request: &'a Request,
    base: BaseRules,
    tree: &'a mut Tree,
    /// The folder that is being read.
    path: PathBuf,
    /// Its path from the package, with the name in question.
    names: Vec<Rc<Name>>,
    frames: Vec<Frame>,
    found: Vec<String>,
}

impl<'a> Walker<'a> {
    fn new(
        request: &'a Request,
        base: BaseRules,
        folder: &Path,
        tree: &'a mut Tree,
    ) -> Result<Self, PackError> {
        Ok(Self {
            request,
            base,
            tree,
            path: folder.to_owned(),
            names: Vec::new(),
            frames: Vec::new(),
            found: Vec::new(),
        })
    }

    /// Reads the rules of the package's own folder.
    fn enter_package(&mut self, package: &PackFields, root: bool) -> Result<(), PackError> {
        let entries = self.tree.folder(&self.path.clone())?;
        let has = |name: &str| entries.iter().any(|entry| entry.name.text() == name);
        let includes = if has("package.json") {
            let options = (self.request.edition, root);
            Includes::of(package, &self.path, options, self.tree)?
        } else {
            Includes::default()
        };
        let mut lists = Vec::new();
        if self.base.top_has_defaults {
            lists.push(Rc::clone(&self.base.top_defaults));
            lists.push(Rc::clone(&self.base.global));
        }
        let ignore = if self.base.top_reads_ignore_files {
            self.ignore_file(&entries, &IGNORE_FILES)?
        } else {
            None
        };
        let own = includes.files.map(Rc::new).or(ignore);
        let size = own.as_ref().map_or(0, |rules| rules.size());
        lists.extend(own);
        lists.push(Rc::new(includes.strict));
        self.frames.push(Frame {
            lists,
            exact: false,
            required: includes.required,
            size,
        });
        Ok(())
    }

    /// The rules of the first of the ignore files in this folder. All are read,
    /// because npm fails if any of them cannot be read.
    fn ignore_file(
        &self,
        entries: &[Entry],
        names: &[&str],
    ) -> Result<Option<Rc<Rules>>, PackError> {
        let mut first = None;
        for name in names {
            if entries.iter().any(|entry| entry.name.text() == *name) {
                let path = self.path.join(name);
                let rules = rules::of_file(&path, &read_text(&path)?)?;
                first = first.or(Some(Rc::new(rules)));
            }
        }
        Ok(first)
    }

    fn enter_folder(&mut self, name: &str, exact: bool) -> Result<(), PackError> {
        let entries = self.tree.folder(&self.path.clone())?;
        let required = self.frames.last().map_or_else(Vec::new, |frame| {
            includes::required_below(&frame.required, name)
        });
        let names: &[&str] = if self.base.manifests_ignore {
            &["package.json", ".npmignore", ".gitignore"]
        } else {
            &IGNORE_FILES
        };
        let mut lists = vec![Rc::clone(&self.base.defaults)];
        let own = self.ignore_file(&entries, names)?;
        let size = own.as_ref().map_or(0, |rules| rules.size());
        let above: usize = self.frames.iter().map(|frame| frame.size).sum();
        if above + size > rules::MAX_SIZE {
            return Err(PackError::TooManyPatterns);
        }
        lists.extend(own);
        if required.is_empty() {
            lists.push(Rc::clone(&self.base.never));
        } else {
            let mut strict = Rules::default();
            strict.add("/.git", |_| RuleSource::Never)?;
            for file in &required {
                strict.add(&format!("!{file}"), |_| RuleSource::Always)?;
            }
            lists.push(Rc::new(strict));
        }
        self.frames.push(Frame {
            lists,
            exact,
            required,
            size,
        });
        Ok(())
    }

    /// Leaves the folder that was entered last.
    fn leave(&mut self) -> Result<(), PackError> {
        let frame = self.frames.pop();
        let mut lists = frame.iter().flat_map(|frame| &frame.lists);
        if lists.any(|rules| rules.gave_up()) {
            return Err(PackError::TooComplex);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<String>, PackError> {
        self.walk()?;
        self.leave()?;
        Ok(self.found)
    }

    /// Walks the folder that was entered last.
    fn walk(&mut self) -> Result<(), PackError> {
        let entries = self.tree.folder(&self.path.clone())?;
        for entry in entries.iter() {
            let name = entry.name.text();
            self.names.push(Rc::clone(&entry.name));
            let goes_on = match entry.kind {
                Kind::Folder => self.passes(Question::Folder),
                _ => self.passes(Question::File),
            };
            // npm skips names with `*`; node-tar takes other odd names.
            if goes_on && !name.contains('*') {
                self.visit(entry)?;
            }
            self.names.pop();
        }
        Ok(())
    }

    fn visit(&mut self, entry: &Entry) -> Result<(), PackError> {
        if entry.garbled {
            return Err(PackError::NotUtf8 {
                shown: entry.name.text().to_owned(),
            });
        }
        match entry.kind {
            Kind::File => self.found.push(self.joined()),
            Kind::Folder => {
                let exact = self.passes(Question::File) || self.passes(Question::Exact);
                self.path.push(entry.name.text());
                self.enter_folder(entry.name.text(), exact)?;
                self.walk()?;
                self.leave()?;
                self.path.pop();
            }
            Kind::Link | Kind::Other => {}
        }
        Ok(())
    }

    /// Follows one path, and returns whether it is packed and why.
    fn follow(&mut self, path: &str) -> Result<(bool, Reason), PackError> {
        let parts: Vec<&str> = path.split('/').collect();
        for (depth, part) in parts.iter().enumerate() {
            let entries = self.tree.folder(&self.path.clone())?;
            let found = entries.iter().find(|entry| entry.name.text() == *part);
            let Some(entry) = found else {
                return Ok((false, Reason::Absent));
            };
            self.names.push(Rc::clone(&entry.name));
            let last = depth + 1 == parts.len();
            match entry.kind {
                Kind::Link => {
                    let path = self.joined();
                    return Ok((false, Reason::Link { path }));
                }
                Kind::Other => return Ok((false, Reason::IsSpecial)),
                Kind::File if !last => return Ok((false, Reason::Absent)),
                Kind::Folder if last => return Ok((false, Reason::IsFolder)),
                _ if part.contains('*') => return Ok((false, Reason::Star)),
                Kind::File => {
                    let (packed, rule) = self.decide(Question::File);
                    let source = rule.map(|rule| rule.source.clone());
                    return Ok((packed, source.map_or(Reason::NoRule, Reason::Rule)));
                }
                Kind::Folder => {}
            }
            if let (false, Some(rule)) = self.decide(Question::Folder) {
                let (folder, rule) = (self.joined(), rule.source.clone());
                return Ok((false, Reason::Folder { folder, rule }));
            }
            let exact = self.passes(Question::File) || self.passes(Question::Exact);
            self.path.push(part);
            self.enter_folder(part, exact)?;
        }
        Ok((false, Reason::Absent))
    }

    fn joined(&self) -> String {
        let names: Vec<&str> = self.names.iter().map(|name| name.text()).collect();
        names.join("/")
    }

    fn passes(&self, question: Question) -> bool {
        self.decide(question).0
    }

    /// `filterEntry`: asks the rules of the package's folder first, then those of
    /// each folder on the path.
    fn decide(&self, question: Question) -> (bool, Option<&Rule>) {
        let names: Vec<&Name> = self.names.iter().map(Rc::as_ref).collect();
        let mut verdict = (true, None);
        let last = self.frames.len() - 1;
        for (depth, frame) in self.frames.iter().enumerate() {
            if !verdict.0 && !frame.exact {
                continue;
            }
            let below = &names[depth..];
            let mut lists = frame.lists.iter().rev();
            let rule = lists.find_map(|rules| rules.last_match(below, question, depth < last));
            if let Some(rule) = rule {
                verdict = (rule.negated, Some(rule));
            }
        }
        verdict
    }
}
