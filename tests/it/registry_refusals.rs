//! What the embedded registry refuses, as npmjs does: one row per refusal.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::http::{Answer, send};
use crate::support::registry::Server;

/// The registry's state, as the rows start from it.
fn state() -> Value {
    json!({
        "users": {
            "alice": { "password": "secret", "otp": "123456" },
            "fay": { "emailVerified": false },
            "greta": { "twoFactor": "auth-and-writes", "otp": "123456" },
            "paula": { "plan": "paid" },
        },
        "tokens": {
            "session": { "user": "alice", "kind": "session" },
            "granular": { "user": "alice", "packages": ["mine"], "scopes": ["@alice"] },
            "reader": { "user": "alice", "kind": "read-only" },
            "late": { "user": "alice", "expires": "1 minute ago" },
            "soon": { "user": "alice", "expires": "1 hour" },
            "gone": { "user": "alice", "revoked": true },
            "elsewhere": { "user": "alice", "addressRefused": true },
            "fay": { "user": "fay" },
            "greta": { "user": "greta", "kind": "session" },
            "greta-classic": { "user": "greta", "kind": "publish" },
            "greta-granular": { "user": "greta" },
            "greta-bypass": { "user": "greta", "bypassTwoFactor": true },
            "paula": { "user": "paula" },
        },
        "orgs": {
            "acme": {
                "members": { "alice": "developer", "boss": "owner" },
                "teams": {
                    "writers": { "members": ["alice"], "packages": { "@acme/ours": "write", "@acme/secret": "read" } },
                },
            },
            "others": { "members": { "somebody": "owner" } },
        },
        "packages": {
            "mine": { "versions": { "1.0.0": {}, "1.1.0-beta": {}, "0.9.0": { "deprecated": "old" } }, "maintainers": ["alice"], "staged": ["3.0.0"], "unpublishedVersions": { "2.0.0": "2 days ago" } },
            "greta-cat": { "versions": { "1.0.0": {} }, "maintainers": ["greta"] },
            "strict": { "versions": { "1.0.0": {} }, "maintainers": ["alice", "greta"], "requiresTwoFactor": true },
            "theirs": { "versions": { "1.0.0": {} }, "maintainers": ["somebody"] },
            "Old_Cat": { "versions": { "1.0.0": {} }, "maintainers": ["alice"] },
            "cooling": { "unpublished": { "time": "3 hours ago", "versions": ["1.0.0"] }, "maintainers": ["alice"] },
            "cooled": { "unpublished": { "time": "25 hours ago", "versions": ["1.0.0"] }, "maintainers": ["alice"] },
            "react-native": { "versions": { "1.0.0": {} }, "maintainers": ["somebody"] },
            "@acme/ours": { "versions": { "1.0.0": {} }, "maintainers": ["boss"] },
            "@acme/secret": { "versions": { "1.0.0": {} }, "maintainers": ["boss"], "restricted": true },
            "@others/hidden": { "versions": { "1.0.0": {} }, "maintainers": ["somebody"], "restricted": true },
        },
        "blockedWords": ["download"],
        "largestTarball": 1000,
    })
}

/// A publish.
struct Put<'a> {
    name: &'a str,
    version: &'a str,
    credential: Option<&'a str>,
    otp: Option<&'a str>,
    access: Value,
    tarball: Vec<u8>,
}

impl Default for Put<'_> {
    fn default() -> Self {
        Self {
            name: "mine",
            version: "1.2.0",
            credential: Some("Bearer session"),
            otp: None,
            access: Value::Null,
            tarball: b"a tarball".to_vec(),
        }
    }
}

impl Put<'_> {
    fn body(&self) -> Value {
        let digest = ring::digest::digest(&ring::digest::SHA512, &self.tarball);
        json!({
            "_id": self.name, "name": self.name, "access": self.access,
            "dist-tags": { "latest": self.version },
            "versions": { self.version: {
                "name": self.name, "version": self.version,
                "dist": { "integrity": format!("sha512-{}", STANDARD.encode(digest)) },
            } },
            "_attachments": { format!("{}-{}.tgz", self.name, self.version): {
                "content_type": "application/octet-stream",
                "data": STANDARD.encode(&self.tarball), "length": self.tarball.len(),
            } },
        })
    }

    fn send(&self, server: &Server) -> Answer {
        self.send_body(server, &self.body())
    }

    fn send_body(&self, server: &Server, body: &Value) -> Answer {
        let line = format!("PUT /{}", self.name.replacen('/', "%2f", 1));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(self.credential.map(|value| ("authorization", value)));
        headers.extend(self.otp.map(|otp| ("npm-otp", otp)));
        send(&server.host(), &line, &headers, body.to_string().as_bytes()).expect("an answer")
    }
}

fn server() -> Server {
    Server::start(serde_json::from_value(state()).expect("a state"))
}

