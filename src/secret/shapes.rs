//! Tokens whose format shows who issued them. If the issuer documents a checksum, it tells a
//! real token from a made-up one.

use std::ops::Range;

/// A piece of text in the format of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it is, in bytes.
    pub range: Range<usize>,
    /// Who issues such tokens.
    pub issuer: &'static str,
    /// How many bytes at its start are the same in all tokens of its kind.
    pub prefix: usize,
    /// Whether its checksum is correct; `None` if the issuer documents none.
    pub checksum: Option<bool>,
}

/// What the characters after a prefix may be.
#[derive(Clone, Copy)]
enum Alphabet {
    /// Letters and digits.
    Base62,
    /// The same with `-` and `_`.
    Base64Url,
    /// Lower-case hexadecimal.
    Hex,
    /// The same as [`Alphabet::Base64Url`] with dots between parts.
    Dotted,
    /// The same with `+`, `/` and `=`, too.
    Base64,
}

struct Shape {
    issuer: &'static str,
    prefix: &'static str,
    alphabet: Alphabet,
    /// At least this many characters must follow the prefix.
    least: usize,
    checksum: Option<fn(&str) -> bool>,
}

const fn shape(
    issuer: &'static str,
    prefix: &'static str,
    alphabet: Alphabet,
    least: usize,
) -> Shape {
    Shape {
        issuer,
        prefix,
        alphabet,
        least,
        checksum: None,
    }
}

/// GitHub's format of 2021, which npm adopted: 30 random characters, then their CRC-32 in six.
const fn with_crc(issuer: &'static str, prefix: &'static str) -> Shape {
    Shape {
        checksum: Some(crc_fits),
        ..shape(issuer, prefix, Alphabet::Base62, 30)
    }
}

use Alphabet::{Base62, Base64, Base64Url, Dotted, Hex};

/// Prefixes from the issuers' own documentation.
const SHAPES: &[Shape] = &[
    with_crc("npm", "npm_"),
    with_crc("GitHub", "ghp_"),
    with_crc("GitHub", "gho_"),
    with_crc("GitHub", "ghu_"),
    with_crc("GitHub", "ghr_"),
    // Installation tokens are now longer, and have no such checksum.
    shape("GitHub", "ghs_", Dotted, 30),
    shape("GitHub", "github_pat_", Base64Url, 30),
    shape("GitLab", "glpat-", Dotted, 20),
    shape("GitLab", "gldt-", Dotted, 20),
    shape("GitLab", "glcbt-", Dotted, 20),
    shape("GitLab", "glrt-", Dotted, 20),
    shape("GitLab", "glptt-", Dotted, 20),
    shape("GitLab", "glsoat-", Dotted, 20),
    shape("GitLab", "gloas-", Dotted, 20),
    shape("GitLab", "glft-", Dotted, 20),
    shape("PyPI", "pypi-AgEI", Base64Url, 50),
    shape("RubyGems", "rubygems_", Hex, 48),
    shape("Docker", "dckr_pat_", Base64Url, 20),
    shape("Docker", "dckr_oat_", Base64Url, 20),
    shape("JFrog", "AKCp", Base62, 60),
    // base64 of `reftkn:`.
    shape("JFrog", "cmVmdGtuO", Base64, 40),
    shape("AWS", "AKIA", Base62, 16),
    shape("AWS", "ASIA", Base62, 16),
    shape("Google", "AIza", Base64Url, 35),
    shape("Google", "ya29.", Dotted, 30),
    shape("Google", "GOCSPX-", Base64Url, 28),
    shape("Slack", "xoxb-", Base64Url, 20),
    shape("Slack", "xoxp-", Base64Url, 20),
    shape("Slack", "xoxa-", Base64Url, 20),
    shape("Slack", "xoxr-", Base64Url, 20),
    shape("Slack", "xoxs-", Base64Url, 20),
    shape("Slack", "xapp-", Base64Url, 20),
    shape("Stripe", "sk_live_", Base62, 20),
    shape("Stripe", "rk_live_", Base62, 20),
    shape("Stripe", "whsec_", Base64, 24),
    shape("SendGrid", "SG.", Dotted, 60),
    shape("DigitalOcean", "dop_v1_", Hex, 64),
    shape("Anthropic", "sk-ant-", Base64Url, 40),
    shape("OpenAI", "sk-proj-", Base64Url, 40),
    shape("Hugging Face", "hf_", Base62, 30),
    shape("Vault", "hvs.", Dotted, 24),
    shape("Doppler", "dp.pt.", Base62, 40),
    shape("Linear", "lin_api_", Base62, 40),
    shape("Sentry", "sntrys_", Base64, 40),
    shape("Shopify", "shpat_", Hex, 32),
    // JSON that starts with `{"`, as in a JWT's header.
    shape("a JWT's issuer", "eyJ", Dotted, 40),
];

/// Every token in a text, in order; they do not overlap.
pub fn find(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(run) = next_run(bytes, from) {
        from = run.end;
        let mut at = run.start;
        while at < run.end {
            let begins_word = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
            let token = (begins_word && may_begin(&bytes[at..])).then(|| token(text, at));
            match token.flatten() {
                Some(token) => {
                    at = token.range.end;
                    found.push(token);
                }
                None => at += 1,
            }
        }
    }
    found
}

