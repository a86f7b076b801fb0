//! Fetches tarballs whose contents are examined.

use super::memory::Reservation;
use super::request_log::Pending;
use super::{Bounds, Client, Question};
use crate::finding::Gap;

/// The largest tarball that is fetched, in bytes. npmjs itself refuses some that are larger.
const MAX_TARBALL: usize = 64 << 20;

/// A tarball, and the memory that it takes from the run's budget.
pub struct Download {
    /// The bytes.
    pub bytes: Vec<u8>,
    _reservation: Reservation,
}

impl Client {
    /// Fetches a tarball, once, within the run's deadline.
    ///
    /// # Errors
    /// [`Gap::NoAnswer`] if it does not arrive in time or is too large; [`Gap::NotAllowed`] and
    /// [`Gap::Unknown`] if the registry refuses.
    pub async fn download(&self, question: &Question) -> Result<Download, Gap> {
        let pending = Pending::new(self, question);
        pending.sent();
        let fetched = self.fetch(question).await;
        pending.answer(fetched.is_ok().then_some(200));
        fetched
    }

    async fn fetch(&self, question: &Question) -> Result<Download, Gap> {
        let bounds = Bounds {
            bytes: MAX_TARBALL,
            head: self.timeout,
            whole: self.timeout,
        };
        let mut answer = self.open(question, bounds).await?;
        if !(200..300).contains(&answer.status) {
            let shown = question.shown();
            return Err(Gap::Unknown(format!("{shown}: {}", answer.status)));
        }
        let mut held = Reservation::default();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            self.memory.hold(&mut held, chunk.len()).await;
            bytes.extend_from_slice(&chunk);
        }
        Ok(Download {
            bytes,
            _reservation: held,
        })
    }
}
