//! What the embedded registry answers to reads.

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::ACCEPT;
use hyper::{Request, Response};
use jiff::Timestamp;

use super::answer::{Body, bytes_answer, error_answer, json_answer};
use super::request::{authorization, takes_gzip};
use super::routes::{self, Get, decoded, split_name};
use super::second_factor;
use super::shared::Shared;
use super::stage;
use super::store::Store;
use super::trust;
use super::upstream::Upstream;
use super::write::Write;

/// Answers a GET or HEAD: from the state, else from the upstream registry.
pub(super) async fn read(shared: &Shared, request: &Request<Incoming>) -> Response<Body> {
    let authorization = authorization(request);
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
        has_credential: authorization.is_some(),
        base: &base,
        now: Timestamp::now(),
    };
    let upstream_path = path.strip_prefix("-/upstream/");
    if upstream_path.is_none() {
        let store = &mut *shared.store();
        store.finish_scans(get.now);
        if let Some(answer) = second_factor::poll(store, (get.path, get.query)) {
            return answer;
        }
        let listing = Write::of_head(request, &path, &base);
        if let Some(answer) = trust::answer(store, &listing) {
            return answer;
        }
        if let Some(answer) = pending(store, &get, authorization.as_deref()) {
            return answer;
        }
        let caller = store.state.caller(authorization.as_deref(), get.now);
        let gzip = takes_gzip(request);
        let user = caller.as_ref().map_or("", |caller| caller.user);
        let key = format!("{user} {path} {} {} {gzip}", get.query, get.abbreviated);
        if let Some(answer) = store.rendered.get(&key) {
            return answer;
        }
        if let Some(answer) = routes::get(&store.state, &get, caller.as_ref()) {
            return store.rendered.keep(key, answer, gzip);
        }
        if shared.upstream.is_none() {
            return routes::not_found(&get, caller.as_ref());
        }
    }
    let Some(upstream) = &shared.upstream else {
        return error_answer(404, "Not found");
    };
    let (name, rest) = split_name(&path);
    match (upstream_path, rest) {
        (Some(address), _) if !shared.store().known_tarballs.contains(address) => {
            error_answer(404, "no packument named this address")
        }
        (Some(address), _) => tarball(shared, upstream, address).await,
        // An address from a lock file: npm replaces npmjs's host with ours.
        (None, Some(file)) if file.starts_with("-/") => {
            tarball(shared, upstream, &upstream.address(name, file)).await
        }
        (None, _) => packument(shared, upstream, &get).await,
    }
}

/// What is asked about versions that are not visible yet.
fn pending(store: &Store, get: &Get<'_>, authorization: Option<&str>) -> Option<Response<Body>> {
    let caller = store.state.caller(authorization, get.now);
    if let Some(answer) = stage::read(store, (get.path, get.query), caller.as_ref(), get.now) {
        return Some(answer);
    }
    let (name, rest) = split_name(get.path.strip_prefix("-/package/")?);
    let version = rest?.strip_prefix("version/")?.strip_suffix("/status")?;
    Some(stage::status(
        store,
        (name, version),
        caller.as_ref(),
        get.now,
    ))
}

async fn tarball(shared: &Shared, upstream: &Upstream, address: &str) -> Response<Body> {
    match upstream.tarball(address).await {
        Ok((status, body)) => bytes_answer(status, "application/octet-stream", Bytes::from(body)),
        Err(reason) => upstream_failed(shared, reason),
    }
}

async fn packument(shared: &Shared, upstream: &Upstream, get: &Get<'_>) -> Response<Body> {
    match upstream.document(get.path, get.abbreviated, get.base).await {
        Ok(found) => {
            shared.store().known_tarballs.extend(found.tarballs);
            json_answer(found.status, &found.document)
        }
        Err(reason) => upstream_failed(shared, reason),
    }
}

fn upstream_failed(shared: &Shared, reason: String) -> Response<Body> {
    let answer = error_answer(
        404,
        &format!("the upstream registry does not answer: {reason}"),
    );
    shared.store().upstream_failures.push(reason);
    answer
}
