//! Removes everything that this run knows to be secret, in all forms in which it may travel.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::lenient_base64;
use super::mask::{certain, named, replace};
use super::names::is_secret;
use super::urls::proxy_userinfo;

/// Removes the run's secrets from text. The last line of defence: messages are
/// built without secrets in the first place.
#[derive(Clone, Default)]
pub struct Scrubber {
    /// The secrets so far, so none is added twice.
    known: HashSet<String>,
    /// The texts to search for, by their first bytes.
    needles: HashMap<[u8; MIN_NEEDLE], Vec<String>>,
    /// Needles with a blank among their first bytes, which may be a line end in the text.
    spaced: Vec<String>,
    /// How many secrets are hidden in all their forms.
    secrets: usize,
}

/// Shorter secrets are hidden where their place is known, by [`mod@super::mask`]; searching for
/// `abc` would damage every text.
const MIN_NEEDLE: usize = 6;
/// At most this many secrets are hidden in all their forms. A file with more is hostile; of
/// further secrets only the plain text is hidden.
const MAX_SECRETS: usize = 10_000;
/// From this length on, the base64 of a secret in the middle of other text is long enough to
/// search for.
const MIN_EMBEDDED: usize = 8;

impl Scrubber {
    /// Adds a secret as it is stored: `Bearer x`, a token, `user:password`, or
    /// the base64 of one.
    pub fn add_secret(&mut self, secret: &str) {
        let secret = secret.trim();
        let bare = match secret.split_once(' ') {
            Some(("Bearer" | "Basic", value)) => value.trim(),
            _ => secret,
        };
        self.add_forms(bare);
        let decoded = lenient_base64(bare);
        let is_text = |text: &&String| !text.chars().any(|c| c.is_control() || c == '\u{fffd}');
        for plain in std::iter::once(bare.to_owned()).chain(decoded.filter(|text| is_text(&text))) {
            self.add_forms(&plain);
            if let Some((_, password)) = plain.split_once(':') {
                self.add_forms(password);
            }
        }
    }

    /// Adds the values of variables whose names indicate a secret.
    pub fn of_variables(variables: &BTreeMap<String, String>) -> Self {
        let mut scrubber = Self::default();
        for (name, value) in variables {
            let is_file_or_url = value.starts_with('/') || value.starts_with("http");
            if is_secret(name) && !is_file_or_url {
                scrubber.add_secret(value);
            }
            if name.to_ascii_lowercase().ends_with("proxy")
                && let Some(userinfo) = proxy_userinfo(value)
            {
                scrubber.add_secret(userinfo);
            }
        }
        scrubber
    }

    /// Adds the secrets on a command line.
    pub fn of_arguments(arguments: impl Iterator<Item = OsString>) -> Self {
        let words: Vec<String> = arguments
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let mut scrubber = Self::default();
        scrubber.add_from_text(&words.join(" "));
        scrubber
    }

    /// Adds everything that another one knows.
    pub fn extend(&mut self, other: &Self) {
        for needle in &other.known {
            self.add(needle);
        }
    }

    /// Adds the secrets in a text of the user, by names, URLs or formats: a line of a
    /// configuration file, an argument.
    pub fn add_from_text(&mut self, text: &str) {
        for range in named(text) {
            self.add_secret(&text[range]);
        }
    }

