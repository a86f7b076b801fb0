//! Values that must never be printed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Text that no formatter shows. There is no `Display` and no `Serialize`;
/// `Debug` prints stars. The only way out is [`Secret::expose`].
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself: for a request header and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many characters it has.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

impl PartialEq for Secret {
    /// Takes the same time whatever the common prefix.
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.0.as_bytes(), other.0.as_bytes());
        a.len() == b.len() && a.iter().zip(b).fold(0, |seen, (a, b)| seen | (a ^ b)) == 0
    }
}

impl Eq for Secret {}

/// Everything in this run that must not reach any output, and the knife that
/// cuts it out. The last line of defence: messages are built without secrets
/// in the first place.
#[derive(Clone, Default)]
pub struct Scrubber {
    needles: Vec<String>,
}

/// Secrets shorter than this are not searched for: `a` would tear up every text.
const SHORTEST_NEEDLE: usize = 6;
pub(crate) const MASK: &str = "****";

impl Scrubber {
    /// Learns a secret, together with the forms in which it travels: base64,
    /// what it holds when it is base64, and the password of `user:password`.
    pub fn learn(&mut self, secret: &str) {
        let secret = secret.trim();
        self.add(secret);
        self.add(&STANDARD.encode(secret));
        if let Some(decoded) = STANDARD
            .decode(secret)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
        {
            self.add(&decoded);
            if let Some((_, password)) = decoded.split_once(':') {
                self.add(password);
            }
        }
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        self.add(&encoded);
        // As it stands in JSON, XML, Markdown and GitHub's commands.
        if let Ok(quoted) = serde_json::to_string(secret) {
            self.add(quoted.trim_matches('"'));
        }
        let entities = secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        self.add(&entities);
        self.add(&entities.replace('"', "&quot;"));
        self.add(&crate::escape::cell(secret));
        self.add(&crate::escape::property(secret));
        self.add(&crate::escape::data(secret));
    }

    fn add(&mut self, needle: &str) {
        if needle.len() >= SHORTEST_NEEDLE && !self.needles.iter().any(|n| n == needle) {
            self.needles.push(needle.to_owned());
            self.needles
                .sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        }
    }

    /// The text with every known secret, and everything shaped like a token
    /// of a known service, replaced by stars.
    pub fn scrub(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for needle in &self.needles {
            if text.contains(needle.as_str()) {
                text = text.replace(needle.as_str(), MASK);
            }
        }
        mask_known_shapes(&text)
    }
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scrubber({} secrets)", self.needles.len())
    }
}

/// Prefixes of tokens that services hand out, from their own documents, with
/// the least number of characters that follow.
const TOKEN_PREFIXES: &[(&str, usize)] = &[
    ("npm_", 30),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("gldt-", 20),
    ("glcbt-", 20),
    ("eyJ", 40),
];

/// Replaces everything that has the shape of a known service's token, and the
/// password of every `scheme://user:password@host`.
pub fn mask_known_shapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let at_word_start = !out.ends_with(|c: char| c.is_ascii_alphanumeric());
        let token = TOKEN_PREFIXES.iter().find_map(|(prefix, least)| {
            let tail = rest.strip_prefix(prefix)?;
            let length = tail
                .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))
                .unwrap_or(tail.len());
            (at_word_start && length >= *least).then(|| (*prefix, prefix.len() + length))
        });
        if let Some((prefix, length)) = token {
            out.push_str(prefix);
            out.push_str(MASK);
            rest = &rest[length..];
        } else if let Some(length) = userinfo_length(rest) {
            out.push_str("://");
            out.push_str(MASK);
            rest = &rest[3 + length..];
        } else {
            let next = rest.chars().next().map_or(1, char::len_utf8);
            out.push_str(&rest[..next]);
            rest = &rest[next..];
        }
    }
    out
}

/// For text that starts with `://user:password@`: the length of the userinfo.
fn userinfo_length(text: &str) -> Option<usize> {
    let tail = text.strip_prefix("://")?;
    let end = tail
        .find(|c: char| matches!(c, '/' | '?' | '#' | '"' | '\'') || c.is_whitespace())
        .unwrap_or(tail.len());
    tail[..end].rfind('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", Secret::new("npm_abc")), "****");
    }

    #[test]
    fn a_learned_secret_is_cut_out_in_every_form_it_travels_in() {
        let mut scrubber = Scrubber::default();
        scrubber.learn("bob:hunter2hunter2");
        let text = "bob:hunter2hunter2 Ym9iOmh1bnRlcjJodW50ZXIy bob%3Ahunter2hunter2";
        assert_eq!(scrubber.scrub(text), "**** **** ****");
        let mut scrubber = Scrubber::default();
        scrubber.learn("Ym9iOmh1bnRlcjJodW50ZXIy");
        assert_eq!(scrubber.scrub("password hunter2hunter2"), "password ****");
    }

    #[test]
    fn token_shapes_and_url_passwords_go_even_when_unknown() {
        let token = format!("npm_{}", "a1B2".repeat(9));
        assert_eq!(mask_known_shapes(&format!("x {token} y")), "x npm_**** y");
        assert_eq!(
            mask_known_shapes("GET https://u:p@h.example/x 200"),
            "GET https://****@h.example/x 200"
        );
        assert_eq!(
            mask_known_shapes("npm_config_registry"),
            "npm_config_registry"
        );
    }
}
