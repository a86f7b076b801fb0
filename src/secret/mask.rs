//! Hides credentials that are not known in advance: in logs, in servers' answers, in the
//! project's files. Names decide first, then the formats of known tokens, and randomness last.

use std::ops::Range;

use super::fields::{self, PROSE, unquoted_end};
use super::{MASK, shapes, urls, window};

/// The text without anything that may be a credential. For text from outside; our
/// own text would lose examples like `--otp=123456`.
pub fn mask(text: &str) -> String {
    replace(text, spans(text))
}

/// The text without certain credentials: tokens in known formats, and `user:password@` in URLs.
pub fn mask_known_shapes(text: &str) -> String {
    replace(text, certain(text))
}

/// One line of outside text, to be quoted: masked first, then without control characters, then
/// cut to this many characters.
pub fn excerpt(text: &str, most: usize) -> String {
    // The text is cut far beyond what is quoted, so the quoted part is masked as a whole.
    let masked = mask(window(text, 64 << 10));
    let shown = masked
        .chars()
        .filter(|c| !crate::escape::is_unsafe_to_print(*c) && *c != '\n');
    shown.take(most).collect()
}

/// The positions of such values.
pub(super) fn named(text: &str) -> Vec<Range<usize>> {
    let mut found = certain(text);
    found.extend(fields::find(text));
    found.extend(private_keys(text));
    found
}

/// The values in a text that are secrets because of their name, URL or format.
pub fn values(text: &str) -> Vec<String> {
    let ranges = named(text).into_iter();
    ranges.map(|range| text[range].to_owned()).collect()
}

pub(super) fn certain(text: &str) -> Vec<Range<usize>> {
    let tokens = shapes::find(text).into_iter();
    let mut found: Vec<_> = tokens
        .map(|token| token.range.start + token.prefix..token.range.end)
        .collect();
    found.extend(urls::find(text));
    found
}

fn spans(text: &str) -> Vec<Range<usize>> {
    let mut found = named(text);
    found.extend(behind_schemes(text));
    found.extend(random_words(text));
    found
}

/// Replaces every range with stars; ranges may overlap.
pub(super) fn replace(text: &str, mut spans: Vec<Range<usize>>) -> String {
    spans.retain(|span| !span.is_empty());
    if spans.is_empty() {
        return text.to_owned();
    }
    spans.sort_by_key(|span| span.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut spans = spans.into_iter().peekable();
    while let Some(mut span) = spans.next() {
        while let Some(next) = spans.next_if(|next| next.start <= span.end) {
            span.end = span.end.max(next.end);
        }
        out.push_str(&text[at..span.start]);
        out.push_str(MASK);
        at = span.end;
    }
    out.push_str(&text[at..]);
    out
}

/// The text after `Bearer` and `Basic` outside a field.
fn behind_schemes(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for scheme in ["bearer", "basic"] {
        for (at, _) in lower.match_indices(scheme) {
            let begins = !lower[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
            let rest = &text[at + scheme.len()..];
            let value = rest.trim_start_matches([' ', '+']);
            let value = value.strip_prefix('"').unwrap_or(value);
            let begin = text.len() - value.len();
            let value = &value[..unquoted_end(value, false, rest.starts_with('+'))];
            let is_sentence = PROSE.contains(&value.to_ascii_lowercase().as_str())
                || value.starts_with("realm")
                || value.starts_with(['$', '<', '*', '{']);
            if begins && begin > at + scheme.len() && !is_sentence {
                found.push(begin..begin + value.len());
            }
        }
    }
    found
}

/// The bodies of private keys in PEM; without an end line a key extends to the end.
fn private_keys(text: &str) -> Vec<Range<usize>> {
    const BEGIN: &str = "-----BEGIN ";
    const DASHES: &str = "-----";
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = text[at..].find(BEGIN) {
        let title = at + begin + BEGIN.len();
        at = title;
        let rest = window(&text[title..], 60);
        let Some(length) = rest.find(DASHES) else {
            continue;
        };
        if rest[..length].contains("PRIVATE KEY") {
            let body = title + length + DASHES.len();
            let end = text[body..].find("-----END").unwrap_or(text.len() - body);
            found.push(body..body + end);
            at = body + end;
        }
    }
    found
}

/// A word of this length with letters and digits was not written by a person.
const MIN_WORD: usize = 32;
/// Base64 of this length changes between capitals, lower case and digits more often than any
/// path or name does.
const MIN_BASE64: usize = 24;

/// Words that look random, and UUIDs: npm's tokens before 2021, and still those of other
/// registries. Checksums of packages look random as well, but are not secret.
fn random_words(text: &str) -> Vec<Range<usize>> {
    let is_base64 =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-');
    let mut found = Vec::new();
    for run in runs(text, is_base64) {
        let word = &text[run.clone()];
        if DIGESTS.iter().any(|name| word.starts_with(name)) {
            continue;
        }
        if is_uuid(word) || (word.len() >= MIN_BASE64 && is_mixed(word)) {
            found.push(run);
            continue;
        }
        for part in runs(word, |byte| byte.is_ascii_alphanumeric()) {
            let digits = word[part.clone()].bytes().filter(u8::is_ascii_digit);
            let digits = digits.count();
            if part.len() >= MIN_WORD && digits >= 3 && part.len() - digits >= 3 {
                found.push(run.start + part.start..run.start + part.end);
            }
        }
    }
    found
}

/// The prefixes of integrity strings.
const DIGESTS: [&str; 4] = ["sha512-", "sha384-", "sha256-", "sha1-"];

/// The longest runs of accepted bytes.
fn runs(text: &str, takes: impl Fn(u8) -> bool) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| takes(**byte)).count();
        if length > 0 {
            found.push(at..at + length);
        }
        at += length + 1;
    }
    found
}

fn is_uuid(word: &str) -> bool {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    let groups = word.split('-');
    groups.clone().map(str::len).eq(GROUPS)
        && word
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Whether capitals, lower case and digits alternate as in random text.
fn is_mixed(word: &str) -> bool {
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let kinds: Vec<u8> = word.bytes().map(kind).filter(|kind| *kind < 3).collect();
    let turns = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    [0, 1, 2].iter().all(|kind| kinds.contains(kind)) && turns * 5 >= kinds.len() * 2
}

#[cfg(test)]
mod tests;
