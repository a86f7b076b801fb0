//! Globs as npm's `minimatch` and `glob` read them: `*`, `?`, classes, braces,
//! extended globs, `**`; a leading dot matches only where it is written.
//! Case counts, also where npm ignores it (macOS and Windows).

mod braces;
mod segment;
#[cfg(test)]
mod tests;
mod walk;

use segment::Segment;
pub(crate) use walk::folders;

/// A pattern, its braces expanded.
#[derive(Clone, Debug)]
pub struct Glob {
    alternatives: Vec<Vec<Part>>,
    negated: bool,
}

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
        let alternatives = braces::expand(pattern)
            .iter()
            .map(|pattern| parts(pattern))
            .collect();
        Self {
            alternatives,
            negated: false,
        }
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
        let hit = self
            .alternatives
            .iter()
            .any(|pattern| match_parts(&file, pattern, how));
        hit != self.negated
    }
}

/// Splits at runs of slashes.
fn split(path: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = Vec::new();
    for (index, part) in path.split('/').enumerate() {
        let last = index > 0 && index == path.matches('/').count();
        if !part.is_empty() || index == 0 || last {
            parts.push(part);
        }
    }
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

impl Part {
    fn matches(&self, name: &str, dot: bool) -> bool {
        match self {
            Self::AnyDepth => dot || !name.starts_with('.'),
            Self::Literal(text) => text == name,
            Self::Pattern(segment) => segment.matches(name, dot),
        }
    }
}

fn match_parts(file: &[&str], pattern: &[Part], how: How) -> bool {
    match (file, pattern) {
        // `a/b/` matches `a/*`.
        ([] | [""], []) => true,
        ([], _) => how.partial,
        (_, []) => false,
        (_, [Part::AnyDepth, rest @ ..]) => match_any_depth(file, rest, how),
        ([name, file @ ..], [part, rest @ ..]) => {
            part.matches(name, how.dot) && match_parts(file, rest, how)
        }
    }
}

/// `**` and what follows it: skips names one by one.
fn match_any_depth(file: &[&str], rest: &[Part], how: How) -> bool {
    let passable =
        |name: &&str| *name != "." && *name != ".." && (how.dot || !name.starts_with('.'));
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
        if how.partial && skipped + needed > file.len() {
            return true;
        }
        if match_parts(&file[skipped..], rest, how) {
            return true;
        }
        if file.get(skipped).is_some_and(|name| !passable(name)) {
            return false;
        }
    }
    how.partial
}
