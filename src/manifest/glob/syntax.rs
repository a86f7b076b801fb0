//! How `minimatch` parses a pattern for one name: text, and `@(a|b)` and similar
//! ones.

use super::class;
use crate::manifest::js;

/// What a pattern is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Element {
    /// One UTF-16 unit, matched literally.
    Unit(u16),
    /// `?`.
    One,
    /// `*`.
    Any,
    /// `*` that must match at least one unit.
    Some,
    /// `[a-z]`.
    Class(class::Class),
    /// A class that can match nothing, and so neither can the whole pattern.
    Never,
    /// `@(a|b)`, `?(a|b)`, `*(a|b)`, `+(a|b)`.
    Choice { kind: u8, of: Vec<Vec<Element>> },
    /// `!(a|b)`.
    Not {
        of: Vec<Vec<Element>>,
        /// A star right after it must match something when the first alternative is tried: so
        /// `!(a)*` matches `a`, but not `ab`.
        star_is_something: bool,
    },
}

/// About how much memory elements take, in bytes.
pub(super) fn size(elements: &[Element]) -> usize {
    let of_choices = |of: &[Vec<Element>]| of.iter().map(|one| size(one)).sum();
    let within = |element: &Element| match element {
        Element::Choice { of, .. } | Element::Not { of, .. } => of_choices(of),
        Element::Class(class) => class.size(),
        _ => 0,
    };
    size_of_val(elements) + elements.iter().map(within).sum::<usize>()
}

/// Choices nested more deeply are read as text.
const MAX_DEPTH: usize = 2;

#[derive(Debug)]
enum Node {
    Text(Vec<u16>),
    Choice { kind: u8, of: Vec<Vec<Node>> },
}

/// A pattern that was read.
pub(super) struct Syntax {
    pub(super) elements: Vec<Element>,
    /// minimatch makes an invalid regular expression of it, and throws.
    pub(super) is_refused: bool,
}

/// Reads a whole pattern.
pub(super) fn read(text: &str) -> Syntax {
    let units: Vec<u16> = text.encode_utf16().collect();
    let reader = Reader { units: &units };
    let mut compiler = Compiler::default();
    let edges = Edges {
        start: true,
        end: true,
    };
    Syntax {
        elements: compiler.row(&reader.sequence(), edges),
        is_refused: compiler.is_unicode && compiler.escapes_plain_units,
    }
}

struct Reader<'a> {
    units: &'a [u16],
}

/// Whether the reader follows a backslash or is inside brackets.
#[derive(Default)]
struct Context {
    escaped: bool,
    /// Where the open bracket's content starts, and whether it is negated.
    class: Option<(usize, bool)>,
}

impl Context {
    /// Takes one unit; `true` if it is literal.
    fn covers(&mut self, unit: u16, after: usize) -> bool {
        if self.escaped || unit == u16::from(b'\\') {
            self.escaped = !self.escaped;
            return true;
        }
        if let Some((start, negated)) = &mut self.class {
            if after == *start + 1 {
                *negated |= unit == u16::from(b'^') || unit == u16::from(b'!');
            } else if unit == u16::from(b']') && !(after == *start + 2 && *negated) {
                self.class = None;
            }
            return true;
        }
        if unit == u16::from(b'[') {
            self.class = Some((after, false));
            return true;
        }
        false
    }
}

impl Reader<'_> {
    fn kind_at(&self, at: usize) -> Option<u8> {
        let kind = u8::try_from(self.units[at]).ok()?;
        let opens = self.units.get(at + 1) == Some(&u16::from(b'('));
        (opens && b"!?+*@".contains(&kind)).then_some(kind)
    }

    fn sequence(&self) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut text = Vec::new();
        let mut context = Context::default();
        let mut at = 0;
        while at < self.units.len() {
            let unit = self.units[at];
            if !context.covers(unit, at + 1)
                && let Some(kind) = self.kind_at(at)
            {
                push(&mut nodes, &mut text);
                let (node, end) = self.choice(kind, at + 1, 1);
                nodes.push(node);
                at = end;
                continue;
            }
            text.push(unit);
            at += 1;
        }
        push(&mut nodes, &mut text);
        nodes
    }

    /// A choice whose `(` is at `open`. One that is never closed is text.
    fn choice(&self, kind: u8, open: usize, depth: usize) -> (Node, usize) {
        let (mut of, mut nodes, mut text) = (Vec::new(), Vec::new(), Vec::new());
        let mut context = Context::default();
        let mut at = open + 1;
        while at < self.units.len() {
            let unit = self.units[at];
            if context.covers(unit, at + 1) {
                text.push(unit);
                at += 1;
                continue;
            }
            if let Some(inner) = self.kind_at(at)
                && (depth <= MAX_DEPTH || adopts(kind, inner))
            {
                push(&mut nodes, &mut text);
                let deeper = usize::from(!adopts(kind, inner));
                let (node, end) = self.choice(inner, at + 1, depth + deeper);
                nodes.push(node);
                at = end;
                continue;
            }
            at += 1;
            if unit == u16::from(b'|') || unit == u16::from(b')') {
                push(&mut nodes, &mut text);
                of.push(std::mem::take(&mut nodes));
                if unit == u16::from(b')') {
                    return (Node::Choice { kind, of }, at);
                }
                continue;
            }
            text.push(unit);
        }
        (
            Node::Text(self.units[open - 1..].to_vec()),
            self.units.len(),
        )
    }
}

