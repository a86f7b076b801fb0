//! Staged publishing as npmjs does it: a version waits with its bytes until a maintainer
//! approves it. Sources: npm's API documentation and npm 11.15 to 12.2, which depend on the
//! JSON answers; a comment marks where a message is not certain.

use hyper::{Method, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::accounts::{insufficient, unauthorized};
use super::answer::{Body, bytes_answer, error_answer, json_answer, refusal_answer};
use super::publish;
use super::rights::{Caller, scope_of};
use super::rules::{self, Publish, Rejection};
use super::second_factor;
use super::seed::random_text;
use super::state::{State, StoredPackage, TokenKind, Version};
use super::store::{Pending, Store};
use super::when::When;
use super::write::Write;
use crate::escape;
use crate::registry::documents::PLACEHOLDER;

/// The start of the path that stages a package; its name follows.
pub(super) const PACKAGE: &str = "-/stage/package/";
/// The default and the largest number of items on a page.
const PAGE: (usize, usize) = (10, 100);

/// Stages, approves or rejects.
pub(super) fn write(store: &mut Store, write: &Write) -> Response<Body> {
    let now = Timestamp::now();
    if let Some(name) = write.path.strip_prefix(PACKAGE) {
        return match write.method {
            Method::POST => stage(store, name, write, now),
            _ => error_answer(405, "Method Not Allowed"),
        };
    }
    let rest = write.path.strip_prefix("-/stage/").unwrap_or_default();
    match (&write.method, rest.split_once('/')) {
        (&Method::POST, Some((id, "approve"))) => approve(store, id, write, now),
        (&Method::DELETE, None) => match owned(store, rest, write, now) {
            Ok(at) => {
                store.pending.remove(at);
                bytes_answer(204, "application/json", bytes::Bytes::new())
            }
            Err(refusal) => *refusal,
        },
        _ => error_answer(404, "Not found"),
    }
}

fn stage(store: &mut Store, name: &str, write: &Write, now: Timestamp) -> Response<Body> {
    let body: Value = match serde_json::from_slice(&write.body) {
        Ok(body) => body,
        Err(_) => {
            return error_answer(
                400,
                "Bad Request - Missing required fields: name, version, _attachments",
            );
        }
    };
    let publish = match publish::parse(name, &body, write.otp.clone()) {
        Ok(publish) => publish,
        Err(reason) => return error_answer(400, &format!("Bad Request - {reason}")),
    };
    let caller = store.state.caller(write.authorization.as_deref(), now);
    if let Err(refusal) = allowed(store, &publish, caller.as_ref(), now) {
        return refusal_answer(&refusal);
    }
    let (user, kind) = caller.map_or((String::new(), None), |caller| {
        (caller.user.to_owned(), caller.token.map(|token| token.kind))
    });
    let id = uuid(&random_text());
    if !store.state.packages.contains_key(name) {
        store
            .state
            .packages
            .insert(name.to_owned(), placeholder(&publish, &user, now));
    }
    store.pending.push(Pending {
        id: Some(id.clone()),
        is_trusted: matches!(kind, Some(TokenKind::Oidc | TokenKind::OidcStageOnly)),
        publish,
        user,
        since: now,
        scanned: store.state.scanned(now),
    });
    let text = "Package version staged successfully.";
    json_answer(201, &json!({ "message": text, "stageId": id }))
}

/// Whether the registry stages a version: as for a publish, but without a second factor, and
/// with another message for a version that exists in any form (npm/cli#9519: it says
/// "published" for "staged", too).
fn allowed(
    store: &Store,
    publish: &Publish,
    caller: Option<&Caller<'_>>,
    now: Timestamp,
) -> Result<(), Rejection> {
    let state = &store.state;
    let existing = state.packages.get(&publish.name);
    let kind = caller
        .and_then(|caller| caller.token)
        .map(|token| token.kind);
    let is_trusted = matches!(kind, Some(TokenKind::Oidc | TokenKind::OidcStageOnly));
    if is_trusted && existing.is_none() {
        return rules::refuse(404, "Not Found - The specified package does not exist.");
    }
    rules::judge_staging(state, publish, caller, now)?;
    let version = &publish.version;
    let is_there = existing.is_some_and(|package| {
        package.versions.contains_key(version)
            || package.unpublished_versions.contains_key(version)
            || package.staged.contains(version)
    });
    if is_there || store.is_pending(&publish.name, version) {
        let text = format!("Cannot stage previously published version \"{version}\".");
        return rules::refuse(409, text);
    }
    Ok(())
}

fn placeholder(publish: &Publish, user: &str, now: Timestamp) -> StoredPackage {
    let version = Version {
        time: Some(When::at(now)),
        ..Version::default()
    };
    StoredPackage {
        versions: [(PLACEHOLDER.to_owned(), version)].into(),
        maintainers: vec![user.to_owned()],
        restricted: scope_of(&publish.name).is_some()
            && publish.access.as_deref() != Some("public"),
        ..StoredPackage::default()
    }
}

/// The index of a staged version that the caller may decide about.
fn owned(
    store: &mut Store,
    id: &str,
    write: &Write,
    now: Timestamp,
) -> Result<usize, Box<Response<Body>>> {
    let Some(caller) = store.state.caller(write.authorization.as_deref(), now) else {
        return Err(Box::new(unauthorized()));
    };
    let at = find(store, id, &caller)?;
    let user = caller.user.to_owned();
    second_factor::require(store, &user, write.otp.as_deref(), &write.base)?;
    Ok(at)
}

/// The index of a staged version that the caller may see.
fn find(store: &Store, id: &str, caller: &Caller<'_>) -> Result<usize, Box<Response<Body>>> {
    if !may_look(caller) {
        return Err(Box::new(insufficient()));
    }
    let has_it = |pending: &Pending| {
        let own = pending.id.as_deref();
        own.is_some_and(|own| own.eq_ignore_ascii_case(id))
            && may_write(&store.state, &pending.publish.name, caller)
    };
    let text = "Not Found - No staged package version found with the provided ID.";
    let at = store.pending.iter().position(has_it);
    at.ok_or_else(|| Box::new(error_answer(404, text)))
}

/// Tokens of trusted publishers can only stage and publish.
fn may_look(caller: &Caller<'_>) -> bool {
    let kind = caller.token.map(|token| token.kind);
    !matches!(kind, Some(TokenKind::Oidc | TokenKind::OidcStageOnly))
}

fn may_write(state: &State, name: &str, caller: &Caller<'_>) -> bool {
    let package = state.packages.get(name);
    let right = package.and_then(|package| state.rights(name, package).remove(caller.user));
    right.as_deref() == Some("write")
}

fn approve(store: &mut Store, id: &str, write: &Write, now: Timestamp) -> Response<Body> {
    let at = match owned(store, id, write, now) {
        Ok(at) => at,
        Err(refusal) => return *refusal,
    };
    // Whether npmjs answers this during a scan is not known.
    if !store.pending[at].is_scanned(now) {
        let text = "Conflict - The request could not be completed due to a conflict.";
        return error_answer(409, text);
    }
    let approved = store.pending.remove(at);
    if let Some(package) = store.state.packages.get_mut(&approved.publish.name) {
        package.versions.remove(PLACEHOLDER);
        package.dist_tags = package
            .dist_tags
            .take()
            .filter(|_| !package.versions.is_empty());
    }
    store.accept(approved.publish, &approved.user, now);
    let text = "Package version approved and published successfully.";
    json_answer(201, &json!({ "message": text }))
}

/// `/-/stage`, `/-/stage/<id>` and `/-/stage/<id>/tarball`.
pub(super) fn read(
    store: &Store,
    path: &str,
    query: &str,
    caller: Option<&Caller<'_>>,
    now: Timestamp,
) -> Option<Response<Body>> {
    let rest = path.strip_prefix("-/stage")?;
    let Some(caller) = caller else {
        return Some(unauthorized());
    };
    if rest.is_empty() {
        return Some(list(store, query, caller, now));
    }
    let (id, what) = rest
        .strip_prefix('/')?
        .split_once('/')
        .unwrap_or((&rest[1..], ""));
    let at = match find(store, id, caller) {
        Ok(at) => at,
        Err(refusal) => return Some(*refusal),
    };
    let pending = &store.pending[at];
    Some(match what {
        "" => json_answer(200, &item(pending, now)),
        "tarball" => bytes_answer(
            200,
            "application/octet-stream",
            pending.publish.tarball.clone().into(),
        ),
        _ => error_answer(404, "Not found"),
    })
}

fn list(store: &Store, query: &str, caller: &Caller<'_>, now: Timestamp) -> Response<Body> {
    if !may_look(caller) {
        return insufficient();
    }
    let value = |wanted: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let found = pairs.find(|(key, _)| key == wanted);
        found.map(|(_, value)| value.into_owned())
    };
    let number = |wanted: &str| value(wanted).and_then(|text| text.parse::<usize>().ok());
    let package = value("package");
    let is_wanted = |name: &str| {
        package.as_deref().is_none_or(|wanted| wanted == name)
            && may_write(&store.state, name, caller)
    };
    // The newest first; those of the state are older.
    let staged = store
        .pending
        .iter()
        .rev()
        .filter(|pending| pending.id.is_some());
    let mut items: Vec<Value> = staged
        .filter(|pending| is_wanted(&pending.publish.name))
        .map(|pending| item(pending, now))
        .collect();
    for (name, package) in &store.state.packages {
        let versions = package.staged.iter().filter(|_| is_wanted(name));
        items.extend(versions.map(|version| given_item(name, version, package)));
    }
    let (page, size) = (
        number("page").unwrap_or(0),
        number("perPage").unwrap_or(PAGE.0).clamp(1, PAGE.1),
    );
    let total = items.len();
    let shown: Vec<Value> = items
        .into_iter()
        .skip(page.saturating_mul(size))
        .take(size)
        .collect();
    json_answer(
        200,
        &json!({ "total": total, "items": shown, "page": page, "perPage": size }),
    )
}

