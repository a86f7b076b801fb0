//! A registry's answer, read within limits but not yet interpreted.

use bytes::Bytes;
use reqwest::header::{AGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Response, StatusCode};
use url::Url;

use super::headers::{copied, header};
use super::memory::{MAX_DOCUMENT, MAX_PACKUMENT, Reservation, SMALL_BODY};
use super::retry::{FailedTry, worth_another_try};
use super::stream::Stream;
use super::{Client, Question, request_failure};
use crate::finding::{Gap, RequestFailure};
use crate::registry::documents::Packument;
use crate::registry::read;
use crate::registry::url::NPMJS_HOST;

/// An answer that is not yet interpreted.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status: below 500, and never one that is retried.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The decoded body; empty where it was a large packument.
    pub body: Vec<u8>,
    /// What was read of a large packument.
    streamed: Option<Streamed>,
    _reservation: Reservation,
}

/// The result of parsing a body while it arrived; `None` if it is not a packument.
#[derive(Debug)]
struct Streamed(Option<Packument>);

impl Reply {
    /// The URL at npmjs that the answer redirects to, as some registries do for names that they
    /// do not have.
    pub fn forwards_to(&self) -> Option<Url> {
        let is_redirect = StatusCode::from_u16(self.status).is_ok_and(|it| it.is_redirection());
        is_redirect.then(|| npmjs_location(&self.headers)).flatten()
    }

    /// Whether a cache reports that it has had the answer for a while (RFC 9111, 5.1).
    pub fn is_cached(&self) -> bool {
        let age = header(&self.headers, &AGE);
        age.and_then(|age| age.trim().parse::<u64>().ok())
            .is_some_and(|seconds| seconds > 0)
    }

    /// The packument; `None` if the answer is not one. It can be taken once.
    pub fn packument(&mut self) -> Option<Packument> {
        match self.streamed.take() {
            Some(streamed) => streamed.0,
            None => read::packument(&self.body),
        }
    }

    /// Whether the body is empty.
    pub fn is_empty(&self) -> bool {
        self.streamed.is_none() && self.body.trim_ascii().is_empty()
    }

    /// Roughly how many bytes it takes.
    pub fn size(&self) -> usize {
        let header =
            |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + HEADER;
        self.body.len() + self.headers.iter().map(header).sum::<usize>()
    }
}

/// The memory of a header besides its name and value.
const HEADER: usize = 100;

fn npmjs_location(headers: &HeaderMap) -> Option<Url> {
    let to = Url::parse(&header(headers, &LOCATION)?).ok()?;
    (to.host_str() == Some(NPMJS_HOST)).then_some(to)
}

impl Client {
    pub(super) async fn read(
        &self,
        question: &Question,
        mut response: Response,
    ) -> Result<Reply, FailedTry> {
        let status = response.status();
        if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
            return redirect(question, &response).map_err(FailedTry::from);
        }
        if let Some(failed) = worth_another_try(question, &response) {
            return Err(failed);
        }
        let headers = copied(response.headers());
        let may_be_large = status.is_success() && !question.is_small;
        let mut held = Reservation::default();
        let (body, is_whole) = self
            .head(question, &mut response, &mut held, may_be_large)
            .await?;
        if status.is_success() && is_web_page(&headers, &body) {
            return Err(web_page(question, &body).into());
        }
        // A small body is kept, and does not hold up another one.
        if is_whole && question.is_small {
            held = Reservation::default();
        }
        let (body, streamed) = if is_whole {
            (body, None)
        } else {
            (
                Vec::new(),
                Some(self.stream(question, body, response).await?),
            )
        };
        Ok(Reply {
            status: status.as_u16(),
            headers,
            body,
            streamed,
            _reservation: held,
        })
    }

    /// The body if it is complete, or the start of a large one.
    async fn head(
        &self,
        question: &Question,
        response: &mut Response,
        held: &mut Reservation,
        may_be_large: bool,
    ) -> Result<(Vec<u8>, bool), Gap> {
        let mut body = Vec::new();
        while let Some(chunk) = next_chunk(question, response).await? {
            if body.len() + chunk.len() > MAX_DOCUMENT {
                return Err(too_large(question, MAX_DOCUMENT));
            }
            self.memory.hold(held, chunk.len()).await;
            body.extend_from_slice(&chunk);
            if may_be_large && body.len() > SMALL_BODY {
                return Ok((body, false));
            }
        }
        Ok((body, true))
    }

    /// Reads the rest of a large packument.
    async fn stream(
        &self,
        question: &Question,
        head: Vec<u8>,
        mut response: Response,
    ) -> Result<Streamed, Gap> {
        let stream = Stream::start();
        let mut length = head.len();
        let mut is_wanted = stream.push(head.into()).await;
        while is_wanted && let Some(chunk) = next_chunk(question, &mut response).await? {
            length += chunk.len();
            if length > MAX_PACKUMENT {
                return Err(too_large(question, MAX_PACKUMENT));
            }
            is_wanted = stream.push(chunk).await;
        }
        Ok(Streamed(stream.end().await))
    }
}

/// A redirect to npmjs is an answer; any other is not followed.
fn redirect(question: &Question, response: &Response) -> Result<Reply, Gap> {
    let status = response.status().as_u16();
    if npmjs_location(response.headers()).is_some() {
        return Ok(Reply {
            status,
            headers: copied(response.headers()),
            body: Vec::new(),
            streamed: None,
            _reservation: Reservation::default(),
        });
    }
    let to = header(response.headers(), &LOCATION).unwrap_or_default();
    let to = question.quote(&to, 80);
    let reason = format!("{status} to {to}, which is not followed");
    Err(question.no_answer(RequestFailure::Redirect, reason))
}

fn is_web_page(headers: &HeaderMap, body: &[u8]) -> bool {
    let kind = header(headers, &CONTENT_TYPE);
    kind.is_some_and(|kind| kind.contains("text/html")) || body.trim_ascii_start().starts_with(b"<")
}

fn web_page(question: &Question, body: &[u8]) -> Gap {
    let title = request_failure::title(body).map_or(String::new(), |title| {
        format!(" titled \"{}\"", question.quote(&title, 80))
    });
    let reason = format!("a web page{title} instead of JSON; a proxy or gateway probably answered");
    question.no_answer(RequestFailure::Proxy, reason)
}

async fn next_chunk(question: &Question, response: &mut Response) -> Result<Option<Bytes>, Gap> {
    response.chunk().await.map_err(|error| {
        let (failure, reason) = request_failure::of(&error);
        question.no_answer(failure, reason)
    })
}

fn too_large(question: &Question, most: usize) -> Gap {
    let reason = format!(
        "more than {} MB, which is too large for any document",
        most >> 20
    );
    question.no_answer(RequestFailure::Garbage, reason)
}
