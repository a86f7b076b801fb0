//! Matches a path against the parts of a pattern: minimatch's `matchOne`.

use std::cell::Cell;

use super::{MatchOptions, Name, Part};

/// How deeply `**` may nest in one match, as in minimatch.
const MAX_GLOBSTARS: usize = 200;

/// How many steps one match may take. A sensible pattern takes some dozens.
const MAX_STEPS: u32 = 200_000;

/// One attempt to match a path.
#[derive(Debug)]
pub(crate) struct Run {
    pub(super) options: MatchOptions,
    steps: Cell<u32>,
}

impl Run {
    pub(crate) fn new(options: MatchOptions) -> Self {
        Self {
            options,
            steps: Cell::new(0),
        }
    }

    /// Whether a path that can be extended to a match counts as one.
    pub(crate) fn is_partial(&self) -> bool {
        self.options.partial
    }

    /// Counts a step; `false` after too many.
    pub(super) fn step(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        !self.is_over()
    }

    /// Whether it took too many steps, so that the answer is uncertain.
    pub(crate) fn is_over(&self) -> bool {
        self.steps.get() > MAX_STEPS
    }
}

/// A path as minimatch splits it: an empty name precedes a leading slash and follows a trailing
/// one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// The path starts with a slash.
    pub(crate) leading: bool,
    pub(crate) names: &'a [&'a Name],
    /// The path ends with a slash.
    pub(crate) trailing: bool,
}

impl<'a> Subject<'a> {
    /// Exactly these names, empty ones included, without slashes around them.
    pub(crate) fn exactly(names: &'a [&'a Name]) -> Self {
        Self {
            leading: false,
            names,
            trailing: false,
        }
    }

    fn len(&self) -> usize {
        usize::from(self.leading) + self.names.len() + usize::from(self.trailing)
    }

    /// The name at an index; `None` for the empty one at either end.
    fn get(&self, at: usize) -> Option<&'a Name> {
        let at = at.checked_sub(usize::from(self.leading))?;
        self.names.get(at).copied()
    }

    /// Whether the whole path matches; with [`MatchOptions::partial`], whether it can be
    /// extended to a match.
    pub(crate) fn matches(&self, parts: &[Part], run: &Run) -> bool {
        let is_globstar = |part: &Part| matches!(part, Part::AnyDepth);
        match parts.iter().position(is_globstar) {
            None => self.straight(parts, 0, self.len(), run),
            Some(first) => self.with_globstars(parts, first, run),
        }
    }

    /// Compares parts without `**` with the names from `from` to `end`.
    fn straight(&self, parts: &[Part], from: usize, end: usize, run: &Run) -> bool {
        let given = end.saturating_sub(from);
        for (index, part) in parts.iter().take(given).enumerate() {
            if !part.accepts(self.get(from + index), run) {
                return false;
            }
        }
        if given < parts.len() {
            return run.options.partial;
        }
        // `a/*` matches `a/b/`.
        given == parts.len() || (given == parts.len() + 1 && self.is_empty_at(end - 1))
    }

    fn is_empty_at(&self, at: usize) -> bool {
        self.get(at).is_none_or(|name| name.text().is_empty())
    }

    /// Whether `**` may skip the name at an index.
    fn is_passable(&self, at: usize, dot: bool) -> bool {
        self.get(at).is_none_or(|name| {
            let text = name.text();
            text != "." && text != ".." && (dot || !text.starts_with('.'))
        })
    }

    fn with_globstars(&self, parts: &[Part], first: usize, run: &Run) -> bool {
        let last = if run.options.partial {
            parts.len()
        } else {
            let is_globstar = |part: &Part| matches!(part, Part::AnyDepth);
            parts.iter().rposition(is_globstar).unwrap_or(first)
        };
        let head = &parts[..first];
        let body = parts.get(first + 1..last).unwrap_or_default();
        let tail = parts.get(last + 1..).unwrap_or_default();
        if !head.is_empty() && !self.straight(head, 0, head.len().min(self.len()), run) {
            return false;
        }
        let from = head.len();
        let Some(matched) = self.tail(tail, from, run) else {
            return false;
        };
        if body.is_empty() {
            let passable = (from..self.len().saturating_sub(matched))
                .all(|at| self.is_passable(at, run.options.dot));
            let some = matched > 0 || from + matched < self.len();
            return passable && (run.options.partial || some);
        }
        let sections = sections(body, self.len().saturating_sub(matched));
        let walk = Walk {
            subject: self,
            sections: &sections,
            run,
        };
        walk.from(from, 0, matched > 0) == Some(true)
    }

    /// How many names at the end the tail takes; `None` if it does not match.
    fn tail(&self, tail: &[Part], from: usize, run: &Run) -> Option<usize> {
        if tail.is_empty() {
            return Some(0);
        }
        let length = self.len();
        if tail.len() + from > length {
            return None;
        }
        let start = length - tail.len();
        if self.straight(tail, start, length, run) {
            return Some(tail.len());
        }
        // `a/**/*` matches `a/b/`.
        let spare = self.is_empty_at(length - 1) && from + tail.len() != length;
        (spare && self.straight(tail, start - 1, length, run)).then_some(tail.len() + 1)
    }
}

impl Part {
    fn accepts(&self, name: Option<&Name>, run: &Run) -> bool {
        match (self, name) {
            (Self::AnyDepth, _) => false,
            (Self::Name(segment), Some(name)) => segment.matches(name, run),
            (Self::Name(segment), None) => segment.matches_empty(run),
        }
    }
}

/// What is between two `**`.
struct Section<'a> {
    parts: &'a [Part],
    /// The last index where it can start.
    latest: Option<usize>,
}

fn sections(body: &[Part], end: usize) -> Vec<Section<'_>> {
    let parts: Vec<&[Part]> = body.split(|part| matches!(part, Part::AnyDepth)).collect();
    // minimatch counts the parts before the mirrored section instead of those after this one,
    // so it gives up early if the two differ.
    let before = |index: usize| parts[..index].iter().map(|it| it.len()).sum::<usize>();
    let sections = parts.iter().enumerate().map(|(index, own)| Section {
        parts: own,
        latest: end.checked_sub(before(parts.len() - 1 - index) + own.len()),
    });
    sections.collect()
}

struct Walk<'a> {
    subject: &'a Subject<'a>,
    sections: &'a [Section<'a>],
    run: &'a Run,
}

impl Walk<'_> {
    /// Whether the sections from `index` on match from `at` on. `None`: they do not, and no
    /// other start would help.
    fn from(&self, at: usize, index: usize, saw_tail: bool) -> Option<bool> {
        let Some(section) = self.sections.get(index) else {
            let mut rest = at..self.subject.len();
            let some = saw_tail || !rest.is_empty();
            return Some(rest.all(|at| self.subject.is_passable(at, self.run.options.dot)) && some);
        };
        let mut at = at;
        while section.latest.is_some_and(|latest| at <= latest) {
            if !self.run.step() {
                return None;
            }
            let end = (at + section.parts.len()).min(self.subject.len());
            if self.subject.straight(section.parts, at, end, self.run) && index < MAX_GLOBSTARS {
                let rest = self.from(at + section.parts.len(), index + 1, saw_tail);
                if rest != Some(false) {
                    return rest;
                }
            }
            if !self.subject.is_passable(at, self.run.options.dot) {
                return Some(false);
            }
            at += 1;
        }
        self.run.options.partial.then_some(true)
    }
}
