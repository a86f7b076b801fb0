//! `localeCompare` with the locale `en`: the order of the Unicode collation's
//! root, exact for ASCII. Letters of other scripts come after the Latin ones,
//! by their code points.

use std::cmp::Ordering;

use icu_normalizer::DecomposingNormalizerBorrowed;

/// ASCII punctuation and symbols in their order; other symbols come before `$`.
const PUNCTUATION: &str = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~";
/// Where letters outside ASCII belong.
const EXPANSIONS: [(char, &str); 8] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('Æ', "AE"),
    ('œ', "oe"),
    ('Œ', "OE"),
    ('ø', "o\u{338}"),
    ('Ø', "O\u{338}"),
    ('ı', "i\u{30c}"),
];

/// Compares as a dictionary does: first by letters without accent and case, then by accents,
/// then lower case before upper case.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if a.is_ascii() && b.is_ascii() {
        return levels(a, b);
    }
    levels(&decomposed(a), &decomposed(b))
}

fn decomposed(text: &str) -> String {
    let expanded = EXPANSIONS
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(*from, to));
    let normal = DecomposingNormalizerBorrowed::new_nfd().normalize(&expanded);
    normal.into_owned()
}

fn levels(a: &str, b: &str) -> Ordering {
    let bases = |text: &str| -> Vec<(u8, u32)> { text.chars().filter_map(primary).collect() };
    let accents = |text: &str| -> Vec<u32> {
        let marks = text
            .chars()
            .map(|c| if is_mark(c) { u32::from(c) } else { 0 });
        marks.collect()
    };
    let primary = if a.is_ascii() && b.is_ascii() {
        a.chars()
            .filter_map(primary)
            .cmp(b.chars().filter_map(primary))
    } else {
        bases(a)
            .cmp(&bases(b))
            .then_with(|| accents(a).cmp(&accents(b)))
    };
    primary.then_with(|| {
        let capitals = a.chars().map(char::is_uppercase);
        capitals.cmp(b.chars().map(char::is_uppercase))
    })
}

/// The group of a character and its place in the group; `None` for characters that count only
/// in combination, or not at all.
fn primary(c: char) -> Option<(u8, u32)> {
    let code = u32::from(c);
    Some(match c {
        ' ' | '\t'..='\r' => (0, 0),
        _ if c.is_control() || is_mark(c) => return None,
        '$' => (2, 0),
        _ if c.is_ascii_digit() => (3, code),
        _ if c.is_ascii_alphabetic() => (4, u32::from(c.to_ascii_lowercase())),
        _ if c.is_ascii() => (1, u32::try_from(PUNCTUATION.find(c)?).ok()?),
        _ if c.is_alphanumeric() => (5, u32::from(c.to_lowercase().next().unwrap_or(c))),
        _ => (1, code),
    })
}

fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36f | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_letters_come_before_capitals_and_signs_before_digits() {
        for pair in [
            "a b", "b B", "B c", "_ -", "/ 0", "9 a", "a a-", "a_ a-", "~ $", "$ 0",
        ] {
            let (first, second) = pair.split_once(' ').unwrap();
            assert_eq!(compare(first, second), Ordering::Less, "{pair}");
        }
    }

    #[test]
    fn accents_count_after_letters_and_before_case() {
        for pair in [
            "e é",
            "é f",
            "é.js Foo.js",
            "E é",
            "é É",
            "ß st",
            "z 日",
            "~ 😀",
            "😀 $",
        ] {
            let (first, second) = pair.split_once(' ').unwrap();
            assert_eq!(compare(first, second), Ordering::Less, "{pair}");
        }
    }
}
