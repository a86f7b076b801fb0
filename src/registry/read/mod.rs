//! Reads the documents leniently: what is not of the expected shape is left
//! out, what nobody needs is passed over without being stored.

mod lenient;
mod tokens;

use std::collections::BTreeMap;

use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use lenient::{Deprecated, KeyOf, Lenient, MAX_KEY, Shape, few, object};

pub use tokens::{own_token, token_of_whoami};

use super::documents::{Packument, Profile, PublishedVersion, Repository, Right, Unpublished};

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
    repository: Source = "repository",
});
object!(User {
    two_factor: TwoFactor = "tfa",
    email_verified: bool = "email_verified"
});
object!(Mode {
    mode: String = "mode",
    pending: bool = "pending"
});
object!(RepositoryDocument {
    class: String = "rclass",
    kind: String = "type",
    deploys_to: String = "defaultDeploymentRepo"
});
object!(Visible {
    public: bool = "public"
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
            few(read.len())?;
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
                    let time = map.next_value::<Lenient<String>>()?.0;
                    if let Some(time) = time.filter(|time| time.len().max(key.len()) <= MAX_KEY) {
                        read.published.insert(key, time);
                    }
                    few(read.published.len())?;
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

/// `repository`: an address, or `{"url": …}`.
struct Source(String);

/// No address is longer.
const MAX_ADDRESS: usize = 2048;

impl Shape for Source {
    fn text(text: &str) -> Option<Self> {
        let fits = (1..=MAX_ADDRESS).contains(&text.len());
        fits.then(|| Self(text.to_owned()))
    }
    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        object!(Address {
            url: String = "url"
        });
        let address = Address::map(map)?.and_then(|address| address.url);
        Ok(address.and_then(|url| Self::text(&url)))
    }
}

/// `tfa`: false, null, or `{"mode": …}`. While it is pending it does not hold.
struct TwoFactor(Option<String>);

impl Shape for TwoFactor {
    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        Ok(Mode::map(map)?.map(|mode| Self(mode.mode.filter(|_| mode.pending != Some(true)))))
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
        repository: document.repository.map(|source| source.0),
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

/// What Artifactory's and Nexus's own APIs say of a repository.
pub fn repository(body: &[u8]) -> Option<Repository> {
    let document: RepositoryDocument = parse(body)?;
    Some(Repository {
        class: document.class.map(|class| class.to_ascii_lowercase()),
        kind: document.kind.map(|kind| kind.to_ascii_lowercase()),
        deploys_to: document.deploys_to.filter(|key| !key.is_empty()),
    })
}

/// `/-/package/<name>/visibility`, as npm reads it.
pub fn is_public(body: &[u8]) -> bool {
    let visible: Option<Visible> = parse(body);
    visible.and_then(|visible| visible.public) == Some(true)
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
    fn a_packuments_repository_is_read_as_a_text_or_an_object() {
        let of = |value: &str| {
            let body = format!(r#"{{"name":"cat","repository":{value}}}"#);
            packument(body.as_bytes()).unwrap().repository
        };
        let url = Some("git+https://github.com/acme/cat.git".to_owned());
        assert_eq!(of(r#""git+https://github.com/acme/cat.git""#), url);
        let object = r#"{"type":"git","url":"git+https://github.com/acme/cat.git","x":[1]}"#;
        assert_eq!(of(object), url);
        let long = format!("{:?}", "x".repeat(MAX_ADDRESS + 1));
        for none in ["null", "[]", "{}", r#""""#, r#"{"url":7}"#, &long] {
            assert_eq!(of(none), None, "{none}");
        }
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
        let pending = profile(br#"{"tfa":{"pending":true,"mode":"auth-and-writes"}}"#).unwrap();
        assert_eq!(pending.two_factor, None, "a pending one does not hold yet");
        let told = repository(
            br#"{"key":"npm","rclass":"VIRTUAL","defaultDeploymentRepo":"","packageType":"npm"}"#,
        )
        .unwrap();
        assert_eq!(
            (told.class.as_deref(), told.deploys_to),
            (Some("virtual"), None)
        );
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
