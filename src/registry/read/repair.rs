//! JSON that JavaScript reads but serde does not: `JSON.parse` accepts half a surrogate pair,
//! and npm decodes bytes that are not UTF-8 to U+FFFD before it parses.

/// The same document with U+FFFD in place of these halves and bytes.
pub(super) fn as_javascript_reads(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let mut repaired = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        repaired.push_str(before);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xD800..0xDC00), Some(0xDC00..0xE000)) => 12,
            (Some(0xD800..0xE000), _) => {
                repaired.push('\u{FFFD}');
                rest = &escape[6..];
                continue;
            }
            (Some(_), _) => 6,
            // `\\`, `\"` and the like, and anything that is not JSON.
            (None, _) => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        repaired.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    repaired.push_str(rest);
    repaired.into_bytes()
}

/// The UTF-16 unit of an escape such as `\ud83d` at the start of a text.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &[u8]) -> String {
        String::from_utf8(as_javascript_reads(text)).unwrap()
    }

    #[test]
    fn halves_of_pairs_and_other_bytes_are_replaced_and_all_else_stays() {
        for (text, expected) in [
            (&br#""\ud83d""#[..], "\"\u{FFFD}\""),
            (br#""\ude00x""#, "\"\u{FFFD}x\""),
            (br#""\ud83dA""#, "\"\u{FFFD}A\""),
            (br#""\ud83d\ud83d\ude00""#, "\"\u{FFFD}\\ud83d\\ude00\""),
            (br#""\\ud83d""#, r#""\\ud83d""#),
            (br#""a\n\"\u00e9""#, r#""a\n\"\u00e9""#),
            (b"\"\xff\"", "\"\u{FFFD}\""),
            (b"\"\\", "\"\\"),
            (b"\"\\u12", "\"\\u12"),
        ] {
            assert_eq!(repaired(text), expected);
        }
    }
}