/// The next run of token characters that is long enough for a token. Few bytes are examined:
/// after any other character a whole token must follow, so the search continues at the earliest
/// position where that could end.
fn next_run(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let is_other = |byte: &u8| !IN_TOKENS[usize::from(*byte)];
    let mut start = from;
    while let Some(other) = bytes
        .get(start..start + MIN_LENGTH)?
        .iter()
        .rposition(is_other)
    {
        start += other + 1;
    }
    let rest = &bytes[start + MIN_LENGTH..];
    let more = rest.iter().position(is_other).unwrap_or(rest.len());
    Some(start..start + MIN_LENGTH + more)
}

/// Whether a token of any format starts with these two bytes.
fn may_begin(tail: &[u8]) -> bool {
    tail.first_chunk().is_some_and(|[first, second]| {
        let (word, bit) = place(*first, *second);
        FIRST_TWO[word] & bit != 0
    })
}

/// The length of the shortest token, with its prefix.
const MIN_LENGTH: usize = shortest();

const fn shortest() -> usize {
    let mut shortest = usize::MAX;
    let mut index = 0;
    while index < SHAPES.len() {
        let length = SHAPES[index].prefix.len() + SHAPES[index].least;
        if length < shortest {
            shortest = length;
        }
        index += 1;
    }
    shortest
}

/// Whether any format has this byte in its prefix or after it.
static IN_TOKENS: [bool; 256] = in_tokens();

const fn in_tokens() -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        table[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=');
        byte += 1;
    }
    table
}

/// A bit for each pair of bytes that starts a prefix.
static FIRST_TWO: [u64; 1024] = first_two();

const fn first_two() -> [u64; 1024] {
    let mut table = [0; 1024];
    let mut index = 0;
    while index < SHAPES.len() {
        let prefix = SHAPES[index].prefix.as_bytes();
        let (word, bit) = place(prefix[0], prefix[1]);
        table[word] |= bit;
        index += 1;
    }
    table
}

/// The position of the bit for a pair of bytes.
const fn place(first: u8, second: u8) -> (usize, u64) {
    let pair = (first as usize) << 8 | second as usize;
    (pair / 64, 1 << (pair % 64))
}

fn token(text: &str, at: usize) -> Option<Token> {
    let tail = text.as_bytes().get(at..)?;
    SHAPES.iter().find_map(|shape| {
        let body = tail.strip_prefix(shape.prefix.as_bytes())?;
        let length = body.iter().take_while(|byte| shape.takes(**byte)).count();
        // A full stop after a token ends a sentence.
        let dots = body[..length]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'.');
        let length = length - dots.count();
        (length >= shape.least).then(|| {
            let range = at..at + shape.prefix.len() + length;
            let random = &text[at + shape.prefix.len()..range.end];
            Token {
                range,
                issuer: shape.issuer,
                prefix: shape.prefix.len(),
                checksum: shape.checksum.map(|fits| fits(random)),
            }
        })
    })
}

impl Shape {
    fn takes(&self, byte: u8) -> bool {
        let more: &[u8] = match self.alphabet {
            Base62 => b"",
            Base64Url => b"-_",
            Dotted => b"-_.",
            Base64 => b"-_+/=",
            Hex => return byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        };
        byte.is_ascii_alphanumeric() || more.contains(&byte)
    }
}

/// Whether the last six of 36 characters are the CRC-32 of the others in base 62.
fn crc_fits(random: &str) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((body, tail)) = random
        .split_at_checked(30)
        .filter(|(_, tail)| tail.len() == 6)
    else {
        return false;
    };
    let mut crc = flate2::Crc::new();
    crc.update(body.as_bytes());
    let mut rest = crc.sum() as usize;
    tail.bytes().rev().all(|digit| {
        let fits = DIGITS[rest % 62] == digit;
        rest /= 62;
        fits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_separates_real_tokens_from_made_up_ones() {
        // Expired samples that base62-token.js publishes as test vectors.
        for real in [
            "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17",
            "adE7dp8rHP6gUTuPwxLTZjZdtya3sV0UQzQM",
        ] {
            for prefix in ["ghp_", "npm_"] {
                let text = format!("token {prefix}{real}.");
                let found = find(&text);
                assert_eq!(found.len(), 1, "{text}");
                assert_eq!(found[0].checksum, Some(true), "{text}");
                assert_eq!(&text[found[0].range.clone()], format!("{prefix}{real}"));
            }
        }
        let made_up = find("npm_0123456789abcdefghijABCDEFGHIJ012345");
        assert_eq!(made_up[0].checksum, Some(false));
    }

    #[test]
    fn every_shape_is_found_at_any_place() {
        for shape in SHAPES {
            let token = format!("{}{}", shape.prefix, "a".repeat(shape.least));
            assert!(token.bytes().all(|byte| IN_TOKENS[usize::from(byte)]));
            for before in 0..2 * MIN_LENGTH {
                let text = format!("{} {token} x", "-x".repeat(before));
                let found = find(&text);
                assert_eq!(found.len(), 1, "{text}");
                assert_eq!(&text[found[0].range.clone()], token);
            }
        }
    }

    #[test]
    fn shapes_begin_at_words_and_have_a_least_length() {
        assert!(find("npm_config_registry xnpm_0123456789abcdefghijABCDEFGHIJ012345").is_empty());
        assert!(find("eyJ glpat-short AKIA xoxb-1").is_empty());
        let tokens = find("glpat-abcdefghij0123456789\u{e9}AKIAABCDEFGHIJKLMNOP");
        let issuers: Vec<_> = tokens.iter().map(|token| token.issuer).collect();
        assert_eq!(issuers, ["GitLab", "AWS"]);
    }
}
