//! Reads the documents leniently: what is not of the expected shape is left
//! out, what nobody needs is passed over without being stored.

mod lenient;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use lenient::{Deprecated, KeyOf, Lenient, Shape, object};

use super::documents::{OwnToken, Packument, Profile, PublishedVersion, Right, Unpublished};

object!(Dist {
    integrity: String = "integrity",
    shasum: String = "shasum"
});
object!(Summary {
    deprecated: Deprecated = "deprecated"
});
object!(Version {
    deprecated: Deprecated = "deprecated",
    dist: Dist = "dist"
});
object!(UnpublishedTime {
    time: String = "time",
    versions: Versions = "versions"
});
object!(Document {
    dist_tags: BTreeMap<String, String> = "dist-tags",
    versions: BTreeMap<String, PublishedVersion> = "versions",
    time: Times = "time",
    maintainers: Vec<Person> = "maintainers",
    description: String = "description",
});
object!(User {
    two_factor: TwoFactor = "tfa",
    email_verified: bool = "email_verified"
});
object!(Tokens {
    objects: Vec<TokenEntry> = "objects"
});
object!(TokenEntry {
    token: String = "token",
    key: String = "key",
    readonly: bool = "readonly",
    bypass: bool = "bypass_2fa",
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
object!(Mode {
    mode: String = "mode"
});
object!(Named {
    username: String = "username"
});
object!(Refused {
    error: String = "error",
    message: String = "message"
});
object!(Hits { objects: Vec<Hit> = "objects" });
object!(Hit {
    package: HitPackage = "package"
});
object!(HitPackage {
    name: String = "name"
});

/// A version in a packument: whether it is deprecated, and nothing else, since
/// there may be thousands.
impl Shape for PublishedVersion {
    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        Ok(Summary::map(map)?.map(|summary| Self {
            deprecated: summary.deprecated.is_some(),
            ..Self::default()
        }))
    }
}

/// The versions of an unpublished package: a list, or a map by version.
struct Versions(Vec<String>);

impl Shape for Versions {
    fn list<'de, A: SeqAccess<'de>>(list: A) -> Result<Option<Self>, A::Error> {
        Ok(Vec::<String>::list(list)?.map(Self))
    }
    fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut read = Vec::new();
        while let Some((version, _)) = map.next_entry::<String, IgnoredAny>()? {
            read.push(version);
        }
        Ok(Some(Self(read)))
    }
}

/// `time`: versions beside `created`, `modified` and `unpublished`.
#[derive(Default)]
struct Times {
    published: BTreeMap<String, String>,
    created: Option<String>,
    unpublished: Option<UnpublishedTime>,
}

impl Shape for Times {
    fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut read = Self::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "created" => read.created = map.next_value::<Lenient<String>>()?.0,
                "modified" => {
                    map.next_value::<IgnoredAny>()?;
                }
                "unpublished" => read.unpublished = map.next_value::<Lenient<UnpublishedTime>>()?.0,
                _ => {
                    if let Some(time) = map.next_value::<Lenient<String>>()?.0 {
                        read.published.insert(key, time);
                    }
                }
            }
        }
        Ok(Some(read))
    }
}

/// A maintainer: `{"name": …}`, or `name <address>`.
struct Person(String);

impl Shape for Person {
    fn text(text: &str) -> Option<Self> {
        let name = text.split('<').next().unwrap_or_default().trim();
        (!name.is_empty()).then(|| Self(name.to_owned()))
    }
    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        object!(Account {
            name: String = "name"
        });
        Ok(Account::map(map)?
            .and_then(|account| account.name)
            .map(Self))
    }
}

/// `tfa`: false, null, or `{"mode": …}`.
struct TwoFactor(Option<String>);

impl Shape for TwoFactor {
    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        Ok(Mode::map(map)?.map(|mode| Self(mode.mode)))
    }
}

fn parse<T: Shape>(body: &[u8]) -> Option<T> {
    serde_json::from_slice::<Lenient<T>>(body).ok()?.0
}

