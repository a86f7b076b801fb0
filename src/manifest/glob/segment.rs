//! A pattern for one name between two slashes.

use super::matching::Run;
use super::name::{Marks, Name, initial, upper};
use super::syntax::{self, Element};

/// What is between two slashes, except `**`.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    test: Test,
    nocase: bool,
    is_refused: bool,
}

/// How a name is matched. minimatch has shortcuts for common forms, where a backslash is
/// literal.
#[derive(Clone, Debug)]
enum Test {
    /// Nothing in it is special.
    Literal(Name),
    /// `*`.
    Star,
    /// `*.js`: the end, in lower case if case is ignored.
    Ending(String),
    /// `???.js`: the length of the name, and its end.
    Length(usize, String),
    /// `*.*`.
    Dotted,
    /// `.*`.
    Hidden,
    /// Anything else.
    Pattern(Vec<Element>),
}

impl Segment {
    /// Reads a pattern.
    pub(crate) fn new(text: &str, nocase: bool) -> Self {
        if let Some(test) = shortcut(text, nocase) {
            return Self {
                test,
                nocase,
                is_refused: false,
            };
        }
        let read = syntax::read(text);
        Self {
            test: match literal(text, &read.elements) {
                Some(literal) => Test::Literal(Name::new(&literal)),
                None => Test::Pattern(read.elements),
            },
            nocase,
            is_refused: read.is_refused,
        }
    }

    /// About how much memory it takes, in bytes.
    pub(super) fn size(&self) -> usize {
        let text = match &self.test {
            Test::Literal(name) => name.text().len(),
            Test::Ending(end) | Test::Length(_, end) => end.len(),
            Test::Pattern(elements) => syntax::size(elements),
            Test::Star | Test::Dotted | Test::Hidden => 0,
        };
        size_of::<Self>() + text
    }

    /// Whether minimatch throws on it.
    pub(super) fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// Its literal text, if nothing in it is special.
    pub(crate) fn literal(&self) -> Option<&str> {
        match &self.test {
            Test::Literal(name) => Some(name.text()),
            _ => None,
        }
    }

    /// What every name that matches offers ([`Name::marks`]).
    pub(super) fn marks(&self) -> Marks {
        match &self.test {
            Test::Literal(name) if !matches!(name.text(), "." | "..") => name.marks(),
            Test::Pattern(elements) => match elements.first() {
                Some(Element::Unit(unit)) => Marks {
                    name: 0,
                    initial: initial(&String::from_utf16_lossy(&[*unit])),
                },
                _ => Marks::default(),
            },
            _ => Marks::default(),
        }
    }

    /// Whether the empty name at either end of a path matches.
    pub(super) fn matches_empty(&self, run: &Run) -> bool {
        match &self.test {
            Test::Literal(name) => name.text().is_empty(),
            Test::Pattern(_) => self.matches(&Name::new(""), run),
            Test::Ending(end) => end.is_empty(),
            _ => false,
        }
    }

    /// Whether a name matches; false after too many steps.
    pub(crate) fn matches(&self, name: &Name, run: &Run) -> bool {
        let text = name.text();
        if let Test::Literal(literal) = &self.test {
            return text == literal.text() || (self.nocase && name.equals_folded(literal));
        }
        // `.` and `..` never match.
        if matches!(text, "." | "..") {
            return false;
        }
        let visible = run.options.dot || !text.starts_with('.');
        let ends = |end: &str| {
            if self.nocase {
                name.ends_with_folded(end)
            } else {
                text.ends_with(end)
            }
        };
        match &self.test {
            Test::Literal(_) => false,
            Test::Star => visible && !text.is_empty(),
            Test::Ending(end) => visible && ends(end),
            Test::Length(length, end) => visible && name.len() == *length && ends(end),
            Test::Dotted => visible && text.contains('.'),
            Test::Hidden => text.starts_with('.'),
            Test::Pattern(elements) => {
                let attempt = Attempt {
                    name,
                    nocase: self.nocase,
                    run,
                };
                attempt.sequence(elements, 0, false, &|at| at == name.len())
            }
        }
    }
}

