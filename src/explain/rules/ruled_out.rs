//! Causes that a record contradicts: they are ruled out although a rule suggests them, each
//! with its reason.

use super::When;
use super::prelude::*;
use crate::explain::record::Record;

/// These causes are out when all of these conditions hold.
#[derive(Debug)]
pub(in crate::explain) struct RuledOut {
    pub(in crate::explain) ids: &'static [&'static str],
    when: &'static [When],
    /// The reason, as a sentence.
    pub(in crate::explain) because: &'static str,
}

/// Causes that need an npm that exchanges identity tokens.
const EXCHANGE_CAUSES: &[&str] = &[
    "oidc-publisher-mismatch",
    "oidc-first-publish",
    "oidc-shadowed",
    "oidc-runner",
    "oidc-permission-missing",
];

/// Causes that need a run with trusted publishing.
const TRUSTED_PUBLISHING_CAUSES: &[&str] = &[
    "oidc-publisher-mismatch",
    "oidc-first-publish",
    "oidc-shadowed",
    "oidc-runner",
    "oidc-permission-missing",
    "oidc-npm-too-old",
    "oidc-tool-too-old",
];

/// Causes of trusted publishing that only a publish can have.
const RUN_CAUSES: &[&str] = &[
    "oidc-publisher-mismatch",
    "oidc-shadowed",
    "oidc-runner",
    "oidc-permission-missing",
    "oidc-npm-too-old",
    "oidc-tool-too-old",
];

/// Causes that an accepted token cannot have.
const BAD_TOKEN_CAUSES: &[&str] = &[
    "auth-rejected",
    "auth-missing",
    "auth-variable-unset",
    "auth-placeholder",
    "auth-malformed",
];

/// Causes that only a request about a package can have.
const PACKAGE_CAUSES: &[&str] = &[
    "version-taken",
    "version-burnt",
    "version-staged",
    "registry-conflict",
    "publish-already-accepted",
    "version-invalid",
    "name-invalid",
    "name-refused-by-filter",
    "auth-email-unverified",
    "access-restricted-by-default",
    "registry-repository-field",
    "contents-too-large",
    "dependency-missing",
];

/// A table of them: `the causes, when the conditions => "the reason";`
macro_rules! table {
    ($($ids:expr, when $($when:expr),+ => $because:literal;)*) => {
        const RULED_OUT: &[RuledOut] = &[$(RuledOut {
            ids: $ids,
            when: &[$($when),+],
            because: $because,
        }),*];
    };
}

table! {
    EXCHANGE_CAUSES, when CannotExchange
        => "this npm is older than 11.5.1 and cannot exchange identity tokens";
    EXCHANGE_CAUSES, when ClientKnowsNoExchange
        => "this tool publishes without npm, and cannot exchange identity tokens";
    &["oidc-npm-too-old"], when NpmFrom(11, 5, 1)
        => "this npm supports trusted publishing";
    &["oidc-npm-too-old", "oidc-tool-too-old", "oidc-permission-missing"], when Noticed(Exchange)
        => "an identity token was exchanged, or refused, in this run";
    TRUSTED_PUBLISHING_CAUSES, when At(Whoami), Code("ENEEDAUTH")
        => "npm whoami knows no trusted publishing";
    TRUSTED_PUBLISHING_CAUSES, when Noticed(BeforeOidc)
        => "this ran before July 2025, when trusted publishing was introduced";
    TRUSTED_PUBLISHING_CAUSES, when Noticed(OtherCi)
        => "this CI service offers no identity tokens to npmjs";
    &["auth-missing"], when Noticed(TokenSent), Put
        => "the log shows that a credential was sent";
    &["script-failed"], when ScriptIn(AfterThePut)
        => "npm runs this script when the package is published";
    &["publish-already-accepted"], when ScriptIn(BeforeThePut)
        => "the script failed before anything was sent";
    PACKAGE_CAUSES, when AtNoPackage
        => "the request was not about a package";
    &["registry-outage", "registry-proxy"], when At(Trust), Status(409)
        => "the registry answered, and refused the change";
    RUN_CAUSES, when At(Trust)
        => "npm trust exchanges no identity token";
    &["version-taken", "version-burnt"], when Status(404)
        => "a registry does not answer 404 to a version that it has";
    &["version-taken", "version-burnt"], when Status(402)
        => "a registry does not answer 402 to a version that it has";
    &["registry-url-invalid"], when Answered, Not(RegistryDropped)
        => "a server answered at this address";
    &["auth-rejected", "auth-read-only", "registry-permission"],
        when At(Login), On(Cnpm), AcceptsNone
        => "this mirror has no accounts";
    BAD_TOKEN_CAUSES, when Status(429)
        => "the registry counted the requests, and did not judge the credential";
    BAD_TOKEN_CAUSES, when Noticed(SiblingAccepted), Not(TokenExpired), Status(404), Put
        => "the registry accepted another package in this run";
    BAD_TOKEN_CAUSES, when Noticed(WhoamiAnswered), Put
        => "the registry answered whoami with this token";
    &["auth-otp-expected"], when Noticed(Ci)
        => "nobody can type a one-time password in a CI job";
    &["auth-otp-expected"], when Noticed(OtpGiven)
        => "a one-time password was given";
}

/// Why a cause is out, where it is.
pub(in crate::explain) fn ruled_out(id: &str, record: &Record) -> Option<&'static str> {
    let out = RULED_OUT
        .iter()
        .find(|out| out.ids.contains(&id) && out.when.iter().all(|when| when.holds(record)));
    out.map(|out| out.because)
}
