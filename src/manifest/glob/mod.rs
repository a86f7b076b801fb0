//! Globs as npm's `minimatch` and `glob` read them: `*`, `?`, classes, braces,
//! extended globs, `**`; a leading dot matches only where it is written.
//! Case counts, also where npm ignores it (macOS and Windows).

mod braces;
mod segment;
#[cfg(test)]
mod tests;
mod walk;

use std::cell::Cell;

use segment::Segment;
pub(crate) use walk::folders;

/// A pattern, its braces expanded.
#[derive(Clone, Debug)]
pub struct Glob {
    alternatives: Vec<Vec<Part>>,
    negated: bool,
    gave_up: Cell<bool>,
}

/// Longer patterns are a TypeError of minimatch's.
const MAX_LENGTH: usize = 1 << 16;
/// How many steps it may take to hold a path against a pattern. A sane pattern
/// takes some dozens.
const MAX_STEPS: u32 = 200_000;

/// What stands between two slashes.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// `**`.
    AnyDepth,
    /// Text without anything special.
    Literal(String),
    /// A pattern for one name.
    Pattern(Segment),
}

/// How a path is held against a pattern.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    /// A path that may grow into a match is one.
    pub partial: bool,
    /// A leading dot is a character like any other.
    pub dot: bool,
}

impl Glob {
    /// `new Minimatch(pattern)`: a leading `!` negates, and a pattern that
    /// begins with `#` matches nothing.
    pub fn new(pattern: &str) -> Self {
        if pattern.starts_with('#') {
            return Self {
                alternatives: Vec::new(),
                negated: false,
                gave_up: Cell::new(false),
            };
        }
        let bare = pattern.trim_start_matches('!');
        Self {
            negated: (pattern.len() - bare.len()) % 2 == 1,
            ..Self::plain(bare)
        }
    }

    /// The same without meaning for `!` and `#`, as `glob` reads it.
    pub fn plain(pattern: &str) -> Self {
        if pattern.len() > MAX_LENGTH {
            return Self {
                alternatives: Vec::new(),
                negated: false,
                gave_up: Cell::new(true),
            };
        }
        let expansion = braces::expand(pattern);
        let patterns = expansion.patterns.iter();
        Self {
            alternatives: patterns.map(|pattern| parts(pattern)).collect(),
            negated: false,
            gave_up: Cell::new(expansion.gave_up),
        }
    }

    /// How many patterns its braces stand for.
    pub(crate) fn alternatives(&self) -> usize {
        self.alternatives.len()
    }

    /// Whether the pattern is too long, stands for too many others, or a path took
    /// too many steps so far: what it matches is not certain then.
    pub fn gave_up(&self) -> bool {
        self.gave_up.get()
    }

    /// The same without its `.` parts, as `glob` reads what it shall ignore.
    pub(crate) fn without_dots(mut self) -> Self {
        for parts in &mut self.alternatives {
            parts.retain(|part| !matches!(part, Part::Literal(text) if text == "."));
        }
        self
    }

    /// Whether nothing is left in one of its alternatives.
    pub(crate) fn is_empty(&self) -> bool {
        self.alternatives.iter().any(Vec::is_empty)
    }

    /// Whether a path with forward slashes matches.
    pub fn matches(&self, path: &str, how: How) -> bool {
        let file = split(path);
        let run = Run {
            how,
            steps: Cell::new(0),
        };
        let hit = self
            .alternatives
            .iter()
            .any(|pattern| run.parts(&file, pattern));
        if run.is_over() {
            self.gave_up.set(true);
        }
        hit != self.negated
    }
}

/// Splits at runs of slashes.
fn split(path: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = path.split('/').collect();
    let last = parts.len() - 1;
    let mut at = 0;
    parts.retain(|part| {
        at += 1;
        !part.is_empty() || at == 1 || at == last + 1
    });
    parts
}

fn parts(pattern: &str) -> Vec<Part> {
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
            _ => match Segment::new(text) {
                Ok(segment) => Part::Pattern(segment),
                Err(literal) => Part::Literal(literal),
            },
        })
        .collect()
}

/// One attempt to hold a path against a pattern.
struct Run {
    how: How,
    steps: Cell<u32>,
}

impl Run {
    fn is_over(&self) -> bool {
        self.steps.get() > MAX_STEPS
    }

    fn part(&self, part: &Part, name: &str) -> bool {
        match part {
            Part::AnyDepth => self.how.dot || !name.starts_with('.'),
            Part::Literal(text) => text == name,
            Part::Pattern(segment) => segment.matches(name, self.how.dot, &self.steps),
        }
    }

    fn parts(&self, file: &[&str], pattern: &[Part]) -> bool {
        self.steps.set(self.steps.get() + 1);
        if self.is_over() {
            return false;
        }
        match (file, pattern) {
            // `a/b/` matches `a/*`.
            ([] | [""], []) => true,
            ([], _) => self.how.partial,
            (_, []) => false,
            (_, [Part::AnyDepth, rest @ ..]) => self.any_depth(file, rest),
            ([name, file @ ..], [part, rest @ ..]) => {
                self.part(part, name) && self.parts(file, rest)
            }
        }
    }

    /// `**` and what follows it: skips names one by one.
    fn any_depth(&self, file: &[&str], rest: &[Part]) -> bool {
        let passable =
            |name: &&str| *name != "." && *name != ".." && (self.how.dot || !name.starts_with('.'));
        if rest.is_empty() {
            // `a/**` does not match `a`, but does match `a/`.
            return file.iter().all(passable);
        }
        let needed = rest
            .iter()
            .filter(|part| !matches!(part, Part::AnyDepth))
            .count();
        for skipped in 0..=file.len() {
            // Too little is left for the rest: what is left is not even looked at.
            if self.how.partial && skipped + needed > file.len() {
                return true;
            }
            if self.parts(&file[skipped..], rest) {
                return true;
            }
            if file.get(skipped).is_some_and(|name| !passable(name)) {
                return false;
            }
        }
        self.how.partial
    }
}
