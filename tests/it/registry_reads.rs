//! The embedded registry's answers to reads, by hand and with the real npm's commands.

use std::io::Read as _;

use serde_json::{Value, json};

use crate::support::http::{Answer, send};
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

pub(crate) fn state() -> Value {
    json!({
        "users": { "alice": { "email": "alice@example.com", "twoFactor": "auth-only" }, "mallory": {} },
        "tokens": {
            "npm_session0000000000000000000000000000": { "user": "alice", "kind": "session" },
            "granular": { "user": "alice" },
            "ci": { "user": "alice", "kind": "automation" },
            "mallory": { "user": "mallory", "kind": "session" },
        },
        "orgs": { "acme": {
            "members": { "alice": "owner", "eve": "developer" },
            "teams": { "devs": { "members": ["eve"], "packages": { "@acme/secret": "read" } } },
        } },
        "packages": {
            "cat": {
                "versions": { "1.0.0": { "deprecated": "use 2" }, "2.0.0": { "time": "2 hours ago" }, "3.0.0-rc.1": {} },
                "distTags": { "latest": "2.0.0", "next": "3.0.0-rc.1" },
                "unpublishedVersions": { "1.5.0": "2026-01-01T00:00:00Z" },
                "maintainers": ["alice"], "staged": ["4.0.0"], "description": "a cat",
            },
            "untagged": { "versions": { "1.0.0": {} }, "distTags": {} },
            "gone": { "unpublished": { "time": "2 hours ago", "versions": ["1.0.0", "1.0.1"] } },
            "@acme/secret": { "versions": { "1.0.0": {} }, "restricted": true, "maintainers": ["alice"] },
        },
    })
}

pub(crate) fn server() -> Server {
    Server::start(serde_json::from_value(state()).expect("a state"))
}

pub(crate) const SESSION: &str = "Bearer npm_session0000000000000000000000000000";

pub(crate) fn get(server: &Server, path: &str, credential: Option<&str>) -> Answer {
    let headers: Vec<_> = credential
        .map(|value| ("authorization", value))
        .into_iter()
        .collect();
    send(&server.host(), &format!("GET {path}"), &headers, b"").expect("an answer")
}

#[test]
fn full_packuments_have_all_fields_and_abbreviated_ones_fewer() {
    let server = server();
    let full = get(&server, "/cat?write=true", None).json();
    assert_eq!(
        full["dist-tags"],
        json!({ "latest": "2.0.0", "next": "3.0.0-rc.1" })
    );
    assert_eq!(full["versions"]["1.0.0"]["deprecated"], "use 2");
    assert_eq!(full["time"]["1.5.0"], "2026-01-01T00:00:00.000Z");
    assert!(full["versions"]["1.5.0"].is_null(), "unpublished");
    assert_eq!(full["maintainers"][0]["name"], "alice");
    let accept = ("accept", "application/vnd.npm.install-v1+json; q=1.0, */*");
    let short = send(&server.host(), "GET /cat", &[accept], b"")
        .expect("an answer")
        .json();
    assert!(short["time"].is_null() && short["maintainers"].is_null());
    assert!(short["versions"]["2.0.0"].is_object());
    let gone = get(&server, "/gone", None);
    assert_eq!(gone.status, 200, "a stub, not a 404");
    assert!(gone.json()["versions"].is_null());
    assert_eq!(
        gone.json()["time"]["unpublished"]["versions"],
        json!(["1.0.0", "1.0.1"])
    );
    assert_eq!(
        get(&server, "/untagged", None).json()["dist-tags"],
        json!({})
    );
}

