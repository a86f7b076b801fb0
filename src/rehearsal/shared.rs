//! State shared by the tasks of one embedded registry.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::{Request, Response};
use jiff::Timestamp;

use super::answer::{Body, error_answer};
use super::request::{authorization, without_key};
use super::store::Store;
use super::upstream::Upstream;

/// The state of one registry, and its address.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) address: SocketAddr,
    pub(super) store: Mutex<Store>,
    pub(super) upstream: Option<Upstream>,
    /// Only requests whose path starts with it, or that carry an accepted credential, are
    /// answered.
    pub(super) key: Option<String>,
    pub(super) latency: Duration,
}

impl Shared {
    /// Its URL, with a trailing slash.
    pub(super) fn base(&self) -> String {
        match &self.key {
            Some(key) => format!("http://{}/{key}/", self.address),
            None => format!("http://{}/", self.address),
        }
    }

    /// Removes the key from a request's path. Returns a refusal if the request has neither the
    /// key nor an accepted credential.
    pub(super) fn unlock(&self, request: &mut Request<Incoming>) -> Option<Response<Body>> {
        let key = self.key.as_ref()?;
        if let Some(target) = without_key(request.uri(), key) {
            *request.uri_mut() = target;
            return None;
        }
        let authorization = authorization(request);
        let store = self.store();
        let caller = store
            .state
            .caller(authorization.as_deref(), Timestamp::now());
        let text = "this registry belongs to a rehearsal: its URL contains a key";
        caller.is_none().then(|| error_answer(403, text))
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
