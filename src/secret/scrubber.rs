//! What this run knows to be secret, in all forms in which it may travel.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::mask::{mask_known_shapes, named};
use super::{MASK, lenient_base64};

/// Removes the run's secrets from text. The last line of defence: messages are
/// built without secrets in the first place.
#[derive(Clone, Default)]
pub struct Scrubber {
    /// The longest first, so that no part of one is left over.
    needles: Vec<String>,
}

/// Shorter secrets are hidden where their slot is known, by [`super::mask`]; to
/// search for `abc` would tear up every text.
const MIN_NEEDLE: usize = 6;
/// From so many bytes on, what base64 makes of a secret in the middle of other
/// text is long enough to be searched for.
const MIN_EMBEDDED: usize = 8;

impl Scrubber {
    /// Learns a secret as it is stored: `Bearer x`, a token, `user:password`, or
    /// the base64 of one.
    pub fn learn(&mut self, secret: &str) {
        let secret = secret.trim();
        let bare = match secret.split_once(' ') {
            Some(("Bearer" | "Basic", value)) => value.trim(),
            _ => secret,
        };
        self.learn_forms(bare);
        let decoded = lenient_base64(bare);
        let is_text = |text: &&String| !text.chars().any(|c| c.is_control() || c == '\u{fffd}');
        for plain in std::iter::once(bare.to_owned()).chain(decoded.filter(|text| is_text(&text))) {
            self.learn_forms(&plain);
            if let Some((_, password)) = plain.split_once(':') {
                self.learn_forms(password);
            }
        }
    }

    /// Learns what a text of the user's own gives away by names, URLs or shapes: a
    /// line of a configuration file, an argument.
    pub fn learn_from(&mut self, text: &str) {
        for range in named(text) {
            self.learn(&text[range]);
        }
    }

    fn learn_forms(&mut self, secret: &str) {
        self.add(secret);
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
        // As it stands in JSON, XML, Markdown and GitHub's commands.
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

    fn add(&mut self, needle: &str) {
        if needle.chars().count() < MIN_NEEDLE || self.needles.iter().any(|n| n == needle) {
            return;
        }
        let at = self
            .needles
            .partition_point(|known| known.len() >= needle.len());
        self.needles.insert(at, needle.to_owned());
    }

    /// The text with every known secret, and everything shaped like a token of a
    /// known service, replaced by stars.
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

/// What all base64 texts of `…secret…` have in common where `before` (or three
/// more) bytes stand before it: its first and last characters also depend on the
/// neighbours, and are left out.
fn embedded_base64(secret: &str, before: usize) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret.as_bytes());
    let whole = bytes.len() / 3 * 4;
    let text = STANDARD_NO_PAD.encode(&bytes);
    text[before + 1..whole].to_owned()
}

/// Percent-encoding with small letters in its codes, as some programs write it.
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
        write!(f, "Scrubber({} forms)", self.needles.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrubber(secret: &str) -> Scrubber {
        let mut scrubber = Scrubber::default();
        scrubber.learn(secret);
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
        // In the middle of somebody else's base64, at every offset.
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
        scrubber.learn_from("//h/:_authToken SECRETSECRET");
        scrubber.learn_from("proxy=http://bob:p%40ssword1@proxy/");
        let text = scrubber.scrub("key //h/:_authToken SECRETSECRET; p%40ssword1");
        assert_eq!(text, "key //h/:_authToken ****; ****");
    }
}
