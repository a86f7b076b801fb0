//! Values that must never be printed, and how they are kept out of text.
//!
//! [`Secret`] holds a known secret; [`Scrubber`] removes it from output; `mask` hides unknown
//! credentials in outside text.

mod fields;
mod glue;
mod mask;
mod names;
mod scrubber;
pub mod shapes;
mod urls;

use std::fmt;

use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, Engine as _};

pub use mask::{excerpt, mask, mask_known_shapes, values};
pub use names::is_secret as is_secret_name;
pub use scrubber::Scrubber;
pub use urls::proxy_userinfo;

/// What replaces a secret.
pub(crate) const MASK: &str = "****";

/// Text that no formatter shows. There is no `Display` and no `Serialize`;
/// `Debug` prints stars. The only way out is [`Secret::expose`].
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself: only for a request header.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is empty.
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
        f.write_str(MASK)
    }
}

impl PartialEq for Secret {
    /// The comparison takes the same time for any common prefix.
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.0.as_bytes(), other.0.as_bytes());
        a.len() == b.len() && a.iter().zip(b).fold(0, |seen, (a, b)| seen | (a ^ b)) == 0
    }
}

impl Eq for Secret {}

/// At most this many bytes from the start of a text, in whole characters.
fn window(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// At most this many bytes from the end of a text, in whole characters.
fn last_bytes(text: &str, most: usize) -> &str {
    let mut begin = text.len() - most.min(text.len());
    while !text.is_char_boundary(begin) {
        begin += 1;
    }
    &text[begin..]
}

/// The text that base64 encodes, in either alphabet and with or without padding; `None` if a
/// text is not base64, or not of UTF-8.
fn lenient_base64(text: &str) -> Option<String> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabet = if text.contains(['-', '_']) {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    let bytes = GeneralPurpose::new(alphabet, LENIENT).decode(text).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", Secret::new("npm_abc")), MASK);
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
