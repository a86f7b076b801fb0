//! An answer whose body is read piece by piece and never held as a whole.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use super::hosts::RequestSlot;
use super::retry::{FailedTry, worth_another_try};
use super::{Client, Question, request_failure};
use crate::finding::{Gap, RequestFailure};

/// Limits on reading an answer.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most bytes that the body may have.
    pub bytes: usize,
    /// The time until the headers must be there.
    pub head: Duration,
    /// The time until the body must be complete, from the start of the request.
    pub whole: Duration,
}

/// An answer whose headers have arrived.
pub struct Open {
    /// The HTTP status; never one that is retried.
    pub status: u16,
    response: Response,
    question: Question,
    bounds: Bounds,
    left: usize,
    deadline: Instant,
    /// Occupied until the body is read.
    _slot: RequestSlot,
}

impl Client {
    /// Asks once, and returns the answer as soon as its headers are there.
    ///
    /// # Errors
    /// [`Gap::NoAnswer`] if nothing comes in time, or it is not an answer.
    pub async fn open(&self, question: &Question, bounds: Bounds) -> Result<Open, Gap> {
        let begin = Instant::now();
        let deadline = self.deadline.min(begin + bounds.whole);
        let opened = async {
            let slot = self.hosts.of(&question.url).slot().await;
            let response = self
                .send(question)
                .await
                .map_err(|FailedTry { gap, .. }| gap)?;
            if let Some(FailedTry { gap, .. }) = worth_another_try(question, &response) {
                return Err(gap);
            }
            Ok(Open {
                status: response.status().as_u16(),
                response,
                question: question.clone(),
                bounds,
                left: bounds.bytes,
                deadline,
                _slot: slot,
            })
        };
        let opened = timeout_at(deadline.min(begin + bounds.head), opened).await;
        opened.unwrap_or_else(|_| Err(too_slow(question, bounds.head)))
    }
}

impl Open {
    /// The question as reports show it.
    pub fn shown(&self) -> String {
        self.question.shown()
    }

    /// The next bytes of the body; `None` at its end.
    ///
    /// # Errors
    /// [`Gap::NoAnswer`] if they do not arrive in time, or are too many.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Gap> {
        let question = &self.question;
        let chunk = timeout_at(self.deadline, self.response.chunk()).await;
        let chunk = chunk.map_err(|_| too_slow(question, self.bounds.whole))?;
        let chunk = chunk.map_err(|error| {
            let (failure, reason) = request_failure::of(&error);
            question.no_answer(failure, reason)
        })?;
        let size = chunk.as_ref().map_or(0, Bytes::len);
        self.left = self.left.checked_sub(size).ok_or_else(|| {
            let reason = format!("more than {} MB", self.bounds.bytes >> 20);
            question.no_answer(RequestFailure::Garbage, reason)
        })?;
        Ok(chunk)
    }
}

fn too_slow(question: &Question, time: Duration) -> Gap {
    let reason = format!("no answer within {} s", time.as_secs_f64());
    question.no_answer(RequestFailure::Timeout, reason)
}
