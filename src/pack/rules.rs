//! Rules that exclude and include files, evaluated as `ignore-walk` does.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::PackError;
use crate::manifest::glob::{Glob, Marks, MatchOptions, Name, Part, Run, Subject};
use crate::manifest::js;

/// minimatch refuses longer patterns, which makes npm fail.
const MAX_PATTERN: usize = 64 * 1024;

/// How much memory the patterns of one list may take, and those of all folders on a path
/// together, in bytes. A sensible ignore file takes some kilobytes.
pub(super) const MAX_SIZE: usize = 4 << 20;

/// Where a rule comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleSource {
    /// npm's defaults, which a package may override.
    Default,
    /// Always packed; a package cannot override it.
    Always,
    /// Never packed; a package cannot override it.
    Never,
    /// An element of `files`.
    Files(usize),
    /// Not listed in `files`.
    NotInFiles,
    /// `main`.
    Main,
    /// `browser`.
    Browser,
    /// `bin`, or a file below `directories.bin`.
    Bin,
    /// A patch of `patchedDependencies`.
    Patch,
    /// A workspace member, which is packed separately.
    Member,
    /// A line of a .npmignore, .gitignore or global ignore file.
    Line {
        /// The file.
        path: Arc<Path>,
        /// The line, from 1.
        line: usize,
    },
}

/// What is asked about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Is it packed, as a file?
    File,
    /// May something below it be packed?
    Folder,
    /// Is the folder itself packed, as `name/`?
    Exact,
}

/// One rule.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pattern: Pattern,
    /// It includes instead of excluding.
    pub(super) negated: bool,
    pub(super) source: RuleSource,
}

#[derive(Clone, Debug)]
enum Pattern {
    /// Found through the index of the list.
    Indexed,
    Glob {
        glob: Glob,
        /// It also applies to a folder's name alone (`build/`).
        relative: bool,
    },
}

/// Rules in order; the last one that matches decides.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    list: Vec<Rule>,
    /// Indices of the rules that are not indexed.
    globs: Vec<usize>,
    index: Index,
    /// About how much memory the patterns take, in bytes.
    size: usize,
}

/// Literal paths, of which npm 12 makes thousands. Keys are paths in upper case;
/// values are the index of the last rule of each kind.
#[derive(Clone, Debug, Default)]
struct Index {
    /// `/a/b`.
    exact: HashMap<Box<str>, usize>,
    /// `/a/b/**`.
    below: HashMap<Box<str>, usize>,
    /// The folders above a rule that includes.
    above: HashMap<Box<str>, usize>,
    /// The bits ([`Name::bit`]) of the first names of all keys.
    first_names: u64,
    /// A first name has no bit.
    has_odd_names: bool,
}

impl Rules {
    /// Adds the lines of a text; `source` gives the origin of each.
    pub(super) fn add(
        &mut self,
        text: &str,
        source: impl Fn(usize) -> RuleSource,
    ) -> Result<(), PackError> {
        for (index, line) in text.split('\n').enumerate() {
            // A `\r` at the end is trimmed as white space.
            let rule = js::trim(line);
            if rule.is_empty() || rule.starts_with('#') {
                continue;
            }
            if rule.encode_utf16().count() > MAX_PATTERN {
                return Err(PackError::PatternTooLong);
            }
            self.push(rule, source(index))?;
        }
        Ok(())
    }

    fn push(&mut self, text: &str, source: RuleSource) -> Result<(), PackError> {
        let at = self.list.len();
        let (pattern, negated) = if let Some(plain) = plain_path(text) {
            self.index.add(&plain, at);
            (Pattern::Indexed, plain.negated)
        } else {
            let glob = Glob::nocase(text);
            if glob.is_refused() {
                return Err(PackError::BadPattern {
                    pattern: text.to_owned(),
                });
            }
            self.size += size_of::<Rule>() + glob.size();
            if self.size > MAX_SIZE {
                return Err(PackError::TooManyPatterns);
            }
            let negated = glob.is_negated();
            self.globs.push(at);
            let relative = glob.alternatives().iter().any(|parts| is_relative(parts));
            (Pattern::Glob { glob, relative }, negated)
        };
        self.list.push(Rule {
            pattern,
            negated,
            source,
        });
        Ok(())
    }

    /// About how much memory the patterns take, in bytes.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Whether a pattern has taken too many steps.
    pub(super) fn gave_up(&self) -> bool {
        self.globs.iter().any(|&at| match &self.list[at].pattern {
            Pattern::Glob { glob, .. } => glob.gave_up(),
            Pattern::Indexed => false,
        })
    }

    /// The last rule that matches a path, given by its names. `from_child`: the path is in a
    /// folder below the one that has these rules.
    pub(super) fn last_match(
        &self,
        names: &[&Name],
        question: Question,
        from_child: bool,
    ) -> Option<&Rule> {
        let indexed = self.index.find(names, question);
        let marks = names.iter().map(|name| name.marks());
        let marks = marks.fold(Marks::default(), Marks::with);
        for &at in self.globs.iter().rev() {
            if indexed.is_some_and(|indexed| at < indexed) {
                break;
            }
            if self.list[at].matches((names, marks), question, from_child) {
                return self.list.get(at);
            }
        }
        self.list.get(indexed?)
    }
}

fn is_relative(parts: &[Part]) -> bool {
    let open = parts.last().is_some_and(|last| last.literal() == Some(""));
    parts.len() <= if open { 2 } else { 1 }
}

/// A rule that is a literal path.
struct PlainPath {
    negated: bool,
    /// It names what is below the path, not the path itself.
    below: bool,
    key: String,
}