/// Whether a choice merges the alternatives of an inner one into its own.
fn adopts(outer: u8, inner: u8) -> bool {
    matches!(inner, b'?' | b'@') || (matches!(outer, b'*' | b'+') && matches!(inner, b'*' | b'+'))
}

fn push(nodes: &mut Vec<Node>, text: &mut Vec<u16>) {
    if !text.is_empty() {
        nodes.push(Node::Text(std::mem::take(text)));
    }
}

/// Whether a sequence of nodes starts and ends the name.
#[derive(Clone, Copy)]
struct Edges {
    start: bool,
    end: bool,
}

/// Turns what was read into elements.
#[derive(Default)]
struct Compiler {
    /// A class such as `[[:alpha:]]` gives minimatch's regular expression the `u` flag.
    is_unicode: bool,
    /// minimatch writes a backslash before a unit that has no meaning in a regular
    /// expression; with the `u` flag that is an error.
    escapes_plain_units: bool,
}

impl Compiler {
    fn row(&mut self, nodes: &[Node], edges: Edges) -> Vec<Element> {
        let plain = nodes.iter().all(|node| matches!(node, Node::Text(_)));
        let whole = edges.start && edges.end && plain;
        let mut out = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            match node {
                Node::Text(units) => self.text(units, whole && is_stars(units), &mut out),
                Node::Choice { kind, of } => {
                    let before = nodes[..index]
                        .iter()
                        .all(|node| matches!(node, Node::Choice { kind: b'!', .. }));
                    let inner = Edges {
                        start: edges.start && before,
                        end: edges.end && index + 1 == nodes.len(),
                    };
                    out.push(self.choice(*kind, of, inner, &nodes[index + 1..]));
                }
            }
        }
        out
    }

    fn choice(&mut self, kind: u8, of: &[Vec<Node>], edges: Edges, rest: &[Node]) -> Element {
        let alternatives = of.iter().enumerate().map(|(index, nodes)| {
            let edges = Edges {
                start: edges.start && index == 0,
                end: edges.end || kind == b'!',
            };
            self.row(nodes, edges)
        });
        let alternatives: Vec<Vec<Element>> = alternatives.collect();
        if kind == b'!' {
            let plain = |nodes: &Vec<Node>| nodes.iter().all(|node| matches!(node, Node::Text(_)));
            return Element::Not {
                star_is_something: edges.start
                    && matches!(rest, [Node::Text(units)] if is_stars(units))
                    && of.first().is_none_or(plain),
                of: alternatives,
            };
        }
        // A choice that is the whole name must match something.
        let alone = edges.start && edges.end;
        Element::Choice {
            kind,
            of: alternatives
                .into_iter()
                .filter(|it| !alone || !it.is_empty())
                .collect(),
        }
    }

    /// Reads text outside of choices.
    fn text(&mut self, units: &[u16], stars_alone: bool, out: &mut Vec<Element>) {
        let mut at = 0;
        let mut in_star = false;
        while let Some(&unit) = units.get(at) {
            at += 1;
            let ascii = u8::try_from(unit).unwrap_or_default();
            if ascii == b'*' {
                if !in_star {
                    out.push(if stars_alone {
                        Element::Some
                    } else {
                        Element::Any
                    });
                }
                in_star = true;
                continue;
            }
            in_star = false;
            match ascii {
                b'\\' if at < units.len() => {
                    self.escapes_plain_units |= units[at] == u16::from(b'!');
                    out.push(Element::Unit(units[at]));
                    at += 1;
                }
                b'?' => out.push(Element::One),
                b'[' => match class::read(units, at) {
                    Some((found, end)) => {
                        out.push(self.class(found));
                        at = end;
                    }
                    None => out.push(Element::Unit(unit)),
                },
                _ => out.push(self.unit(unit)),
            }
        }
    }

    fn class(&mut self, found: class::Found) -> Element {
        match found {
            class::Found::Never => Element::Never,
            class::Found::Unit(unit) => self.unit(unit),
            class::Found::Class(class) => {
                self.is_unicode |= class.is_unicode();
                Element::Class(class)
            }
        }
    }

    fn unit(&mut self, unit: u16) -> Element {
        let plain = char::from_u32(u32::from(unit));
        self.escapes_plain_units |= plain.is_some_and(|c| "-,#".contains(c) || js::is_space(c));
        Element::Unit(unit)
    }
}

fn is_stars(units: &[u16]) -> bool {
    units.iter().all(|&unit| unit == u16::from(b'*'))
}
