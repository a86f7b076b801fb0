//! Globs as npm's `minimatch` and `glob` read them: `*`, `?`, classes, braces,
//! extended globs, `**`. Names are compared as JavaScript compares them, in
//! UTF-16 units.

mod braces;
mod class;
mod matching;
mod name;
mod segment;
mod syntax;
#[cfg(test)]
mod tests;
mod walk;

use std::cell::Cell;

pub(crate) use matching::{Run, Subject};
pub(crate) use name::{Marks, Name};
pub(crate) use segment::Segment;
pub(crate) use walk::folders;

/// A pattern with its braces expanded.
#[derive(Clone, Debug)]
pub struct Glob {
    alternatives: Vec<Vec<Part>>,
    negated: bool,
    gave_up: Cell<bool>,
    /// What the names of every matching path offer together.
    required: Marks,
}

/// minimatch throws a TypeError for longer patterns.
const MAX_LENGTH: usize = 1 << 16;

/// What is between two slashes.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// `**`.
    AnyDepth,
    /// A pattern for one name.
    Name(Segment),
}

/// How a path is matched.
#[derive(Clone, Copy, Debug, Default)]
pub struct MatchOptions {
    /// A path that can be extended to a match counts as one.
    pub partial: bool,
    /// A leading dot is a character like any other.
    pub dot: bool,
}

impl Glob {
    /// `new Minimatch(pattern)`: a leading `!` negates, and a pattern that starts with `#`
    /// matches nothing.
    pub fn new(pattern: &str) -> Self {
        Self::read(pattern, false)
    }

    /// The same, ignoring case.
    pub(crate) fn nocase(pattern: &str) -> Self {
        Self::read(pattern, true)
    }

    fn read(pattern: &str, nocase: bool) -> Self {
        if pattern.starts_with('#') {
            return Self::nothing(false);
        }
        let bare = pattern.trim_start_matches('!');
        Self {
            negated: (pattern.len() - bare.len()) % 2 == 1,
            ..Self::unsigned(bare, nocase)
        }
    }

    /// The same, but `!` and `#` have no meaning, as in `glob`.
    pub fn plain(pattern: &str) -> Self {
        Self::unsigned(pattern, false)
    }

    /// As `glob` reads it when it looks for files: on macOS and Windows case is ignored.
    pub(crate) fn on_disk(pattern: &str) -> Self {
        Self::unsigned(pattern, cfg!(any(target_os = "macos", windows)))
    }

    fn unsigned(pattern: &str, nocase: bool) -> Self {
        if pattern.len() > MAX_LENGTH {
            return Self::nothing(true);
        }
        let expansion = braces::expand(pattern);
        let patterns = expansion.patterns.iter();
        let alternatives: Vec<Vec<Part>> = patterns.map(|pattern| parts(pattern, nocase)).collect();
        let required = alternatives.iter().map(|parts| required(parts));
        Self {
            required: required.fold(Marks::ALL, Marks::common),
            alternatives,
            ..Self::nothing(expansion.gave_up)
        }
    }

    /// A pattern that matches nothing.
    fn nothing(gave_up: bool) -> Self {
        Self {
            alternatives: Vec::new(),
            negated: false,
            gave_up: Cell::new(gave_up),
            required: Marks::default(),
        }
    }

    /// Whether a path whose names have these marks together can match as a whole. This saves
    /// most of the work: few paths contain the names of a pattern.
    pub(crate) fn may_match(&self, marks: Marks) -> bool {
        self.required.are_in(marks)
    }

    /// Whether what it matches is uncertain: the pattern is too long, expands to too many
    /// others, or a path took too many steps.
    pub fn gave_up(&self) -> bool {
        self.gave_up.get()
    }

    /// About how much memory it takes, in bytes.
    pub(crate) fn size(&self) -> usize {
        let of_part = |part: &Part| match part {
            Part::AnyDepth => size_of::<Part>(),
            Part::Name(segment) => segment.size(),
        };
        let of_parts =
            |parts: &Vec<Part>| size_of::<Vec<Part>>() + parts.iter().map(of_part).sum::<usize>();
        size_of::<Self>() + self.alternatives.iter().map(of_parts).sum::<usize>()
    }

    /// Whether one of the alternatives passes a test, which counts its steps.
    pub(crate) fn any(&self, options: MatchOptions, test: impl Fn(&[Part], &Run) -> bool) -> bool {
        let run = Run::new(options);
        let hit = self.alternatives.iter().any(|parts| test(parts, &run));
        if run.is_over() {
            self.gave_up.set(true);
        }
        hit
    }

    /// Whether minimatch throws on it: a named class such as `[[:alpha:]]` together with
    /// one of `-`, `,`, `#` or a blank makes an invalid regular expression.
    pub(crate) fn is_refused(&self) -> bool {
        let mut parts = self.alternatives.iter().flatten();
        parts.any(|part| matches!(part, Part::Name(segment) if segment.is_refused()))
    }

    /// The same without its `.` parts, as `glob` reads patterns to ignore.
    pub(crate) fn without_dots(mut self) -> Self {
        for parts in &mut self.alternatives {
            parts.retain(|part| part.literal() != Some("."));
        }
        self
    }

    /// Whether one of its alternatives is empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.alternatives.iter().any(Vec::is_empty)
    }

    /// Whether it starts with an odd number of `!`.
    pub(crate) fn is_negated(&self) -> bool {
        self.negated
    }

    /// The expanded patterns, each split at the slashes.
    pub(crate) fn alternatives(&self) -> &[Vec<Part>] {
        &self.alternatives
    }

    /// Whether a path with forward slashes matches.
    pub fn matches(&self, path: &str, options: MatchOptions) -> bool {
        let names: Vec<Name> = split(path).into_iter().map(Name::new).collect();
        let names: Vec<&Name> = names.iter().collect();
        let subject = Subject::exactly(&names);
        self.any(options, |parts, run| subject.matches(parts, run)) != self.negated
    }
}

impl Part {
    /// Its literal text, if nothing in it is special.
    pub(crate) fn literal(&self) -> Option<&str> {
        match self {
            Self::AnyDepth => None,
            Self::Name(segment) => segment.literal(),
        }
    }
}

/// What a path needs to match these parts.
fn required(parts: &[Part]) -> Marks {
    parts
        .iter()
        .fold(Marks::default(), |marks, part| match part {
            Part::AnyDepth => marks,
            Part::Name(segment) => marks.with(segment.marks()),
        })
}

/// Splits at runs of slashes.
fn split(path: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = path;
    while let Some((part, after)) = rest.split_once('/') {
        parts.push(part);
        rest = after.trim_start_matches('/');
    }
    parts.push(rest);
    parts
}

/// The parts of a pattern, with `name/..` and repeated `**` removed.
fn parts(pattern: &str, nocase: bool) -> Vec<Part> {
    let mut texts: Vec<&str> = Vec::new();
    for text in split(pattern) {
        match (text, texts.last().copied()) {
            ("**", Some("**")) => {}
            ("..", Some(last)) if !matches!(last, "" | "." | ".." | "**") => {
                texts.pop();
            }
            _ => texts.push(text),
        }
    }
    if texts.is_empty() {
        texts.push("");
    }
    texts
        .into_iter()
        .map(|text| match text {
            "**" => Part::AnyDepth,
            _ => Part::Name(Segment::new(text, nocase)),
        })
        .collect()
}
