//! `String.localeCompare(…, 'en')` for paths: the order in which npm publishes
//! members. Letters beyond ASCII sort by their code point, after the others.

use std::cmp::Ordering;

/// Punctuation in the order of the Unicode collation's root.
const PUNCTUATION: &str = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// Compares as a dictionary does: first by letters without their case, then
/// small letters before capitals.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let primary = a.chars().map(primary).cmp(b.chars().map(primary));
    primary.then_with(|| {
        let case = |text: &str| text.chars().map(char::is_uppercase).collect::<Vec<_>>();
        case(a).cmp(&case(b))
    })
}

fn primary(c: char) -> (u8, u32) {
    match c {
        ' ' => (0, 0),
        _ if c.is_ascii_digit() => (2, u32::from(c)),
        _ if c.is_ascii_alphabetic() => (3, u32::from(c.to_ascii_lowercase())),
        _ if c.is_ascii() => {
            let at = PUNCTUATION.find(c).unwrap_or(PUNCTUATION.len());
            (1, u32::try_from(at).unwrap_or(u32::MAX))
        }
        _ => (4, u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_letters_come_before_capitals_and_signs_before_digits() {
        for pair in [
            "a b", "b B", "B c", "_ -", "/ 0", "9 a", "a a-", "a_ a-", "Z é",
        ] {
            let (first, second) = pair.split_once(' ').unwrap();
            assert_eq!(compare(first, second), Ordering::Less, "{pair}");
        }
    }
}
