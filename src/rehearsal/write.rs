//! A request that may change something, and whether its sender may change a package.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::{Method, Request, Response};
use jiff::Timestamp;

use super::accounts::insufficient;
use super::answer::{Body, error_answer};
use super::request::authorization;
use super::routes::decoded;
use super::state::{StoredPackage, TokenKind};
use super::store::Store;

/// The largest accepted body: npmjs accepts tarballs of about 200 MB, and base64 turns three
/// bytes into four.
const MAX_BODY: usize = 400 << 20;

/// A write whose body has been read.
pub(super) struct Write {
    pub(super) method: Method,
    /// Decoded path without the leading slash.
    pub(super) path: String,
    pub(super) authorization: Option<String>,
    pub(super) otp: Option<String>,
    pub(super) body: Bytes,
    /// Our own URL, with a trailing slash.
    pub(super) base: String,
}

impl Write {
    /// Reads a request to its end.
    ///
    /// # Errors
    /// The answer to a body that is too large or breaks off.
    pub(super) async fn read(
        request: Request<Incoming>,
        base: String,
    ) -> Result<Self, Box<Response<Body>>> {
        let path = decoded(request.uri().path().trim_start_matches('/'));
        let mut write = Self::of_head(&request, &path, &base);
        match Limited::new(request.into_body(), MAX_BODY).collect().await {
            Ok(body) => write.body = body.to_bytes(),
            Err(_) => return Err(Box::new(error_answer(413, "Payload Too Large"))),
        }
        Ok(write)
    }

    /// A request without its body.
    pub(super) fn of_head(request: &Request<Incoming>, path: &str, base: &str) -> Self {
        let otp = request.headers().get("npm-otp");
        Self {
            method: request.method().clone(),
            path: path.to_owned(),
            authorization: authorization(request),
            otp: otp.and_then(|otp| otp.to_str().ok()).map(str::to_owned),
            body: Bytes::new(),
            base: base.to_owned(),
        }
    }
}

/// The package, if the sender of a write may change it.
pub(super) fn writable<'a>(
    store: &'a mut Store,
    write: &Write,
    name: &str,
) -> Result<&'a mut StoredPackage, Box<Response<Body>>> {
    let caller = store
        .state
        .caller(write.authorization.as_deref(), Timestamp::now());
    let Some(package) = store.state.packages.get(name) else {
        return Err(Box::new(error_answer(404, "Not found")));
    };
    let Some(caller) = caller.filter(|caller| caller.covers(name)) else {
        return Err(Box::new(error_answer(404, "Not found")));
    };
    let reads_only = caller
        .token
        .is_some_and(|token| token.kind == TokenKind::ReadOnly);
    let right = store.state.rights(name, package).remove(caller.user);
    if reads_only || right.as_deref() != Some("write") {
        return Err(Box::new(insufficient()));
    }
    store
        .state
        .packages
        .get_mut(name)
        .ok_or_else(|| Box::new(error_answer(404, "Not found")))
}
