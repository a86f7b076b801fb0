//! The embedded registry: HTTP on a free loopback port, in this process. It also acts as the
//! proxy for everything that npm sends, so that no write can reach another registry.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HOST};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::answer::{Body, error_answer};
use super::faults::{ConnectionClosed, FaultEffect, apply_misbehaviour};
use super::reads;
use super::seed::random_text;
use super::shared::Shared;
use super::state::State;
use super::store::{AcceptedPublish, ReceivedRequest, Store};
use super::upstream::Upstream;
use super::writes;
use crate::secret::Secret;

/// The most connections served at once; others wait.
const MAX_CONNECTIONS: usize = 256;

/// A registry that runs until it is dropped.
#[derive(Debug)]
pub struct Registry {
    shared: Arc<Shared>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Registry {
    /// Starts on a free loopback port of the current tokio runtime. Packages that
    /// the state does not have are read from `upstream`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(state: State, upstream: Option<Upstream>) -> io::Result<Self> {
        Self::start_with(state, upstream, None).await
    }

    /// Starts a registry whose URL contains a random key. It serves packages that were fetched
    /// with the user's credentials, and other processes on this machine can find its port.
    ///
    /// # Errors
    /// When no port is available.
    pub async fn start_private(state: State, upstream: Option<Upstream>) -> io::Result<Self> {
        Self::start_with(state, upstream, Some(random_text())).await
    }

    async fn start_with(
        state: State,
        upstream: Option<Upstream>,
        key: Option<String>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let latency = Duration::from_millis(state.latency_milliseconds);
        let shared = Arc::new(Shared {
            address: listener.local_addr()?,
            store: Mutex::new(Store {
                state,
                ..Store::default()
            }),
            upstream,
            key,
            latency,
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self {
            shared,
            tasks: Mutex::new(vec![task]),
        })
    }

    /// Serves another listening socket: one on the same port in another network namespace.
    ///
    /// # Errors
    /// When the socket cannot be used.
    #[cfg(target_os = "linux")]
    pub(super) fn listen_also(&self, listener: std::net::TcpListener) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let task = tokio::spawn(accept(listener, Arc::clone(&self.shared)));
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.push(task);
        Ok(())
    }

    /// Its URL, with a trailing slash.
    pub fn url(&self) -> String {
        self.shared.base()
    }

    /// Host and port.
    pub fn host(&self) -> String {
        self.shared.address.to_string()
    }

    /// The port.
    #[cfg(target_os = "linux")]
    pub(super) fn port(&self) -> u16 {
        self.shared.address.port()
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.shared.store().seen.clone()
    }

    /// All publishes accepted so far.
    pub fn arrived(&self) -> Vec<AcceptedPublish> {
        self.shared.store().arrived.clone()
    }

    /// Refused writes and tunnels to other hosts.
    pub fn refused(&self) -> Vec<String> {
        self.shared.store().refused.clone()
    }

    /// Forgets everything so far, and starts again with a state.
    pub fn reset(&self, state: State) {
        *self.shared.store() = Store {
            state,
            ..Store::default()
        };
    }

    /// Requests to the upstream registry that it did not answer.
    pub fn upstream_failures(&self) -> Vec<String> {
        self.shared.store().upstream_failures.clone()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.drain(..).for_each(|task| task.abort());
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Ends every connection together with the registry.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(serve(stream, Arc::clone(&shared)));
                    }
                    // For example, too many open files: some will be closed.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { answer(&shared, request).await }
    });
    // A client may close its connection at any time.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    shared: &Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Body>, ConnectionClosed> {
    let at = {
        let mut store = shared.store();
        store.seen.push(seen(&request));
        store.seen.len() - 1
    };
    tokio::time::sleep(shared.latency).await;
    let answer = route(shared, request).await?;
    // The registry may have been reset in the meantime.
    if let Some(seen) = shared.store().seen.get_mut(at) {
        seen.status = Some(answer.status().as_u16());
    }
    Ok(answer)
}

fn seen(request: &Request<Incoming>) -> ReceivedRequest {
    let text =
        |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let others = request
        .headers()
        .iter()
        .filter(|(name, _)| **name != AUTHORIZATION);
    ReceivedRequest {
        method: request.method().to_string(),
        target: request.uri().to_string(),
        authorization: request
            .headers()
            .get(AUTHORIZATION)
            .map(|value| Secret::new(text(value))),
        headers: others
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        status: None,
    }
}

async fn route(
    shared: &Arc<Shared>,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, ConnectionClosed> {
    if let Some(refusal) = refuse_foreign_request(shared, &request) {
        return Ok(refusal);
    }
    if let Some(refusal) = shared.unlock(&mut request) {
        return Ok(refusal);
    }
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let fault = shared.store().fault(method.as_str(), &path);
    let mut after_writing = None;
    if let Some(fault) = fault {
        match apply_misbehaviour(fault.with).await? {
            FaultEffect::Answer(answer) => return Ok(*answer),
            FaultEffect::AfterWriting(status) => after_writing = Some(status),
        }
    }
    let answer = match method {
        Method::GET | Method::HEAD => reads::read(shared, &request).await,
        _ => writes::write(shared, request).await,
    };
    Ok(after_writing.map_or(answer, |status| {
        error_answer(status, "reported after the write was done")
    }))
}

/// Refuses everything that is not for this registry, since it is the proxy for all that npm
/// sends.
fn refuse_foreign_request(shared: &Shared, request: &Request<Incoming>) -> Option<Response<Body>> {
    let to = match request.uri().authority() {
        Some(to) => to.to_string(),
        None if request.method() == Method::CONNECT => request.uri().to_string(),
        None => {
            // Another Host header may be a foreign name for this port (DNS rebinding).
            let host = request
                .headers()
                .get(HOST)
                .and_then(|host| host.to_str().ok())
                .unwrap_or_default();
            let port = shared.address.port();
            let ours = [
                format!("127.0.0.1:{port}"),
                format!("localhost:{port}"),
                format!("[::1]:{port}"),
            ];
            if host.is_empty() || ours.iter().any(|own| own == host) {
                return None;
            }
            host.to_owned()
        }
    };
    if to == shared.address.to_string() && request.method() != Method::CONNECT {
        return None;
    }
    let what = format!("{} {to}{}", request.method(), request.uri().path());
    shared.store().refused.push(what);
    Some(error_answer(
        403,
        "a rehearsal sends nothing to any other host, and this request was for one",
    ))
}
