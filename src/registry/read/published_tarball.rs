//! Where a version's tarball is, and its digests.

use crate::escape;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA512, digest};
use serde_json::Value;

/// `dist` of a version's document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedTarball {
    /// Its URL.
    pub url: String,
    /// `sha512-…`, if the registry has it.
    pub integrity: Option<String>,
    /// SHA-1 in hexadecimal, if the registry has it.
    pub shasum: Option<String>,
}

impl PublishedTarball {
    /// Whether the registry's digest matches these bytes. `None` without a digest.
    pub fn has(&self, tarball: &[u8]) -> Option<bool> {
        let sha512 = self.integrity.iter().flat_map(|it| it.split_whitespace());
        let mut sha512 = sha512.filter_map(|part| part.strip_prefix("sha512-"));
        if let Some(promised) = sha512.next() {
            return Some(STANDARD.encode(digest(&SHA512, tarball)) == promised);
        }
        let promised = self.shasum.as_ref()?;
        let sum = digest(&SHA1_FOR_LEGACY_USE_ONLY, tarball);
        Some(escape::hex(sum.as_ref()).eq_ignore_ascii_case(promised))
    }
}

/// Reads `GET /<name>/<version>`; `None` if it names no tarball.
pub fn published_tarball(body: &[u8]) -> Option<PublishedTarball> {
    let document: Value = serde_json::from_slice(body).ok()?;
    let dist = document.get("dist")?;
    let text = |key: &str| Some(dist.get(key)?.as_str()?.to_owned());
    Some(PublishedTarball {
        url: text("tarball")?,
        integrity: text("integrity"),
        shasum: text("shasum"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(dist: &Value) -> PublishedTarball {
        let document = serde_json::json!({ "dist": dist });
        super::published_tarball(document.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn the_bytes_are_held_against_what_the_registry_promised() {
        let sha512 = format!("sha512-{}", STANDARD.encode(digest(&SHA512, b"cat")));
        let url = "https://registry.example/cat.tgz";
        let strong =
            of(&serde_json::json!({ "tarball": url, "integrity": sha512, "shasum": "00" }));
        assert_eq!(strong.has(b"cat"), Some(true));
        assert_eq!(strong.has(b"dog"), Some(false));
        let shasum = "9d989e8d27dc9e0ec3389fc855f142c3d40f0c50";
        let weak = of(&serde_json::json!({ "tarball": url, "shasum": shasum }));
        assert_eq!(weak.has(b"cat"), Some(true));
        assert_eq!(weak.has(b"dog"), Some(false));
        assert_eq!(of(&serde_json::json!({ "tarball": url })).has(b"cat"), None);
        assert!(super::published_tarball(b"{}").is_none());
    }
}
