//! A pattern for one name between two slashes.

use std::cell::Cell;

use super::MAX_STEPS;

/// A pattern with something special in it.
#[derive(Clone, Debug)]
pub(crate) struct Segment(Vec<Element>);

#[derive(Clone, Debug, PartialEq)]
enum Element {
    /// One character, itself.
    Literal(char),
    /// `?`.
    One,
    /// `*`.
    Any,
    /// `[a-z]`.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    /// `@(a|b)` and its kin.
    Choice { kind: char, of: Vec<Vec<Element>> },
}

impl Segment {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The text it stands for, where nothing in it is special.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let chars: Vec<char> = text.chars().collect();
        let (elements, _) = read(&chars, 0, false, 0);
        // `@()` alone holds nothing, and so is no choice.
        if let [Element::Choice { kind, of }] = elements.as_slice()
            && *kind != '!'
            && of.iter().all(Vec::is_empty)
        {
            return Err(text.to_owned());
        }
        let literal: Option<String> = elements
            .iter()
            .map(|element| match element {
                Element::Literal(c) => Some(*c),
                _ => None,
            })
            .collect();
        match literal {
            Some(literal) => Err(literal),
            None => Ok(Self(elements)),
        }
    }

    /// Whether a name matches; `dot` makes a leading dot an ordinary character.
    /// Counts its steps; after [`MAX_STEPS`] it says no.
    pub(crate) fn matches(&self, name: &str, dot: bool, steps: &Cell<u32>) -> bool {
        // A star that is alone stands for something; `.` and `..` are no names.
        if matches!(name, "." | "..") || (name.is_empty() && self.0 == [Element::Any]) {
            return false;
        }
        let name: Vec<char> = name.chars().collect();
        let run = Run {
            name: &name,
            dot,
            star_is_something: matches!(
                self.0.as_slice(),
                [Element::Choice { kind: '!', .. }, Element::Any]
            ),
            steps,
        };
        run.sequence(&self.0, 0, &|at| at == name.len())
    }
}

/// Reads elements up to the end, or up to `|` or `)` inside a choice.
fn read(chars: &[char], mut at: usize, inside: bool, depth: usize) -> (Vec<Element>, usize) {
    let mut out = Vec::new();
    while let Some(&c) = chars.get(at) {
        if inside && (c == '|' || c == ')') {
            break;
        }
        if "!?+*@".contains(c)
            && chars.get(at + 1) == Some(&'(')
            && depth < 3
            && let Some((of, end)) = choices(chars, at + 2, depth + 1)
        {
            out.push(Element::Choice { kind: c, of });
            at = end;
            continue;
        }
        at += 1;
        match c {
            '\\' if at < chars.len() => {
                out.push(Element::Literal(chars[at]));
                at += 1;
            }
            '?' => out.push(Element::One),
            '*' => {
                if out.last() != Some(&Element::Any) {
                    out.push(Element::Any);
                }
            }
            '[' => match class(chars, at) {
                Some((element, end)) => {
                    out.push(element);
                    at = end;
                }
                None => out.push(Element::Literal('[')),
            },
            _ => out.push(Element::Literal(c)),
        }
    }
    (out, at)
}

/// The alternatives of a choice from after its `(`; `None` where it never ends.
fn choices(chars: &[char], mut at: usize, depth: usize) -> Option<(Vec<Vec<Element>>, usize)> {
    let mut of = Vec::new();
    loop {
        let (elements, end) = read(chars, at, true, depth);
        of.push(elements);
        match chars.get(end)? {
            '|' => at = end + 1,
            _ => return Some((of, end + 1)),
        }
    }
}

/// A class from after its `[`; `None` where it never ends.
fn class(chars: &[char], mut at: usize) -> Option<(Element, usize)> {
    let negated = matches!(chars.get(at)?, '!' | '^');
    at += usize::from(negated);
    let mut ranges = Vec::new();
    let mut first = true;
    loop {
        let mut c = *chars.get(at)?;
        if c == ']' && !first {
            break;
        }
        first = false;
        if c == '['
            && let Some((named, end)) = named_class(chars, at)
        {
            ranges.extend(named);
            at = end;
            continue;
        }
        if c == '\\' {
            at += 1;
            c = *chars.get(at)?;
        }
        at += 1;
        if chars.get(at) == Some(&'-') && chars.get(at + 1).is_some_and(|&end| end != ']') {
            at += 1 + usize::from(chars[at + 1] == '\\');
            let end = *chars.get(at)?;
            at += 1;
            if c <= end {
                ranges.push((c, end));
            }
            continue;
        }
        ranges.push((c, c));
    }
    let element = match ranges.as_slice() {
        [(low, high)] if low == high && !negated => Element::Literal(*low),
        _ => Element::Class { negated, ranges },
    };
    Some((element, at + 1))
}

