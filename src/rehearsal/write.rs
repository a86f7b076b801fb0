//! A request that may change something, and whether its sender may change a package.

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::{Method, Request, Response};
use jiff::Timestamp;

use super::accounts::{insufficient, unauthorized};
use super::answer::{Body, error_answer, refusal_answer};
use super::request::authorization;
use super::routes::decoded;
use super::rules;
use super::state::{StoredPackage, TokenKind};
use super::store::Store;

/// The largest accepted body: npmjs accepts tarballs of about 200 MB, and base64 turns three
/// bytes into four.
const MAX_BODY: usize = 400 << 20;

/// The largest body that is kept if its sender has no valid credential: anybody on this machine
/// may send one.
const MAX_UNAUTHENTICATED_BODY: usize = 1 << 20;

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
    /// Reads a request to its end. `is_known`: its credential is valid.
    ///
    /// # Errors
    /// The answer to a body that is too large or breaks off.
    pub(super) async fn read(
        request: Request<Incoming>,
        base: String,
        is_known: bool,
    ) -> Result<Self, Box<Response<Body>>> {
        let path = decoded(request.uri().path().trim_start_matches('/'));
        let mut write = Self::of_head(&request, &path, &base);
        let body = Limited::new(request.into_body(), MAX_BODY);
        let kept = if is_known {
            MAX_BODY
        } else {
            MAX_UNAUTHENTICATED_BODY
        };
        match up_to(kept, body).await {
            Some(Ok(body)) => write.body = body,
            Some(Err(_)) => return Err(Box::new(error_answer(413, "Payload Too Large"))),
            None if path.starts_with("-/") => return Err(Box::new(unauthorized())),
            None => return Err(Box::new(refusal_answer(&rules::no_valid_credential()))),
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

/// Reads a body to its end; `None` if it is larger than `max` bytes, of which no more are kept.
async fn up_to<B: hyper::body::Body<Data = Bytes> + Unpin>(
    max: usize,
    mut body: B,
) -> Option<Result<Bytes, B::Error>> {
    let mut kept = BytesMut::new();
    let mut is_whole = true;
    while let Some(frame) = body.frame().await {
        let data = match frame.map(hyper::body::Frame::into_data) {
            Ok(Ok(data)) => data,
            Ok(Err(_)) => continue,
            Err(error) => return Some(Err(error)),
        };
        is_whole &= kept.len() + data.len() <= max;
        if is_whole {
            kept.extend_from_slice(&data);
        }
    }
    is_whole.then(|| Ok(kept.freeze()))
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

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    #[tokio::test]
    async fn of_a_body_that_is_too_large_nothing_is_kept() {
        let body = || Full::new(Bytes::from_static(&[b'x'; 100]));
        let kept = up_to(100, body()).await;
        assert_eq!(kept.map(|body| body.unwrap().len()), Some(100));
        assert!(up_to(99, body()).await.is_none());
    }
}
