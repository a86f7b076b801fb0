//! Limits the requests in flight to each host. A host that answers "too many requests" is asked
//! more slowly until it can cope.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{
    Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard, OwnedSemaphorePermit, Semaphore,
};
use tokio::time::Instant;
use url::Url;

use super::protocol::Protocol;

/// The most connections to one host, unless npm's `maxsockets` is set.
pub(super) const MAX_CONNECTIONS: usize = 32;
/// As many requests as one HTTP/2 connection carries at once. RFC 9113, 6.5.2 advises
/// servers against allowing fewer than 100.
const MAX_STREAMS: usize = 100;
/// The first pause after "too many requests" without `Retry-After`; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// The hosts that are asked.
#[derive(Debug)]
pub(super) struct Hosts {
    limits: Limits,
    known: Mutex<HashMap<String, Arc<Host>>>,
}

impl Hosts {
    /// Allows this many connections to each host; by default [`MAX_CONNECTIONS`], or
    /// [`MAX_STREAMS`] requests if one HTTP/2 connection carries them.
    pub(super) fn new(max_sockets: Option<usize>) -> Self {
        Self {
            limits: Limits {
                connections: max_sockets.unwrap_or(MAX_CONNECTIONS).max(1),
                streams: max_sockets.unwrap_or(MAX_STREAMS).max(1),
            },
            known: Mutex::default(),
        }
    }

    /// The host of a URL.
    pub(super) fn of(&self, url: &str) -> Arc<Host> {
        let url = Url::parse(url).ok();
        let origin = url
            .as_ref()
            .map_or(String::new(), |url| url.origin().ascii_serialization());
        let host = || Arc::new(Host::new(self.limits, Protocol::of(url.as_ref())));
        Arc::clone(unpoisoned(&self.known).entry(origin).or_insert_with(host))
    }
}

/// How many requests may be out to a host at first.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Over connections that carry one request each.
    connections: usize,
    /// Over one HTTP/2 connection.
    streams: usize,
}

/// One host.
#[derive(Debug)]
pub(super) struct Host {
    /// How its connections are made.
    pub(super) protocol: Arc<Protocol>,
    limits: Limits,
    slots: Arc<Semaphore>,
    pace: Mutex<RateLimit>,
    /// Held by the question that tries again while the host refuses every connection; true
    /// after all its tries.
    gave_up: AsyncMutex<bool>,
}

#[derive(Debug)]
struct RateLimit {
    /// How many slots there are.
    limit: usize,
    /// Slots in use that will be removed when they are free.
    surplus: usize,
    /// No request leaves before this.
    resume: Instant,
    /// When the limit was last lowered. Requests from before say nothing about the new limit.
    lowered: Option<Instant>,
    pause: Duration,
    /// The number of answers that were not "too many requests" or an overload.
    served: u64,
}

impl Host {
    fn new(limits: Limits, protocol: Protocol) -> Self {
        let now = Instant::now();
        Self {
            protocol: Arc::new(protocol),
            limits,
            slots: Arc::new(Semaphore::new(limits.connections)),
            pace: Mutex::new(RateLimit {
                limit: limits.connections,
                surplus: 0,
                resume: now,
                lowered: None,
                pause: FIRST_PAUSE,
                served: 0,
            }),
            gave_up: AsyncMutex::new(false),
        }
    }

