//! Values after names that indicate a secret, in any notation: JSON (also escaped), YAML,
//! headers, shells, XML, HTML entities, percent-encoding, command lines.

use std::ops::Range;

use super::glue::Glue;
use super::names::{Strength, strength};
use super::{last_bytes, window};

/// Schemes that precede a credential in a header.
const SCHEMES: [&str; 8] = [
    "bearer",
    "basic",
    "token",
    "digest",
    "negotiate",
    "ntlm",
    "apikey",
    "aws4-hmac-sha256",
];

/// Words that follow an option or a scheme in a sentence.
pub(super) const PROSE: [&str; 28] = [
    "a",
    "an",
    "and",
    "are",
    "as",
    "at",
    "auth",
    "authentication",
    "authorization",
    "because",
    "challenge",
    "credentials",
    "flag",
    "for",
    "from",
    "header",
    "if",
    "in",
    "is",
    "not",
    "option",
    "or",
    "scheme",
    "the",
    "to",
    "token",
    "was",
    "with",
];

/// Texts that are written instead of a value.
const PLACEHOLDERS: [&str; 26] = [
    "true",
    "false",
    "null",
    "undefined",
    "none",
    "nil",
    "yes",
    "no",
    "on",
    "off",
    "write",
    "read",
    "inherit",
    "invalid",
    "expired",
    "missing",
    "required",
    "revoked",
    "unknown",
    "empty",
    "unset",
    "redacted",
    "hidden",
    "protected",
    "string",
    "number",
];

/// Every value after such a name.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let bytes = text.as_bytes();
    // Where the values end that were found so far.
    let mut covered = 0;
    let mut at = 0;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    while at < bytes.len() {
        if !is_name(bytes[at]) {
            at += 1;
            continue;
        }
        let length = bytes[at..]
            .iter()
            .take_while(|byte| is_name(**byte))
            .count();
        let name = Name {
            text,
            range: at..at + length,
            is_in_value: at < covered,
        };
        let (values, end) = name.values();
        at += length;
        covered = covered.max(end);
        at = at.max(end.saturating_sub(MAX_REREAD));
        found.extend(values);
    }
    found.extend(CI_COMMANDS.iter().flat_map(|mark| {
        let marked = text.match_indices(mark);
        marked.map(|(at, mark)| {
            let begin = at + mark.len();
            begin..begin + line_length(&text[begin..])
        })
    }));
    found
}

/// How much of a value is read again. What was taken for a value may itself be a name, or end
/// with one: `--otp --token x`. Reading all of a long value again would take too long.
const MAX_REREAD: usize = 200;

/// Commands with which a job tells its CI to hide a value; the value ends with the line.
const CI_COMMANDS: [&str; 3] = ["::add-mask::", "[task.setsecret]", "issecret=true]"];

/// A run of letters that may be a name.
struct Name<'a> {
    text: &'a str,
    range: Range<usize>,
    /// It is in what was taken for the value of another name, so it needs a separator of its own,
    /// or the form of an option.
    is_in_value: bool,
}

