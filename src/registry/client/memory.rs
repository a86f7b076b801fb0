//! One budget of memory for what registries send: about 128 MB in all, whatever
//! they send.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The largest packuments have some tens of megabytes; what goes on for longer is
/// no document.
pub(super) const MAX_PACKUMENT: usize = 64 << 20;
/// Every other document. A list of all packages of a large organisation has one.
pub(super) const MAX_DOCUMENT: usize = 4 << 20;
/// So much of a body needs nobody's leave. Of larger ones one is read at a time.
pub(super) const FREE_BODY: usize = 256 << 10;
/// What is kept until the end of the run, from all answers together.
const MAX_KEPT: usize = 48 << 20;

/// Who may hold how much.
#[derive(Debug)]
pub(super) struct Memory {
    large: Arc<Semaphore>,
    kept: AtomicUsize,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            large: Arc::new(Semaphore::new(1)),
            kept: AtomicUsize::new(0),
        }
    }
}

/// The right to hold a large body.
pub(super) type Leave = OwnedSemaphorePermit;

impl Memory {
    /// Waits until no other large body is held.
    pub(super) async fn leave(&self) -> Option<Leave> {
        Arc::clone(&self.large).acquire_owned().await.ok()
    }

    /// Whether so many more bytes may be kept.
    pub(super) fn keep(&self, bytes: usize) -> bool {
        self.kept.fetch_add(bytes, Ordering::Relaxed) + bytes <= MAX_KEPT
    }
}
