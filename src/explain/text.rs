//! Text for comparison: lower case, without white space, quotes and backslashes, so that
//! neither a terminal's line break inside a word nor a wrapper's quotes hide anything. Codes
//! are words: `package not found` does not contain ENOTFOUND.

use std::collections::BTreeSet;

/// No pattern's gap (`*`) is longer than this, in bytes.
const MAX_GAP: usize = 400;

/// Text in comparable form.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    text: String,
    /// Words in capitals: `ENOTFOUND`, `GITHUB_TOKEN`.
    codes: BTreeSet<String>,
}

/// At most this many codes of a text are kept, and no longer ones.
const MAX_CODES: usize = 2000;
const MAX_CODE_LENGTH: usize = 60;

/// Whether a word looks like a code.
fn is_code(word: &str) -> bool {
    (4..=MAX_CODE_LENGTH).contains(&word.len())
        && word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && word.bytes().any(|b| b.is_ascii_uppercase())
}

impl Text {
    /// Makes text comparable.
    pub(super) fn of(text: &str) -> Self {
        let mut canonical = Self::default();
        canonical.push(text);
        canonical
    }

    /// Adds text.
    pub(super) fn push(&mut self, text: &str) {
        let keeps = |c: &char| {
            !c.is_whitespace()
                && !matches!(c, '\'' | '"' | '`' | '\\' | '“' | '”' | '‘' | '’' | '´')
        };
        self.text
            .extend(text.chars().filter(keeps).flat_map(char::to_lowercase));
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        for word in words.filter(|word| is_code(word)) {
            if self.codes.len() < MAX_CODES && !self.codes.contains(word) {
                self.codes.insert(word.to_owned());
            }
        }
    }

    /// Adds lines, until `max` bytes have come.
    pub(super) fn push_some<'a>(&mut self, lines: impl Iterator<Item = &'a str>, max: usize) {
        let end = self.text.len() + max;
        for line in lines {
            self.push(line);
            if self.text.len() > end {
                break;
            }
        }
    }

    /// Whether it contains all of another text.
    pub(super) fn contains(&self, other: &Self) -> bool {
        self.text.contains(&other.text)
    }

    /// How many bytes it has.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether a pattern's pieces, separated by `*`, occur in order and not far apart. A phrase
    /// with `$` behind it ends the text.
    pub(super) fn says(&self, pattern: &str) -> bool {
        if let Some(end) = pattern.strip_suffix('$') {
            return self.text.ends_with(&Self::of(end).text);
        }
        let begin = pattern.split([' ', '*']).next().unwrap_or_default();
        if is_code(begin) {
            let found = self.codes.iter().any(|code| code.contains(begin));
            if !found || begin.len() == pattern.len() {
                return found;
            }
        }
        let pieces: Vec<String> = pattern
            .split('*')
            .map(|piece| Self::of(piece).text)
            .filter(|piece| !piece.is_empty())
            .collect();
        let Some((first, others)) = pieces.split_first() else {
            return true;
        };
        self.text
            .match_indices(first.as_str())
            .take(64)
            .any(|(at, _)| {
                let mut rest = &self.text[at + first.len()..];
                others.iter().all(|piece| {
                    let found = rest.find(piece.as_str()).filter(|gap| *gap <= MAX_GAP);
                    if let Some(found) = found {
                        rest = &rest[found + piece.len()..];
                    }
                    found.is_some()
                })
            })
    }

    /// Whether it starts with a phrase.
    pub(super) fn begins_with(&self, phrase: &str) -> bool {
        self.text.starts_with(&Self::of(phrase).text)
    }

    /// Removes every occurrence of a phrase.
    pub(super) fn cut(&mut self, phrase: &str) {
        let phrase = Self::of(phrase).text;
        if self.text.contains(&phrase) {
            self.text = self.text.replace(&phrase, "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_inside_words_and_quotes_do_not_matter() {
        let text = Text::of("You do not have permi\nssion to publish \\\"x\\\". Are you");
        assert!(text.says("you do not have permission to publish \"x\""));
        assert!(text.says("permission to publish * are you"));
        assert!(!text.says("are you * permission to publish"));
    }

    #[test]
    fn a_code_is_a_word_of_its_own() {
        let text = Text::of("the pipe: package not found https://h");
        assert!(!text.says("EPIPE") && !text.says("ENOTFOUND") && !text.says("ENOTFOUND http"));
        let text = Text::of("getaddrinfo ENOTFOUND http, ERR_PNPM_OTP_NON_INTERACTIVE");
        assert!(text.says("ENOTFOUND http") && text.says("OTP_NON_INTERACTIVE"));
    }

    #[test]
    fn a_gap_does_not_reach_across_a_whole_log() {
        let text = Text::of(&format!("begin {} end", "x".repeat(MAX_GAP + 1)));
        assert!(!text.says("begin * end"));
        let text = Text::of(&format!("begin {} begin end", "x".repeat(MAX_GAP + 1)));
        assert!(text.says("begin * end"));
    }
}
