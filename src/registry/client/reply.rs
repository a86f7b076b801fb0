//! A registry's answer: read within its bounds, not yet understood.

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Response, StatusCode};
use url::Url;

use super::headers::header;
use super::memory::{FREE_BODY, Leave, MAX_DOCUMENT, MAX_PACKUMENT};
use super::retry::{Failed, worth_another_try};
use super::{Client, Question, trouble};
use crate::finding::{Gap, Trouble};
use crate::registry::url::NPMJS_HOST;

/// An answer, not yet understood.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status, below 500 and none of those that are tried again.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The decoded body.
    pub body: Vec<u8>,
    /// While a large body is held, no other one is read.
    _leave: Option<Leave>,
}

impl Client {
    pub(super) async fn read(
        &self,
        question: &Question,
        response: Response,
    ) -> Result<Reply, Failed> {
        let status = response.status();
        if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
            let to = header(response.headers(), &LOCATION).unwrap_or_default();
            let forwarded = Url::parse(&to).is_ok_and(|to| to.host_str() == Some(NPMJS_HOST));
            let to = question.quote(&to, 80);
            return Err(question
                .no_answer(
                    if forwarded {
                        Trouble::Forwarded
                    } else {
                        Trouble::Redirect
                    },
                    format!("{} to {to}, which is not followed", status.as_u16()),
                )
                .into());
        }
        if let Some(failed) = worth_another_try(question, &response) {
            return Err(failed);
        }
        let headers = response.headers().clone();
        let (body, leave) = self.body(question, response).await?;
        let is_page = header(&headers, &CONTENT_TYPE)
            .is_some_and(|kind| kind.contains("text/html"))
            || body.trim_ascii_start().starts_with(b"<");
        if is_page && status.is_success() {
            let title = trouble::title(&body).map_or(String::new(), |title| {
                format!(" titled \"{}\"", question.quote(&title, 80))
            });
            let reason =
                format!("a web page{title} instead of JSON; a proxy or gateway seems to answer");
            return Err(question.no_answer(Trouble::Proxy, reason).into());
        }
        Ok(Reply {
            status: status.as_u16(),
            headers,
            body,
            _leave: leave,
        })
    }

    async fn body(
        &self,
        question: &Question,
        mut response: Response,
    ) -> Result<(Vec<u8>, Option<Leave>), Gap> {
        let most = if question.is_small {
            MAX_DOCUMENT
        } else {
            MAX_PACKUMENT
        };
        let known = header(response.headers(), &CONTENT_LENGTH)
            .and_then(|length| length.parse::<usize>().ok());
        let mut body = Vec::with_capacity(known.unwrap_or(16 << 10).min(FREE_BODY));
        let mut leave = None;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > most => {
                    let reason = format!("more than {} MB, which no document is", most >> 20);
                    return Err(question.no_answer(Trouble::Garbage, reason));
                }
                Ok(Some(chunk)) => {
                    if body.len() + chunk.len() > FREE_BODY && leave.is_none() {
                        leave = self.memory.leave().await;
                    }
                    body.extend_from_slice(&chunk);
                }
                // What is small is kept, and hinders no other.
                Ok(None) => return Ok((body, leave.filter(|_| !question.is_small))),
                Err(error) => {
                    let (trouble, reason) = trouble::of(&error);
                    return Err(question.no_answer(trouble, reason));
                }
            }
        }
    }
}
