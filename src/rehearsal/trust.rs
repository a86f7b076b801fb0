//! The records of a package's trusted publishers, as `npm trust` writes them.
//! Sources: npm 11.15's `lib/trust-cmd.js`, and npm's API documentation.

use hyper::{Method, Response};
use jiff::Timestamp;
use serde_json::json;

use super::accounts::unauthorized;
use super::answer::{Body, bytes_answer, error_answer, json_answer};
use super::routes::split_name;
use super::second_factor;
use super::seed::random_text;
use super::stage::uuid;
use super::store::Store;
use super::trust_record::TrustRecord;
use super::write::Write;

/// The most records that a package can have (npm's changelog of September 2026).
const MAX_RECORDS: usize = 10;

/// Answers a request for `-/package/<name>/trust`, whatever its method; `None` for another
/// path.
pub(super) fn answer(store: &mut Store, write: &Write) -> Option<Response<Body>> {
    let (name, rest) = split_name(write.path.strip_prefix("-/package/")?);
    let id = match rest?.strip_prefix("trust")? {
        "" => None,
        rest => Some(rest.strip_prefix('/')?.to_owned()),
    };
    let name = name.to_owned();
    if let Err(refusal) = allowed(store, write, &name) {
        return Some(*refusal);
    }
    let records = &mut store.state.packages.get_mut(&name)?.trust;
    Some(match (&write.method, id) {
        (&Method::GET, None) => json_answer(200, &json!(records)),
        (&Method::POST, None) => create(records, &write.body),
        (&Method::DELETE, Some(id)) => revoke(records, &id),
        _ => error_answer(404, "Not found"),
    })
}

fn allowed(store: &mut Store, write: &Write, name: &str) -> Result<(), Box<Response<Body>>> {
    let caller = store
        .state
        .caller(write.authorization.as_deref(), Timestamp::now());
    let Some(caller) = caller else {
        return Err(Box::new(unauthorized()));
    };
    let Some(package) = store.state.packages.get(name) else {
        return Err(Box::new(error_answer(404, "Package not found")));
    };
    let right = store.state.rights(name, package).remove(caller.user);
    if right.as_deref() != Some("write") || !caller.is_session() {
        let text =
            "Insufficient permissions to access trusted publisher configurations for this package";
        return Err(Box::new(error_answer(403, text)));
    }
    let user = caller.user.to_owned();
    second_factor::require(store, &user, write.otp.as_deref(), &write.base)
}

fn create(records: &mut Vec<TrustRecord>, body: &[u8]) -> Response<Body> {
    let Ok(mut new) = serde_json::from_slice::<Vec<TrustRecord>>(body) else {
        return error_answer(400, "Invalid trusted publisher configuration");
    };
    let same = |one: &TrustRecord, other: &TrustRecord| {
        (&one.kind, &one.claims) == (&other.kind, &other.claims)
    };
    let exists = new
        .iter()
        .any(|new| records.iter().any(|known| same(known, new)));
    // npmjs's message for the eleventh record is not known.
    if exists || records.len() + new.len() > MAX_RECORDS {
        let text =
            "trusted publisher config already exists for the package. Please delete and re-create.";
        return error_answer(409, text);
    }
    for record in &mut new {
        record.id = uuid(&random_text());
    }
    records.extend(new.iter().cloned());
    json_answer(200, &json!(new))
}

fn revoke(records: &mut Vec<TrustRecord>, id: &str) -> Response<Body> {
    match records.iter().position(|record| record.id == id) {
        Some(at) => {
            records.remove(at);
            bytes_answer(204, "application/json", bytes::Bytes::new())
        }
        None => error_answer(
            404,
            "Trusted publisher configuration not found for the package",
        ),
    }
}
