//! Fields whose value is a credential, in JSON, headers and npm's command
//! lines; and credentials in addresses that are written wrong or escaped.

use crate::secret::MASK;

/// Names of fields, in small letters, without what may stand before them.
const FIELDS: [&str; 16] = [
    "_authtoken",
    "authtoken",
    "_auth",
    "_password",
    "password",
    "passwd",
    "otp",
    "x-jfrog-art-api",
    "x-jfrog-art-api-key",
    "private-token",
    "job-token",
    "api-key",
    "api_key",
    "apikey",
    "access_token",
    "client_secret",
];

/// Names that are common words: fields only in quotes.
const QUOTED_FIELDS: [&str; 3] = ["token", "secret", "auth"];

/// The text without the values of such fields.
pub(super) fn mask_fields(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let begins = text[..at]
            .chars()
            .next_back()
            .is_none_or(|c| !c.is_alphanumeric());
        let field = |names: &[&str], quoted: bool| {
            let fits = names
                .iter()
                .filter(|name| lower[at..].starts_with(**name))
                .filter_map(|name| value(text, at + name.len(), quoted));
            fits.max_by_key(|(from, to)| to - from)
        };
        let found = begins
            .then(|| field(&FIELDS, false).or_else(|| field(&QUOTED_FIELDS, true)))
            .flatten();
        if let Some((from, to)) = found {
            out.push_str(&text[at..from]);
            out.push_str(MASK);
            at = to;
        } else {
            let length = text[at..].chars().next().map_or(1, char::len_utf8);
            out.push_str(&text[at..at + length]);
            at += length;
        }
    }
    out
}

/// Where the value of the field that ends at `end` begins and ends: behind a
/// colon or an equals sign, or in quotes of its own.
fn value(text: &str, end: usize, quoted: bool) -> Option<(usize, usize)> {
    let is_quote = |c: char| matches!(c, '"' | '\'' | '\\');
    let rest = &text[end..];
    let behind = rest.trim_start_matches(is_quote);
    let closes = behind.len() < rest.len();
    let spaced = behind.trim_start_matches(' ');
    let told = spaced.strip_prefix([':', '=']);
    let inner = told.unwrap_or(spaced).trim_start_matches(' ');
    let bare = inner.trim_start_matches(is_quote);
    let opens = bare.len() < inner.len();
    let is_field = match told {
        Some(_) => closes || !quoted,
        None => closes && opens,
    };
    let ends = |c: char| {
        is_quote(c) || matches!(c, ',' | '}' | '&' | ';' | ')') || (c.is_whitespace() && !opens)
    };
    let length = bare.find(ends).unwrap_or(bare.len());
    // A variable's name is no secret, and a placeholder is none.
    let is_name = bare.starts_with(['$', '<', '*', '[', '{']);
    let from = text.len() - bare.len();
    (is_field && length > 0 && !is_name).then_some((from, from + length))
}

/// The text without `user:password@` in addresses: `http//user:password@host`,
/// which npm prints of a mistyped registry, and `https%3A%2F%2Fuser%3A…%40host`.
pub(super) fn mask_addresses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let lower = rest.to_ascii_lowercase();
        let slashes = ["//", "%2f%2f", "http:/", "https:/"]
            .iter()
            .filter_map(|mark| lower.find(mark).map(|at| (at, mark.len())))
            .min_by_key(|(at, length)| (*at, std::cmp::Reverse(*length)));
        let Some((at, length)) = slashes else {
            out.push_str(rest);
            return out;
        };
        let (before, behind) = rest.split_at(at + length);
        out.push_str(before);
        rest = behind;
        let lower = rest.to_ascii_lowercase();
        let stops = |c: char| matches!(c, '/' | '?' | '#' | '"' | '\'') || c.is_whitespace();
        let end = lower.find(stops).unwrap_or(lower.len());
        let end = lower.find("%2f").map_or(end, |slash| slash.min(end));
        let host = lower[..end].rfind('@');
        let host = host.into_iter().chain(lower[..end].rfind("%40")).max();
        let has_password = |at: &usize| lower[..*at].contains(':') || lower[..*at].contains("%3a");
        if let Some(at) = host.filter(has_password) {
            out.push_str(MASK);
            rest = &rest[at..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_fields_are_cut_out_in_every_notation() {
        for text in [
            "{\"authToken\":\"s3cr3t\"}",
            "{\\\"authToken\\\":\\\"s3cr3t\\\"}",
            "{ \"_auth\": \"s3cr3t\" }",
            "npm-otp: s3cr3t",
            "X-JFrog-Art-Api: s3cr3t",
            "argv \"publish\" \"--//h/:_authToken\" \"s3cr3t\"",
            "\"--otp\" \"s3cr3t\"",
            "{\"token\": \"s3cr3t\", \"x\": 1}",
            "//h/:_password=\"s3cr3t\"",
        ] {
            let masked = mask_fields(text);
            assert!(
                !masked.contains("s3cr3t") && masked.contains(MASK),
                "{masked}"
            );
        }
    }

    #[test]
    fn passwords_in_addresses_are_cut_out_however_they_are_written() {
        for text in [
            "http//al:s3cr3t@host/",
            "http:/al:s3cr3t@host/",
            "//al:s3cr3t@host/cat",
            "https%3A%2F%2Fal%3As3cr3t%40host%2Fcat",
            "https%3a%2f%2fal:s3cr3t@host",
        ] {
            let masked = mask_addresses(text);
            assert!(
                !masked.contains("s3cr3t") && masked.contains("host"),
                "{masked}"
            );
        }
    }

    #[test]
    fn what_is_no_credential_stays() {
        for text in [
            "This operation requires a one-time password.",
            "token: what is meant is the one in .npmrc",
            "code EOTP: x",
            "_authToken=${NPM_TOKEN}, //registry.example/:_authToken",
            "https://h/@acme%2fcat, //h/cat/-/cat@1.0.0.tgz, file://x",
            "https%3A%2F%2Fh%2F%40acme%2fcat",
        ] {
            assert_eq!(mask_addresses(&mask_fields(text)), text);
        }
    }
}
