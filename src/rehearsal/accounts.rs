//! The rehearsal registry's answers about accounts, tokens, organisations and teams, and who
//! gets them: npm's documentation allows login sessions only.

use hyper::Response;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::answer::{Body, error_answer, json_answer};
use super::rights::{Caller, scope_of};
use super::state::{State, Token, TokenKind, TwoFactor};
use crate::escape;

pub(super) fn unauthorized() -> Response<Body> {
    error_answer(401, "Unauthorized")
}

/// npmjs's answer to a credential without the necessary rights.
pub(super) fn insufficient() -> Response<Body> {
    error_answer(
        403,
        "You may not perform that action with these credentials.",
    )
}

fn session_only(caller: Option<&Caller<'_>>, body: impl Fn() -> Value) -> Response<Body> {
    match caller {
        Some(caller) if caller.is_session() => json_answer(200, &body()),
        Some(_) => insufficient(),
        None => unauthorized(),
    }
}

pub(super) fn profile(state: &State, caller: Option<&Caller<'_>>) -> Response<Body> {
    session_only(caller, || {
        let user = caller.and_then(|caller| Some((caller.user, state.users.get(caller.user)?)));
        let Some((name, user)) = user else {
            return json!({});
        };
        let two_factor = match user.two_factor {
            TwoFactor::Off => json!(false),
            TwoFactor::AuthOnly => json!({ "pending": false, "mode": "auth-only" }),
            TwoFactor::AuthAndWrites => json!({ "pending": false, "mode": "auth-and-writes" }),
        };
        json!({ "name": name, "email": user.email, "email_verified": user.email_verified, "tfa": two_factor })
    })
}

/// `-/user/org.couchdb.user:<name>`, which `npm owner` asks for.
pub(super) fn person(state: &State, id: &str) -> Response<Body> {
    let name = id.strip_prefix("org.couchdb.user:").unwrap_or(id);
    match state.users.get(name) {
        Some(user) => json_answer(200, &json!({ "name": name, "email": user.email })),
        None => error_answer(404, "User not found"),
    }
}

/// The caller's own tokens, masked as npmjs does: the first eight and the last four characters.
pub(super) fn tokens(state: &State, caller: Option<&Caller<'_>>, now: Timestamp) -> Response<Body> {
    session_only(caller, || {
        let own = state
            .tokens
            .iter()
            .filter(|(_, token)| caller.is_some_and(|caller| caller.user == token.user));
        let objects: Vec<Value> = own
            .map(|(text, token)| token_entry(text, token, now))
            .collect();
        json!({ "total": objects.len(), "objects": objects, "urls": {} })
    })
}

fn token_entry(text: &str, token: &Token, now: Timestamp) -> Value {
    let characters: Vec<char> = text.chars().collect();
    let start: String = characters.iter().take(8).collect();
    let end: String = characters.iter().rev().take(4).rev().collect();
    let kind = |name: &str| json!({ "type": if name.starts_with('@') && !name.contains('/') { "scope" } else { "package" }, "name": name });
    let scopes: Vec<Value> = token
        .packages
        .iter()
        .chain(&token.scopes)
        .map(|name| kind(name))
        .collect();
    let action = if token.kind == TokenKind::ReadOnly {
        "read"
    } else {
        "write"
    };
    json!({
        "token": format!("{start}...{end}"),
        "key": key(text),
        "created": format!("{:.3}", Timestamp::UNIX_EPOCH),
        "readonly": token.kind == TokenKind::ReadOnly,
        "automation": token.kind == TokenKind::Automation,
        "bypass_2fa": token.bypass_two_factor,
        "publish_policy": (token.kind == TokenKind::StageOnly).then_some("stage_only"),
        "expiry": token.expires.as_ref().map(|end| format!("{:.3}", end.resolve(now))),
        "revoked": token.revoked.then(|| format!("{now:.3}")),
        "cidr": [],
        "cidr_whitelist": [],
        "permissions": [{ "name": "package", "action": action }],
        "scopes": scopes,
    })
}

/// The SHA-512 of a token in hexadecimal, which is its name for clients.
fn key(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA512, text.as_bytes());
    escape::hex(digest.as_ref())
}

/// Packages and rights, as far as the caller may see them.
pub(super) fn packages_of(
    state: &State,
    user: &str,
    caller: Option<&Caller<'_>>,
) -> Response<Body> {
    let rights: Map<String, Value> = state
        .packages
        .iter()
        .filter(|(name, package)| state.may_read(name, package, caller))
        .filter_map(|(name, package)| {
            let right = state.rights(name, package).remove(user)?;
            Some((name.clone(), json!(right)))
        })
        .collect();
    json_answer(200, &Value::Object(rights))
}

/// Anybody may ask this about a scope; only a scope without an owner answers 404.
pub(super) fn org_packages(
    state: &State,
    scope: &str,
    caller: Option<&Caller<'_>>,
) -> Response<Body> {
    if !state.scope_exists(scope) {
        return error_answer(404, "Scope not found");
    }
    let visible = state.packages.iter().filter(|(name, package)| {
        scope_of(name) == Some(scope) && state.may_read(name, package, caller)
    });
    let map = visible
        .map(|(name, _)| (name.clone(), json!("write")))
        .collect();
    json_answer(200, &Value::Object(map))
}

/// npm's documentation requires a member here. What another account's login session gets is not
/// known; here it gets the list of members.
pub(super) fn org_members(
    state: &State,
    scope: &str,
    caller: Option<&Caller<'_>>,
) -> Response<Body> {
    match state.orgs.get(scope) {
        Some(org) => session_only(caller, || json!(org.members)),
        None => error_answer(404, "Scope not found"),
    }
}

pub(super) fn teams(state: &State, scope: &str, caller: Option<&Caller<'_>>) -> Response<Body> {
    match state.orgs.get(scope) {
        Some(org) => members_only(caller, org.members.keys(), || {
            let teams = org.teams.keys().map(|team| format!("@{scope}:{team}"));
            teams.collect()
        }),
        None => error_answer(404, "Scope not found"),
    }
}

/// `/-/team/<scope>/<team>/user` and `…/package`.
pub(super) fn team(
    state: &State,
    scope: &str,
    team: &str,
    what: &str,
    caller: Option<&Caller<'_>>,
) -> Response<Body> {
    let org = state.orgs.get(scope);
    let Some((org, team)) = org.and_then(|org| Some((org, org.teams.get(team)?))) else {
        return error_answer(404, "Team not found");
    };
    match what {
        "user" => members_only(caller, org.members.keys(), || json!(team.members)),
        "package" => members_only(caller, org.members.keys(), || json!(team.packages)),
        _ => error_answer(404, "Not found"),
    }
}

/// A member, using a login session.
fn members_only<'a>(
    caller: Option<&Caller<'_>>,
    mut members: impl Iterator<Item = &'a String>,
    body: impl Fn() -> Value,
) -> Response<Body> {
    match caller {
        Some(caller) if !members.any(|member| member == caller.user) => insufficient(),
        caller => session_only(caller, body),
    }
}