impl Name<'_> {
    /// The values, and where the last text ends that was taken for one.
    fn values(&self) -> (Vec<Range<usize>>, usize) {
        let none = (Vec::new(), self.range.end);
        let written = &self.text[self.range.clone()];
        if matches!(written, "-u" | "--user" | "-U" | "--proxy-user") {
            let value = self.of_user_option();
            let end = value.as_ref().map_or(self.range.end, |value| value.end);
            return (value.into_iter().collect(), end);
        }
        if written == "-p" && self.is_after("login ") {
            return self.behind(Strength::Name);
        }
        // `env.NPM_TOKEN`: the last part is the name.
        let bare = written.rsplit('.').next().unwrap_or(written);
        let in_dart = self.is_below_a_host() && bare == "key";
        let strength = match strength(bare.trim_start_matches('-')) {
            Some(strength) => strength,
            None if in_dart || self.is_signature(bare) => Strength::Name,
            None => return none,
        };
        self.behind(strength)
    }

    fn behind(&self, strength: Strength) -> (Vec<Range<usize>>, usize) {
        let glue = Glue::read(self.text, &self.range);
        let tied = glue.separated || (!self.is_in_value && glue.pairs_quotes());
        let spaced =
            !tied && glue.spaced && (self.is_option() || self.is_below_a_host() || self.is_netrc());
        if !tied && !spaced {
            return (Vec::new(), self.range.end);
        }
        let mut values = Vec::new();
        let mut begin = glue.end;
        loop {
            let value = self.value(begin, &glue);
            let written = &self.text[value.clone()];
            let is_wanted = if spaced && self.is_option() {
                !PROSE.contains(&written)
            } else {
                let is_weak = spaced || (strength == Strength::Word && !glue.binds());
                !is_weak || is_plausible(self.text, &value)
            };
            if !value.is_empty() && is_wanted {
                values.extend(without_standin(self.text, value.clone()));
            }
            // `["Bearer a", "Bearer b"]`.
            match glue.next_element(self.text, value.end) {
                Some(next) if next > begin => begin = next,
                _ => return (values, value.end),
            }
        }
    }

    /// Where the value that starts at `begin` ends; a scheme before it stays.
    fn value(&self, begin: usize, glue: &Glue) -> Range<usize> {
        let rest = &self.text[begin..];
        let end = match glue.quote {
            Some(quote) => quote.end_of_value(rest),
            None => unquoted_end(rest, self.is_in_query(), glue.encoded),
        };
        let name = self.text[self.range.clone()].to_ascii_lowercase();
        let is_cookie = name.ends_with("cookie");
        let first = window(rest, 20)
            .split(['\n', '\r', ' '])
            .next()
            .unwrap_or_default();
        let has_scheme = SCHEMES.contains(&first.to_ascii_lowercase().as_str())
            && rest[first.len()..].starts_with(' ');
        match (glue.quote, has_scheme) {
            (Some(_), true) if end > first.len() => begin + first.len() + 1..begin + end,
            (None, true) => {
                let begin = begin + first.len() + 1;
                let rest = &self.text[begin..];
                // These two have several parts, which are in quotes.
                let is_long = ["digest", "aws4-hmac-sha256"]
                    .iter()
                    .any(|long| first.eq_ignore_ascii_case(long));
                let length = if is_long {
                    line_length(rest)
                } else {
                    unquoted_end(rest, false, glue.encoded)
                };
                begin..begin + length
            }
            // A cookie contains blanks.
            (None, false) if is_cookie && !glue.encoded => {
                let end = rest.find(['"', '\'', '`', '\n', '\r']);
                begin..begin + end.unwrap_or(rest.len())
            }
            _ => begin..begin + end,
        }
    }

    /// `-u bob:password`.
    fn of_user_option(&self) -> Option<Range<usize>> {
        let glue = Glue::read(self.text, &self.range);
        if !(glue.spaced || glue.separated || glue.pairs_quotes()) {
            return None;
        }
        let value = self.value(glue.end, &glue);
        let (user, password) = self.text[value.clone()].split_once(':')?;
        let is_filled = !user.is_empty() && !password.is_empty();
        let is_pair = is_filled && !user.contains('/') && !password.starts_with("//");
        is_pair.then(|| value.start + user.len() + 1..value.end)
    }

    fn is_option(&self) -> bool {
        let written = self.text[self.range.clone()].starts_with('-');
        if self.is_in_value {
            return written;
        }
        written
            || self
                .word_before()
                .trim_start_matches(['"', '\''])
                .starts_with("--")
            || self.text[..self.range.start].ends_with("config set ")
    }

    /// Whether the name ends npm's `//host/path/:_authToken`.
    fn is_below_a_host(&self) -> bool {
        if self.is_in_value {
            return false;
        }
        let before = self.word_before();
        before.ends_with(':') && before.contains("//")
    }

    /// `machine h login bob password x`.
    fn is_netrc(&self) -> bool {
        self.text[self.range.clone()].eq_ignore_ascii_case("password") && self.is_after("login ")
    }

    /// Whether the word comes before the name on its line.
    fn is_after(&self, word: &str) -> bool {
        let before = last_bytes(&self.text[..self.range.start], MAX_BEFORE);
        let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
        line.contains(word)
    }

    fn is_in_query(&self) -> bool {
        self.text[..self.range.start].ends_with(['?', '&'])
    }

    /// `?sig=…` and `?signature=…` make a URL a credential.
    fn is_signature(&self, name: &str) -> bool {
        self.is_in_query() && matches!(name, "sig" | "signature" | "Signature")
    }

    /// The text before the name in the same word.
    fn word_before(&self) -> &str {
        let before = last_bytes(&self.text[..self.range.start], MAX_BEFORE);
        let begin = before.rfind([' ', '\t', '\n', '\r']).map_or(0, |at| at + 1);
        &before[begin..]
    }
}

