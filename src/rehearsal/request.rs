//! What the embedded registry reads from the head of a request.

use hyper::body::Incoming;
use hyper::header::{ACCEPT_ENCODING, AUTHORIZATION};
use hyper::{Request, Uri};

/// The `authorization` header.
pub(super) fn authorization(request: &Request<Incoming>) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Whether the client accepts gzip.
pub(super) fn takes_gzip(request: &Request<Incoming>) -> bool {
    let encodings = request.headers().get(ACCEPT_ENCODING);
    encodings
        .and_then(|encodings| encodings.to_str().ok())
        .is_some_and(|encodings| encodings.contains("gzip"))
}

/// A target without the key at the start of its path; `None` if the key is missing.
pub(super) fn without_key(target: &Uri, key: &str) -> Option<Uri> {
    let path = target.path().strip_prefix('/')?.strip_prefix(key)?;
    let path = match path {
        "" => "/",
        path if path.starts_with('/') => path,
        _ => return None,
    };
    let query = target.query().map(|query| format!("?{query}"));
    format!("{path}{}", query.unwrap_or_default()).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_first_part_of_the_path() {
        let without = |target: &str| {
            let uri = without_key(&target.parse().unwrap(), "key")?;
            Some(uri.to_string())
        };
        assert_eq!(without("/key/@a%2fb?x=1").as_deref(), Some("/@a%2fb?x=1"));
        assert_eq!(without("http://h:1/key/-/ping").as_deref(), Some("/-/ping"));
        assert_eq!(without("/key").as_deref(), Some("/"));
        for other in ["/", "/keys/a", "/a/key/b", "/key2"] {
            assert_eq!(without(other), None, "{other}");
        }
    }
}