/// A path, the credential that is sent, and the status of the answer.
const ACCESS: [(&str, Option<&str>, u16); 36] = [
    ("/-/ping", None, 200),
    ("/-/whoami", None, 401),
    ("/-/whoami", Some("Bearer wrong"), 401),
    ("/-/whoami", Some("Bearer granular"), 200),
    ("/cat/2.0.0", None, 200),
    ("/cat/next", None, 200),
    ("/cat/9.9.9", None, 404),
    ("/nobodys", None, 404),
    ("/gone/1.0.0", None, 404),
    ("/@acme%2fsecret", None, 404),
    ("/@acme%2fsecret", Some("Bearer mallory"), 404),
    ("/@acme%2fsecret", Some("Bearer granular"), 200),
    ("/@acme/secret", Some(SESSION), 200),
    ("/-/package/cat/dist-tags", None, 200),
    ("/-/package/cat/collaborators", None, 200),
    ("/-/package/cat/collaborators", Some("Bearer ci"), 403),
    ("/-/package/@acme%2fsecret/collaborators", None, 404),
    ("/-/package/cat/visibility", None, 200),
    ("/-/package/nobodys/visibility", None, 404),
    ("/-/org/acme/package", None, 200),
    ("/-/org/nobody/package", None, 404),
    ("/-/org/acme/user", None, 401),
    ("/-/org/acme/user", Some("Bearer granular"), 403),
    ("/-/org/acme/team", Some("Bearer mallory"), 403),
    ("/-/org/acme/user", Some(SESSION), 200),
    ("/-/team/acme/devs/user", Some(SESSION), 200),
    ("/-/team/acme/nobody/user", Some(SESSION), 404),
    ("/-/npm/v1/user", None, 401),
    ("/-/npm/v1/user", Some("Bearer granular"), 403),
    ("/-/npm/v1/user", Some(SESSION), 200),
    ("/-/npm/v1/tokens", Some("Bearer granular"), 403),
    ("/-/stage?package=cat", None, 401),
    ("/-/stage?package=cat", Some("Bearer granular"), 200),
    ("/-/v1/search", None, 400),
    ("/-/v1/search?text=cat", None, 200),
    ("/-/nothing/of/the/kind", None, 404),
];

#[test]
fn who_may_ask_is_npmjs_rule() {
    let server = server();
    for (path, credential, status) in ACCESS {
        let answer = get(&server, path, credential);
        assert_eq!(
            answer.status,
            status,
            "{path} by {credential:?}: {}",
            answer.text()
        );
    }
    let notice = |path, credential| {
        get(&server, path, credential)
            .header("npm-notice")
            .map(str::to_owned)
    };
    assert!(notice("/nobodys", Some("Bearer wrong")).is_some_and(|text| text.contains("expired")));
    assert_eq!(notice("/nobodys", Some("Bearer granular")), None);
}

#[test]
fn answers_hold_what_clients_read() {
    let server = server();
    let read = |path| get(&server, path, Some(SESSION)).json();
    assert_eq!(read("/-/whoami"), json!({ "username": "alice" }));
    assert_eq!(
        read("/-/package/cat/collaborators"),
        json!({ "alice": "write" })
    );
    assert_eq!(
        read("/-/package/@acme%2fsecret/collaborators"),
        json!({ "alice": "write", "eve": "read" })
    );
    assert_eq!(
        read("/-/package/@acme%2fsecret/visibility"),
        json!({ "public": false })
    );
    assert_eq!(read("/-/npm/v1/user")["tfa"]["mode"], "auth-only");
    assert_eq!(read("/-/stage?package=cat")["items"][0]["version"], "4.0.0");
    assert_eq!(read("/-/stage?package=untagged")["total"], 0);
    assert_eq!(
        read("/-/team/acme/devs/package"),
        json!({ "@acme/secret": "read" })
    );
    assert_eq!(
        read("/-/user/alice/package"),
        json!({ "@acme/secret": "write", "cat": "write" })
    );
    assert_eq!(
        get(&server, "/-/user/alice/package", None).json(),
        json!({ "cat": "write" })
    );
    let tokens = read("/-/npm/v1/tokens").to_string();
    assert!(tokens.contains("npm_sess...0000"), "{tokens}");
    assert!(
        !tokens.contains(SESSION.trim_start_matches("Bearer ")),
        "{tokens}"
    );
}

#[test]
fn heads_have_no_body_and_large_answers_are_packed_where_that_is_taken() {
    let mut state = state();
    for number in 0..2000 {
        state["packages"]["cat"]["versions"][format!("0.{number}.0")] = json!({});
    }
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let head = send(&server.host(), "HEAD /cat", &[], b"").expect("an answer");
    assert_eq!((head.status, head.body.len()), (200, 0));
    let plain = get(&server, "/cat", None);
    for round in 0..2 {
        let packed = send(
            &server.host(),
            "GET /cat",
            &[("accept-encoding", "gzip")],
            b"",
        );
        let packed = packed.expect("an answer");
        assert_eq!(
            packed.header("content-encoding"),
            Some("gzip"),
            "round {round}"
        );
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(packed.body.as_slice())
            .read_to_end(&mut text)
            .expect("gzip");
        let unpacked: Value = serde_json::from_slice(&text).expect("JSON");
        assert_eq!(
            unpacked["versions"],
            plain.json()["versions"],
            "round {round}"
        );
    }
    assert_eq!(plain.header("content-encoding"), None);
    let session = [("authorization", SESSION)];
    let put = "PUT /-/package/cat/dist-tags/x";
    let tagged = send(&server.host(), put, &session, b"\"1.0.0\"").expect("an answer");
    assert_eq!(tagged.status, 200, "{}", tagged.text());
    let later = get(&server, "/cat", None).json();
    assert_eq!(
        later["dist-tags"]["x"], "1.0.0",
        "what is kept is forgotten"
    );
}

