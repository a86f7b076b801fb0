//! The headers of an answer.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// Larger headers are refused; no server means to send so much.
const MAX_HEADERS: usize = 16 << 10;

/// A header as text; bytes that are not UTF-8 are replaced.
pub(super) fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The headers, copied out of the buffers that they were read into.
pub(super) fn copied(headers: &HeaderMap) -> HeaderMap {
    let mut rest = MAX_HEADERS;
    let mut copy = HeaderMap::new();
    for (name, value) in headers {
        let size = name.as_str().len() + value.len();
        if let Some(less) = rest.checked_sub(size)
            && let Ok(value) = HeaderValue::from_bytes(value.as_bytes())
        {
            rest = less;
            copy.append(name, value);
        }
    }
    copy
}
