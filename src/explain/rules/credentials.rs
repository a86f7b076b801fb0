//! Credentials: missing, elsewhere, wrong, too weak, in the words of registries and tools.

use super::prelude::*;

super::rules! {
    // What the account or the token may not do.
    says "must verify your email" => Certain "auth-email-unverified";
    says "E_STAGE_REQUIRED" => Likely "auth-stage-only", Possible "auth-bypass-retiring";
    says "can only stage" => Likely "auth-stage-only";
    says "two-factor authentication or granular access token" => Certain "auth-two-factor-token";
    says "two-factor authentication * is required"
        | "two-factor authentication is required to publish this package but an automation token"
        | "bypass 2fa" | "please enable 2fa" => Likely "auth-two-factor-token";
    says "requires that publishers enable tfa" => Likely "auth-two-factor-token",
        Possible "auth-otp-impossible" "auth-otp-expected";
    says "read-only token" => Certain "auth-read-only";
    says "may not perform that action with these credentials" => Likely "auth-read-only"
        "auth-package-not-covered", Possible "auth-two-factor-token" "auth-rejected"
        "name-owned-by-others";
    says "login is not allowed from your ip" => Certain "auth-address-not-allowed";
    when Code("EAUTHIP") => Certain "auth-address-not-allowed";
    says "cidr" => Likely "auth-address-not-allowed";
    says "ip allow list enabled" => Likely "auth-address-not-allowed",
        Possible "network-address-blocked";
    // One-time passwords. In CI nobody can type one.
    says "otp with value [object object]" => Likely "npm-bug", Possible "npm-outdated";
    says "otp * fails to match" => Likely "auth-otp-rejected";
    says "one-time pass" when Noticed(OtpGiven) => Likely "auth-otp-rejected";
    when Code("EOTP"), Noticed(OtpGiven) => Likely "auth-otp-rejected",
        Possible "auth-otp-impossible";
    says "invalid otp" | "otp * is incorrect or has expired" | "otp was incorrect"
        | "incorrect one-time password" | "ERR_PNPM_OTP_SECOND_CHALLENGE"
        => Likely "auth-otp-rejected";
    says "OTP_NON_INTERACTIVE" | "requires additional authentication, but"
        | "authenticate your account at * operation was canceled" | "EINVALIDNPMAUTH"
        => Likely "auth-otp-impossible";
    says "authenticate your account at" => Possible "auth-otp-impossible" "auth-otp-expected";
    // yarn 1 asks for a password before it publishes, and for a code while it does.
    says "couldn't publish package: can't answer a question" => Likely "auth-otp-impossible";
    says "can't answer a question unless a user tty" => Likely "auth-missing";
    says "ERR_PNPM_WEBAUTH_TIMEOUT" => Likely "auth-otp-expected", Possible "auth-otp-impossible";
    when Code("EOTP"), Not(OtpGiven) => Likely "auth-otp-impossible", Possible "auth-otp-rejected";
    says "one-time pass" when Not(OtpGiven) => Likely "auth-otp-impossible",
        Possible "auth-otp-rejected";
    when Code("EOTP"), Not(Ci) => Likely "auth-otp-expected";
    says "one-time pass" when Not(Ci) => Likely "auth-otp-expected";
    says "one-time pass" => Possible "auth-two-factor-token";
    when Code("EOTP") => Possible "auth-two-factor-token";
    says "two-factor auth mode" => Likely "auth-rejected", Possible "auth-missing" "auth-read-only";
    says "access verification failed" => Likely "auth-read-only", Possible "auth-two-factor-token";
    // Malformed.
    says "invalid auth configuration found" => Certain "auth-unscoped";
    when Code("ERR_INVALID_AUTH") => Likely "auth-unscoped";
    says "ERR_PNPM_AUTH_INVALID_BASE64" | "ERR_PNPM_AUTH_MISSING_SEPARATOR"
        | "invalid character in header content" | "header content contains invalid"
        | "ERR_INVALID_CHAR" | "is not a legal http header value" => Likely "auth-malformed";
    says "failed to replace env in config" | "environment variable not found"
        | "ERR_PNPM_REGISTRY_ENV_NOT_EXPANDED" => Likely "auth-variable-unset";
    says "token * empty string" | "not supplied: token" | "NPM_TOKEN not found"
        | "NPM_TOKEN * is required" | "NPM_TOKEN is not set"
        | "NPM_TOKEN must be set" => Likely "auth-variable-unset"
        "auth-missing";
    // lerna asks first who publishes, and takes every answer but a name for a refusal.
    says "use npm whoami" | "yarn npm whoami" when OneOf(&[404, 405])
        => Likely "registry-endpoint-missing";
    says "use npm whoami" when ServerError => Likely "registry-outage";
    // Not accepted.
    says "access token expired or revoked" | "an authorization header was used" when Status(401)
        => Likely "auth-rejected";
    says "token expired" when Not(TokenExpired) => Likely "auth-rejected";
    says "token has expired" | "bad credentials" | "bad username/password"
        | "may hold a stale or revoked token" | "invalid npm token"
        | "incorrect username or password" | "invalid authentification" | "ERR_PNPM_UNAUTHORIZED"
        | "ERR_PNPM_WHOAMI_UNAUTHORIZED" | "could not authenticate" | "request was not authorized"
        => Likely "auth-rejected";
    says "invalid token" when Not(Oidc) => Likely "auth-rejected";
    says "EINVALIDNPMTOKEN" => Likely "auth-rejected", Possible "auth-variable-unset"
        "auth-otp-impossible" "npm-outdated" "auth-elsewhere";
    says "EINVALIDNPMTOKEN" when Noticed(ExchangeRefused) => Likely "oidc-publisher-mismatch";
    says "an authorization header was used" when Status(403) => Likely "auth-rejected",
        Possible "registry-permission";
    says "TF400813" | "authentication error. use npm whoami" => Likely "auth-rejected"
        "auth-missing";
    says "invalid authentication" => Likely "auth-rejected", Possible "auth-elsewhere"
        "auth-missing" "auth-variable-unset";
    says "invalid authentication" | "invalid authentification" when By(YarnBerry)
        => Possible "version-taken";
    says "unexpected status code: 401" | "unexpected status code: 404" when Status(500)
        => Likely "auth-rejected";
    when Code("EAUTHUNKNOWN") => Likely "auth-missing" "auth-rejected", Possible "auth-elsewhere";
    when Code("EWHOAMI") => Likely "auth-missing" "auth-rejected", Possible "auth-variable-unset"
        "auth-elsewhere" "registry-endpoint-missing";
    says "your authentication token seems to be invalid" | "unable to authenticate, need: bearer"
        => Likely "auth-rejected",
        Possible "auth-malformed" "auth-variable-unset" "auth-missing" "auth-elsewhere";
    says "incorrect or missing password" => Likely "auth-rejected" "auth-malformed",
        Possible "auth-missing" "auth-elsewhere" "auth-read-only";
    says "user cannot be authenticated with" | "you must be logged in" when Noticed(Placeholder)
        => Likely "auth-placeholder";
    says "user cannot be authenticated with the token provided" when Put
        => Likely "auth-variable-unset", Possible "auth-placeholder" "auth-missing";
    says "user cannot be authenticated with the token provided" when Get => Likely "auth-missing",
        Possible "auth-variable-unset";
    says "user cannot be authenticated with the token provided" => Likely "auth-rejected",
        Possible "auth-elsewhere";
    says "request could not be authenticated" => Likely "auth-rejected",
        Possible "auth-variable-unset" "auth-placeholder" "registry-github-permission"
        "auth-missing";
    // A challenge: no credential that fits was sent.
    says "unable to authenticate, need: basic" => Likely "auth-missing" "auth-elsewhere",
        Possible "auth-rejected" "auth-variable-unset" "auth-malformed";
    // None.
    says "auth required for publishing" => Likely "auth-missing", Possible "auth-elsewhere"
        "auth-variable-unset" "auth-npmrc-not-read";
    says "auth required for publishing" when OnNobody => Possible "registry-read-only";
    // A credential for npmjs's own host is sent nowhere else.
    says "you must be logged in" when Host("registry.yarnpkg.com"), NpmSpoke
        => Likely "registry-set-by-wrapper";
    says "you must be logged in" when Host("registry.yarnpkg.com"), ByLerna
        => Likely "registry-set-by-wrapper";
    // npm itself had found a credential, or it would not have asked the registry.
    says "you must be logged in" when Status(401), On(Npmjs), ByNpm => Likely "auth-rejected";
    says "you must be logged in" => Likely "auth-missing" "auth-rejected",
        Possible "auth-variable-unset" "auth-elsewhere" "npm-outdated";
    says "not authenticated with npm" => Likely "auth-missing" "auth-rejected",
        Possible "auth-variable-unset";
    says "no authentication configured" => Likely "auth-missing" "auth-variable-unset",
        Possible "auth-elsewhere";
    says "no authentication configured" when On(Npmjs) => Possible "oidc-first-publish"
        "oidc-publisher-mismatch";
    says "no npm token specified" when Noticed(ExchangeRefused) => Likely "oidc-publisher-mismatch"
        "oidc-first-publish";
    says "no npm token specified" when Noticed(NoIdToken) => Likely "oidc-permission-missing";
    says "no npm token specified" => Likely "auth-missing", Possible "oidc-permission-missing";
    says "no npm token specified" when Not(Oidc) => Likely "auth-variable-unset",
        Possible "oidc-npm-too-old" "oidc-tool-too-old";
    says "no npm token specified" when Noticed(Oidc) => Possible "oidc-publisher-mismatch";
    says "no token found and can't prompt for login" => Likely "auth-missing",
        Possible "auth-elsewhere" "auth-variable-unset";
    says "no authorization header was set for the request" when Status(401)
        => Likely "auth-missing";
    says "no authorization header was set for the request" when Status(403)
        => Likely "auth-missing";
    says "no authorization header was set for the request" => Possible "auth-elsewhere"
        "auth-variable-unset";
    says "unregistered users are not allowed" | "not logged in" | "no auth data found"
        => Likely "auth-missing";
    says "missing authentication" => Likely "auth-missing", Possible "auth-variable-unset"
        "auth-elsewhere" "oidc-tool-too-old";
    says "login first" when Status(401) => Likely "auth-missing" "auth-rejected";
    says "name or password is incorrect" => Likely "auth-rejected";
    says "ERR_PNPM_TOKEN_HELPER" => Likely "auth-missing" "auth-rejected";
    says "authorization required to publish" when On(Verdaccio) => Likely "auth-missing";
    says "authorization required to publish" => Likely "auth-rejected", Possible "auth-elsewhere";
    says "the caller does not have permission" => Likely "registry-permission";
    says "the caller does not have permission" when On(Google) => Likely "auth-missing",
        Possible "auth-elsewhere";
    when Status(403), On(Google), Bare => Possible "auth-elsewhere";
    // Bugs of npm that lose a credential.
    says "upgrade your client to npm@latest" | "only allow npm@ * client to access"
        | "your client is too old" => Likely "npm-outdated";
    says "only allow npm@" when ByNpm => Possible "npm-outdated";
}
