//! Turns replies into answers and gaps.

use std::sync::Arc;

use super::query::PackageQuery;
use crate::finding::{Answer, Denial, Gap, Known, RequestFailure};
use crate::registry::client::{Question, Reply};
use crate::registry::documents::Packument;
use crate::registry::kind::RegistryKind;
use crate::registry::kinds;
use crate::registry::read;

/// A packument, and the kind of registry that the answer's headers reveal.
#[derive(Clone, Debug)]
pub(super) struct FoundPackument {
    pub(super) known: Known<Option<Arc<Packument>>>,
    pub(super) kind: Option<RegistryKind>,
    /// npmjs's packument of that name, if the registry redirects there for names that it does
    /// not have. npm follows.
    pub(super) forwarded: Option<Known<Option<Arc<Packument>>>>,
    /// It came from a cache, and may be old.
    pub(super) is_cached: bool,
}

impl FoundPackument {
    /// What npm reads: it follows the redirect.
    pub(super) fn read_as_npm(self) -> Known<Option<Arc<Packument>>> {
        self.forwarded.unwrap_or(self.known)
    }
}

pub(super) fn scope_question(query: &PackageQuery<'_>, what: &str) -> Result<Question, Gap> {
    if !query.traits.offers.scopes {
        return Err(Gap::NotOffered);
    }
    let scope = query
        .scope()
        .ok_or(Gap::NotAsked("the name has no scope"))?;
    Ok(query.question(&format!("-/org/{scope}/{what}")))
}

pub(super) fn read_packument(question: &Question, reply: Result<Reply, Gap>) -> FoundPackument {
    let mut reply = match reply {
        Ok(reply) => reply,
        Err(gap) => {
            return FoundPackument {
                known: Err(gap),
                kind: None,
                forwarded: None,
                is_cached: false,
            };
        }
    };
    let kind = kinds::by_headers(&reply.headers);
    let is_empty = reply.is_empty();
    let is_cached = reply.is_cached();
    let known = match reply.status {
        200 => match reply.packument() {
            Some(packument) => Ok(answer(question, &reply, Some(Arc::new(packument)))),
            // npm reads it for its comparison, and continues without it.
            None if is_empty => Err(Gap::Unknown(format!(
                "{}: 200, but the body is empty",
                question.shown()
            ))),
            None => Err(Gap::NoAnswer {
                request: question.shown(),
                reason: "200, but the answer is not a packument".to_owned(),
                failure: RequestFailure::Garbage,
            }),
        },
        404 => Ok(answer(question, &reply, None)),
        _ if reply.forwards_to().is_some() => Ok(answer(question, &reply, None)),
        _ => Err(refused(question, &reply)),
    };
    FoundPackument {
        known,
        kind,
        forwarded: None,
        is_cached,
    }
}

/// The gap for a 404: npmjs has all these endpoints and hides things with a 404; elsewhere the
/// endpoint does not exist.
pub(super) fn not_offered(query: &PackageQuery<'_>, question: &Question, reply: &Reply) -> Gap {
    if query.traits.hides_with_404 {
        refused(question, reply)
    } else {
        Gap::NotOffered
    }
}

pub(super) fn key(question: &Question) -> String {
    let secret = question
        .authorization
        .as_ref()
        .map_or("", |secret| secret.expose());
    format!("{}\n{}\n{secret}", question.url, question.abbreviated)
}

pub(super) fn answer<T>(question: &Question, reply: &Reply, value: T) -> Answer<T> {
    Answer {
        value,
        request: question.shown(),
        status: reply.status,
    }
}

pub(super) fn refused(question: &Question, reply: &Reply) -> Gap {
    Gap::NotAllowed {
        request: question.shown(),
        status: reply.status,
        reason: denial(question, &reply.body),
    }
}

fn denial(question: &Question, body: &[u8]) -> Denial {
    if let Some(words) = read::refusal(body) {
        return Denial::Said(question.quote(&words, 120));
    }
    let title = crate::registry::client::title(body);
    title.map_or(Denial::Unexplained, |title| {
        Denial::WebPage(question.quote(&title, 80))
    })
}

/// Tells a request for a one-time password from a refused credential, as npm does.
pub(super) fn wants_one_time_password(reply: &Reply) -> bool {
    let challenges = reply.headers.get_all("www-authenticate").iter();
    let mut challenges = challenges.flat_map(|value| {
        value
            .as_bytes()
            .split(|byte| matches!(byte, b',' | b' ' | b';'))
    });
    challenges.any(|word| word.eq_ignore_ascii_case(b"otp"))
        || String::from_utf8_lossy(&reply.body)
            .to_ascii_lowercase()
            .contains("one-time pass")
}

pub(super) fn not_understood(question: &Question) -> Gap {
    Gap::Unknown(format!(
        "{}: 200, but the answer has an unknown form",
        question.shown()
    ))
}

/// A gap for a question that decides nothing by itself.
pub(super) fn secondary(gap: &Gap) -> Gap {
    match gap {
        Gap::NoAnswer { .. } => Gap::Unknown(gap.to_string()),
        gap => gap.clone(),
    }
}