    fn add_forms(&mut self, secret: &str) {
        if !self.add(secret) || self.secrets >= MAX_SECRETS {
            return;
        }
        self.secrets += 1;
        for encoded in [
            STANDARD.encode(secret),
            STANDARD_NO_PAD.encode(secret),
            URL_SAFE.encode(secret),
            URL_SAFE_NO_PAD.encode(secret),
        ] {
            self.add(&encoded);
        }
        if secret.len() >= MIN_EMBEDDED {
            for before in 1..=2 {
                self.add(&embedded_base64(secret, before));
            }
        }
        let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        self.add(&percent);
        self.add(&percent.replace('+', "%20"));
        self.add(&percent_lower(&percent));
        // The forms in JSON, XML, Markdown and GitHub's commands.
        if let Ok(quoted) = serde_json::to_string(secret) {
            let inner = quoted[1..quoted.len() - 1].to_owned();
            self.add(&inner.replace('/', "\\/"));
            self.add(&inner);
        }
        let entities = secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        self.add(&entities);
        self.add(&entities.replace('"', "&quot;").replace('\'', "&#39;"));
        self.add(&crate::escape::cell(secret));
        self.add(&crate::escape::property(secret));
        self.add(&crate::escape::data(secret));
    }

    /// Whether it is long enough, and new.
    fn add(&mut self, needle: &str) -> bool {
        if needle.chars().count() < MIN_NEEDLE || !self.known.insert(needle.to_owned()) {
            return false;
        }
        match needle.as_bytes().first_chunk::<MIN_NEEDLE>() {
            Some(first) if !first.iter().any(u8::is_ascii_whitespace) => {
                self.needles
                    .entry(*first)
                    .or_default()
                    .push(needle.to_owned());
            }
            _ => self.spaced.push(needle.to_owned()),
        }
        true
    }

    /// The text with every known secret, and everything in the format of a known service's
    /// token, replaced with stars. A passphrase is found across line ends.
    pub fn scrub(&self, text: &str) -> String {
        let mut spans = certain(text);
        spans.extend(self.find(text));
        replace(text, spans)
    }

    /// The text with a star for each byte of a known secret, so that everything else keeps its
    /// place: for a text that is cut before it is printed. `None` where it holds no secret.
    pub fn blank(&self, text: &str) -> Option<String> {
        let spans = self.find(text);
        spans.first()?;
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for span in spans.into_iter().filter(|span| !span.is_empty()) {
            let start = span.start.max(end);
            if start < span.end {
                out.push_str(&text[end..start]);
                let hidden = text[start..span.end].bytes();
                out.extend(hidden.map(|byte| if byte == b'\n' { '\n' } else { '*' }));
                end = span.end;
            }
        }
        out.push_str(&text[end..]);
        Some(out)
    }

    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.known.is_empty() {
            return found;
        }
        for (at, _) in text.char_indices() {
            let rest = &text[at..];
            let first = rest.as_bytes().first_chunk::<MIN_NEEDLE>();
            let indexed = first.and_then(|first| self.needles.get(first));
            let lengths = indexed
                .into_iter()
                .flatten()
                .chain(&self.spaced)
                .filter_map(|needle| length_of(needle, rest));
            if let Some(length) = lengths.max() {
                found.push(at..at + length);
            }
        }
        found
    }
}

/// How much of a text a needle matches at its start; a blank in the needle matches all blanks
/// and line ends there.
fn length_of(needle: &str, text: &str) -> Option<usize> {
    if text.starts_with(needle) {
        return Some(needle.len());
    }
    if !needle.contains(' ') {
        return None;
    }
    let mut at = 0;
    for (index, word) in needle.split(' ').enumerate() {
        if index > 0 {
            let rest = &text[at..];
            let blanks = rest.len() - rest.trim_start().len();
            if blanks == 0 {
                return None;
            }
            at += blanks;
        }
        text[at..].starts_with(word).then_some(())?;
        at += word.len();
    }
    Some(at)
}

/// The common part of all base64 texts of `…secret…` with `before` bytes (or three more) before
/// the secret. Its first and last characters also depend on the neighbours, so they are left
/// out.
fn embedded_base64(secret: &str, before: usize) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret.as_bytes());
    let whole = bytes.len() / 3 * 4;
    let text = STANDARD_NO_PAD.encode(&bytes);
    text[before + 1..whole].to_owned()
}