    /// Waits while another question finds out whether a host that refused every connection so
    /// far is there at all. The guard holds true once all tries of that question have failed.
    pub(super) async fn turn(&self) -> AsyncMutexGuard<'_, bool> {
        self.gave_up.lock().await
    }

    /// Waits until a request may be sent.
    pub(super) async fn slot(self: &Arc<Self>) -> RequestSlot {
        loop {
            let permit = Arc::clone(&self.slots).acquire_owned().await.ok();
            let slot = RequestSlot {
                host: Arc::clone(self),
                permit,
                since: Instant::now(),
            };
            let resume = unpoisoned(&self.pace).resume;
            if resume <= slot.since {
                return slot;
            }
            drop(slot);
            tokio::time::sleep_until(resume).await;
        }
    }

    /// The number of answers so far that were not a complaint.
    pub(super) fn served(&self) -> u64 {
        unpoisoned(&self.pace).served
    }

    /// Notes an answer that was not a complaint. If it came over HTTP/2 and the host never
    /// complained, more requests may be in flight from now on.
    pub(super) fn note_served(&self) {
        let mut pace = unpoisoned(&self.pace);
        pace.served += 1;
        pace.pause = FIRST_PAUSE;
        let streams = self.limits.streams;
        if pace.limit < streams && pace.lowered.is_none() && self.protocol.is_http2() {
            self.slots.add_permits(streams - pace.limit);
            pace.limit = streams;
        }
    }

    /// Halves the number of requests and pauses, for the time `after` that the host asks for.
    /// Requests sent before the last reduction change nothing.
    pub(super) fn slow_down(&self, since: Instant, after: Option<Duration>) {
        let now = Instant::now();
        let mut pace = unpoisoned(&self.pace);
        if let Some(after) = after {
            pace.resume = pace.resume.max(now + after);
        }
        if pace.lowered.is_some_and(|lowered| since <= lowered) {
            return;
        }
        pace.lowered = Some(now);
        if after.is_none() {
            pace.resume = pace.resume.max(now + pace.pause);
            pace.pause = (pace.pause * 2).min(MAX_PAUSE);
        }
        let limit = (pace.limit / 2).max(1);
        let surplus = pace.limit - limit;
        pace.limit = limit;
        pace.surplus += surplus - self.slots.forget_permits(surplus);
    }
}

/// A request in flight.
#[derive(Debug)]
pub(super) struct RequestSlot {
    host: Arc<Host>,
    permit: Option<OwnedSemaphorePermit>,
    /// When it was sent.
    pub(super) since: Instant,
}

impl Drop for RequestSlot {
    fn drop(&mut self) {
        let mut pace = unpoisoned(&self.host.pace);
        if pace.surplus > 0
            && let Some(permit) = self.permit.take()
        {
            pace.surplus -= 1;
            permit.forget();
        }
    }
}

/// The lock guards only numbers, which stay valid when a holder panics.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A host that gets this many connections, and twice as many streams.
    fn host(connections: usize, protocol: Protocol) -> Host {
        let streams = connections * 2;
        let limits = Limits {
            connections,
            streams,
        };
        Host::new(limits, protocol)
    }

    /// How many more requests may leave at once.
    fn free(host: &Host) -> usize {
        host.slots.available_permits()
    }

    #[test]
    fn http2_carries_more_requests_at_once() {
        let over_http1 = host(4, Protocol::of(None));
        over_http1.note_served();
        assert_eq!(free(&over_http1), 4);
        let over_http2 = host(4, Protocol::http2());
        assert_eq!(
            free(&over_http2),
            4,
            "the protocol shows with the first answer"
        );
        over_http2.note_served();
        over_http2.note_served();
        assert_eq!(free(&over_http2), 8);
    }

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn a_host_that_complained_gets_no_more_over_http2() {
        let host = host(4, Protocol::http2());
        host.slow_down(Instant::now(), None);
        host.note_served();
        assert_eq!(free(&host), 2);
    }

    #[test]
    fn maxsockets_limits_streams_too() {
        let limits = Hosts::new(Some(3)).limits;
        assert_eq!((limits.connections, limits.streams), (3, 3));
    }

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn a_host_that_complains_gets_half_as_many_requests_after_a_pause() {
        let host = Arc::new(host(4, Protocol::of(None)));
        let mut slots = Vec::new();
        for _ in 0..4 {
            slots.push(host.slot().await);
        }
        let since = slots[0].since;
        host.slow_down(since, Some(Duration::from_secs(3)));
        // Other answers of the same burst are no news.
        tokio::time::advance(Duration::from_millis(1)).await;
        host.slow_down(since, None);
        drop(slots);
        let begin = Instant::now();
        let two = (host.slot().await, host.slot().await);
        assert!(begin.elapsed() >= Duration::from_secs(2));
        let third = tokio::time::timeout(Duration::from_secs(60), host.slot()).await;
        assert!(third.is_err(), "two may be out, and no more");
        drop(two);
        host.slot().await;
    }

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn one_request_is_always_allowed() {
        let host = Arc::new(host(2, Protocol::of(None)));
        for _ in 0..9 {
            tokio::time::advance(Duration::from_millis(1)).await;
            let slot = host.slot().await;
            host.slow_down(slot.since, None);
        }
        host.slot().await;
    }
}
