//! Credentials: missing, elsewhere, wrong, too weak, as registries and tools
//! word their refusals.

use super::When::{Bare, ByNpm, Code, Get, Not, Noticed, On, OnNobody, Put, Status};
use crate::explain::record::Notice::{
    Ci, ExchangeRefused, NoIdToken, Oidc, OtpGiven, TokenExpired,
};
use crate::registry::kind::RegistryKind::{Google, Npmjs, Verdaccio};

super::rules! {
    // What the account or the token may not do.
    Certain "auth-email-unverified" says "must verify your email";
    Likely "auth-email-unverified" says "email * not verified";
    Likely "auth-stage-only" says "E_STAGE_REQUIRED";
    Likely "auth-stage-only" says "can only stage";
    Likely "auth-stage-only" says "only be used to stage";
    Possible "auth-bypass-retiring" says "E_STAGE_REQUIRED";
    Certain "auth-two-factor-token" says "two-factor authentication or granular access token";
    Likely "auth-two-factor-token" says "two-factor authentication * is required";
    Likely "auth-two-factor-token" says "two-factor authentication is required to publish this package but an automation token";
    Likely "auth-two-factor-token" says "bypass 2fa";
    Likely "auth-two-factor-token" says "please enable 2fa";
    Certain "auth-read-only" says "read-only token";
    Likely "auth-read-only" says "may not perform that action with these credentials";
    Likely "auth-package-not-covered" says "may not perform that action with these credentials";
    Possible "auth-two-factor-token" says "may not perform that action with these credentials";
    Possible "auth-rejected" says "may not perform that action with these credentials";
    Possible "name-owned-by-others" says "may not perform that action with these credentials";
    Certain "auth-address-not-allowed" says "login is not allowed from your ip";
    Certain "auth-address-not-allowed" when Code("EAUTHIP");
    // One-time passwords. In CI nobody can type one.
    Likely "npm-bug" says "otp with value [object object]";
    Possible "npm-outdated" says "otp with value [object object]";
    Likely "auth-otp-rejected" says "one-time pass" when Noticed(OtpGiven);
    Likely "auth-otp-rejected" when Code("EOTP"), Noticed(OtpGiven);
    Likely "auth-otp-rejected" says "invalid otp token";
    Likely "auth-otp-rejected" says "otp * is incorrect or has expired";
    Likely "auth-otp-rejected" says "otp was incorrect";
    Likely "auth-otp-rejected" says "ERR_PNPM_OTP_SECOND_CHALLENGE";
    Likely "auth-otp-impossible" says "OTP_NON_INTERACTIVE";
    Likely "auth-otp-impossible" says "requires additional authentication, but";
    Likely "auth-otp-impossible" says "EINVALIDNPMAUTH";
    Likely "auth-otp-expected" says "ERR_PNPM_WEBAUTH_TIMEOUT";
    Possible "auth-otp-impossible" says "ERR_PNPM_WEBAUTH_TIMEOUT";
    Likely "auth-otp-impossible" when Code("EOTP"), Not(OtpGiven);
    Likely "auth-otp-impossible" says "one-time pass" when Not(OtpGiven);
    Likely "auth-otp-expected" when Code("EOTP"), Not(Ci);
    Likely "auth-otp-expected" says "one-time pass" when Not(Ci);
    Possible "auth-otp-rejected" says "one-time pass" when Not(OtpGiven);
    Possible "auth-two-factor-token" says "one-time pass";
    Possible "auth-otp-rejected" when Code("EOTP"), Not(OtpGiven);
    Possible "auth-two-factor-token" when Code("EOTP");
    Possible "auth-otp-impossible" when Code("EOTP"), Noticed(OtpGiven);
    // Written wrong.
    Certain "auth-unscoped" says "invalid auth configuration found";
    Likely "auth-unscoped" when Code("ERR_INVALID_AUTH");
    Likely "auth-malformed" says "ERR_PNPM_AUTH_INVALID_BASE64";
    Likely "auth-malformed" says "ERR_PNPM_AUTH_MISSING_SEPARATOR";
    Likely "auth-malformed" says "invalid character in header content";
    Likely "auth-malformed" says "ERR_INVALID_CHAR";
    Likely "auth-malformed" says "is not a legal http header value";
    Likely "auth-variable-unset" says "failed to replace env in config";
    Likely "auth-variable-unset" says "environment variable not found";
    Likely "auth-variable-unset" says "ERR_PNPM_REGISTRY_ENV_NOT_EXPANDED";
    Likely "auth-variable-unset" says "token must be a non-empty string";
    Likely "auth-missing" says "token must be a non-empty string";
    // Not accepted.
    Likely "auth-rejected" says "access token expired or revoked" when Status(401);
    Likely "auth-rejected" says "token expired" when Not(TokenExpired);
    Likely "auth-rejected" says "token has expired";
    Likely "auth-rejected" says "token is expired";
    Likely "auth-rejected" says "invalid token" when Not(Oidc);
    Likely "auth-rejected" says "bad credentials";
    Likely "auth-rejected" says "EINVALIDNPMTOKEN";
    Likely "auth-rejected" says "invalid npm token";
    Likely "oidc-publisher-mismatch" says "EINVALIDNPMTOKEN" when Noticed(ExchangeRefused);
    Possible "auth-variable-unset" says "EINVALIDNPMTOKEN";
    Possible "auth-otp-impossible" says "EINVALIDNPMTOKEN";
    Possible "npm-outdated" says "EINVALIDNPMTOKEN";
    Possible "auth-elsewhere" says "EINVALIDNPMTOKEN";
    Likely "auth-rejected" says "invalid authentication";
    Possible "auth-elsewhere" says "invalid authentication";
    Possible "auth-missing" says "invalid authentication";
    Likely "auth-rejected" says "authentication error. use npm whoami";
    Likely "auth-missing" says "authentication error. use npm whoami";
    Likely "auth-missing" when Code("EWHOAMI");
    Likely "auth-rejected" when Code("EWHOAMI");
    Likely "auth-rejected" says "ERR_PNPM_UNAUTHORIZED";
    Likely "auth-rejected" says "your authentication token seems to be invalid";
    Possible "auth-malformed" says "your authentication token seems to be invalid";
    Possible "auth-variable-unset" says "your authentication token seems to be invalid";
    Possible "auth-missing" says "your authentication token seems to be invalid";
    Possible "auth-elsewhere" says "your authentication token seems to be invalid";
    Likely "auth-rejected" says "incorrect or missing password";
    Likely "auth-malformed" says "incorrect or missing password";
    Possible "auth-missing" says "incorrect or missing password";
    Possible "auth-elsewhere" says "incorrect or missing password";
    Possible "auth-read-only" says "incorrect or missing password";
    Likely "auth-variable-unset" says "user cannot be authenticated with the token provided" when Put;
    Likely "auth-missing" says "user cannot be authenticated with the token provided" when Get;
    Likely "auth-rejected" says "user cannot be authenticated with the token provided";
    Possible "auth-placeholder" says "user cannot be authenticated with the token provided" when Put;
    Possible "auth-missing" says "user cannot be authenticated with the token provided" when Put;
    Possible "auth-elsewhere" says "user cannot be authenticated with the token provided";
    Likely "auth-rejected" says "request could not be authenticated";
    Possible "auth-variable-unset" says "request could not be authenticated";
    Possible "auth-placeholder" says "request could not be authenticated";
    Possible "registry-github-permission" says "request could not be authenticated";
    Possible "auth-missing" says "request could not be authenticated";
    // A challenge: nothing that fits was sent.
    Likely "auth-missing" says "unable to authenticate, need: basic";
    Likely "auth-elsewhere" says "unable to authenticate, need: basic";
    Possible "auth-rejected" says "unable to authenticate, need: basic";
    Possible "auth-variable-unset" says "unable to authenticate, need: basic";
    Possible "auth-malformed" says "unable to authenticate, need: basic";
    // None.
    Likely "auth-missing" says "auth required for publishing";
    Possible "registry-read-only" says "auth required for publishing" when OnNobody;
    Possible "auth-elsewhere" says "auth required for publishing";
    Possible "auth-variable-unset" says "auth required for publishing";
    Possible "auth-npmrc-not-read" says "auth required for publishing";
    Likely "auth-missing" says "you must be logged in";
    Likely "auth-rejected" says "you must be logged in";
    Possible "npm-outdated" says "you must be logged in";
    Likely "auth-missing" says "not authenticated with npm";
    Likely "auth-rejected" says "not authenticated with npm";
    Possible "auth-variable-unset" says "not authenticated with npm";
    Likely "auth-missing" says "no authentication configured";
    Likely "auth-variable-unset" says "no authentication configured";
    Possible "auth-elsewhere" says "no authentication configured";
    Possible "oidc-first-publish" says "no authentication configured" when On(Npmjs);
    Possible "oidc-publisher-mismatch" says "no authentication configured" when On(Npmjs);
    Likely "oidc-publisher-mismatch" says "no npm token specified" when Noticed(ExchangeRefused);
    Likely "oidc-first-publish" says "no npm token specified" when Noticed(ExchangeRefused);
    Likely "oidc-permission-missing" says "no npm token specified" when Noticed(NoIdToken);
    Likely "auth-missing" says "no npm token specified";
    Likely "auth-variable-unset" says "no npm token specified" when Not(Oidc);
    Possible "oidc-npm-too-old" says "no npm token specified" when Not(Oidc);
    Possible "oidc-tool-too-old" says "no npm token specified" when Not(Oidc);
    Possible "oidc-permission-missing" says "no npm token specified";
    Possible "oidc-publisher-mismatch" says "no npm token specified" when Noticed(Oidc);
    Likely "auth-missing" says "missing authentication";
    Possible "auth-variable-unset" says "missing authentication";
    Possible "auth-elsewhere" says "missing authentication";
    Possible "oidc-tool-too-old" says "missing authentication";
    Likely "auth-missing" says "please log in before writing";
    Likely "auth-missing" says "not logged in";
    Likely "auth-missing" says "authorization required to publish" when On(Verdaccio);
    Likely "auth-rejected" says "authorization required to publish";
    Possible "auth-elsewhere" says "authorization required to publish";
    Likely "registry-permission" says "the caller does not have permission";
    Likely "auth-missing" says "the caller does not have permission" when On(Google);
    Possible "auth-elsewhere" says "the caller does not have permission" when On(Google);
    Possible "auth-elsewhere" when Status(403), On(Google), Bare;
    // Faults of npm's that lose a credential.
    Likely "npm-outdated" says "upgrade your client to npm@latest";
    Possible "npm-outdated" says "only allow npm@" when ByNpm;
}
