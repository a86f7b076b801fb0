//! Registries' documents about tokens.

use serde::de::{IgnoredAny, MapAccess};

use super::lenient::{KnownKey, Lenient, Shape, object};
use super::parse;
use crate::escape;
use crate::registry::documents::OwnToken;

object!(Tokens {
    objects: Vec<TokenEntry> = "objects"
});
object!(TokenEntry {
    token: String = "token",
    key: String = "key",
    readonly: bool = "readonly",
    bypass: bool = "bypass_2fa",
    automation: bool = "automation",
    policy: String = "publish_policy",
    expiry: String = "expiry",
    expired_at: String = "expiredAt",
    cidr: Vec<String> = "cidr",
    cidr_whitelist: Vec<String> = "cidr_whitelist",
    permissions: Vec<Permission> = "permissions",
    scopes: Vec<TokenScope> = "scopes",
    allowed_packages: Vec<String> = "allowedPackages",
    allowed_scopes: Vec<String> = "allowedScopes",
});
object!(Permission {
    name: String = "name",
    action: String = "action"
});
object!(TokenScope {
    name: String = "name"
});
/// The entry of a token in an account's list of tokens: found by its key, the token's SHA-512,
/// else by its first eight and last four characters if no other token has the same.
pub fn own_token(body: &[u8], token: &str) -> Option<OwnToken> {
    let tokens: Tokens = parse(body)?;
    let entries = tokens.objects.unwrap_or_default();
    let key = sha512(token);
    let by_key = |entry: &&TokenEntry| entry.key.as_deref() == Some(key.as_str());
    let by_ends = |entry: &&TokenEntry| {
        let ends = entry
            .token
            .as_deref()
            .and_then(|shown| shown.split_once("..."));
        ends.is_some_and(|(start, end)| {
            start.len() + end.len() >= 8 && token.starts_with(start) && token.ends_with(end)
        })
    };
    let own = entries.iter().find(by_key).or_else(|| {
        let mut alike = entries.iter().filter(by_ends);
        alike.next().filter(|_| alike.next().is_none())
    })?;
    Some(described(own))
}

/// What cnpm's whoami states about the token that asked; `None` if nothing.
pub fn token_of_whoami(body: &[u8]) -> Option<OwnToken> {
    let entry: TokenEntry = parse(body)?;
    let tells = entry.readonly.is_some() || entry.expired_at.is_some();
    tells.then(|| described(&entry))
}

fn described(entry: &TokenEntry) -> OwnToken {
    let writes = |permission: &Permission| {
        permission.name.as_deref() != Some("package")
            || permission
                .action
                .as_deref()
                .is_none_or(|action| action != "read" && action != "read-only")
    };
    let permissions = entry.permissions.as_deref().unwrap_or_default();
    let names = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    let scopes = entry.scopes.as_deref().unwrap_or_default().iter();
    let mut covers: Vec<String> = scopes.filter_map(|scope| scope.name.clone()).collect();
    covers.extend(names(&entry.allowed_packages));
    covers.extend(names(&entry.allowed_scopes));
    let mut addresses = names(&entry.cidr);
    addresses.extend(names(&entry.cidr_whitelist));
    OwnToken {
        read_only: entry.readonly == Some(true)
            || (!permissions.is_empty() && !permissions.iter().any(writes)),
        // npm/cli#9948 sends it in this form; how the list shows it is not documented.
        stage_only: entry.policy.as_deref() == Some("stage_only"),
        bypasses_two_factor: entry.bypass.or(entry.automation),
        covers,
        addresses,
        expiry: entry.expiry.clone().or_else(|| entry.expired_at.clone()),
    }
}

/// A token's key, in hexadecimal; it does not reveal the token.
fn sha512(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA512, text.as_bytes());
    escape::hex(digest.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_by_its_key_or_by_its_ends() {
        let body = format!(
            r#"{{"objects":[
              {{"token":"npm_aBcD...7890","key":"x","readonly":true,"scopes":null}},
              {{"token":"npm_ours...1234","key":"y","readonly":false,"bypass_2fa":true,"publish_policy":"stage_only","cidr":["203.0.113.0/24"],
                "expiry":"2026-12-01T00:00:00.000Z","permissions":[{{"name":"package","action":"write"}}],
                "scopes":[{{"type":"package","name":"@acme/a"}}]}},
              {{"token":"classi","key":"{}","readonly":false,"permissions":[{{"name":"package","action":"read"}}]}}],"urls":{{}}}}"#,
            sha512("classic-token")
        );
        let own = own_token(body.as_bytes(), "npm_ours_is_this_1234").unwrap();
        assert!(own.bypasses_two_factor == Some(true) && own.stage_only && !own.read_only);
        assert_eq!(own.covers, ["@acme/a"]);
        assert_eq!(own.addresses, ["203.0.113.0/24"]);
        assert!(
            own_token(body.as_bytes(), "classic-token")
                .unwrap()
                .read_only
        );
        assert!(
            own_token(body.as_bytes(), "npm_aBcD_x_7890")
                .unwrap()
                .read_only
        );
        assert_eq!(own_token(body.as_bytes(), "npm_other"), None);
    }

    #[test]
    fn tokens_that_look_alike_prove_nothing() {
        let body = br#"{"objects":[{"token":"npm_aBcD...7890","readonly":true},{"token":"npm_aBcD...7890"}]}"#;
        assert_eq!(own_token(body, "npm_aBcD_x_7890"), None);
    }

    #[test]
    fn cnpms_whoami_describes_the_token() {
        let own = token_of_whoami(br#"{"username":"bob","name":"ci","readonly":true,"expiredAt":"2026-12-01","allowedScopes":["@s"]}"#).unwrap();
        assert!(own.read_only);
        assert_eq!(own.covers, ["@s"]);
        assert_eq!(token_of_whoami(br#"{"username":"bob"}"#), None);
    }
}
