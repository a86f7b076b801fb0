//! `[a-z]`, `[!a]` and `[[:alpha:]]`.

use super::name::upper;

/// A set of characters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Class {
    negated: bool,
    ranges: Vec<(u16, u16)>,
    named: Vec<PosixClass>,
    /// Named sets whose complement is meant.
    excluded: Vec<PosixClass>,
}

impl Class {
    /// How much memory its sets take, in bytes.
    pub(super) fn size(&self) -> usize {
        size_of_val(self.ranges.as_slice())
            + size_of_val(self.named.as_slice())
            + size_of_val(self.excluded.as_slice())
    }
}

/// A named set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PosixClass {
    Alnum,
    Alpha,
    Blank,
    Control,
    Digit,
    /// Separators and controls: `[:graph:]` is their complement.
    Unseen,
    Lower,
    Punct,
    Space,
    Upper,
    Word,
}

/// What a class is reduced to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    /// It can match nothing, and so neither can the whole pattern.
    Never,
    /// It is one UTF-16 unit.
    Unit(u16),
    /// It is a set.
    Class(Class),
}

/// Reads a class from after its `[`; `None` if it is not closed.
pub(super) fn read(units: &[u16], start: usize) -> Option<(Found, usize)> {
    let is = |at: usize, byte: u8| units.get(at) == Some(&u16::from(byte));
    let mut class = Class {
        negated: is(start, b'!') || is(start, b'^'),
        ranges: Vec::new(),
        named: Vec::new(),
        excluded: Vec::new(),
    };
    let mut at = start + usize::from(class.negated);
    let first = at;
    let mut low: Option<u16> = None;
    loop {
        let mut unit = *units.get(at)?;
        if unit == u16::from(b']') && at > first {
            break;
        }
        if unit == u16::from(b'\\') {
            at += 1;
            unit = *units.get(at)?;
        } else if unit == u16::from(b'[')
            && let Some(end) = class.add_named(units, at)
        {
            if low.is_some() {
                return Some((Found::Never, units.len()));
            }
            at = end;
            continue;
        }
        at += 1;
        if let Some(low) = low.take() {
            if low <= unit {
                class.ranges.push((low, unit));
            }
        } else if is(at, b'-') && is(at + 1, b']') {
            class.ranges.push((unit, unit));
            class.ranges.push((u16::from(b'-'), u16::from(b'-')));
            at += 1;
        } else if is(at, b'-') {
            low = Some(unit);
            at += 1;
        } else {
            class.ranges.push((unit, unit));
        }
    }
    Some(match class.simplified() {
        Found::Never => (Found::Never, units.len()),
        found => (found, at + 1),
    })
}

impl Class {
    fn simplified(self) -> Found {
        let has_no_names = self.named.is_empty() && self.excluded.is_empty();
        match self.ranges.as_slice() {
            [] if has_no_names => Found::Never,
            [(low, high)] if has_no_names && low == high && !self.negated => Found::Unit(*low),
            _ => Found::Class(self),
        }
    }

    /// Adds `[:alpha:]` and the like; returns where it ends.
    fn add_named(&mut self, units: &[u16], at: usize) -> Option<usize> {
        let text = String::from_utf16_lossy(&units[at..units.len().min(at + 12)]);
        let (name, _) = text.strip_prefix("[:")?.split_once(":]")?;
        let ascii = |low: u8, high: u8| (u16::from(low), u16::from(high));
        match name {
            "ascii" => self.ranges.push(ascii(0, 0x7f)),
            "xdigit" => {
                self.ranges
                    .extend([ascii(b'A', b'F'), ascii(b'a', b'f'), ascii(b'0', b'9')]);
            }
            "graph" => self.excluded.push(PosixClass::Unseen),
            _ => self.named.push(match name {
                "alnum" => PosixClass::Alnum,
                "alpha" => PosixClass::Alpha,
                "blank" => PosixClass::Blank,
                // In minimatch both are the same set.
                "cntrl" | "print" => PosixClass::Control,
                "digit" => PosixClass::Digit,
                "lower" => PosixClass::Lower,
                "punct" => PosixClass::Punct,
                "space" => PosixClass::Space,
                "upper" => PosixClass::Upper,
                "word" => PosixClass::Word,
                _ => return None,
            }),
        }
        Some(at + name.len() + 4)
    }

    /// Whether it holds a named set that a regular expression knows with the `u` flag only.
    pub(super) fn is_unicode(&self) -> bool {
        !self.named.is_empty() || !self.excluded.is_empty()
    }

    /// Whether a unit is in the set.
    pub(super) fn matches(&self, unit: u16, nocase: bool) -> bool {
        let ranged = self.in_ranges(unit)
            || (nocase && {
                let folded = upper(unit);
                self.in_ranges(folded) || lower(folded).is_some_and(|lower| self.in_ranges(lower))
            });
        let c = char::from_u32(u32::from(unit));
        let holds = |named: &PosixClass| c.is_some_and(|c| named.holds(c, nocase));
        let positive = ranged || self.named.iter().any(holds);
        let has_positive = !self.ranges.is_empty() || !self.named.is_empty();
        let excluded = !self.excluded.is_empty() && !self.excluded.iter().any(holds);
        if self.excluded.is_empty() {
            positive != self.negated
        } else {
            (has_positive && positive != self.negated) || excluded != self.negated
        }
    }

    fn in_ranges(&self, unit: u16) -> bool {
        self.ranges
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&unit))
    }
}

fn lower(unit: u16) -> Option<u16> {
    let mut lower = char::from_u32(u32::from(unit))?.to_lowercase();
    let one = lower.next().filter(|_| lower.next().is_none())?;
    u16::try_from(u32::from(one)).ok()
}

impl PosixClass {
    fn holds(self, c: char, nocase: bool) -> bool {
        match self {
            Self::Alnum => c.is_alphanumeric(),
            Self::Alpha => c.is_alphabetic(),
            Self::Blank => c == '\t' || (c.is_whitespace() && !c.is_control()),
            Self::Control => c.is_control(),
            Self::Digit => c.is_numeric(),
            Self::Unseen => c.is_whitespace() || c.is_control(),
            Self::Lower | Self::Upper if nocase => c.is_lowercase() || c.is_uppercase(),
            Self::Lower => c.is_lowercase(),
            Self::Upper => c.is_uppercase(),
            Self::Punct => c.is_ascii_punctuation() && !"$+<=>^`|~".contains(c),
            Self::Space => c.is_whitespace(),
            Self::Word => c.is_alphanumeric() || c == '_',
        }
    }
}
