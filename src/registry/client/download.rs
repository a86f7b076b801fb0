//! Fetching a tarball: the only answer that is no document.

use reqwest::StatusCode;

use super::memory::Held;
use super::request_log::Pending;
use super::retry::Failed;
use super::{Client, Question, trouble};
use crate::finding::{Gap, Trouble};

/// The largest tarball that is fetched, in bytes. npmjs itself refuses some larger ones.
const MAX_TARBALL: usize = 64 << 20;

/// A tarball, and the room that it takes in the run's budget of memory.
pub struct Download {
    /// The bytes.
    pub bytes: Vec<u8>,
    _held: Held,
}

impl Client {
    /// Fetches a tarball, once, within the deadline of all questions.
    ///
    /// # Errors
    /// [`Gap::NoAnswer`] when it does not come in time, or is too large;
    /// [`Gap::NotAllowed`] and [`Gap::Unknown`] where the registry refuses.
    pub async fn download(&self, question: &Question) -> Result<Download, Gap> {
        let pending = Pending::new(self, question);
        let fetched = tokio::time::timeout_at(self.deadline, self.fetch(question)).await;
        let fetched = fetched.unwrap_or_else(|_| {
            let reason = format!("no answer within {} s", self.timeout.as_secs_f64());
            Err(question.no_answer(Trouble::Timeout, reason))
        });
        pending.answer(fetched.is_ok().then_some(StatusCode::OK.as_u16()));
        fetched
    }

    async fn fetch(&self, question: &Question) -> Result<Download, Gap> {
        let sent = self.send(question).await;
        let mut response = sent.map_err(|Failed { gap, .. }| gap)?;
        let status = response.status();
        if !status.is_success() {
            let shown = question.shown();
            return Err(Gap::Unknown(format!("{shown}: {}", status.as_u16())));
        }
        let mut held = Held::default();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| {
            let (trouble, reason) = trouble::of(&error);
            question.no_answer(trouble, reason)
        })? {
            if bytes.len() + chunk.len() > MAX_TARBALL {
                let reason = format!("more than {} MB", MAX_TARBALL >> 20);
                return Err(question.no_answer(Trouble::Garbage, reason));
            }
            self.memory.hold(&mut held, chunk.len()).await;
            bytes.extend_from_slice(&chunk);
        }
        Ok(Download { bytes, _held: held })
    }
}
