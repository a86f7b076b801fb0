//! Who may do what with a package: `npm access set`, `grant` and `revoke`.
//! Source: npm's libnpmaccess.

use hyper::{Method, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::accounts::insufficient;
use super::answer::{Body, error_answer, json_answer};
use super::rights::scope_of;
use super::routes::split_name;
use super::second_factor;
use super::state::TwoFactor;
use super::store::Store;
use super::write::{Write, writable};

/// Accepts or refuses a write to `-/package/<name>/access`, or to a team's packages; `None`
/// for another path.
pub(super) fn write(store: &mut Store, write: &Write) -> Option<Response<Body>> {
    if let Some(rest) = write.path.strip_prefix("-/package/") {
        let (name, what) = split_name(rest);
        let is_access = what == Some("access") && write.method == Method::POST;
        return is_access.then(|| set(store, write, name));
    }
    let team = write.path.strip_prefix("-/team/")?;
    let parts: Vec<&str> = team.split('/').collect();
    match parts.as_slice() {
        [scope, team, "package"] => Some(grant(store, write, scope, team)),
        _ => None,
    }
}

fn done() -> Response<Body> {
    json_answer(200, &json!({ "ok": true }))
}

fn body(write: &Write) -> Option<Value> {
    serde_json::from_slice(&write.body).ok()
}

/// `{access}`, or `{publish_requires_tfa, automation_token_overrides_tfa}`.
fn set(store: &mut Store, write: &Write, name: &str) -> Response<Body> {
    if let Err(refusal) = writable(store, write, name).map(|_| ()) {
        return *refusal;
    }
    if let Some(refusal) = unconfirmed(store, write) {
        return refusal;
    }
    let Some(body) = body(write) else {
        return error_answer(400, "the body is not JSON");
    };
    let pays = scope_of(name).is_some_and(|scope| store.state.has_paid_plan(scope));
    let Some(package) = store.state.packages.get_mut(name) else {
        return error_answer(404, "Not found");
    };
    match body.get("access").and_then(Value::as_str) {
        Some("restricted") if scope_of(name).is_none() => {
            return error_answer(400, "unscoped packages cannot be private");
        }
        Some("restricted") if !pays => {
            return error_answer(402, "You must sign up for private packages");
        }
        Some(level) => package.restricted = level == "restricted",
        None => {}
    }
    if let Some(required) = body.get("publish_requires_tfa").and_then(Value::as_bool) {
        let overridden = body.get("automation_token_overrides_tfa");
        package.requires_two_factor = required && overridden != Some(&Value::Bool(true));
    }
    done()
}

/// An account that protects its writes must confirm this one, too.
fn unconfirmed(store: &mut Store, write: &Write) -> Option<Response<Body>> {
    let caller = store
        .state
        .caller(write.authorization.as_deref(), Timestamp::now())?;
    let user = caller.user.to_owned();
    let known = store.state.users.get(&user)?;
    if known.two_factor != TwoFactor::AuthAndWrites {
        return None;
    }
    let otp = write.otp.as_deref();
    let required = second_factor::require(store, &user, otp, &write.base);
    required.err().map(|refusal| *refusal)
}

/// Gives a team a right on a package, or removes it.
fn grant(store: &mut Store, write: &Write, scope: &str, team: &str) -> Response<Body> {
    let caller = store
        .state
        .caller(write.authorization.as_deref(), Timestamp::now());
    let user = caller.map(|caller| caller.user.to_owned());
    let org = store.state.orgs.get_mut(scope);
    let (Some(org), Some(user)) = (org, user) else {
        return error_answer(404, "Team not found");
    };
    let role = org.members.get(&user).map(String::as_str);
    if !matches!(role, Some("owner" | "admin")) {
        return insufficient();
    }
    let Some(team) = org.teams.get_mut(team) else {
        return error_answer(404, "Team not found");
    };
    let Some(body) = body(write) else {
        return error_answer(400, "the body is not JSON");
    };
    let package = body["package"].as_str().unwrap_or_default().to_owned();
    match (&write.method, body["permissions"].as_str()) {
        (&Method::DELETE, _) => {
            team.packages.remove(&package);
            done()
        }
        (&Method::PUT, Some("read-only")) => {
            team.packages.insert(package, "read".to_owned());
            done()
        }
        (&Method::PUT, Some("read-write")) => {
            team.packages.insert(package, "write".to_owned());
            done()
        }
        _ => error_answer(400, "permissions are read-only or read-write"),
    }
}
