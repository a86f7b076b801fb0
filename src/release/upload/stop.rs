//! Whether an interruption has ended the uploads.

use std::cell::Cell;

use tokio::sync::Notify;

/// Set once; then nothing more is sent, and nobody is asked any more.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    is_set: Cell<bool>,
    waiting: Notify,
}

impl Stop {
    /// Sets it; gives whether it was set before.
    pub(super) fn set(&self) -> bool {
        let was_set = self.is_set.replace(true);
        self.waiting.notify_waiters();
        was_set
    }

    /// Whether it is set.
    pub(super) fn is_set(&self) -> bool {
        self.is_set.get()
    }

    /// Waits until it is set.
    pub(super) async fn wait(&self) {
        let set = self.waiting.notified();
        if !self.is_set() {
            set.await;
        }
    }
}
