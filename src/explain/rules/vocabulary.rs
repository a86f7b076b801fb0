//! What a refusal is about, by the words that any registry would use for it. These rules count
//! only if the server stated a reason that no other rule knows.

use super::prelude::*;

super::rules! {
    // Words that say more than what they stand with.
    given [Answered] {
        says "request" | "rate" | "quota" | "limit" when Status(429)
            => Likely "registry-rate-limited";
        says "registration" when At(Login) => Likely "registry-permission";
        says "already" | "username" | "password" | "credential" when At(Login)
            => Likely "auth-rejected";
        says "license agreement" => Likely "registry-permission";
        says "header * too large" | "authorization header" => Likely "auth-malformed";
        says "uri too" => Likely "registry-proxy";
        says "tag * semver" | "tag * version" when Put, OneOf(&[400, 422])
            => Likely "tag-looks-like-version";
        says "was deleted" | "been deleted" | "unpublished" when Put
            => Likely "version-burnt" "version-taken";
    }
    // Words that leave little doubt, whoever says them.
    given [] {
        says "timed out" => Likely "network-timeout";
        says "already exist" | "already present" | "already contain" | "overwrit"
            | "duplicate" | "immutable" | "previously published" | "republish" | "redeploy"
            when Put => Likely "version-taken";
        says "license" => Likely "license-denied";
        says "too large" | "maximum * size" | "maximum * version" | "size * limit"
            | "exceed * size" when Put => Likely "contents-too-large";
        says "too many" | "throttl" | "rate exceeded" | "bandwidth"
            => Likely "registry-rate-limited";
        says "verify * email" when On(Npmjs) => Likely "auth-email-unverified";
        says "two-factor" | "two factor" | "2fa" => Likely "auth-two-factor-token";
        says "ip address" | "allow list" => Likely "auth-address-not-allowed";
        says "token not provided" | "no token" => Likely "auth-missing";
        says "token * expired" | "revoked" | "invalid * token" | "token * invalid"
            => Likely "auth-rejected";
        says "invalid * name" | "name is invalid" when Put => Likely "name-invalid";
        says "invalid * version" when Put => Likely "version-invalid";
        says "vulnerabilit" => Likely "registry-policy-block";
    }
    // Words of servers.
    given [Answered] {
        says "blocked" | "policy" when Noticed(Page) => Likely "registry-proxy";
        says "bad username" | "login fail" | "sign-in" | "expired" | "bad credential"
            | "failed to authenticate" when OneOf(&[400, 401, 403]) => Likely "auth-rejected";
        says "no api key" | "missing" | "not provided" | "no credential" | "unauthenticated"
            | "anonymous" | "ation * required" when Status(401) => Likely "auth-missing";
        says "not authorized" when Status(401) => Likely "auth-rejected" "auth-missing";
        says "token is read-only" | "token * scope" | "insufficient * scope" when NotOn(Npmjs)
            => Likely "auth-read-only";
        says "by granular token" => Likely "auth-package-not-covered";
        says "polic" | "firewall" | "malware" | "blocked by" | "is blocked" | "was blocked"
            | "terms of service" | "suspended" | "security incident"
            => Likely "registry-policy-block";
        says "readonly" | "read-only" | "proxy repositor" | "remote repositor" | "virtual repositor"
            | "deployment repository" | "not supported" | "upload * not * allowed" | "frozen"
            | "blacked out" | "archived" | "not backed by" | "cannot be written" | "only feed"
            | "maintenance" when Put, NotOn(Npmjs) => Likely "registry-read-only";
        // A fault in the server's own program.
        says "cannot find module" | "is not a function" | "cannot read propert" | "null pointer"
            => Likely "registry-outage";
        says "uplink" => Likely "registry-uplink-down";
        says "ssl certificate" when Status(400) => Likely "auth-missing";
        says "sent to https port" => Likely "registry-insecure";
        says "word is not allowed" when On(Npmjs) => Likely "name-refused-by-filter";
    }
    given [Answered, Put] {
        says "already been" => Likely "version-taken";
        says "invalid package" | "name * too long" | "name * lowercase" => Likely "name-invalid";
        says "version * valid" | "valid version" | "version * format" | "version * too long"
            => Likely "version-invalid";
        says "package json" | "package.json" => Likely "manifest-field-invalid";
        says "integrity" | "checksum" | "shasum" | "attachment" | "incoming json"
            => Likely "npm-bug" "registry-proxy";
        says "content-type" => Likely "registry-proxy";
        says "quota" | "storage" | "limits" => Likely "registry-permission",
            Possible "contents-too-large";
        says "user * not exist" when On(Gitea) => Likely "registry-scope-owner";
        says "repository * not exist" when On(GitHub) => Likely "registry-repository-field";
        says "unsupported" | "not implemented" | "not been used" when At(Package), NotOn(Npmjs)
            => Likely "registry-endpoint-missing", Possible "registry-permission";
        // Many registries say this of what an account may not see.
        says "not exist" | "not found" when At(Package), NotOn(Npmjs), OneOf(&[400, 403, 404])
            => Likely "registry-permission" "registry-endpoint-missing";
    }
    // Words that say less than the status and the registry.
    given [] {
        says "credential" | "password" | "authenticat" => Possible "auth-rejected";
        says "anonymous" => Possible "auth-missing";
        says "package name" when Put => Possible "name-invalid";
        says "permission" when Put, On(Npmjs) => Possible "name-owned-by-others";
        says "permission" | "not allowed" | "privilege" when NotOn(Npmjs)
            => Possible "registry-permission";
    }
}
