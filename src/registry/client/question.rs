//! One question to a registry: as it is sent, and as reports show it.

use std::path::PathBuf;

use crate::finding::{Gap, RequestFailure};
use crate::secret::{Scrubber, Secret, excerpt, mask_known_shapes};

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The whole URL.
    pub url: String,
    /// The abbreviated packument is wanted, not the full document.
    pub abbreviated: bool,
    /// The `authorization` header that npm would send to this URL.
    pub authorization: Option<Secret>,
    /// Certificate and key files (PEM) for the TLS handshake.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// The answer is neither a packument nor a tarball, so it is never large.
    pub is_small: bool,
}

impl Question {
    /// A question without a credential.
    pub fn new(url: String) -> Self {
        Self {
            url,
            abbreviated: false,
            authorization: None,
            certificate: None,
            is_small: false,
        }
    }

    /// A server's text, to be quoted: one line of at most `most` characters, without the
    /// credential that was sent, in whatever form it comes back.
    pub fn quote(&self, text: &str, most: usize) -> String {
        let mut scrubber = Scrubber::default();
        if let Some(secret) = &self.authorization {
            scrubber.add_secret(secret.expose());
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        excerpt(&scrubber.scrub(&words.join(" ")), most)
    }

    /// The question as reports show it.
    pub fn shown(&self) -> String {
        format!("GET {}", mask_known_shapes(&self.url))
    }

    /// npm's own `accept` header.
    pub(super) fn accept(&self) -> &'static str {
        if self.abbreviated {
            "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"
        } else {
            "application/json"
        }
    }

    /// The gap for a question that got no usable answer, with the reason.
    pub(super) fn no_answer(&self, failure: RequestFailure, reason: String) -> Gap {
        Gap::NoAnswer {
            request: self.shown(),
            reason,
            failure,
        }
    }
}
