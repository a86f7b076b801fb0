//! What the embedded registry refuses, as npmjs does: one row per refusal.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::http::{Answer, send};
use crate::support::registry::Server;

/// The registry's initial state for the rows.
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
struct Put {
    name: String,
    version: String,
    credential: Option<String>,
    otp: Option<String>,
    access: Option<String>,
    tarball: Vec<u8>,
}

impl Put {
    /// `name@version`, then `by=TOKEN`, `otp=`, `access=`, `bytes=`; without
    /// `by` it is the session's.
    fn read(words: &str) -> Self {
        let mut words = words.split(' ');
        let spec = words.next().expect("a name and a version");
        let (name, version) = spec.rsplit_once('@').expect("a version");
        let mut put = Self {
            name: name.to_owned(),
            version: version.to_owned(),
            credential: Some("Bearer session".to_owned()),
            otp: None,
            access: None,
            tarball: b"a tarball".to_vec(),
        };
        for word in words {
            match word.split_once('=').expect("key=value") {
                ("by", "nobody") => put.credential = None,
                ("by", "basic") => {
                    put.credential = Some(format!("Basic {}", STANDARD.encode("alice:secret")));
                }
                ("by", token) => put.credential = Some(format!("Bearer {token}")),
                ("otp", otp) => put.otp = Some(otp.to_owned()),
                ("access", access) => put.access = Some(access.to_owned()),
                ("bytes", size) => put.tarball = vec![0; size.parse().expect("a number")],
                (other, _) => panic!("{other}"),
            }
        }
        put
    }

