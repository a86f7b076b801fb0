//! `npm login` and `npm logout`: a page that a person confirms, and a poll that then returns a
//! session token. Source: npm-profile's `loginWeb`.

use hyper::{Method, Response};
use serde_json::json;

use super::answer::{Body, error_answer, json_answer};
use super::second_factor;
use super::store::{Purpose, Store};
use super::write::Write;

/// Starts a login, or ends a session; `None` for another request.
pub(super) fn write(store: &mut Store, write: &Write) -> Option<Response<Body>> {
    if let Some(token) = write.path.strip_prefix("-/user/token/") {
        let is_known = write.method == Method::DELETE && store.state.tokens.remove(token).is_some();
        return Some(if is_known {
            json_answer(200, &json!({ "ok": true }))
        } else {
            error_answer(404, "Not found")
        });
    }
    let begins = write.method == Method::POST && write.path == "-/v1/login";
    begins.then(|| begin(store, &write.base))
}

fn begin(store: &mut Store, base: &str) -> Response<Body> {
    let Some(user) = person(store) else {
        return error_answer(404, "Not found");
    };
    let (page, done) = second_factor::page(store, &user, Purpose::Login, base);
    json_answer(200, &json!({ "loginUrl": page, "doneUrl": done }))
}

/// The account that confirms the page: the one with `webLogin`, otherwise the only one.
fn person(store: &Store) -> Option<String> {
    let users = &store.state.users;
    let with_page = users.iter().find(|(_, user)| user.web_login);
    let only = users.iter().next().filter(|_| users.len() == 1);
    with_page.or(only).map(|(name, _)| name.clone())
}