#[test]
fn every_refusal_has_npmjs_status_and_text() {
    let otp_text =
        "You must provide a one-time pass. Upgrade your client to npm@latest in order to use 2FA.";
    let rows: &[(Put<'_>, u16, &str)] = &[
        (
            Put {
                credential: None,
                ..Put::default()
            },
            404,
            "Not found",
        ),
        (
            Put {
                credential: Some("Bearer nobody"),
                ..Put::default()
            },
            404,
            "Not found",
        ),
        (
            Put {
                credential: Some("Bearer late"),
                ..Put::default()
            },
            404,
            "Not found",
        ),
        (
            Put {
                credential: Some("Bearer gone"),
                ..Put::default()
            },
            404,
            "Not found",
        ),
        (
            Put {
                credential: Some("Bearer elsewhere"),
                ..Put::default()
            },
            401,
            "Login is not allowed from your IP address",
        ),
        (
            Put {
                credential: Some("Bearer reader"),
                ..Put::default()
            },
            403,
            "You may not perform that action with these credentials.",
        ),
        (
            Put {
                name: "theirs-not",
                credential: Some("Bearer granular"),
                ..Put::default()
            },
            404,
            "Not found",
        ),
        (
            Put {
                name: "fays",
                credential: Some("Bearer fay"),
                ..Put::default()
            },
            403,
            "you must verify your email before publishing a new package: https://www.npmjs.com/email-edit",
        ),
        (
            Put {
                name: "New_Cat!",
                ..Put::default()
            },
            400,
            "is invalid for new packages",
        ),
        (
            Put {
                name: "NewCat",
                ..Put::default()
            },
            400,
            "is invalid for new packages",
        ),
        (
            Put {
                name: "http",
                ..Put::default()
            },
            400,
            "is invalid for new packages",
        ),
        (
            Put {
                access: json!("restricted"),
                ..Put::default()
            },
            400,
            "unscoped packages cannot be private",
        ),
        (
            Put {
                name: "@nobody/x",
                access: json!("public"),
                ..Put::default()
            },
            404,
            "Scope not found",
        ),
        (
            Put {
                name: "@others/new",
                access: json!("public"),
                ..Put::default()
            },
            404,
            "Not found",
        ),
        (
            Put {
                name: "@others/hidden",
                ..Put::default()
            },
            404,
            "Not found",
        ),
        (
            Put {
                name: "@acme/secret",
                ..Put::default()
            },
            403,
            "Forbidden",
        ),
        (
            Put {
                name: "theirs",
                ..Put::default()
            },
            403,
            "You do not have permission to publish \"theirs\". Are you logged in as the correct user?",
        ),
        (
            Put {
                name: "strict",
                credential: Some("Bearer greta-bypass"),
                ..Put::default()
            },
            401,
            otp_text,
        ),
        (
            Put {
                name: "greta-cat",
                credential: Some("Bearer greta"),
                ..Put::default()
            },
            401,
            otp_text,
        ),
        (
            Put {
                name: "greta-cat",
                credential: Some("Bearer greta"),
                otp: Some("000000"),
                ..Put::default()
            },
            401,
            otp_text,
        ),
        (
            Put {
                name: "greta-cat",
                credential: Some("Bearer greta-classic"),
                ..Put::default()
            },
            401,
            otp_text,
        ),
        (
            Put {
                name: "greta-cat",
                credential: Some("Bearer greta-granular"),
                ..Put::default()
            },
            403,
            "Two-factor authentication or granular access token with bypass 2fa enabled is required to publish packages.",
        ),
        (
            Put {
                version: "1.0.0",
                ..Put::default()
            },
            403,
            "You cannot publish over the previously published versions: 1.0.0.",
        ),
        (
            Put {
                version: "1.1.0-beta",
                ..Put::default()
            },
            403,
            "You cannot publish over the previously published versions: 1.1.0-beta.",
        ),
        (
            Put {
                version: "0.9.0",
                ..Put::default()
            },
            403,
            "You cannot publish over the previously published versions: 0.9.0.",
        ),
        (
            Put {
                version: "2.0.0",
                ..Put::default()
            },
            400,
            "Cannot publish over previously published version \"2.0.0\".",
        ),
        (
            Put {
                version: "3.0.0",
                ..Put::default()
            },
            409,
            "Cannot publish over previously staged version \"3.0.0\".",
        ),
        (
            Put {
                name: "cooling",
                version: "9.0.0",
                ..Put::default()
            },
            403,
            "cooling cannot be republished until 24 hours have passed.",
        ),
        (
            Put {
                name: "cooled",
                version: "1.0.0",
                ..Put::default()
            },
            400,
            "Cannot publish over previously published version \"1.0.0\".",
        ),
        (
            Put {
                name: "reactnative",
                ..Put::default()
            },
            403,
            "Package name too similar to existing package react-native; try renaming your package to '@alice/reactnative' and publishing with 'npm publish --access=public' instead",
        ),
        (
            Put {
                name: "react.native",
                ..Put::default()
            },
            403,
            "too similar to existing package react-native;",
        ),
        (
            Put {
                name: "my-download",
                ..Put::default()
            },
            400,
            "Bad Request",
        ),
        (
            Put {
                name: "@alice/new",
                ..Put::default()
            },
            402,
            "You must sign up for private packages",
        ),
        (
            Put {
                name: "@acme/new",
                access: json!("restricted"),
                ..Put::default()
            },
            402,
            "You must sign up for private packages",
        ),
        (
            Put {
                tarball: vec![0; 1001],
                ..Put::default()
            },
            413,
            "Payload Too Large",
        ),
    ];
    let server = server();
    for (put, status, text) in rows {
        let what = format!("{}@{} by {:?}", put.name, put.version, put.credential);
        let answer = put.send(&server);
        assert_eq!(answer.status, *status, "{what}: {}", answer.text());
        let error = answer.json()["error"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(error.contains(text), "{what}: {error}");
        assert_eq!(answer.header("x-safe-publish-rehearsal"), Some("npmjs"));
        let asks = match *text {
            text if text == otp_text => Some("OTP"),
            text if text.starts_with("Login") => Some("ipaddress"),
            _ => None,
        };
        assert_eq!(answer.header("www-authenticate"), asks, "{what}");
    }
    assert!(server.arrived().is_empty(), "nothing was taken");
}

#[test]
fn what_npmjs_takes_is_taken() {
    let basic = format!("Basic {}", STANDARD.encode("alice:secret"));
    let rows: &[Put<'_>] = &[
        Put::default(),
        Put {
            version: "1.2.1",
            credential: Some(&basic),
            ..Put::default()
        },
        Put {
            version: "1.2.2",
            credential: Some("Bearer granular"),
            ..Put::default()
        },
        Put {
            version: "1.2.3",
            credential: Some("Bearer soon"),
            ..Put::default()
        },
        Put {
            name: "brand-new-cat",
            ..Put::default()
        },
        Put {
            name: "Old_Cat",
            ..Put::default()
        },
        Put {
            name: "cooled",
            ..Put::default()
        },
        Put {
            name: "@alice/reactnative",
            credential: Some("Bearer granular"),
            access: json!("public"),
            ..Put::default()
        },
        Put {
            name: "@acme/ours",
            ..Put::default()
        },
        Put {
            name: "@acme/new",
            access: json!("public"),
            ..Put::default()
        },
        Put {
            name: "@paula/new",
            credential: Some("Bearer paula"),
            ..Put::default()
        },
        Put {
            name: "strict",
            credential: Some("Bearer greta"),
            otp: Some("123456"),
            ..Put::default()
        },
        Put {
            name: "greta-cat",
            version: "1.0.1",
            credential: Some("Bearer greta"),
            otp: Some("123456"),
            ..Put::default()
        },
        Put {
            name: "greta-cat",
            version: "1.0.2",
            credential: Some("Bearer greta-bypass"),
            ..Put::default()
        },
    ];
    let server = server();
    for put in rows {
        let answer = put.send(&server);
        assert_eq!(
            answer.status,
            200,
            "{}@{}: {}",
            put.name,
            put.version,
            answer.text()
        );
    }
    let arrived = server.arrived();
    assert_eq!(arrived.len(), rows.len());
    assert!(arrived.iter().all(|package| package.tarball == "a tarball"));
    let again = Put {
        name: "cooled",
        version: "1.0.0",
        ..Put::default()
    }
    .send(&server);
    assert_eq!(
        again.status,
        400,
        "a burnt version stays burnt: {}",
        again.text()
    );
}

#[test]
fn a_body_that_contradicts_itself_is_refused() {
    let server = server();
    let put = Put::default();
    let change = |pointer: &str, value: Value| {
        let mut body = put.body();
        *body
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("{pointer}")) = value;
        put.send_body(&server, &body)
    };
    let attachment = "/_attachments/mine-1.2.0.tgz";
    for (answer, what) in [
        (change("/name", json!("other")), "another package"),
        (
            change("/dist-tags/latest", json!("9.9.9")),
            "another version",
        ),
        (
            change("/versions/1.2.0/version", json!("9.9.9")),
            "another version",
        ),
        (
            change("/versions/1.2.0/dist/integrity", json!("sha512-AAAA")),
            "another integrity",
        ),
        (
            change(&format!("{attachment}/length"), json!(1)),
            "another length",
        ),
        (
            change(&format!("{attachment}/data"), json!("?")),
            "no base64",
        ),
        (
            change("/dist-tags", json!({})),
            "one entry is wanted in dist-tags",
        ),
    ] {
        assert_eq!(answer.status, 400, "{what}: {}", answer.text());
        assert!(answer.text().contains(what), "{what}: {}", answer.text());
    }
    let no_json = send(
        &server.host(),
        "PUT /mine",
        &[("authorization", "Bearer session")],
        b"{",
    );
    assert_eq!(no_json.expect("an answer").status, 400);
    assert!(server.arrived().is_empty());
}
