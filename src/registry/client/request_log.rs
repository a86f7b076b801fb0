//! The requests to registries, for the report.

use tokio::time::Instant;

use super::{Client, Question};
use crate::secret::mask_known_shapes;

/// One request that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// GET or HEAD.
    pub method: &'static str,
    /// The URL, safe to show.
    pub url: String,
    /// The status; `None` if there was no answer.
    pub status: Option<u16>,
    /// Nothing waited for the answer any more: another answer made it unnecessary.
    pub given_up: bool,
    /// How often it was sent: more than once after retries, never if it was given up while it
    /// waited for a connection.
    pub tries: usize,
    /// From the first try to the end of the body, retries included.
    pub milliseconds: u64,
}

/// A question in flight. If it is dropped before its answer came, it is noted as given up.
pub(super) struct Pending<'a> {
    client: &'a Client,
    at: usize,
    begin: Instant,
    answered: bool,
}

impl<'a> Pending<'a> {
    /// Notes that a question is being sent.
    pub(super) fn new(client: &'a Client, question: &Question) -> Self {
        let at = client.log.lock().map_or(0, |mut log| {
            log.push(RequestRecord {
                method: "GET",
                url: mask_known_shapes(&question.url),
                status: None,
                given_up: false,
                tries: 0,
                milliseconds: 0,
            });
            log.len() - 1
        });
        Self {
            client,
            at,
            begin: Instant::now(),
            answered: false,
        }
    }

    /// Notes that it is sent, for the first time or again.
    pub(super) fn sent(&self) {
        if let Ok(mut log) = self.client.log.lock()
            && let Some(record) = log.get_mut(self.at)
        {
            record.tries += 1;
        }
    }

    /// Notes the answer's status, or that there is none.
    pub(super) fn answer(mut self, status: Option<u16>) {
        self.answered = true;
        self.note(status);
    }

    fn note(&self, status: Option<u16>) {
        if let Ok(mut log) = self.client.log.lock()
            && let Some(record) = log.get_mut(self.at)
        {
            record.status = status;
            record.given_up = !self.answered;
            record.milliseconds =
                u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        }
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.note(None);
        }
    }
}