/// A staged version from the state's document.
fn given_item(name: &str, version: &str, package: &StoredPackage) -> Value {
    let text = format!("{name}@{version}");
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let hex = escape::hex(digest.as_ref());
    json!({
        "id": uuid(&hex),
        "packageName": name,
        "version": version,
        "tag": "latest",
        "actor": package.maintainers.first(),
        "actorType": "user",
        "status": "staged",
    })
}

fn item(pending: &Pending, now: Timestamp) -> Value {
    let Publish {
        name,
        version,
        tag,
        access,
        manifest,
        ..
    } = &pending.publish;
    let is_private = scope_of(name).is_some() && access.as_deref() != Some("public");
    json!({
        "id": pending.id,
        "packageName": name,
        "version": version,
        "tag": tag,
        "createdAt": format!("{:.3}", pending.since),
        "actor": pending.user,
        "actorType": if pending.is_trusted { "trusted automation" } else { "user" },
        "access": if is_private { "private" } else { "public" },
        "shasum": manifest["dist"]["shasum"],
        "status": pending.status(now),
    })
}

/// `/-/package/<name>/version/<version>/status`, for accounts that may publish.
pub(super) fn status(
    store: &Store,
    name: &str,
    version: &str,
    caller: Option<&Caller<'_>>,
    now: Timestamp,
) -> Response<Body> {
    let Some(caller) = caller else {
        return unauthorized();
    };
    let package = store.state.packages.get(name);
    let in_state = package.and_then(|package| {
        if package.versions.contains_key(version) {
            Some("published")
        } else if package.unpublished_versions.contains_key(version) {
            Some("deleted")
        } else if package.staged.iter().any(|staged| staged == version) {
            Some("staged")
        } else {
            None
        }
    });
    let pending = store.pending.iter();
    let mut pending = pending
        .filter(|pending| pending.publish.name == name && pending.publish.version == version);
    let is_own = pending.clone().any(|pending| pending.user == caller.user);
    let status = in_state.or_else(|| pending.next().map(|pending| pending.status(now)));
    match status.filter(|_| is_own || may_write(&store.state, name, caller)) {
        Some(status) => json_answer(
            200,
            &json!({ "packageName": name, "version": version, "status": status }),
        ),
        None => error_answer(404, "Not found"),
    }
}

/// The first 32 hexadecimal digits of a text in the form of a UUID.
pub(super) fn uuid(hex: &str) -> String {
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let head = format!("{}-{}", part(0, 8), part(8, 12));
    format!(
        "{head}-4{}-8{}-{}",
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}
