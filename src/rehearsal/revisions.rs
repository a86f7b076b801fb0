//! Writes to a revision of a package: unpublishing, and changing owners. Sources: npm's
//! `unpublish` and `owner` commands, and npmjs's unpublish policy.

use hyper::{Method, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::answer::{Body, error_answer, json_answer};
use super::documents::{DEFAULT_AGE, REVISION};
use super::routes::split_name;
use super::second_factor;
use super::state::{State, StoredPackage, TwoFactor, Unpublished};
use super::store::Store;
use super::when::When;
use super::write::{Write, writable};

/// After this time, only packages without dependents may be unpublished.
const UNPUBLISH_WINDOW: SignedDuration = SignedDuration::from_hours(72);
const BYPASS_TOKEN_REFUSAL: &str = "Granular access tokens that bypass two-factor authentication may not perform this action. For more info, visit: https://gh.io/npm-gat-bypass2fa-deprecation";

/// Accepts or refuses a write to `<name>/-rev/<revision>`, or to a tarball's; `None` for
/// another path.
pub(super) fn write(store: &mut Store, write: &Write) -> Option<Response<Body>> {
    let (target, revision) = write.path.rsplit_once("/-rev/")?;
    let (name, rest) = split_name(target);
    if let Err(refusal) = allowed(store, write, name, revision) {
        return Some(*refusal);
    }
    let answer = match (&write.method, rest) {
        (&Method::PUT, None) => change(store, write, name),
        (&Method::DELETE, None) => remove(store, name),
        // The tarball was removed together with its version.
        (&Method::DELETE, Some(file)) if file.starts_with("-/") => done(),
        _ => error_answer(404, "Not found"),
    };
    Some(answer)
}

fn done() -> Response<Body> {
    json_answer(200, &json!({ "ok": true }))
}

/// Whether the sender may change the package in this way.
fn allowed(
    store: &mut Store,
    write: &Write,
    name: &str,
    revision: &str,
) -> Result<(), Box<Response<Body>>> {
    writable(store, write, name)?;
    if revision != REVISION {
        return Err(Box::new(error_answer(409, "Document update conflict.")));
    }
    let caller = store
        .state
        .caller(write.authorization.as_deref(), Timestamp::now());
    let caller = caller.ok_or_else(|| Box::new(error_answer(404, "Not found")))?;
    if caller.token.is_some_and(|token| token.bypass_two_factor) {
        return Err(Box::new(error_answer(403, BYPASS_TOKEN_REFUSAL)));
    }
    let user = caller.user.to_owned();
    let asks = store
        .state
        .users
        .get(&user)
        .is_some_and(|user| user.two_factor == TwoFactor::AuthAndWrites);
    if asks {
        second_factor::require(store, &user, write.otp.as_deref(), &write.base)?;
    }
    Ok(())
}

/// Stores a packument with some versions removed, or with other owners.
fn change(store: &mut Store, write: &Write, name: &str) -> Response<Body> {
    let Ok(body) = serde_json::from_slice::<Value>(&write.body) else {
        return error_answer(400, "the body is not JSON");
    };
    let Some(versions) = body.get("versions").and_then(Value::as_object) else {
        return match store.state.packages.get_mut(name) {
            Some(package) => change_owners(package, &body),
            None => error_answer(404, "Not found"),
        };
    };
    let gone: Vec<String> = store
        .state
        .packages
        .get(name)
        .map_or_else(Vec::new, |package| {
            let numbers = package.versions.keys();
            numbers
                .filter(|number| !versions.contains_key(*number))
                .cloned()
                .collect()
        });
    let now = Timestamp::now();
    if let Some(refusal) = refusal(&store.state, name, &gone, now) {
        return refusal;
    }
    let Some(package) = store.state.packages.get_mut(name) else {
        return error_answer(404, "Not found");
    };
    for number in gone {
        let time = published(package, &number, now);
        package.versions.remove(&number);
        package.unpublished_versions.insert(number, When::at(time));
    }
    let tags = body.get("dist-tags").and_then(Value::as_object);
    let kept = tags.into_iter().flatten().filter_map(|(tag, version)| {
        let version = version.as_str()?;
        let stands = package.versions.contains_key(version);
        stands.then(|| (tag.clone(), version.to_owned()))
    });
    package.dist_tags = Some(kept.collect());
    done()
}

fn change_owners(package: &mut StoredPackage, body: &Value) -> Response<Body> {
    let people = body.get("maintainers").and_then(Value::as_array);
    let names: Vec<String> = people
        .into_iter()
        .flatten()
        .filter_map(|person| Some(person["name"].as_str()?.to_owned()))
        .collect();
    if names.is_empty() {
        return error_answer(400, "a package needs a maintainer");
    }
    package.maintainers = names;
    done()
}

/// Removes the whole package.
fn remove(store: &mut Store, name: &str) -> Response<Body> {
    let now = Timestamp::now();
    let known = store.state.packages.get(name);
    let all: Vec<String> = known.map_or_else(Vec::new, |package| {
        package.versions.keys().cloned().collect()
    });
    if let Some(refusal) = refusal(&store.state, name, &all, now) {
        return refusal;
    }
    let Some(package) = store.state.packages.get_mut(name) else {
        return error_answer(404, "Not found");
    };
    let burnt = std::mem::take(&mut package.unpublished_versions);
    package.versions.clear();
    package.dist_tags = None;
    package.unpublished = Some(Unpublished {
        time: When::at(now),
        versions: all.into_iter().chain(burnt.into_keys()).collect(),
    });
    done()
}

fn published(package: &StoredPackage, number: &str, now: Timestamp) -> Timestamp {
    let time = package
        .versions
        .get(number)
        .and_then(|known| known.time.as_ref());
    let long_ago = now.checked_sub(DEFAULT_AGE).unwrap_or(now);
    time.map_or(long_ago, |time| time.resolve(now))
}

/// npmjs's policy, as far as a registry without download counts can apply it.
fn refusal(state: &State, name: &str, gone: &[String], now: Timestamp) -> Option<Response<Body>> {
    let package = state.packages.get(name)?;
    let is_old =
        |number: &String| now.duration_since(published(package, number, now)) > UNPUBLISH_WINDOW;
    let mut failed = Vec::new();
    if depends_on(state, name) {
        failed.push("has dependent packages in the registry");
    }
    if gone.iter().any(is_old) && package.maintainers.len() > 1 {
        failed.push("has more than one maintainer");
    }
    if failed.is_empty() {
        return None;
    }
    let text = format!(
        "You can no longer unpublish this package.\nFailed criteria: \n{}\n",
        failed.join("\n")
    );
    Some(error_answer(405, &text))
}

/// Whether another package published here depends on this one.
fn depends_on(state: &State, name: &str) -> bool {
    let others = state.packages.iter().filter(|(other, _)| *other != name);
    let mut versions = others.flat_map(|(_, package)| package.versions.values());
    versions.any(|version| {
        let manifest = version.manifest.as_ref();
        manifest.is_some_and(|manifest| manifest["dependencies"].get(name).is_some())
    })
}