/// Runs npm 11 commands, one after the other, in a project that is logged in as alice.
fn npm_of_alice(server: &Server) -> impl Fn(&[&str]) -> Run {
    let mut sandbox = Sandbox::new();
    let installed = npm(11);
    sandbox.set_path(&[&installed.path_dir]);
    let token = SESSION.trim_start_matches("Bearer ");
    let file = format!(
        "registry={}\n//{}/:_authToken={token}\n",
        server.url(),
        server.host()
    );
    std::fs::write(sandbox.home().join(".npmrc"), file).expect("a writable home");
    sandbox.write("package.json", r#"{ "name": "cat", "version": "5.0.0" }"#);
    move |args| Run::of(sandbox.command(installed.program()).args(args))
}

/// Arguments of npm, and a part of what it then prints. Later commands see what earlier ones
/// changed.
const COMMANDS: &[(&[&str], &str)] = &[
    (&["ping", "--json"], "\"registry\""),
    (&["whoami"], "alice"),
    (&["view", "cat", "dist-tags.next"], "3.0.0-rc.1"),
    (&["view", "@acme/secret", "version"], "1.0.0"),
    (
        &["access", "list", "collaborators", "@acme/secret"],
        "eve: read-only",
    ),
    (&["access", "get", "status", "@acme/secret"], "private"),
    (&["access", "list", "packages", "@acme"], "@acme/secret"),
    (&["org", "ls", "acme", "--parseable"], "alice\towner"),
    (&["team", "ls", "acme", "--parseable"], "acme:devs"),
    (&["team", "ls", "acme:devs", "--parseable"], "eve"),
    (&["profile", "get", "email"], "alice@example.com"),
    (&["token", "list", "--parseable"], "npm_sess"),
    (&["search", "cat", "--parseable"], "cat"),
    (&["dist-tag", "add", "cat@1.0.0", "old"], "+old: cat@1.0.0"),
    (&["dist-tag", "ls", "cat"], "old: 1.0.0"),
    (&["dist-tag", "rm", "cat", "old"], "-old: cat@1.0.0"),
    (&["deprecate", "cat@2.0.0", "use 3"], ""),
    (&["view", "cat@2.0.0", "deprecated"], "use 3"),
    (&["publish"], "+ cat@5.0.0"),
    (&["view", "cat", "dist-tags.latest"], "5.0.0"),
];

#[test]
fn npms_own_commands_understand_the_answers() {
    let server = server();
    let npm = npm_of_alice(&server);
    for (args, wanted) in COMMANDS {
        let run = npm(args);
        assert_eq!(run.code, Some(0), "npm {args:?}: {run:?}");
        assert!(run.stdout.contains(wanted), "npm {args:?}: {run:?}");
    }
    assert_eq!(get(&server, "/cat/5.0.0", None).status, 200, "still there");
}

#[test]
fn npms_commands_that_are_not_supported_are_refused() {
    let server = server();
    let npm = npm_of_alice(&server);
    for args in [
        ["token", "create", "--read-only"].as_slice(),
        &["team", "create", "acme:more"],
        &["owner", "add", "nobody-of-that-name", "cat"],
    ] {
        let run = npm(args);
        assert_ne!(run.code, Some(0), "npm {args:?} is refused: {run:?}");
    }
}

#[test]
fn tags_and_deprecations_are_for_those_who_may_write() {
    let server = server();
    for (credential, status) in [
        (None, 404),
        (Some("Bearer wrong"), 404),
        (Some("Bearer mallory"), 403),
        (Some("Bearer granular"), 200),
    ] {
        let headers: Vec<_> = credential
            .map(|value| ("authorization", value))
            .into_iter()
            .collect();
        let put = "PUT /-/package/cat/dist-tags/x";
        let answer = send(&server.host(), put, &headers, b"\"1.0.0\"").expect("an answer");
        assert_eq!(answer.status, status, "{credential:?}: {}", answer.text());
        let document = br#"{ "name": "cat", "versions": { "2.0.0": { "deprecated": "no" } } }"#;
        let answer = send(&server.host(), "PUT /cat", &headers, document).expect("an answer");
        assert_eq!(answer.status, status, "{credential:?}: {}", answer.text());
    }
}
