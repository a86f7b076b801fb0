//! The second factor of a write: a one-time password, or a page that the client opens
//! (`authUrl`) while it polls another one (`doneUrl`) for a token. Source: npm's `otplease` and
//! npm-profile's `webAuthOpener`.

use hyper::Response;
use hyper::header::HeaderValue;
use serde_json::json;

use super::answer::{Body, error_answer, json_answer};
use super::seed::random_text;
use super::state::{Token, TwoFactor, User};
use super::store::{Challenge, Purpose, Store};

/// The path that is polled.
const DONE: &str = "-/v1/done";

impl User {
    /// Whether a second factor is correct.
    pub(super) fn accepts(&self, otp: Option<&str>) -> bool {
        otp.is_some_and(|otp| {
            self.otp.as_deref() == Some(otp) || self.web_tokens.iter().any(|token| token == otp)
        })
    }
}

/// Requires a second factor, for actions that always need one.
///
/// # Errors
/// The answer to an account without two-factor authentication, or to a request without the
/// correct factor.
pub(super) fn require(
    store: &mut Store,
    user: &str,
    otp: Option<&str>,
    base: &str,
) -> Result<(), Box<Response<Body>>> {
    match store.state.users.get(user) {
        Some(known) if known.two_factor == TwoFactor::Off => {
            let text = "Please enable 2fa for your account";
            Err(Box::new(error_answer(403, text)))
        }
        Some(known) if known.accepts(otp) => Ok(()),
        Some(_) => Err(Box::new(ask(store, user, base))),
        None => Err(Box::new(error_answer(401, "Unauthorized"))),
    }
}

/// The answer that asks for a second factor.
pub(super) fn ask(store: &mut Store, user: &str, base: &str) -> Response<Body> {
    let is_web = store
        .state
        .users
        .get(user)
        .is_some_and(|user| user.web_login);
    let mut answer = if is_web {
        let (page, done) = page(store, user, Purpose::Write, base);
        json_answer(401, &json!({ "authUrl": page, "doneUrl": done }))
    } else {
        error_answer(
            401,
            "You must provide a one-time pass. Upgrade your client to npm@latest in order to use 2FA.",
        )
    };
    let header = HeaderValue::from_static("OTP");
    answer.headers_mut().insert("www-authenticate", header);
    answer
}

/// A new page for a person, and the URL to poll meanwhile.
pub(super) fn page(
    store: &mut Store,
    user: &str,
    purpose: Purpose,
    base: &str,
) -> (String, String) {
    let id = random_text();
    let addresses = (
        format!("{base}-/auth/{id}"),
        format!("{base}{DONE}?authId={id}"),
    );
    store.challenges.push(Challenge {
        id,
        user: user.to_owned(),
        purpose,
        was_polled: false,
    });
    addresses
}

/// Answers a poll: the first one comes too early, the second one finds the page confirmed.
pub(super) fn poll(store: &mut Store, path: &str, query: &str) -> Option<Response<Body>> {
    if path != DONE {
        return None;
    }
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let id = pairs.find(|(key, _)| key == "authId").map(|(_, id)| id);
    let found = store
        .challenges
        .iter()
        .position(|challenge| Some(challenge.id.as_str()) == id.as_deref());
    let Some(at) = found else {
        return Some(error_answer(404, "Not found"));
    };
    if !store.challenges[at].was_polled {
        store.challenges[at].was_polled = true;
        let mut early = json_answer(202, &json!({}));
        early
            .headers_mut()
            .insert("retry-after", HeaderValue::from_static("1"));
        return Some(early);
    }
    let Challenge {
        id, user, purpose, ..
    } = store.challenges.remove(at);
    match purpose {
        Purpose::Login => {
            store.state.tokens.insert(id.clone(), Token::session(user));
        }
        Purpose::Write => {
            if let Some(user) = store.state.users.get_mut(&user) {
                user.web_tokens.push(id.clone());
            }
        }
    }
    Some(json_answer(200, &json!({ "token": id })))
}