fn shortcut(text: &str, nocase: bool) -> Option<Test> {
    const SPECIAL: [char; 7] = ['+', '@', '!', '?', '*', '[', '('];
    let fold = |end: &str| {
        if nocase {
            end.to_lowercase()
        } else {
            end.to_owned()
        }
    };
    let after_stars = text.trim_start_matches('*');
    if after_stars.len() < text.len() {
        return match after_stars {
            "" => Some(Test::Star),
            end if !end.contains(SPECIAL) => Some(Test::Ending(fold(end))),
            _ => after_stars
                .strip_prefix('.')
                .filter(|rest| rest.trim_start_matches('*').is_empty())
                .map(|_| Test::Dotted),
        };
    }
    let after_marks = text.trim_start_matches('?');
    if after_marks.len() < text.len() && !after_marks.contains(SPECIAL) {
        let length = text.encode_utf16().count();
        return Some(Test::Length(length, fold(after_marks)));
    }
    text.strip_prefix('.')
        .filter(|rest| !rest.is_empty() && rest.trim_start_matches('*').is_empty())
        .map(|_| Test::Hidden)
}

/// The literal text of the elements, if none is special.
fn literal(text: &str, elements: &[Element]) -> Option<String> {
    // `@()` alone is empty, so there is nothing to choose.
    if let [Element::Choice { of, .. }] = elements
        && of.iter().all(Vec::is_empty)
    {
        return Some(text.to_owned());
    }
    let units: Option<Vec<u16>> = elements
        .iter()
        .map(|element| match element {
            Element::Unit(unit) => Some(*unit),
            _ => None,
        })
        .collect();
    units.map(|units| String::from_utf16_lossy(&units))
}

/// One attempt to match a name.
struct Attempt<'a> {
    name: &'a Name,
    nocase: bool,
    run: &'a Run,
}

impl Attempt<'_> {
    /// Whether the elements match from `at` on, and what follows them does. `something`: the
    /// first star may not match the empty text.
    fn sequence(
        &self,
        elements: &[Element],
        at: usize,
        something: bool,
        then: &dyn Fn(usize) -> bool,
    ) -> bool {
        if !self.run.step() {
            return false;
        }
        let Some((first, rest)) = elements.split_first() else {
            return then(at);
        };
        let hidden = at == 0 && !self.run.options.dot && self.name.unit(0) == Some(u16::from(b'.'));
        let next = self.name.unit(at);
        let shown = next.filter(|_| !hidden);
        let from_here = |start: usize| {
            (start..=self.name.len()).any(|end| self.sequence(rest, end, false, then))
        };
        match first {
            Element::Unit(unit) => {
                let same = next == Some(*unit)
                    || (self.nocase && next.is_some_and(|next| upper(next) == upper(*unit)));
                same && self.sequence(rest, at + 1, false, then)
            }
            Element::One => shown.is_some() && self.sequence(rest, at + 1, false, then),
            Element::Class(class) => {
                shown.is_some_and(|unit| class.matches(unit, self.nocase))
                    && self.sequence(rest, at + 1, false, then)
            }
            Element::Never => false,
            Element::Any => !hidden && from_here(at + usize::from(something)),
            Element::Some => !hidden && from_here(at + 1),
            // `!()` alone matches anything but the empty text.
            Element::Not { of, .. } if matches!(of.as_slice(), [only] if only.is_empty()) => {
                !hidden && from_here(at + 1)
            }
            Element::Not {
                of,
                star_is_something,
            } => {
                let follows =
                    |end, is_first| self.sequence(rest, end, *star_is_something && is_first, then);
                !self.any_alternative(of, at, &follows) && !hidden && from_here(at)
            }
            Element::Choice { kind, of } => {
                self.choice(*kind, of, at, &|end| self.sequence(rest, end, false, then))
            }
        }
    }

    /// Whether one of the alternatives of `!(…)` matches, and what follows does;
    /// `follows` gets the end, and whether it is the first alternative.
    fn any_alternative(
        &self,
        of: &[Vec<Element>],
        at: usize,
        follows: &dyn Fn(usize, bool) -> bool,
    ) -> bool {
        of.iter()
            .enumerate()
            .any(|(index, inner)| self.sequence(inner, at, false, &|end| follows(end, index == 0)))
    }

    fn choice(
        &self,
        kind: u8,
        of: &[Vec<Element>],
        at: usize,
        then: &dyn Fn(usize) -> bool,
    ) -> bool {
        let none = matches!(kind, b'*' | b'?');
        let more = matches!(kind, b'*' | b'+');
        let one = || {
            of.iter().any(|inner| {
                self.sequence(inner, at, false, &|end| {
                    then(end) || (more && end > at && self.choice(b'+', of, end, then))
                })
            })
        };
        one() || (none && then(at))
    }
}
