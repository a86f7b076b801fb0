//! YAML that others wrote. The parser recurses for each level of nesting, so deeper nesting
//! than people write is refused before parsing.

use saphyr::{LoadableYamlNode as _, Yaml};

/// The largest text, in bytes.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// The most brackets that may be open at once.
const MAX_OPEN: usize = 64;
/// The most brackets in total: one that closes may be in a string, and close nothing.
const MAX_BRACKETS: usize = 2048;
/// The most lone `-`, `?` and `:` in a line; each may open a level.
const MAX_SIGNS: usize = 32;
/// The furthest that a line may be indented.
const MAX_INDENT: usize = 256;

/// The most bytes that all anchors may expand to: the parser copies what each one names, and
/// each may contain the others.
const MAX_COPIED: usize = 1 << 20;

/// The first document; `None` if there is none, or it is not safe to parse.
pub(crate) fn load(text: &str) -> Option<Yaml<'_>> {
    if !is_shallow(text) {
        return None;
    }
    Yaml::load_from_str(text).ok()?.into_iter().next()
}

fn is_shallow(text: &str) -> bool {
    text.len() <= MAX_BYTES
        && anchors(text).saturating_mul(text.len()) <= MAX_COPIED
        && brackets_are_few(text)
        && text.lines().all(line_is_shallow)
}

/// How many anchors there may be: `&name` at the start of a word.
fn anchors(text: &str) -> usize {
    let bytes = text.as_bytes();
    let begins = |at: usize| at == 0 || b" \t\r\n[]{},:-?\"'".contains(&bytes[at - 1]);
    let names = |at: usize| {
        bytes
            .get(at + 1)
            .is_some_and(|next| !next.is_ascii_whitespace() && *next != b'&')
    };
    let all = text.match_indices('&');
    all.filter(|(at, _)| begins(*at) && names(*at)).count()
}

fn brackets_are_few(text: &str) -> bool {
    let (mut open, mut all) = (0_usize, 0_usize);
    text.bytes().all(|byte| {
        match byte {
            b'[' | b'{' => {
                open += 1;
                all += 1;
            }
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open <= MAX_OPEN && all <= MAX_BRACKETS
    })
}

fn line_is_shallow(line: &str) -> bool {
    let content = line.trim_start();
    let signs = content
        .split_whitespace()
        .filter(|word| matches!(*word, "-" | "?" | ":"));
    line.len() - content.len() <= MAX_INDENT && signs.count() <= MAX_SIGNS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nests_deeply_is_refused_before_it_is_parsed() {
        for text in [
            "? ".repeat(20_000),
            "- ".repeat(20_000),
            "[".repeat(200_000),
            "[\"]\",".repeat(20_000),
            "a: {".repeat(20_000),
            format!("{}a", " ".repeat(300)),
            "a\n".repeat(MAX_BYTES),
            format!("{}{}", "[&a ".repeat(60), "x,".repeat(100_000)),
        ] {
            assert!(load(&text).is_none(), "{}", &text[..20]);
        }
    }

    #[test]
    fn what_is_just_shallow_enough_is_parsed() {
        for text in [
            "[\"]\",".repeat(MAX_BRACKETS),
            "[".repeat(MAX_OPEN),
            "? ".repeat(MAX_SIGNS),
            (0..=MAX_INDENT).fold(String::new(), |text, depth| {
                format!("{text}{}a:\n", " ".repeat(depth))
            }),
        ] {
            assert!(is_shallow(&text), "{}", &text[..20]);
            let _ = load(&text);
        }
    }

    #[test]
    fn what_people_write_is_read() {
        let yaml = load("packages: [\"a/*\"]\nenv: ${{ matrix.x }}\n").unwrap();
        let list = yaml.as_mapping_get("packages").unwrap();
        assert_eq!(list.as_sequence_get(0).unwrap().as_str(), Some("a/*"));
        let shared = "x: &x [1]\ny: *x\nrun: a && b & c\n".repeat(50);
        assert_eq!(anchors(&shared), 50);
        assert!(is_shallow(&shared));
        assert!(load("").is_none() && load("a: [").is_none());
    }
}