    fn body(&self) -> Value {
        let digest = ring::digest::digest(&ring::digest::SHA512, &self.tarball);
        let (name, version) = (&self.name, &self.version);
        json!({
            "_id": name, "name": name, "access": self.access,
            "dist-tags": { "latest": version },
            "versions": { version: {
                "name": name, "version": version,
                "dist": { "integrity": format!("sha512-{}", STANDARD.encode(digest)) },
            } },
            "_attachments": { format!("{name}-{version}.tgz"): {
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
        headers.extend(
            self.credential
                .iter()
                .map(|it| ("authorization", it.as_str())),
        );
        headers.extend(self.otp.iter().map(|otp| ("npm-otp", otp.as_str())));
        send(&server.host(), &line, &headers, body.to_string().as_bytes()).expect("an answer")
    }
}

fn server() -> Server {
    Server::start(serde_json::from_value(state()).expect("a state"))
}

const NO_RIGHT: &str = "You may not perform that action with these credentials.";
const OTP: &str =
    "You must provide a one-time pass. Upgrade your client to npm@latest in order to use 2FA.";
const BYPASS: &str = "Two-factor authentication or granular access token with bypass 2fa enabled is required to publish packages.";
const EMAIL: &str =
    "you must verify your email before publishing a new package: https://www.npmjs.com/email-edit";
const SIMILAR: &str = "Package name too similar to existing package react-native; try renaming your package to '@alice/reactnative' and publishing with 'npm publish --access=public' instead";

/// What is sent, with npmjs's status and message.
const REFUSALS: &[(&str, u16, &str)] = &[
    ("mine@1.2.0 by=nobody", 404, "Not found"),
    ("mine@1.2.0 by=unknown", 404, "Not found"),
    ("mine@1.2.0 by=late", 404, "Not found"),
    ("mine@1.2.0 by=gone", 404, "Not found"),
    (
        "mine@1.2.0 by=elsewhere",
        401,
        "Login is not allowed from your IP address",
    ),
    ("mine@1.2.0 by=reader", 403, NO_RIGHT),
    ("other@1.0.0 by=granular", 404, "Not found"),
    ("fays@1.0.0 by=fay", 403, EMAIL),
    ("New_Cat!@1.0.0", 400, "is invalid for new packages"),
    ("NewCat@1.0.0", 400, "is invalid for new packages"),
    ("http@1.0.0", 400, "is invalid for new packages"),
    (
        "mine@1.2.0 access=restricted",
        400,
        "unscoped packages cannot be private",
    ),
    ("@nobody/x@1.0.0 access=public", 404, "Scope not found"),
    ("@others/new@1.0.0 access=public", 404, "Not found"),
    ("@others/hidden@1.2.0", 404, "Not found"),
    ("@acme/secret@1.2.0", 403, "Forbidden"),
    (
        "theirs@1.2.0",
        403,
        "You do not have permission to publish \"theirs\". Are you logged in as the correct user?",
    ),
    ("strict@1.2.0 by=greta-bypass", 401, OTP),
    ("greta-cat@1.2.0 by=greta", 401, OTP),
    ("greta-cat@1.2.0 by=greta otp=000000", 401, OTP),
    ("greta-cat@1.2.0 by=greta-classic", 401, OTP),
    ("greta-cat@1.2.0 by=greta-granular", 403, BYPASS),
    (
        "mine@1.0.0",
        403,
        "You cannot publish over the previously published versions: 1.0.0.",
    ),
    (
        "mine@1.1.0-beta",
        403,
        "You cannot publish over the previously published versions: 1.1.0-beta.",
    ),
    (
        "mine@0.9.0",
        403,
        "You cannot publish over the previously published versions: 0.9.0.",
    ),
    (
        "mine@2.0.0",
        400,
        "Cannot publish over previously published version \"2.0.0\".",
    ),
    (
        "mine@3.0.0",
        409,
        "Cannot publish over previously staged version \"3.0.0\".",
    ),
    (
        "cooling@9.0.0",
        403,
        "cooling cannot be republished until 24 hours have passed.",
    ),
    (
        "cooled@1.0.0",
        400,
        "Cannot publish over previously published version \"1.0.0\".",
    ),
    ("reactnative@1.0.0", 403, SIMILAR),
    (
        "react.native@1.0.0",
        403,
        "too similar to existing package react-native;",
    ),
    ("my-download@1.0.0", 400, "Bad Request"),
    (
        "@alice/new@1.0.0",
        402,
        "You must sign up for private packages",
    ),
    (
        "@acme/new@1.0.0 access=restricted",
        402,
        "You must sign up for private packages",
    ),
    ("mine@1.2.0 bytes=1001", 413, "Payload Too Large"),
];

#[test]
fn every_refusal_has_npmjs_status_and_text() {
    let server = server();
    for (words, status, text) in REFUSALS {
        let answer = Put::read(words).send(&server);
        assert_eq!(answer.status, *status, "{words}: {}", answer.text());
        let body = answer.json();
        let error = body["error"].as_str().unwrap_or_default();
        assert!(error.contains(text), "{words}: {error}");
        assert_eq!(answer.header("x-safe-publish-rehearsal"), Some("npmjs"));
        let asks = match *text {
            OTP => Some("OTP"),
            text if text.starts_with("Login") => Some("ipaddress"),
            _ => None,
        };
        assert_eq!(answer.header("www-authenticate"), asks, "{words}");
    }
    assert!(server.arrived().is_empty(), "nothing was taken");
}

#[test]
fn what_npmjs_takes_is_taken() {
    let taken = [
        "mine@1.2.0",
        "mine@1.2.1 by=basic",
        "mine@1.2.2 by=granular",
        "mine@1.2.3 by=soon",
        "brand-new-cat@1.0.0",
        "Old_Cat@1.2.0",
        "cooled@1.2.0",
        "@alice/reactnative@1.0.0 by=granular access=public",
        "@acme/ours@1.2.0",
        "@acme/new@1.0.0 access=public",
        "@paula/new@1.0.0 by=paula",
        "strict@1.2.0 by=greta otp=123456",
        "greta-cat@1.0.1 by=greta otp=123456",
        "greta-cat@1.0.2 by=greta-bypass",
    ];
    let server = server();
    for words in taken {
        let answer = Put::read(words).send(&server);
        assert_eq!(answer.status, 200, "{words}: {}", answer.text());
    }
    let arrived = server.arrived();
    assert_eq!(arrived.len(), taken.len());
    assert!(arrived.iter().all(|package| package.tarball == "a tarball"));
    let again = Put::read("cooled@1.0.0").send(&server);
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
    let put = Put::read("mine@1.2.0");
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
            "integrity differs",
        ),
        (
            change(&format!("{attachment}/length"), json!(1)),
            "length differs",
        ),
        (
            change(&format!("{attachment}/data"), json!("?")),
            "not base64",
        ),
        (
            change("/dist-tags", json!({})),
            "exactly one entry is required in dist-tags",
        ),
    ] {
        assert_eq!(answer.status, 400, "{what}: {}", answer.text());
        assert!(answer.text().contains(what), "{what}: {}", answer.text());
    }
    let headers = [("authorization", "Bearer session")];
    let no_json = send(&server.host(), "PUT /mine", &headers, b"{");
    assert_eq!(no_json.expect("an answer").status, 400);
    assert!(server.arrived().is_empty());
}
