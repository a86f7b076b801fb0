//! Packuments: what no check reads is skipped without being stored.

use std::collections::BTreeMap;
use std::io::Read;

use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use super::lenient::{Capacity, Deprecated, KnownKey, Lenient, Shape, ShortText, object};
use super::parse;
use crate::registry::documents::{Installable, Packument, UnixSecond, Unpublished};
use crate::registry::table::{Builder, Table};

object!(Summary {
    deprecated: Deprecated = "deprecated"
});
object!(UnpublishedTime {
    time: ShortText = "time",
    versions: Versions = "versions"
});
object!(Document {
    dist_tags: BTreeMap<String, String> = "dist-tags",
    versions: Table<Installable> = "versions",
    time: Times = "time",
    maintainers: Vec<Person> = "maintainers",
    description: String = "description",
    repository: Source = "repository",
});
impl Shape for Installable {
    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        Ok(Summary::map(map)?.map(|summary| Self {
            deprecated: summary.deprecated.is_some(),
        }))
    }
}

impl Shape for Table<Installable> {
    fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut room = Capacity::for_versions();
        let mut read = Builder::default();
        while let Some((version, about)) = map.next_entry::<String, Lenient<Installable>>()? {
            if let Some(about) = about.0
                && room.fits(&[&version])?
            {
                read.push(&version, about);
            }
        }
        Ok(Some(read.finish()))
    }
}

/// The versions of an unpublished package: a list, or a map by version.
struct Versions(Vec<String>);

impl Shape for Versions {
    fn list<'de, A: SeqAccess<'de>>(list: A) -> Result<Option<Self>, A::Error> {
        let versions = Vec::<ShortText>::list(list)?.unwrap_or_default();
        Ok(Some(Self(
            versions.into_iter().map(|version| version.0).collect(),
        )))
    }
    fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut room = Capacity::default();
        let mut read = Vec::new();
        while let Some((version, _)) = map.next_entry::<String, IgnoredAny>()? {
            if room.fits(&[&version])? {
                read.push(version);
            }
        }
        Ok(Some(Self(read)))
    }
}

/// `time`: versions as well as `created`, `modified` and `unpublished`.
#[derive(Default)]
struct Times {
    published: Table<Option<UnixSecond>>,
    created: Option<String>,
    unpublished: Option<UnpublishedTime>,
}

impl Shape for Times {
    fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut read = Self::default();
        let mut room = Capacity::for_versions();
        let mut published = Builder::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "created" => {
                    read.created = map.next_value::<Lenient<ShortText>>()?.0.map(|time| time.0);
                }
                "modified" => {
                    map.next_value::<IgnoredAny>()?;
                }
                "unpublished" => read.unpublished = map.next_value::<Lenient<UnpublishedTime>>()?.0,
                _ => {
                    let time = map.next_value::<Lenient<ShortText>>()?.0;
                    if let Some(time) = time
                        && room.fits(&[&key])?
                    {
                        published.push(&key, time.0.parse().ok());
                    }
                }
            }
        }
        read.published = published.finish();
        Ok(Some(read))
    }
}

/// A maintainer: `{"name": …}`, or `name <address>`.
struct Person(String);

impl Shape for Person {
    fn text(text: &str) -> Option<Self> {
        let name = text.split('<').next().unwrap_or_default().trim();
        (!name.is_empty())
            .then(|| ShortText::text(name))?
            .map(|name| Self(name.0))
    }
    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        object!(Account {
            name: ShortText = "name"
        });
        let name = Account::map(map)?.and_then(|account| account.name);
        Ok(name.map(|name| Self(name.0)))
    }
}

/// `repository`: an address, or `{"url": …}`.
struct Source(String);

/// No URL is longer.
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

/// A packument in full form; `None` when it is not a JSON object.
pub fn packument(body: &[u8]) -> Option<Packument> {
    parse(body).map(of_document)
}

/// A packument that is read while it arrives; also `None` if it is incomplete.
pub fn packument_from(body: impl Read) -> Option<Packument> {
    let document = serde_json::from_reader::<_, Lenient<Document>>(body);
    document.ok()?.0.map(of_document)
}

fn of_document(document: Document) -> Packument {
    let times = document.time.unwrap_or_default();
    let mut versions = document.versions.unwrap_or_default();
    versions.share_text(&times.published);
    Packument {
        dist_tags: document.dist_tags.unwrap_or_default(),
        versions,
        published: times.published,
        created: times.created,
        unpublished: times.unpublished.map(|unpublished| Unpublished {
            time: unpublished.time.map(|time| time.0),
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
    }
}

#[cfg(test)]
mod tests {
    use super::super::version;
    use super::*;

    #[test]
    fn a_placeholder_of_the_stage_is_not_a_release() {
        let of = |versions: &str| packument(format!(r#"{{"versions":{versions}}}"#).as_bytes());
        let has_releases = |versions: &str| of(versions).unwrap().has_releases();
        assert!(!has_releases(r#"{"0.0.0-stage":{}}"#));
        assert!(!has_releases("{}"));
        assert!(has_releases(r#"{"0.0.0-stage":{},"1.0.0":{}}"#));
    }

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
        let deprecated = |version| packument.versions.get(version).unwrap().deprecated;
        assert!(deprecated("1.2.0"));
        let own = version(br#"{"dist":{"integrity":"sha512-x","shasum":"y"}}"#).unwrap();
        assert_eq!(own.shasum.as_deref(), Some("y"));
        assert!(!deprecated("1.1.0") && !deprecated("1.0.0"));
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
}
