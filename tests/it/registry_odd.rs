//! The embedded registry's faults, its behaviour as a proxy, and invalid
//! states.

use std::io::Read as _;

use serde_json::{Value, json};

use crate::registry_reads::{SESSION, get, server, state};
use crate::support::http::send;
use crate::support::registry::Server;

#[test]
fn faults_happen_as_often_as_the_state_says() {
    let fault = |with: Value, more: Value| {
        let mut fault = json!({ "path": "/cat", "with": with });
        fault
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        let mut state = state();
        state["faults"] = json!([fault]);
        Server::start(serde_json::from_value(state).expect("a state"))
    };
    let busy = fault(
        json!({ "status": { "status": 503, "headers": { "retry-after": "1" } } }),
        json!({ "times": 2 }),
    );
    let statuses: Vec<_> = (0..3).map(|_| get(&busy, "/cat", None).status).collect();
    assert_eq!(statuses, [503, 503, 200]);
    assert_eq!(get(&busy, "/-/ping", None).status, 200);
    let page = fault(json!({ "html": "Sign in" }), json!({}));
    assert!(
        get(&page, "/cat", None)
            .text()
            .contains("<title>Sign in</title>")
    );
    let moved = fault(
        json!({ "redirect": "http://elsewhere.example/" }),
        json!({}),
    );
    assert_eq!(
        get(&moved, "/cat", None).header("location"),
        Some("http://elsewhere.example/")
    );
    let closed = fault(json!("reset"), json!({ "method": "GET" }));
    assert!(send(&closed.host(), "GET /cat", &[], b"").is_none());
    assert_eq!(
        send(&closed.host(), "HEAD /cat", &[], b"")
            .expect("another method")
            .status,
        200
    );
    let short = fault(json!("truncatedGzip"), json!({}));
    let mut text = Vec::new();
    let packed = get(&short, "/cat", None).body;
    assert!(
        flate2::read::GzDecoder::new(packed.as_slice())
            .read_to_end(&mut text)
            .is_err()
    );
}

#[test]
fn as_a_proxy_it_serves_itself_and_turns_everything_else_away() {
    let server = server();
    let own = format!("GET http://{}/cat", server.host());
    assert_eq!(
        send(&server.host(), &own, &[], b"")
            .expect("an answer")
            .status,
        200
    );
    assert!(server.refused().is_empty());
    let others: &[(&str, &[(&str, &str)])] = &[
        ("CONNECT registry.example:443", &[]),
        (
            "PUT http://registry.example/cat",
            &[("authorization", SESSION)],
        ),
        ("GET http://registry.example/cat", &[]),
        ("DELETE http://registry.example/cat/-rev/1", &[]),
        // Another host name for this port.
        (
            "PUT /cat",
            &[("host", "registry.example"), ("authorization", SESSION)],
        ),
    ];
    for (line, headers) in others {
        let answer = send(&server.host(), line, headers, b"").expect("an answer");
        assert_eq!(answer.status, 403, "{line}: {}", answer.text());
        assert!(
            answer.text().contains("rehearsal sends nothing"),
            "{line}: {}",
            answer.text()
        );
    }
    assert_eq!(
        server.refused().len(),
        others.len(),
        "{:?}",
        server.refused()
    );
    assert!(server.arrived().is_empty());
}

#[test]
fn a_state_with_an_unknown_word_is_refused() {
    for (state, word) in [
        (json!({ "user": {} }), "user"),
        (json!({ "users": { "a": { "mail": "x" } } }), "mail"),
        (
            json!({ "packages": { "a": { "unpublished": { "time": "soon", "versions": [] } } } }),
            "soon",
        ),
        (
            json!({ "tokens": { "t": { "user": "a", "kind": "admin" } } }),
            "admin",
        ),
    ] {
        let error = serde_json::from_value::<safe_publish::rehearsal::State>(state.clone())
            .expect_err("it means nothing");
        assert!(error.to_string().contains(word), "{state}: {error}");
    }
}
