//! The failures that only the publish itself reveals, and their causes.

use serde_json::{Value, json};

/// One failure.
pub(super) struct Case {
    pub(super) about: &'static str,
    pub(super) manifest: Value,
    /// The token in the user's .npmrc.
    pub(super) token: &'static str,
    /// Faults, in the registry's own notation.
    pub(super) faults: Value,
    pub(super) arguments: &'static [&'static str],
    /// Bytes of a file that does not compress.
    pub(super) noise: usize,
    /// The first cause, and how certain it must be.
    pub(super) cause: (&'static str, &'static str),
    /// A part of its explanation.
    pub(super) says: &'static str,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            about: "",
            manifest: json!({"name": "fresh-cat", "version": "1.0.0"}),
            token: "tok-granular-1",
            faults: json!([]),
            arguments: &[],
            noise: 0,
            cause: ("", "certain"),
            says: "",
        }
    }
}

pub(super) fn all() -> Vec<Case> {
    [
        refusals_of_packages(),
        refusals_of_narrow_tokens(),
        refusals_of_tokens(),
        refusals_without_a_second_factor(),
        refusals_of_scopes(),
        troubles(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Every PUT is answered with this status and message.
fn status(status: u16, text: &str) -> Value {
    let answer = json!({ "status": status, "body": { "error": text } });
    json!([{ "method": "PUT", "with": { "status": answer } }])
}

fn package(name: &str, version: &str) -> Value {
    json!({ "name": name, "version": version })
}

/// What the registry refuses in the package itself.
fn refusals_of_packages() -> Vec<Case> {
    vec![
        Case {
            about: "the version waits on the stage",
            manifest: package("cat", "3.0.0"),
            arguments: &["--allow", "version-staged"],
            cause: ("version-staged", "certain"),
            ..Case::default()
        },
        Case {
            about: "the word filter, which says only 400",
            manifest: package("video-download-cat", "1.0.0"),
            cause: ("name-refused-by-filter", "likely"),
            ..Case::default()
        },
        Case {
            about: "a package that is larger than the registry takes",
            noise: 20_000,
            cause: ("contents-too-large", "certain"),
            ..Case::default()
        },
    ]
}

/// A granular token that is for other packages.
fn refusals_of_narrow_tokens() -> Vec<Case> {
    vec![
        Case {
            about: "a token for other packages, which npmjs hides behind a 404",
            token: "tok-narrow-1",
            cause: ("auth-package-not-covered", "certain"),
            says: "accepts the token as alice",
            ..Case::default()
        },
        Case {
            about: "the same for a package that is the account's own",
            manifest: package("cat", "2.0.0"),
            token: "tok-narrow-1",
            cause: ("auth-package-not-covered", "certain"),
            says: "does not cover cat",
            ..Case::default()
        },
        Case {
            about: "the same below the account's own scope",
            manifest: package("@alice/cat", "1.0.0"),
            token: "tok-narrow-1",
            arguments: &["--access", "public"],
            cause: ("auth-package-not-covered", "certain"),
            says: "whose scope @alice is",
            ..Case::default()
        },
    ]
}

/// Tokens that may not publish at all.
fn refusals_of_tokens() -> Vec<Case> {
    vec![
        Case {
            about: "a token that may read only",
            manifest: package("cat", "2.0.0"),
            token: "tok-reader-1",
            cause: ("auth-read-only", "certain"),
            ..Case::default()
        },
        Case {
            about: "an address that the token does not allow",
            manifest: package("cat", "2.0.0"),
            token: "tok-elsewhere-1",
            cause: ("auth-address-not-allowed", "certain"),
            ..Case::default()
        },
        Case {
            about: "a token that is not accepted: npmjs says 404, and whoami says 401",
            token: "tok-of-nobody-1",
            arguments: &["--allow", "auth-rejected"],
            cause: ("auth-rejected", "certain"),
            says: "401",
            ..Case::default()
        },
    ]
}

/// A second factor that is missing.
fn refusals_without_a_second_factor() -> Vec<Case> {
    vec![
        Case {
            about: "a package that wants a second factor",
            manifest: package("strict", "2.0.0"),
            cause: ("auth-otp-impossible", "certain"),
            ..Case::default()
        },
        Case {
            about: "an account that wants a second factor, and a granular token",
            token: "tok-greta-granular-1",
            cause: ("auth-two-factor-token", "certain"),
            ..Case::default()
        },
        Case {
            about: "an account that wants a second factor, and a classic token, without a terminal",
            token: "tok-greta-classic-1",
            cause: ("auth-otp-impossible", "certain"),
            ..Case::default()
        },
    ]
}

/// Scopes that are another's, or nobody's.
fn refusals_of_scopes() -> Vec<Case> {
    vec![
        Case {
            about: "an organisation's package that the member's team may not write",
            manifest: package("@acme/ours", "2.0.0"),
            cause: ("scope-not-yours", "certain"),
            ..Case::default()
        },
        Case {
            about: "an organisation's restricted package, which the registry hides behind a 404",
            manifest: package("@acme/secret", "2.0.0"),
            arguments: &[
                "--allow",
                "scope-not-yours",
                "--allow",
                "access-restricted-by-default",
            ],
            cause: ("scope-not-yours", "certain"),
            ..Case::default()
        },
        Case {
            about: "a scope that does not exist",
            manifest: package("@nobody-at-all/cat", "1.0.0"),
            arguments: &["--access", "public", "--allow", "scope-unknown"],
            cause: ("scope-unknown", "certain"),
            ..Case::default()
        },
    ]
}

/// A registry, or a script, that fails.
fn troubles() -> Vec<Case> {
    vec![
        Case {
            about: "the database's conflict",
            faults: status(
                409,
                "Failed to save packument. A common cause is if you try to publish a new package before the previous package has been fully processed.",
            ),
            cause: ("registry-conflict", "certain"),
            ..Case::default()
        },
        Case {
            about: "too many requests",
            faults: status(429, "rate limited exceeded"),
            cause: ("registry-rate-limited", "certain"),
            ..Case::default()
        },
        Case {
            about: "an outage",
            faults: status(503, "Service Unavailable"),
            cause: ("registry-outage", "likely"),
            ..Case::default()
        },
        Case {
            about: "written, and then an error: npm's second try meets the first one's version",
            faults: json!([{ "method": "PUT", "times": 1, "with": { "afterWriting": 502 } }]),
            cause: ("publish-already-accepted", "certain"),
            says: "with the bytes that npm sent",
            ..Case::default()
        },
        Case {
            about: "written, and a conflict anyway, which npm does not try again",
            faults: json!([{ "method": "PUT", "times": 1, "with": { "afterWriting": 409 } }]),
            cause: ("publish-already-accepted", "certain"),
            says: "with the bytes that npm sent",
            ..Case::default()
        },
        Case {
            about: "a script after the publish",
            manifest: json!({"name": "fresh-cat", "version": "1.0.0", "scripts": {"postpublish": "exit 3"}}),
            cause: ("publish-already-accepted", "certain"),
            says: "the script `exit 3`",
            ..Case::default()
        },
    ]
}
