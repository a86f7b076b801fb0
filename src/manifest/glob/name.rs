//! One name of a path, as JavaScript sees it: a sequence of UTF-16 units.

/// A name between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    text: Box<str>,
    /// The UTF-16 units, if the name is not all ASCII.
    wide: Option<Box<[u16]>>,
    bit: u64,
    initial: u64,
}

impl Name {
    /// Prepares a name for matching.
    pub(crate) fn new(text: &str) -> Self {
        Self {
            wide: (!text.is_ascii()).then(|| text.encode_utf16().collect()),
            bit: bit(text),
            initial: initial(text),
            text: text.into(),
        }
    }

    /// One of 64 bits, the same for names that are equal except for case; 0 for a name
    /// that is empty or not ASCII.
    pub(crate) fn bit(&self) -> u64 {
        self.bit
    }

    /// What it offers to a pattern: the bits of the name and of its first character.
    pub(crate) fn marks(&self) -> Marks {
        Marks {
            name: self.bit,
            initial: self.initial,
        }
    }

    /// The name as text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Its `length` in JavaScript.
    pub(super) fn len(&self) -> usize {
        self.wide
            .as_ref()
            .map_or(self.text.len(), |wide| wide.len())
    }

    pub(super) fn unit(&self, at: usize) -> Option<u16> {
        match &self.wide {
            Some(wide) => wide.get(at).copied(),
            None => self.text.as_bytes().get(at).copied().map(u16::from),
        }
    }

    /// `toLowerCase().endsWith(end)`; `end` is in lower case already.
    pub(super) fn ends_with_folded(&self, end: &str) -> bool {
        if self.wide.is_some() {
            return self.text.to_lowercase().ends_with(end);
        }
        let (text, end) = (self.text.as_bytes(), end.as_bytes());
        text.len() >= end.len() && text[text.len() - end.len()..].eq_ignore_ascii_case(end)
    }

    /// The name in a case in which all its spellings are equal.
    pub(crate) fn folded(&self) -> String {
        let units: Vec<u16> = (0..self.len())
            .filter_map(|at| self.unit(at))
            .map(upper)
            .collect();
        String::from_utf16_lossy(&units)
    }

    /// Equal except for case, by the rule of a regular expression's `i` flag.
    pub(super) fn equals_folded(&self, other: &Self) -> bool {
        if self.wide.is_none() && other.wide.is_none() {
            return self.text.eq_ignore_ascii_case(&other.text);
        }
        self.len() == other.len()
            && (0..self.len()).all(|at| self.unit(at).map(upper) == other.unit(at).map(upper))
    }
}

/// What is known of some names, or what a pattern needs of them: sets of at most 64 members,
/// as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// See [`Name::bit`].
    pub(super) name: u64,
    /// See [`initial`].
    pub(super) initial: u64,
}

impl Marks {
    pub(super) const ALL: Self = Self {
        name: u64::MAX,
        initial: u64::MAX,
    };

    /// Those of both.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            name: self.name | other.name,
            initial: self.initial | other.initial,
        }
    }

    pub(super) fn common(self, other: Self) -> Self {
        Self {
            name: self.name & other.name,
            initial: self.initial & other.initial,
        }
    }

    /// Whether all of them are among others.
    pub(super) fn are_in(self, others: Self) -> bool {
        self.with(others) == others
    }
}

/// One of 64 bits for a text's first character, the same in both cases; 0 for a text that is
/// empty or starts outside ASCII. No character outside ASCII equals one inside ([`upper`]).
pub(super) fn initial(text: &str) -> u64 {
    match text.bytes().next() {
        Some(first) if first.is_ascii() => 1 << (first.to_ascii_lowercase() & 63),
        _ => 0,
    }
}

/// See [`Name::bit`]: FNV-1a of the lower-case letters.
fn bit(text: &str) -> u64 {
    if text.is_empty() || !text.is_ascii() {
        return 0;
    }
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    });
    1 << (hash >> 26)
}

/// `Canonicalize` of ECMAScript's regular expressions with the `i` flag: the upper case, if it
/// is one unit and does not turn into ASCII.
pub(super) fn upper(unit: u16) -> u16 {
    if let Ok(byte) = u8::try_from(unit)
        && byte.is_ascii()
    {
        return u16::from(byte.to_ascii_uppercase());
    }
    let Some(c) = char::from_u32(u32::from(unit)) else {
        return unit;
    };
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) if !one.is_ascii() => u16::try_from(u32::from(one)).unwrap_or(unit),
        _ => unit,
    }
}
