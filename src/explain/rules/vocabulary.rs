//! What a refusal is about, by the words that any registry would use for it. These rules count
//! only if the server stated a reason that no other rule knows.

use super::When::{NotOn, On, Put};
use crate::registry::kind::RegistryKind::Npmjs;

super::rules! {
    // Words that leave little doubt.
    says "timed out" => Likely "network-timeout";
    says "already exist" | "overwrit" | "duplicate" | "immutable" | "previously published" when Put
        => Likely "version-taken";
    says "license" => Likely "license-denied";
    says "too large" | "maximum * size" | "size * limit" when Put => Likely "contents-too-large";
    says "too many" | "throttl" | "rate exceeded" => Likely "registry-rate-limited";
    says "verify * email" when On(Npmjs) => Likely "auth-email-unverified";
    says "two-factor" | "2fa" => Likely "auth-two-factor-token";
    says "ip address" | "allow list" => Likely "auth-address-not-allowed";
    says "vulnerabilit" => Likely "registry-policy-block";
    says "readonly" | "proxy repositor" | "remote repositor" | "publish * not supported"
        | "upload * not * allowed" when Put => Likely "registry-read-only";
    says "token * scope" when NotOn(Npmjs) => Likely "auth-read-only";
    says "token not provided" | "no token" => Likely "auth-missing";
    says "token * expired" | "revoked" | "invalid * token" | "token * invalid"
        => Likely "auth-rejected";
    says "invalid * name" when Put => Likely "name-invalid";
    says "invalid * version" when Put => Likely "version-invalid";
    // Words that say less than the status and the registry.
    says "credential" | "password" | "authenticat" => Possible "auth-rejected";
    says "anonymous" => Possible "auth-missing";
    says "package name" when Put => Possible "name-invalid";
    says "permission" when Put, On(Npmjs) => Possible "name-owned-by-others";
    says "permission" | "not allowed" | "privilege" when NotOn(Npmjs)
        => Possible "registry-permission";
}
