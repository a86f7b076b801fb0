//! The embedded registry's answers to reads.

use std::io;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use hyper::body::Incoming;
use hyper::header::ACCEPT;
use hyper::{Request, Response};
use jiff::Timestamp;

use super::answer::{Body, error_answer, stream_answer};
use super::request::{authorization, takes_gzip};
use super::routes::{self, Get, decoded, split_name};
use super::second_factor;
use super::shared::Shared;
use super::stage;
use super::store::Store;
use super::trust;
use super::upstream::Mirrored;
use super::write::Write;

/// Answers a GET or HEAD: from the state, otherwise from the upstream registry.
pub(super) async fn read(shared: &Arc<Shared>, request: &Request<Incoming>) -> Response<Body> {
    let path = decoded(request.uri().path().trim_start_matches('/'));
    let accept = request
        .headers()
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    let base = shared.base();
    let get = Get {
        path: &path,
        query: request.uri().query().unwrap_or_default(),
        abbreviated: accept.contains("application/vnd.npm.install-v1+json"),
        has_credential: authorization(request).is_some(),
        base: &base,
        now: Timestamp::now(),
    };
    let is_upstreams = path.starts_with("-/upstream/");
    if !is_upstreams && let Some(answer) = of_state(shared, &get, request) {
        return answer;
    }
    of_upstream(shared, &get).await
}

/// The answer from the state; `None` if the upstream registry may have one.
fn of_state(shared: &Shared, get: &Get<'_>, request: &Request<Incoming>) -> Option<Response<Body>> {
    let authorization = authorization(request);
    let authorization = authorization.as_deref();
    let store = &mut *shared.store();
    store.finish_scans(get.now);
    if let Some(answer) = second_factor::poll(store, get.path, get.query) {
        return Some(answer);
    }
    let listing = Write::of_head(request, get.path, get.base);
    if let Some(answer) = trust::answer(store, &listing) {
        return Some(answer);
    }
    if let Some(answer) = pending(store, get, authorization) {
        return Some(answer);
    }
    let gzip = takes_gzip(request);
    let caller = store.state.caller(authorization, get.now);
    let user = caller.as_ref().map_or("", |caller| caller.user);
    let key = format!(
        "{user} {} {} {} {gzip}",
        get.path, get.query, get.abbreviated
    );
    if let Some(answer) = store.rendered.get(&key) {
        return Some(answer);
    }
    if let Some(answer) = routes::get(&store.state, get, caller.as_ref()) {
        return Some(store.rendered.keep(key, answer, gzip));
    }
    let is_last = shared.upstream.is_none();
    is_last.then(|| routes::not_found(get, caller.as_ref()))
}

async fn of_upstream(shared: &Arc<Shared>, get: &Get<'_>) -> Response<Body> {
    let Some(upstream) = &shared.upstream else {
        return error_answer(404, "Not found");
    };
    let upstream_path = get.path.strip_prefix("-/upstream/");
    let (name, rest) = split_name(get.path);
    match (upstream_path, rest) {
        (Some(path), _) => match upstream.named(path).await {
            Some(tarball) => mirror(shared, "application/octet-stream", tarball),
            None => error_answer(404, "no packument contained this URL"),
        },
        // A URL from a lock file: npm replaces npmjs's host with ours.
        (None, Some(file)) if file.starts_with("-/") => {
            let tarball = upstream.tarball(&upstream.address(name, file)).await;
            mirror(shared, "application/octet-stream", tarball)
        }
        (None, _) => {
            let document = upstream.document(get.path, get.abbreviated, get.base);
            mirror(shared, "application/json", document.await)
        }
    }
}

/// Answers questions about versions that are not visible yet.
fn pending(store: &Store, get: &Get<'_>, authorization: Option<&str>) -> Option<Response<Body>> {
    let caller = store.state.caller(authorization, get.now);
    if let Some(answer) = stage::read(store, get.path, get.query, caller.as_ref(), get.now) {
        return Some(answer);
    }
    let (name, rest) = split_name(get.path.strip_prefix("-/package/")?);
    let version = rest?.strip_prefix("version/")?.strip_suffix("/status")?;
    Some(stage::status(
        store,
        name,
        version,
        caller.as_ref(),
        get.now,
    ))
}

/// Passes on an answer of the upstream registry. If that fails, the report says so.
fn mirror(
    shared: &Arc<Shared>,
    kind: &'static str,
    answer: Result<Mirrored, String>,
) -> Response<Body> {
    let Mirrored { status, body } = match answer {
        Ok(mirrored) => mirrored,
        Err(reason) => return upstream_failed(shared, reason),
    };
    let shared = Arc::clone(shared);
    let body = body.map_err(move |reason| {
        let error = io::Error::other(reason.clone());
        shared.store().upstream_failures.push(reason);
        error
    });
    stream_answer(status, kind, body)
}

fn upstream_failed(shared: &Shared, reason: String) -> Response<Body> {
    let answer = error_answer(
        404,
        &format!("the upstream registry did not answer: {reason}"),
    );
    shared.store().upstream_failures.push(reason);
    answer
}
