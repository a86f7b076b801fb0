//! What a refusal is about, by the words that any registry would use for it. These rules count
//! only if the server stated a reason that no other rule knows.

use super::When::{NotOn, On, Put};
use crate::registry::kind::RegistryKind::Npmjs;

super::rules! {
    // Words that leave little doubt.
    Likely "version-taken" says "already exist" when Put;
    Likely "version-taken" says "overwrit" when Put;
    Likely "version-taken" says "duplicate" when Put;
    Likely "version-taken" says "immutable" when Put;
    Likely "version-taken" says "previously published" when Put;
    Likely "license-denied" says "license";
    Likely "contents-too-large" says "too large" when Put;
    Likely "contents-too-large" says "maximum * size" when Put;
    Likely "contents-too-large" says "size * limit" when Put;
    Likely "registry-rate-limited" says "too many";
    Likely "registry-rate-limited" says "throttl";
    Likely "registry-rate-limited" says "rate exceeded";
    Likely "auth-email-unverified" says "verify * email" when On(Npmjs);
    Likely "auth-two-factor-token" says "two-factor";
    Likely "auth-two-factor-token" says "2fa";
    Likely "auth-address-not-allowed" says "ip address";
    Likely "auth-address-not-allowed" says "allow list";
    Likely "registry-policy-block" says "vulnerabilit";
    Likely "registry-read-only" says "readonly" when Put;
    Likely "registry-read-only" says "proxy repositor" when Put;
    Likely "registry-read-only" says "remote repositor" when Put;
    Likely "registry-read-only" says "publish * not supported" when Put;
    Likely "registry-read-only" says "upload * not * allowed" when Put;
    Likely "auth-read-only" says "token * scope" when NotOn(Npmjs);
    Likely "auth-missing" says "token not provided";
    Likely "auth-missing" says "no token";
    Likely "auth-rejected" says "token * expired";
    Likely "auth-rejected" says "revoked";
    Likely "auth-rejected" says "invalid * token";
    Likely "auth-rejected" says "token * invalid";
    Likely "name-invalid" says "invalid * name" when Put;
    Likely "version-invalid" says "invalid * version" when Put;
    // Words that say less than the status and the registry.
    Possible "auth-rejected" says "credential";
    Possible "auth-rejected" says "password";
    Possible "auth-missing" says "anonymous";
    Possible "auth-rejected" says "authenticat";
    Possible "name-invalid" says "package name" when Put;
    Possible "name-owned-by-others" says "permission" when Put, On(Npmjs);
    Possible "registry-permission" says "permission" when NotOn(Npmjs);
    Possible "registry-permission" says "not allowed" when NotOn(Npmjs);
    Possible "registry-permission" says "privilege" when NotOn(Npmjs);
}
