//! Cuts out of quoted text whatever may be a credential. Logs hold the tokens
//! of strangers; none may be shown again.

use super::mask_fields::{mask_addresses, mask_fields};
use crate::secret::mask_known_shapes;

const MASK: &str = "****";

/// What stands before a secret.
const KEYS: [&str; 12] = [
    "_authtoken=",
    "_auth=",
    "_password=",
    "password=",
    "token=",
    "otp=",
    "secret=",
    "_authtoken =",
    "_auth =",
    "bearer ",
    "basic ",
    "npmtoken.",
];

/// A word this long with letters and digits in it is taken for a credential.
const LONGEST_WORD: usize = 32;

/// The text without credentials.
pub(super) fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut hide = false;
    let text = mask_addresses(&mask_fields(&mask_known_shapes(text)));
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        if hide && !matches!(word, "" | "=") && !word.starts_with("realm") {
            out.push_str(MASK);
            hide = false;
            continue;
        }
        out.push_str(&masked_word(word));
        let lower = word.to_lowercase();
        hide = matches!(lower.trim_matches([':', '"', '\'']), "bearer" | "basic")
            || lower.ends_with("_authtoken")
            || lower.ends_with("--otp")
            || (hide && matches!(word, "" | "="));
    }
    out
}

fn masked_word(word: &str) -> String {
    let lower = word.to_lowercase();
    for key in KEYS {
        if let Some(at) = lower.find(key)
            && lower.len() == word.len()
            && !word[at + key.len()..].starts_with(['$', '<', '*'])
        {
            let begin = at + key.len();
            if begin < word.len() {
                return format!("{}{MASK}", &word[..begin]);
            }
        }
    }
    let is_part = |c: char| c.is_ascii_alphanumeric();
    let mut out = String::with_capacity(word.len());
    for piece in word.split_inclusive(|c| !is_part(c)) {
        let core = piece.trim_end_matches(|c| !is_part(c));
        if is_secret(core) {
            out.push_str(MASK);
            out.push_str(&piece[core.len()..]);
        } else {
            out.push_str(piece);
        }
    }
    without_uuids(&out)
}

fn is_secret(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    word.len() >= LONGEST_WORD && digits >= 3 && word.len() - digits >= 3
}

/// npm's own tokens were UUIDs before 2021, and other registries' still are.
fn without_uuids(text: &str) -> String {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    const LENGTH: usize = 36;
    let is_uuid = |at: usize| {
        let Some(candidate) = text.get(at..at + LENGTH) else {
            return false;
        };
        candidate.split('-').map(str::len).eq(GROUPS)
            && candidate
                .bytes()
                .all(|b| b.is_ascii_hexdigit() || b == b'-')
    };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if is_uuid(at) {
            out.push_str(MASK);
            at += LENGTH;
        } else {
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_every_shape_are_cut_out() {
        let long = "aB3".repeat(12);
        for secret in [
            "npm_0123456789abcdefghijABCDEFGHIJ012345",
            "0123abcd-0123-4567-89ab-0123456789ab",
            "hunter2",
            long.as_str(),
        ] {
            for text in [
                format!("//h/:_authToken={secret}"),
                format!("//h/:_authToken = {secret} x"),
                format!("authorization: Bearer {secret}"),
                format!("Basic {secret}"),
                format!("--otp {secret}"),
            ] {
                assert!(!mask(&text).contains(secret), "{text} -> {}", mask(&text));
            }
        }
        for text in [
            "see 0123abcd-0123-4567-89ab-0123456789ab.".to_owned(),
            format!("\"{long}\""),
        ] {
            assert!(mask(&text).contains(MASK), "{text}");
        }
    }

    #[test]
    fn sentences_stay_as_they_are() {
        for text in [
            "You cannot publish over the previously published versions: 1.2.3.",
            "Unable to authenticate, need: Basic realm=\"GitHub Package Registry\"",
            "PUT https://registry.example/@scope%2fa-long-package-name-with-many-words-in-it",
            "_authToken=${NPM_TOKEN}",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
