//! Connections that outlive the request that they were started for.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::Poll;

use tokio::sync::Notify;

use super::is_wanted;

/// How often all other tasks run before a connection is made: one that is just being returned
/// to the pool can serve the request.
const YIELDS: usize = 8;

/// Connections still being made although another one serves their request: hyper keeps them for
/// later requests.
#[derive(Debug, Default)]
pub(super) struct SpareConnections {
    coming: Counter,
    /// Made, and not yet in the pool.
    settling: Counter,
    /// Requests that wait for one.
    waiting: Counter,
    came: Notify,
}

/// A counter.
#[derive(Clone, Debug, Default)]
struct Counter(Arc<AtomicUsize>);

impl Counter {
    fn get(&self) -> usize {
        self.0.load(SeqCst)
    }

    /// Counts one more, as long as the returned value lives.
    fn count(&self) -> CounterGuard {
        self.0.fetch_add(1, SeqCst);
        CounterGuard(self.clone())
    }
}

struct CounterGuard(Counter);

impl Drop for CounterGuard {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, SeqCst);
    }
}

impl SpareConnections {
    /// Waits while there are, or will be, connections that can serve this task's request.
    pub(super) async fn wait(&self) {
        loop {
            let mut came = pin!(self.came.notified());
            let_others_run().await;
            if !is_wanted() {
                return;
            }
            if self.settling.get() > 0 {
                continue;
            }
            if self.waiting.get() >= self.coming.get() {
                return;
            }
            let _waiting = self.waiting.count();
            poll_fn(|context| {
                if is_wanted() {
                    came.as_mut().poll(context)
                } else {
                    Poll::Ready(())
                }
            })
            .await;
        }
    }

    /// Makes the connection, which counts as a spare once no request waits for it.
    pub(super) async fn count<T>(&self, connection: impl Future<Output = T>) -> T {
        let mut connection = pin!(connection);
        let mut spare = None;
        let made = poll_fn(|context| {
            if spare.is_none() && !is_wanted() {
                spare = Some(self.coming.count());
            }
            connection.as_mut().poll(context)
        })
        .await;
        let settling = self.settling.count();
        tokio::spawn(async move {
            let_others_run().await;
            drop(settling);
        });
        drop(spare);
        self.came.notify_waiters();
        made
    }
}

async fn let_others_run() {
    for _ in 0..YIELDS {
        tokio::task::yield_now().await;
    }
}
