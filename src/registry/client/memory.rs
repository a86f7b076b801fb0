//! One budget of memory for everything that registries send: the bodies being read, and what is
//! kept of them until the end of the run.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The largest packuments have some tens of megabytes. They are parsed while they arrive, and
/// never held.
pub(super) const MAX_PACKUMENT: usize = 64 << 20;
/// The limit for every other document, such as the list of all packages of a large
/// organisation.
pub(super) const MAX_DOCUMENT: usize = 4 << 20;
/// Bodies up to this size are small. Of larger ones, one is read at a time.
pub(super) const SMALL_BODY: usize = 64 << 10;
/// What all small bodies together may take. The connection that a body comes from holds up to
/// three times as much.
const SMALL_BODIES: usize = 2 << 20;
/// What is kept until the end of the run, of all answers together: half a million versions.
const MAX_KEPT: usize = 14 << 20;

/// How much is held, and by which bodies.
#[derive(Debug)]
pub(super) struct MemoryBudget {
    small: Arc<Semaphore>,
    large: Arc<Semaphore>,
    kept: AtomicUsize,
}

impl Default for MemoryBudget {
    fn default() -> Self {
        Self {
            small: Arc::new(Semaphore::new(SMALL_BODIES)),
            large: Arc::new(Semaphore::new(1)),
            kept: AtomicUsize::new(0),
        }
    }
}

/// The memory that one body takes, until this is dropped.
#[derive(Debug, Default)]
pub(super) struct Reservation {
    small: Option<OwnedSemaphorePermit>,
    large: Option<OwnedSemaphorePermit>,
}

impl MemoryBudget {
    /// Reserves this many more bytes. A body that is not small, or finds no room among the
    /// small ones, waits until no other large body is held.
    pub(super) async fn hold(&self, held: &mut Reservation, bytes: usize) {
        if held.large.is_some() {
            return;
        }
        let before = held
            .small
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let more = u32::try_from(bytes).ok();
        let room = more
            .filter(|_| before + bytes <= SMALL_BODY)
            .and_then(|more| Arc::clone(&self.small).try_acquire_many_owned(more).ok());
        match (room, &mut held.small) {
            (Some(room), Some(before)) => before.merge(room),
            (Some(room), none) => *none = Some(room),
            (None, _) => held.large = Arc::clone(&self.large).acquire_owned().await.ok(),
        }
    }

    /// Whether this many more bytes may be kept.
    pub(super) fn keep(&self, bytes: usize) -> bool {
        self.kept.fetch_add(bytes, Ordering::Relaxed) + bytes <= MAX_KEPT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn one_large_body_is_held_at_a_time_and_small_ones_up_to_a_sum() {
        let memory = MemoryBudget::default();
        let mut first = Reservation::default();
        memory.hold(&mut first, SMALL_BODY).await;
        assert!(first.large.is_none());
        memory.hold(&mut first, 1).await;
        assert!(first.large.is_some());
        let wait = std::time::Duration::from_secs(60);
        let mut second = Reservation::default();
        let waiting = memory.hold(&mut second, SMALL_BODY + 1);
        assert!(tokio::time::timeout(wait, waiting).await.is_err());
        drop(first);
        let mut small = Vec::new();
        for _ in 0..SMALL_BODIES / SMALL_BODY {
            small.push(Reservation::default());
            let last = small.last_mut().unwrap();
            memory.hold(last, SMALL_BODY).await;
            assert!(last.large.is_none());
        }
        // There is no room among the small ones, so it counts as a large one.
        memory.hold(&mut second, 1).await;
        assert!(second.large.is_some());
    }

    #[test]
    fn what_is_kept_has_a_limit() {
        let memory = MemoryBudget::default();
        assert!(memory.keep(MAX_KEPT) && !memory.keep(1));
    }
}