/// How far around a name the text is examined.
const MAX_BEFORE: usize = 500;

fn line_length(text: &str) -> usize {
    text.find(['\n', '\r']).unwrap_or(text.len())
}

/// Where a value without quotes ends. Punctuation that ends a sentence is not part
/// of it.
pub(super) fn unquoted_end(rest: &str, in_query: bool, encoded: bool) -> usize {
    let ends = |c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '\'' | '`' | '<')
            || (in_query && matches!(c, '&' | '#'))
    };
    let mut end = rest.find(ends).unwrap_or(rest.len());
    if encoded {
        let lower = rest[..end].to_ascii_lowercase();
        let stops = [
            "&", "%26", "%22", "%27", "%20", "%0a", "%0d", "%2526", "%2522",
        ];
        end = stops
            .iter()
            .filter_map(|stop| lower.find(stop))
            .min()
            .unwrap_or(end);
    }
    let entity = ["&quot;", "&#34;", "&#39;", "&apos;", "&#x22;"];
    end = entity
        .iter()
        .filter_map(|stop| rest[..end].find(stop))
        .min()
        .unwrap_or(end);
    rest[..end]
        .trim_end_matches([',', ';', '.', ')', ']', '}', '\\', '!', '?'])
        .len()
}

/// The part of a value that is not a placeholder: nothing of `${NPM_TOKEN}`, and
/// `x` of `${NPM_TOKEN:-x}`.
fn without_standin(text: &str, value: Range<usize>) -> Option<Range<usize>> {
    let written = &text[value.clone()];
    if let Some(inner) = written.strip_prefix("${") {
        let name = inner
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count();
        let default = inner[name..].trim_start_matches([':', '-', '=', '?', '+']);
        if default.len() == inner.len() - name || name == 0 {
            return None;
        }
        let begin = value.start + written.len() - default.len();
        let end = begin + default.trim_end_matches('}').len();
        return (begin < end).then_some(begin..end);
    }
    let is_variable = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    let bare = written.trim_matches(['(', ')', '[', ']', '<', '>', '{', '}']);
    let is_standin = bare.is_empty()
        || PLACEHOLDERS.contains(&bare.to_ascii_lowercase().as_str())
        || bare
            .chars()
            .all(|c| matches!(c, '*' | '.' | '\u{2026}' | '\u{2022}'))
        || written.strip_prefix('$').is_some_and(is_variable)
        || written
            .strip_prefix('%')
            .and_then(|w| w.strip_suffix('%'))
            .is_some_and(is_variable)
        || written.starts_with("$(")
        || written.starts_with("{{")
        || written.starts_with("**")
        || (written.starts_with('<') && written.len() > 1)
        || matches!(written, "[" | "{");
    (!is_standin).then_some(value)
}

/// Whether a value after a common word is more than the next word of a sentence: it has other
/// characters than lower-case letters, or nothing follows it on its line.
fn is_plausible(text: &str, value: &Range<usize>) -> bool {
    let written = &text[value.clone()];
    let is_word = written.bytes().all(|byte| byte.is_ascii_lowercase());
    let rest = window(&text[value.end..], MAX_BEFORE);
    let rest = &rest[..line_length(rest)];
    !is_word
        || rest
            .trim_end_matches(['.', ',', ';', ' ', '"', '\'', '`', ')', '}', ']'])
            .is_empty()
}

impl Glue {
    /// Whether the name and its value cannot be anything else.
    fn binds(&self) -> bool {
        self.quote.is_some() || self.encoded || !self.spaced
    }
}
