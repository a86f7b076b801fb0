//! Limits how many connections are made. Which protocol a host speaks is known only after a TLS
//! handshake, so the first connection goes ahead and the others wait for its handshake. With
//! HTTP/2 that one serves all requests. With HTTP/1 the wait is lost, so it is short; and no
//! request gets more than one connection.

mod layer;
mod spares;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::maybe_done;
use hyper_util::client::legacy::connect::Connection;
use tokio::sync::watch;
use url::Url;

pub(super) use layer::ConnectInTurn;
use spares::SpareConnections;

/// The head start of the first connection. After it, the others start as well, and are given up
/// if its handshake ends first and with HTTP/2.
const HEAD_START: Duration = Duration::from_millis(50);
/// The same for a host that is known to speak HTTP/2.
const LONG_HEAD_START: Duration = Duration::from_secs(1);
/// The head start is slept in this many parts, so that time in which this process was busy
/// counts little.
const PARTS: u32 = 5;
/// Hosts known to speak HTTP/2. A wrong entry costs time, but no answer.
const HTTP2_HOSTS: [&str; 4] = [
    crate::registry::url::NPMJS_HOST,
    "npm.pkg.github.com",
    "gitlab.com",
    "npm.jsr.io",
];
/// After this, a request that the shared connection does not serve gets its own.
const GRACE: Duration = Duration::from_millis(100);

tokio::task_local! {
    /// The host that this task's request goes to. When no request waits for a connection any
    /// more, hyper finishes it in a separate task, which has no host.
    static HOST: Arc<Protocol>;
}

/// What is known of the protocol of one host.
#[derive(Debug)]
pub(super) struct Protocol {
    state: watch::Sender<State>,
    head_start: Duration,
    spares: SpareConnections,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is known, and no connection is being made.
    Unknown,
    /// A connection is being made that will show the protocol.
    Connecting,
    /// One connection per request.
    Http1,
    /// One connection for all requests. It may end, and is then replaced.
    Http2,
}

impl Protocol {
    /// For the host of a URL.
    pub(super) fn of(url: Option<&Url>) -> Self {
        let state = match url.map(Url::scheme) {
            Some("https") => State::Unknown,
            _ => State::Http1,
        };
        let host = url.and_then(Url::host_str).unwrap_or_default();
        Self {
            state: watch::Sender::new(state),
            head_start: if HTTP2_HOSTS.contains(&host) {
                LONG_HEAD_START
            } else {
                HEAD_START
            },
            spares: SpareConnections::default(),
        }
    }

    /// Whether the host is known to serve all requests over one connection.
    pub(super) fn is_http2(&self) -> bool {
        *self.state.borrow() == State::Http2
    }

    /// For a host that does.
    #[cfg(test)]
    pub(super) fn http2() -> Self {
        let protocol = Self::of(None);
        protocol.state.send_replace(State::Http2);
        protocol
    }

    /// Sends a request to the host. Connections made meanwhile belong to it.
    pub(super) async fn send<T>(self: &Arc<Self>, request: impl Future<Output = T>) -> T {
        HOST.scope(Arc::clone(self), request).await
    }

    /// The right to make the connection that shows the protocol, unless another task has it.
    fn claim(&self) -> Option<First<'_>> {
        let claim = |state: &mut State| {
            let is_free = matches!(state, State::Unknown | State::Http2);
            if is_free {
                *state = State::Connecting;
            }
            is_free
        };
        self.state.send_if_modified(claim).then(|| First(self))
    }
}

/// Whether a request still waits for the connection that this task is making.
fn is_wanted() -> bool {
    HOST.try_with(|_| ()).is_ok()
}

/// The connection that goes first.
struct First<'a>(&'a Protocol);

impl First<'_> {
    fn found(self, state: State) {
        self.0.state.send_replace(state);
    }
}

impl Drop for First<'_> {
    /// If it failed or was given up, another one goes first.
    fn drop(&mut self) {
        self.0.state.send_if_modified(|state| {
            let is_open = *state == State::Connecting;
            if is_open {
                *state = State::Unknown;
            }
            is_open
        });
    }
}

/// Makes a connection when it is its turn.
///
/// # Errors
/// The connection's own error, or one that says that no request waits for it any more.
async fn connect<C: Connection, E: From<io::Error>>(
    host: &Protocol,
    connection: impl Future<Output = Result<C, E>>,
) -> Result<C, E> {
    let mut connection = pin!(host.spares.count(connection));
    let mut is_started = false;
    let mut alone = pin!(maybe_done(alone(host.head_start)));
    let mut state = host.state.subscribe();
    loop {
        let is_http1 = *state.borrow_and_update() == State::Http1;
        if is_http1 && !is_started {
            host.spares.wait().await;
        }
        if !(is_wanted() || is_http1 && is_started) {
            return Err(io::Error::other("another connection serves the request").into());
        }
        if is_http1 {
            return connection.await;
        }
        if let Some(first) = host.claim() {
            let connected = connection.await?;
            let is_http2 = connected.connected().is_negotiated_h2();
            first.found(if is_http2 { State::Http2 } else { State::Http1 });
            return Ok(connected);
        }
        let second = async {
            alone.as_mut().await;
            is_started = true;
            connection.as_mut().await
        };
        tokio::select! {
            biased;
            _ = state.wait_for(|state| *state != State::Connecting) => {}
            connected = second => return connected,
        }
        if *state.borrow() == State::Http2 {
            // The pool hands the connection to all waiting requests as soon as it can.
            tokio::time::sleep(GRACE).await;
        }
    }
}

/// Waits for the head start to pass.
async fn alone(head_start: Duration) {
    for _ in 0..PARTS {
        tokio::time::sleep(head_start / PARTS).await;
    }
}