/// A packument in full form; `None` when it is no JSON object.
pub fn packument(body: &[u8]) -> Option<Packument> {
    let document: Document = parse(body)?;
    let times = document.time.unwrap_or_default();
    Some(Packument {
        dist_tags: document.dist_tags.unwrap_or_default(),
        versions: document.versions.unwrap_or_default(),
        published: times.published,
        created: times.created,
        unpublished: times.unpublished.map(|unpublished| Unpublished {
            time: unpublished.time,
            versions: unpublished
                .versions
                .map(|versions| versions.0)
                .unwrap_or_default(),
        }),
        maintainers: document
            .maintainers
            .unwrap_or_default()
            .into_iter()
            .map(|person| person.0)
            .collect(),
        description: document.description,
    })
}

fn published(version: Version) -> PublishedVersion {
    let dist = version.dist.unwrap_or_default();
    PublishedVersion {
        deprecated: version.deprecated.is_some(),
        integrity: dist.integrity,
        shasum: dist.shasum,
    }
}

/// `GET /<name>/<version>`.
pub fn version(body: &[u8]) -> Option<PublishedVersion> {
    parse(body).map(published)
}

/// The `username` of `/-/whoami`; the outer `None` when it is no JSON object.
pub fn username(body: &[u8]) -> Option<Option<String>> {
    parse::<Named>(body).map(|named| named.username)
}

/// Account to right.
pub fn rights(body: &[u8]) -> Option<BTreeMap<String, Right>> {
    let rights: BTreeMap<String, String> = parse(body)?;
    let right = |right: &str| match right {
        "write" | "read-write" => Right::Write,
        _ => Right::Read,
    };
    Some(
        rights
            .into_iter()
            .map(|(name, text)| (name, right(&text)))
            .collect(),
    )
}

/// Account to role, and any other object of texts.
pub fn texts(body: &[u8]) -> Option<BTreeMap<String, String>> {
    parse(body)
}

/// `/-/npm/v1/user`.
pub fn profile(body: &[u8]) -> Option<Profile> {
    let user: User = parse(body)?;
    Some(Profile {
        two_factor: user.two_factor.and_then(|two_factor| two_factor.0),
        email_verified: user.email_verified,
    })
}

/// The entry of a token among an account's tokens: by the SHA-512 that is its
/// key, else by its first eight and last four characters, if those are nobody
/// else's.
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

/// cnpm's whoami tells of the token that asked; nothing where it is silent.
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
        bypasses_two_factor: entry.bypass == Some(true),
        covers,
        addresses,
        expiry: entry.expiry.clone().or_else(|| entry.expired_at.clone()),
    }
}

/// In hexadecimal: a token's key, which tells nothing of the token.
fn sha512(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA512, text.as_bytes());
    let mut key = String::new();
    for byte in digest.as_ref() {
        let _ = write!(key, "{byte:02x}");
    }
    key
}

/// The names among a search's hits.
pub fn found_names(body: &[u8]) -> Option<Vec<String>> {
    let hits: Hits = parse(body)?;
    let names = hits.objects.unwrap_or_default().into_iter();
    Some(names.filter_map(|hit| hit.package?.name).collect())
}

