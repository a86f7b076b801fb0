//! Headers of an answer.

use reqwest::header::{HeaderMap, HeaderName};

/// A header as text; bytes that are not UTF-8 are replaced.
pub(super) fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