/// `/a/b`, `!/a/b` or `/a/b/**`, without special characters in the names.
fn plain_path(text: &str) -> Option<PlainPath> {
    let bare = text.strip_prefix('!').unwrap_or(text);
    let path = bare.strip_prefix('/')?;
    let (path, below) = match path.strip_suffix("/**") {
        Some(path) => (path, true),
        None => (path, false),
    };
    let special = |c: char| "*?[]{}()!+@\\|#".contains(c);
    let odd = |part: &str| matches!(part, "" | "." | "..");
    (!path.contains(special) && !path.split('/').any(odd)).then(|| PlainPath {
        negated: bare.len() < text.len(),
        below,
        key: path.split('/').map(folded).collect::<Vec<_>>().join("/"),
    })
}

/// A name in upper case, to compare without case.
fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_uppercase();
    }
    Name::new(name).folded()
}

/// Adds the same to a text.
fn push_folded(text: &mut String, name: &Name) {
    if name.text().is_ascii() {
        text.extend(name.text().chars().map(|c| c.to_ascii_uppercase()));
    } else {
        text.push_str(&name.folded());
    }
}

impl Index {
    fn add(&mut self, plain: &PlainPath, at: usize) {
        let first = plain.key.split('/').next().unwrap_or_default();
        let bit = Name::new(first).bit();
        self.first_names |= bit;
        self.has_odd_names |= bit == 0;
        let kind = if plain.below {
            &mut self.below
        } else {
            &mut self.exact
        };
        kind.insert(plain.key.as_str().into(), at);
        if !plain.negated {
            return;
        }
        let mut path = plain.key.as_str();
        while let Some((above, _)) = path.rsplit_once('/') {
            self.above.insert(above.into(), at);
            path = above;
        }
        if plain.below {
            self.above.insert(plain.key.as_str().into(), at);
        }
    }

    fn find(&self, names: &[&Name], question: Question) -> Option<usize> {
        let first = names.first()?.bit();
        if first & self.first_names == 0 && !self.has_odd_names {
            return None;
        }
        let mut key = String::new();
        let mut found: Option<usize> = None;
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                key.push('/');
            }
            push_folded(&mut key, name);
            let last = index + 1 == names.len();
            if !last || question != Question::File {
                found = found.max(self.below.get(key.as_str()).copied());
            }
        }
        found = found.max(self.exact.get(key.as_str()).copied());
        if question == Question::Folder {
            found = found.max(self.above.get(key.as_str()).copied());
        }
        found
    }
}

impl Rule {
    /// `marks`: those of the names, see [`Glob::may_match`].
    fn matches(
        &self,
        (names, marks): (&[&Name], Marks),
        question: Question,
        from_child: bool,
    ) -> bool {
        let Pattern::Glob { glob, relative } = &self.pattern else {
            return false;
        };
        let asked = RuleQuery {
            names,
            question,
            base: (from_child && *relative && question == Question::Folder)
                .then(|| names.last().map(std::slice::from_ref))
                .flatten(),
        };
        let grows = || {
            self.negated
                && question == Question::Folder
                && glob.any(PARTIAL, |parts, run| asked.hits(parts, run))
        };
        let whole = || glob.any(STRICT, |parts, run| asked.hits(parts, run));
        (glob.may_match(marks) && whole()) || grows()
    }
}

const STRICT: MatchOptions = MatchOptions {
    partial: false,
    dot: true,
};
const PARTIAL: MatchOptions = MatchOptions {
    partial: true,
    dot: true,
};

/// A question to one rule, with the path in each of the forms that npm tries.
struct RuleQuery<'a> {
    names: &'a [&'a Name],
    question: Question,
    /// The last name, where the rule also applies to it alone.
    base: Option<&'a [&'a Name]>,
}

impl RuleQuery<'_> {
    fn hits(&self, parts: &[Part], run: &Run) -> bool {
        if let [_] = parts {
            // `matchBase`: only the last name is compared.
            let last = &self.names[self.names.len().saturating_sub(1)..];
            return Subject::exactly(last).matches(parts, run);
        }
        let forms = Forms::of(parts);
        match self.question {
            Question::File => forms.hit(parts, self.names, false, run),
            Question::Exact => forms.hit(parts, self.names, true, run),
            Question::Folder => std::iter::once(self.names).chain(self.base).any(|names| {
                forms.hit(parts, names, false, run)
                    || (!run.is_partial() && forms.hit(parts, names, true, run))
            }),
        }
    }
}

/// Which forms of a path a pattern can match at all.
struct Forms {
    /// With a leading slash.
    leading: bool,
    /// Without.
    bare: bool,
}

impl Forms {
    fn of(parts: &[Part]) -> Self {
        let first = parts.first().and_then(Part::literal);
        Self {
            leading: first.is_none_or(str::is_empty),
            bare: first.is_none_or(|text| !text.is_empty()),
        }
    }

    fn hit(&self, parts: &[Part], names: &[&Name], trailing: bool, run: &Run) -> bool {
        let matches = |leading| {
            Subject {
                leading,
                names,
                trailing,
            }
            .matches(parts, run)
        };
        (self.leading && matches(true)) || (self.bare && matches(false))
    }
}

/// Rules of an ignore file.
pub(super) fn of_file(path: &Path, text: &str) -> Result<Rules, PackError> {
    let mut rules = Rules::default();
    add_file(&mut rules, path, text)?;
    Ok(rules)
}

/// Adds the lines of an ignore file to rules.
pub(super) fn add_file(rules: &mut Rules, path: &Path, text: &str) -> Result<(), PackError> {
    let path: Arc<Path> = PathBuf::from(path).into();
    rules.add(text, |index| RuleSource::Line {
        path: Arc::clone(&path),
        line: index + 1,
    })
}
