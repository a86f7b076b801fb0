//! What the rehearsal registry accepts: publishes, stages, dist-tags, deprecations, and the
//! writes of npm's `unpublish`, `owner`, `access`, `trust` and `login`. Everything else that npm can
//! change is refused with a message.

use std::sync::MutexGuard;

use hyper::body::Incoming;
use hyper::{Method, Request, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::access;
use super::answer::{Body, error_answer, json_answer, refusal_answer};
use super::documents::dist_tags;
use super::exchange;
use super::login;
use super::publish;
use super::rendered::Rendered;
use super::request::authorization;
use super::revisions;
use super::routes::split_name;
use super::rules;
use super::second_factor;
use super::shared::Shared;
use super::stage;
use super::store::Store;
use super::trust;
use super::write::{Write, writable};

/// Accepts or refuses a write.
pub(super) async fn write(shared: &Shared, request: Request<Incoming>) -> Response<Body> {
    let sender = authorization(&request);
    let is_known = {
        let store = shared.store();
        let caller = store.state.caller(sender.as_deref(), Timestamp::now());
        caller.is_some()
    };
    let write = match Write::read(request, shared.base(), is_known).await {
        Ok(write) => write,
        Err(refusal) => return *refusal,
    };
    let mut store = shared.store();
    store.rendered = Rendered::default();
    store.finish_scans(Timestamp::now());
    take(&mut store, &write)
}

fn take(store: &mut MutexGuard<'_, Store>, write: &Write) -> Response<Body> {
    if let Some((name, tag)) = dist_tag_path(&write.path) {
        return change_tag(store, write, name, tag);
    }
    if let Some(name) = write.path.strip_prefix(exchange::PATH)
        && write.method == Method::POST
    {
        return exchange::exchange(&mut store.state, name, write.authorization.as_deref());
    }
    if write.path.starts_with("-/stage/") {
        return stage::write(store, write);
    }
    let others = [trust::answer, access::write, revisions::write, login::write];
    if let Some(answer) = others.iter().find_map(|take| take(store, write)) {
        return answer;
    }
    let is_package = !write.path.starts_with("-/") && split_name(&write.path).1.is_none();
    if write.method != Method::PUT || !is_package {
        return error_answer(
            405,
            "the rehearsal registry accepts publishes and the requests of npm's dist-tag, \
             deprecate, unpublish, owner, access, stage, trust and login, but nothing else",
        );
    }
    let body: Value = match serde_json::from_slice(&write.body) {
        Ok(body) => body,
        Err(error) => return error_answer(400, &format!("the body is not JSON: {error}")),
    };
    if body.get("_attachments").is_none_or(is_empty) {
        return deprecate(store, write, &body);
    }
    publish_one(store, write, &body)
}

fn is_empty(attachments: &Value) -> bool {
    attachments
        .as_object()
        .is_none_or(serde_json::Map::is_empty)
}

fn publish_one(store: &mut Store, write: &Write, body: &Value) -> Response<Body> {
    let publish = match publish::parse(&write.path, body, write.otp.clone()) {
        Ok(publish) => publish,
        Err(reason) => return error_answer(400, &reason),
    };
    let now = Timestamp::now();
    if store.is_pending(&publish.name, &publish.version) {
        let text = format!(
            "Cannot publish over previously staged version \"{}\".",
            publish.version
        );
        return error_answer(409, &text);
    }
    let caller = store.state.caller(write.authorization.as_deref(), now);
    match rules::judge(&store.state, &publish, caller.as_ref(), now) {
        Ok(()) => {
            let user = caller
                .map(|caller| caller.user.to_owned())
                .unwrap_or_default();
            store.publish(publish, &user, now);
            json_answer(200, &json!({ "success": true }))
        }
        Err(refusal) if refusal.authenticate == Some("OTP") => {
            let user = caller.map_or_else(String::new, |caller| caller.user.to_owned());
            second_factor::ask(store, &user, &write.base)
        }
        Err(refusal) => refusal_answer(&refusal),
    }
}

/// `-/package/<name>/dist-tags/<tag>`.
fn dist_tag_path(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix("-/package/")?;
    let (name, rest) = split_name(rest);
    let tag = rest?.strip_prefix("dist-tags/")?;
    (!tag.is_empty() && !tag.contains('/')).then_some((name, tag))
}

fn change_tag(store: &mut Store, write: &Write, name: &str, tag: &str) -> Response<Body> {
    let package = match writable(store, write, name) {
        Ok(package) => package,
        Err(refusal) => return *refusal,
    };
    let mut tags = match dist_tags(package) {
        Value::Object(tags) => tags,
        _ => serde_json::Map::new(),
    };
    if write.method == Method::DELETE {
        if tag == "latest" {
            return error_answer(400, "the latest tag cannot be removed");
        }
        tags.remove(tag);
    } else {
        let version = serde_json::from_slice::<String>(&write.body)
            .ok()
            .filter(|version| package.versions.contains_key(version));
        let Some(version) = version else {
            return error_answer(400, "the body does not name a version of the package");
        };
        tags.insert(tag.to_owned(), json!(version));
    }
    let text = |value: Value| value.as_str().map(str::to_owned);
    package.dist_tags = Some(
        tags.into_iter()
            .filter_map(|(tag, version)| Some((tag, text(version)?)))
            .collect(),
    );
    json_answer(200, &json!({ "ok": true }))
}

/// A whole document without a tarball, as sent by `npm deprecate`: only the messages are
/// stored.
fn deprecate(store: &mut Store, write: &Write, body: &Value) -> Response<Body> {
    let package = match writable(store, write, &write.path) {
        Ok(package) => package,
        Err(refusal) => return *refusal,
    };
    let versions = body.get("versions").and_then(Value::as_object);
    for (number, manifest) in versions.into_iter().flatten() {
        if let Some(version) = package.versions.get_mut(number) {
            version.deprecated = manifest
                .get("deprecated")
                .and_then(Value::as_str)
                .filter(|message| !message.is_empty())
                .map(str::to_owned);
        }
    }
    json_answer(200, &json!({ "success": true }))
}