/// The words of a refusal: `error`, else `message`.
pub fn refusal(body: &[u8]) -> Option<String> {
    let refused: Refused = parse(body)?;
    refused.error.or(refused.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packument_is_read_as_npmjs_serves_it() {
        let packument = packument(
            br#"{"_id":"cat","name":"cat","dist-tags":{"latest":"1.2.0"},
            "versions":{"1.2.0":{"name":"cat","deprecated":"use 2","dist":{"integrity":"sha512-x","shasum":"y"}},
                        "1.1.0":{"deprecated":""},"1.0.0":{"deprecated":false}},
            "time":{"created":"2026-01-01T00:00:00.000Z","modified":"z","0.9.0":"2026-01-01T00:00:00.000Z"},
            "maintainers":[{"name":"bob","email":"b@x"},"eve <e@x>"],"description":"d","readme":"r"}"#,
        )
        .unwrap();
        assert_eq!(packument.dist_tags["latest"], "1.2.0");
        assert!(packument.versions["1.2.0"].deprecated);
        let own = version(br#"{"dist":{"integrity":"sha512-x","shasum":"y"}}"#).unwrap();
        assert_eq!(own.integrity.as_deref(), Some("sha512-x"));
        assert!(!packument.versions["1.1.0"].deprecated && !packument.versions["1.0.0"].deprecated);
        assert_eq!(packument.published.len(), 1);
        assert_eq!(packument.maintainers, ["bob", "eve"]);
        assert!(packument.created.is_some());
    }

    #[test]
    fn a_token_is_found_by_its_key_or_by_its_ends() {
        let body = format!(
            r#"{{"objects":[
              {{"token":"npm_aBcD...7890","key":"x","readonly":true,"scopes":null}},
              {{"token":"npm_ours...1234","key":"y","readonly":false,"bypass_2fa":true,"cidr":["203.0.113.0/24"],
                "expiry":"2026-12-01T00:00:00.000Z","permissions":[{{"name":"package","action":"write"}}],
                "scopes":[{{"type":"package","name":"@acme/a"}}]}},
              {{"token":"classi","key":"{}","readonly":false,"permissions":[{{"name":"package","action":"read"}}]}}],"urls":{{}}}}"#,
            sha512("classic-token")
        );
        let own = own_token(body.as_bytes(), "npm_ours_is_this_1234").unwrap();
        assert!(own.bypasses_two_factor && !own.read_only);
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
    fn cnpms_whoami_tells_of_the_token() {
        let own = token_of_whoami(br#"{"username":"bob","name":"ci","readonly":true,"expiredAt":"2026-12-01","allowedScopes":["@s"]}"#).unwrap();
        assert!(own.read_only);
        assert_eq!(own.covers, ["@s"]);
        assert_eq!(token_of_whoami(br#"{"username":"bob"}"#), None);
    }

    #[test]
    fn an_unpublished_stub_is_read_in_its_old_and_new_shapes() {
        for versions in [r#"["1.0.0","1.0.1"]"#, r#"{"1.0.0":{},"1.0.1":{}}"#] {
            let body = format!(
                r#"{{"name":"gone","time":{{"1.0.0":"t","unpublished":{{"name":"bob","tags":{{}},"time":"2026-05-03T10:00:00.000Z","versions":{versions}}}}}}}"#
            );
            let packument = packument(body.as_bytes()).unwrap();
            let unpublished = packument.unpublished.unwrap();
            assert_eq!(unpublished.versions, ["1.0.0", "1.0.1"]);
            assert!(unpublished.time.unwrap().starts_with("2026-05-03"));
            assert!(packument.versions.is_empty());
        }
    }

    #[test]
    fn odd_shapes_cost_a_field_and_not_the_document() {
        let packument = packument(
            br#"{"dist-tags":[1],"versions":{"1.0.0":null,"2.0.0":{"dist":3,"deprecated":{}}},"time":"x","maintainers":{"a":1}}"#,
        )
        .unwrap();
        assert_eq!(packument.versions.keys().collect::<Vec<_>>(), ["2.0.0"]);
        assert!(super::packument(b"[]").is_none());
        assert!(super::packument(b"{").is_none());
    }

    #[test]
    fn the_small_documents_are_read() {
        assert_eq!(
            username(br#"{"username":"bob"}"#),
            Some(Some("bob".to_owned()))
        );
        assert_eq!(username(b"{}"), Some(None));
        assert_eq!(username(b"OK"), None);
        assert_eq!(
            rights(br#"{"a":"write","b":"read-only"}"#).unwrap()["a"],
            Right::Write
        );
        let user = profile(
            br#"{"tfa":{"pending":false,"mode":"auth-and-writes"},"email_verified":false}"#,
        )
        .unwrap();
        assert_eq!(
            (user.two_factor.as_deref(), user.email_verified),
            (Some("auth-and-writes"), Some(false))
        );
        assert_eq!(profile(br#"{"tfa":false}"#).unwrap().two_factor, None);
        assert_eq!(
            found_names(br#"{"objects":[{"package":{"name":"x"}},{}]}"#).unwrap(),
            ["x"]
        );
        assert_eq!(
            refusal(br#"{"error":"Scope not found"}"#).as_deref(),
            Some("Scope not found")
        );
    }

    proptest::proptest! {
        #[test]
        fn any_json_is_read_without_a_crash(text in "[\\[\\]{}:,\"a-c0-9.truefalsn ]{0,60}") {
            let _ = packument(text.as_bytes());
        }
    }
}
