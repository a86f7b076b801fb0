//! The rehearsal registry's answers to a GET: npmjs's endpoints, with its rules on who may ask.

use bytes::Bytes;
use hyper::Response;
use hyper::header::HeaderValue;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::accounts::{self, insufficient, unauthorized};
use super::answer::{Body, bytes_answer, error_answer, json_answer};
use super::documents::{dist_tags, file_name, manifest, packument};
use super::rights::Caller;
use super::state::{State, StoredPackage, TokenKind};

/// A parsed GET.
pub(super) struct Get<'a> {
    /// Decoded path without the leading slash.
    pub(super) path: &'a str,
    /// The query, undecoded.
    pub(super) query: &'a str,
    /// The client asks for the abbreviated packument.
    pub(super) abbreviated: bool,
    /// A credential was sent, accepted or not.
    pub(super) has_credential: bool,
    /// Our own URL, with a trailing slash.
    pub(super) base: &'a str,
    /// The current time.
    pub(super) now: Timestamp,
}

/// Answers a GET; `None` if the package is not known here.
pub(super) fn get(
    state: &State,
    get: &Get<'_>,
    caller: Option<&Caller<'_>>,
) -> Option<Response<Body>> {
    let parts: Vec<&str> = get.path.split('/').collect();
    let answer = match parts.as_slice() {
        [""] => json_answer(200, &json!({ "db_name": "rehearsal" })),
        ["-", "ping"] => json_answer(200, &json!({})),
        ["-", "whoami"] => match caller {
            Some(caller) => json_answer(200, &json!({ "username": caller.user })),
            None => unauthorized(),
        },
        ["-", "npm", "v1", "user"] => accounts::profile(state, caller),
        ["-", "npm", "v1", "tokens"] => accounts::tokens(state, caller, get.now),
        ["-", "v1", "search"] => search(state, get.query),
        ["-", "org", scope, "package"] => accounts::org_packages(state, scope, caller),
        ["-", "org", scope, "user"] => accounts::org_members(state, scope, caller),
        ["-", "org", scope, "team"] => accounts::teams(state, scope, caller),
        ["-", "team", scope, team, what] => accounts::team(state, scope, team, what, caller),
        ["-", "user", user] => accounts::person(state, user),
        ["-", "user", user, "package"] => accounts::packages_of(state, user, caller),
        ["-", "package", rest @ ..] if rest.len() > 1 => about_package(state, rest, caller)?,
        ["-", ..] => error_answer(404, "Not found"),
        _ => return package(state, get, caller),
    };
    Some(answer)
}

fn package(state: &State, get: &Get<'_>, caller: Option<&Caller<'_>>) -> Option<Response<Body>> {
    let (name, rest) = split_name(get.path);
    let known = state.packages.get(name)?;
    if !state.may_read(name, known, caller) {
        return Some(not_found(get, caller));
    }
    let answer = match rest {
        None => json_answer(
            200,
            &packument(state, name, get.base, get.abbreviated, get.now)?,
        ),
        Some(rest) => match rest.strip_prefix("-/") {
            Some(file) => tarball(name, known, file),
            None => one_version(state, name, known, rest, get.base),
        },
    };
    Some(answer)
}

fn tarball(name: &str, package: &StoredPackage, file: &str) -> Response<Body> {
    let mut versions = package.versions.iter();
    let found = versions.find(|(version, _)| file_name(name, version) == file);
    match found.and_then(|(_, version)| version.tarball.clone()) {
        Some(bytes) => bytes_answer(200, "application/octet-stream", bytes),
        None => error_answer(404, "Not found"),
    }
}

/// `/<name>/<version>` and `/<name>/<tag>`.
fn one_version(
    state: &State,
    name: &str,
    package: &StoredPackage,
    wanted: &str,
    base: &str,
) -> Response<Body> {
    let tags = dist_tags(package);
    let version = tags.get(wanted).and_then(Value::as_str).unwrap_or(wanted);
    match manifest(state, name, version, base) {
        Some(manifest) => json_answer(200, &manifest),
        None => json_answer(404, &json!(format!("version not found: {version}"))),
    }
}

/// A 404 carries a notice if the credential is bad or missing, which says nothing about the
/// package (npm/cli#8816).
pub(super) fn not_found(get: &Get<'_>, caller: Option<&Caller<'_>>) -> Response<Body> {
    let mut answer = error_answer(404, "Not found");
    if caller.is_none() && get.has_credential {
        let notice = HeaderValue::from_static(
            "Access token expired or revoked. Please try logging in again.",
        );
        answer.headers_mut().insert("npm-notice", notice);
    }
    answer
}

fn search(state: &State, query: &str) -> Response<Body> {
    let text = url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == "text")
        .map(|(_, text)| text.into_owned());
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return json_answer(
            400,
            &json!({ "error": "'text' query parameter is required", "code": "ERR_TEXT_MISSING" }),
        );
    };
    let bare = |name: &str| name.replace(['.', '-', '_'], "");
    let hits: Vec<Value> = state
        .packages
        .iter()
        .filter(|(name, package)| {
            !package.restricted
                && package.unpublished.is_none()
                && bare(name).contains(&bare(&text))
        })
        .take(20)
        .map(|(name, package)| {
            let people: Vec<Value> = package
                .maintainers
                .iter()
                .map(|name| json!({ "username": name }))
                .collect();
            json!({ "package": {
                "name": name,
                "sanitized_name": bare(name),
                "version": dist_tags(package)["latest"],
                "description": package.description,
                "keywords": [],
                "maintainers": people,
                "publisher": people.first(),
                "date": format!("{:.3}", Timestamp::UNIX_EPOCH),
            } })
        })
        .collect();
    json_answer(200, &json!({ "total": hits.len(), "objects": hits }))
}

/// `/-/package/<name>/…`; the slash in the name may be decoded.
fn about_package(
    state: &State,
    parts: &[&str],
    caller: Option<&Caller<'_>>,
) -> Option<Response<Body>> {
    let length = if parts[0].starts_with('@') { 2 } else { 1 };
    let name = parts.get(..length)?.join("/");
    let what = parts.get(length..)?.join("/");
    let known = state
        .packages
        .get(&name)
        .filter(|package| package.unpublished.is_none());
    let Some(package) = known.filter(|package| state.may_read(&name, package, caller)) else {
        return Some(error_answer(404, "Not found"));
    };
    let answer = match what.as_str() {
        "dist-tags" => json_answer(200, &dist_tags(package)),
        "visibility" => json_answer(200, &json!({ "public": !package.restricted })),
        "collaborators" => match caller {
            // Older automation tokens were refused here (release-it#742).
            Some(Caller {
                token: Some(token), ..
            }) if token.kind == TokenKind::Automation => insufficient(),
            _ => match &package.collaborators {
                Some(shown) => json_answer(200, &json!(shown)),
                None => json_answer(200, &json!(state.rights(&name, package))),
            },
        },
        _ => error_answer(404, "Not found"),
    };
    Some(answer)
}

/// A package's name, and what follows it.
pub(super) fn split_name(path: &str) -> (&str, Option<&str>) {
    let skip = if path.starts_with('@') {
        path.find('/').map_or(0, |at| at + 1)
    } else {
        0
    };
    match path[skip..].find('/') {
        Some(at) => (&path[..skip + at], Some(&path[skip + at + 1..])),
        None => (path, None),
    }
}

/// A path with its `%XX` decoded; bytes that are not UTF-8 are replaced.
pub(super) fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = (first == b'%').then(|| tail.get(..2)).flatten();
        let byte =
            code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        if let Some(byte) = byte {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&Bytes::from(bytes)).into_owned()
}