/// `[:alpha:]`, as far as it goes in ASCII.
fn named_class(chars: &[char], at: usize) -> Option<(Vec<(char, char)>, usize)> {
    let text: String = chars[at..].iter().take(12).collect();
    let (name, _) = text.strip_prefix("[:")?.split_once(":]")?;
    let ranges: &[(char, char)] = match name {
        "alnum" => &[('a', 'z'), ('A', 'Z'), ('0', '9')],
        "alpha" => &[('a', 'z'), ('A', 'Z')],
        "digit" => &[('0', '9')],
        "lower" => &[('a', 'z')],
        "upper" => &[('A', 'Z')],
        "word" => &[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
        "xdigit" => &[('a', 'f'), ('A', 'F'), ('0', '9')],
        "space" => &[(' ', ' '), ('\t', '\r')],
        "punct" => &[
            ('!', '#'),
            ('%', '*'),
            (',', '/'),
            (':', ';'),
            ('?', '@'),
            ('[', ']'),
            ('_', '_'),
            ('{', '{'),
            ('}', '}'),
        ],
        _ => return None,
    };
    Some((ranges.to_vec(), at + name.len() + 4))
}

/// One attempt to match a name.
struct Run<'a> {
    name: &'a [char],
    dot: bool,
    /// minimatch's reading of `!(a)*`: `a` with something after it is out, and
    /// `a` itself is in.
    star_is_something: bool,
    steps: &'a Cell<u32>,
}

impl Run<'_> {
    /// Whether the elements match from `at` on, and what follows them does.
    fn sequence(&self, elements: &[Element], at: usize, then: &dyn Fn(usize) -> bool) -> bool {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MAX_STEPS {
            return false;
        }
        let Some((first, rest)) = elements.split_first() else {
            return then(at);
        };
        let hidden = at == 0 && !self.dot && self.name.first() == Some(&'.');
        let next = self.name.get(at);
        match first {
            Element::Literal(c) => next == Some(c) && self.sequence(rest, at + 1, then),
            Element::One => next.is_some() && !hidden && self.sequence(rest, at + 1, then),
            Element::Class { negated, ranges } => {
                next.is_some_and(|c| {
                    let inside = ranges.iter().any(|(low, high)| (low..=high).contains(&c));
                    inside != *negated
                }) && !hidden
                    && self.sequence(rest, at + 1, then)
            }
            Element::Any => {
                !hidden && (at..=self.name.len()).any(|end| self.sequence(rest, end, then))
            }
            Element::Choice { kind: '!', of } => {
                let more = usize::from(self.star_is_something);
                let alone = of.iter().any(|inner| {
                    self.sequence(inner, at, &|end| {
                        end + more <= self.name.len() && self.sequence(rest, end, then)
                    })
                });
                // `!()` alone is anything but nothing.
                let start = at + usize::from(of.iter().all(Vec::is_empty));
                !alone
                    && !hidden
                    && (start..=self.name.len()).any(|end| self.sequence(rest, end, then))
            }
            Element::Choice { kind, of } => {
                self.choice(*kind, of, at, &|end| self.sequence(rest, end, then))
            }
        }
    }

    fn choice(
        &self,
        kind: char,
        of: &[Vec<Element>],
        at: usize,
        then: &dyn Fn(usize) -> bool,
    ) -> bool {
        let none = matches!(kind, '*' | '?');
        let more = matches!(kind, '*' | '+');
        let one = || {
            of.iter().any(|inner| {
                self.sequence(inner, at, &|end| {
                    then(end) || (more && end > at && self.choice('+', of, end, then))
                })
            })
        };
        one() || (none && then(at))
    }
}
