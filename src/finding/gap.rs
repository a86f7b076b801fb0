//! Why a fact is missing.

/// Why a fact is missing. `?` on a gap makes a check undecided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// No usable answer: no connection, no time left, an error of the server, or an
    /// invalid document. An error-level check without an answer makes the whole
    /// verdict undecided.
    #[error("{request}: {reason}")]
    NoAnswer {
        /// The question.
        request: String,
        /// What happened instead of an answer.
        reason: String,
        /// Why there was none.
        failure: RequestFailure,
    },
    /// The registry refuses to answer this to this credential (401, 403, or a
    /// 404 that hides). It says nothing about the publish itself.
    #[error("{request}: {}", denied(*.status, .reason))]
    NotAllowed {
        /// The question.
        request: String,
        /// The HTTP status.
        status: u16,
        /// What is known besides the status.
        reason: Denial,
    },
    /// This kind of registry does not answer such a question. Not shown.
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
    /// A sentence of the registry's, cut short and without secrets.
    Said(String),
    /// A web page, by its title.
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
    /// The proxy's address is malformed, or it (a gateway, a login page)
    /// answered instead of the registry.
    Proxy,
    /// 429.
    RateLimited,
    /// 5xx, after retries.
    Server,
    /// A redirect to another host, which is not followed.
    Redirect,
    /// What would be published is on the network, and only npm reads it.
    NotRead,
    /// An answer that cannot be read: HTML, broken JSON, truncated gzip, endless.
    Garbage,
}

impl Gap {
    /// Whether reports show it: not where the question does not exist or was not
    /// needed.
    pub fn is_shown(&self) -> bool {
        !matches!(self, Self::NotOffered | Self::NotAsked(_))
    }

    /// Whether an answer is missing that should have come.
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::NoAnswer { .. })
    }
}