/// Percent-encoding with lower-case codes, as some programs write it.
fn percent_lower(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut code = 0_u8;
    for c in text.chars() {
        if c == '%' {
            code = 2;
            out.push(c);
        } else if code > 0 {
            code -= 1;
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
    }
    out
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scrubber({} forms)", self.known.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::MASK;

    fn scrubber(secret: &str) -> Scrubber {
        let mut scrubber = Scrubber::default();
        scrubber.add_secret(secret);
        scrubber
    }

    #[test]
    fn a_secret_is_found_in_every_form_it_travels_in() {
        let pair = "bob:p\u{e4}ss/w\"rd & <more>";
        let password = &pair[4..];
        let stored = STANDARD.encode(pair);
        let mut forms = vec![
            pair.to_owned(),
            password.to_owned(),
            stored.clone(),
            stored.trim_end_matches('=').to_owned(),
            URL_SAFE.encode(pair),
            STANDARD.encode(password),
            serde_json::to_string(password).unwrap(),
            url::form_urlencoded::byte_serialize(password.as_bytes()).collect(),
            password
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
        ];
        // In the middle of other base64, at every offset.
        for before in ["", "a", "ab", "abc", "alice:"] {
            forms.push(STANDARD.encode(format!("{before}{password}")));
        }
        for known in [pair, &stored, &format!("Basic {stored}")] {
            let scrubber = scrubber(known);
            for form in &forms {
                let shown = scrubber.scrub(&format!("x {form} y"));
                assert!(shown.contains(MASK), "{known}: {form} -> {shown}");
                assert!(!shown.contains(password), "{known}: {form} -> {shown}");
            }
        }
    }

    #[test]
    fn a_passphrase_is_found_where_it_breaks_over_lines() {
        let known = scrubber("correct horse battery staple");
        assert_eq!(
            known.scrub("say correct\n   horse battery\n  staple."),
            "say ****."
        );
        assert_eq!(scrubber("a bc def").scrub("x a\n bc  def"), "x ****");
        assert_eq!(known.scrub("correct horse"), "correct horse");
    }

    #[test]
    fn what_is_blanked_keeps_its_place() {
        let mut known = scrubber("abcdefgh");
        known.add_secret("fgh-\u{e4}\u{e4}\u{e4}\u{e4}");
        let blank = known.blank("x abcdefgh-\u{e4}\u{e4}\u{e4}\u{e4} y\nabcdefgh");
        assert_eq!(blank.as_deref(), Some("x ***************** y\n********"));
        assert_eq!(known.blank("x abcdefg y"), None);
        let known = scrubber("correct horse battery");
        let blank = known.blank("a correct\nhorse battery b");
        assert_eq!(blank.as_deref(), Some("a *******\n************* b"));
    }

    #[test]
    fn secrets_that_overlap_leave_nothing_of_each_other() {
        let mut known = scrubber("abcdefgh");
        known.add_secret("fghijklm");
        assert_eq!(known.scrub("x abcdefghijklm y"), "x **** y");
    }

    #[test]
    fn a_file_full_of_secrets_takes_no_time() {
        let mut known = Scrubber::default();
        for number in 0..100_000 {
            known.add_secret(&format!("secret-{number}"));
        }
        assert_eq!(known.scrub("x secret-99999"), "x ****");
    }

    #[test]
    fn short_secrets_are_left_to_their_slot() {
        assert_eq!(
            scrubber("cat").scrub("cat 1.0.0 to cat"),
            "cat 1.0.0 to cat"
        );
        assert_eq!(
            scrubber("Bearer x").scrub("Bearer of news"),
            "Bearer of news"
        );
    }

    #[test]
    fn a_file_gives_its_secrets_away() {
        let mut scrubber = Scrubber::default();
        scrubber.add_from_text("//h/:_authToken SECRETSECRET");
        scrubber.add_from_text("proxy=http://bob:p%40ssword1@proxy/");
        let text = scrubber.scrub("key //h/:_authToken SECRETSECRET; p%40ssword1");
        assert_eq!(text, "key //h/:_authToken ****; ****");
    }
}
