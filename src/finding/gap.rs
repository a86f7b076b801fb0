//! Why a fact is missing.

/// Why a fact is missing. `?` on a gap makes a check undecided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// No usable answer: no connection, no time left, a server error, or an invalid document.
    /// If an error-level check has no answer, the whole verdict is undecided.
    #[error("{request}: {reason}")]
    NoAnswer {
        /// The question.
        request: String,
        /// What happened instead of an answer.
        reason: String,
        /// Why there was none.
        failure: RequestFailure,
    },
    /// The registry refuses to answer this credential (401, 403, or a 404 that hides). This
    /// says nothing about the publish itself.
    #[error("{request}: {}", denied(*.status, .reason))]
    NotAllowed {
        /// The question.
        request: String,
        /// The HTTP status.
        status: u16,
        /// What is known besides the status.
        reason: Denial,
    },
    /// This kind of registry does not have such an endpoint. Not shown.
    #[error("the registry has no such endpoint")]
    NotOffered,
    /// The question makes no sense here or was not needed. Not shown.
    #[error("not asked: {0}")]
    NotAsked(&'static str),
    /// Something that the answer depends on is unknown: shown with its reason.
    #[error("{0}")]
    Unknown(String),
}

/// What a registry gave as the reason for a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Only the status.
    Unexplained,
    /// One of the registry's sentences, shortened and masked.
    Said(String),
    /// A web page, with its title.
    WebPage(String),
    /// It does not accept the credential.
    Credential,
}

fn denied(status: u16, reason: &Denial) -> String {
    match reason {
        Denial::Unexplained => status.to_string(),
        Denial::Said(words) => format!("{status} {words}"),
        Denial::WebPage(title) => format!("{status}, a web page titled \"{title}\""),
        Denial::Credential => "the credential is not accepted".to_owned(),
    }
}

/// What kept a registry from answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestFailure {
    /// The name does not resolve.
    Dns,
    /// Refused, reset, or closed early.
    Connection,
    /// The deadline passed.
    Timeout,
    /// The certificate is not trusted, or the handshake failed.
    Tls,
    /// The proxy's URL is malformed, or the proxy (a gateway, a login page) answered instead of
    /// the registry.
    Proxy,
    /// 429.
    RateLimited,
    /// 5xx, after retries.
    Server,
    /// A redirect to another host, which is not followed.
    Redirect,
    /// The package to publish is on the network, and only npm reads it.
    NotRead,
    /// An answer that cannot be read: HTML, broken JSON, truncated gzip, an endless body.
    Garbage,
}

impl Gap {
    /// Whether reports show it: not if the question does not exist or was not needed.
    pub fn is_shown(&self) -> bool {
        !matches!(self, Self::NotOffered | Self::NotAsked(_))
    }

    /// Whether an expected answer is missing.
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::NoAnswer { .. })
    }
}
