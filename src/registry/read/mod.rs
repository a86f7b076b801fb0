//! Reads the documents leniently: values of an unexpected shape are left out, unneeded ones are
//! skipped without being stored.

mod lenient;
mod packument;
mod published_tarball;
mod repair;
mod tokens;

use std::collections::BTreeMap;

use serde::de::{IgnoredAny, MapAccess};

use lenient::{KnownKey, Lenient, Shape, ShortText, object};

pub use packument::{packument, packument_from};
pub use published_tarball::{PublishedTarball, published_tarball};
pub use tokens::{own_token, token_of_whoami};

use super::documents::{
    Profile, PublishedVersion, Repository, Right, StagedVersion, TwoFactor, VersionStatus,
};

object!(Dist {
    shasum: ShortText = "shasum",
    unpacked_size: u64 = "unpackedSize"
});
object!(Version {
    dist: Dist = "dist"
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
    username: ShortText = "username"
});
object!(Refused {
    error: String = "error",
    message: String = "message"
});
object!(VersionAnswer {
    name: String = "packageName",
    number: String = "version",
    status: String = "status"
});
object!(StageItems {
    items: Vec<StageItem> = "items"
});
object!(StageItem {
    name: ShortText = "packageName",
    version: ShortText = "version",
    tag: ShortText = "tag"
});
object!(Hits { objects: Vec<Hit> = "objects" });
object!(Hit {
    package: HitPackage = "package"
});
object!(HitPackage {
    name: String = "name"
});

/// `tfa`: false, null, or `{"mode": …}`. While it is pending it has no effect.
impl Shape for TwoFactor {
    fn flag(flag: bool) -> Option<Self> {
        (!flag).then_some(Self::Off)
    }
    fn null() -> Option<Self> {
        Some(Self::Off)
    }
    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        Ok(Mode::map(map)?.and_then(|mode| match mode.mode?.as_str() {
            _ if mode.pending == Some(true) => Some(Self::Off),
            "auth-and-writes" => Some(Self::Writes),
            _ => Some(Self::Logins),
        }))
    }
}

fn parse<T: Shape>(body: &[u8]) -> Option<T> {
    let read = |body: &[u8]| serde_json::from_slice::<Lenient<T>>(body).ok();
    let document = read(body).or_else(|| read(&repair::as_javascript_reads(body)));
    document?.0
}

/// `GET /-/package/<name>/version/<version>/status` (npm's API documentation, since August
/// 2026). `None` for an answer about another version, and for an unknown state.
pub fn version_status(body: &[u8], name: &str, version: &str) -> Option<VersionStatus> {
    let answer: VersionAnswer = parse(body)?;
    if (answer.name.as_deref(), answer.number.as_deref()) != (Some(name), Some(version)) {
        return None;
    }
    match answer.status?.as_str() {
        "published" => Some(VersionStatus::Published),
        "validating" => Some(VersionStatus::Validating),
        "staged" => Some(VersionStatus::Staged),
        "blocked" => Some(VersionStatus::Blocked),
        "deleted" => Some(VersionStatus::Deleted),
        _ => None,
    }
}

/// The versions of a package that `GET /-/stage?package=<name>` lists.
pub fn staged_versions(body: &[u8], name: &str) -> Option<Vec<StagedVersion>> {
    let list: StageItems = parse(body)?;
    let own = list.items?.into_iter().filter_map(|item| {
        let is_own = item.name.is_some_and(|of| of.0 == name);
        let (version, tag) = (
            item.version?.0,
            item.tag.map_or_else(String::new, |tag| tag.0),
        );
        is_own.then_some(StagedVersion { version, tag })
    });
    Some(own.collect())
}

/// The names of the packages that `GET /-/stage` lists, one for each version.
pub fn staged_names(body: &[u8]) -> Option<Vec<String>> {
    let list: StageItems = parse(body)?;
    let names = list.items?.into_iter().filter_map(|item| item.name);
    Some(names.map(|name| name.0).collect())
}

/// `GET /<name>/<version>`.
pub fn version(body: &[u8]) -> Option<PublishedVersion> {
    let version: Version = parse(body)?;
    let (shasum, unpacked_size) = match version.dist {
        Some(dist) => (dist.shasum, dist.unpacked_size),
        None => (None, None),
    };
    Some(PublishedVersion {
        shasum: shasum.map(|shasum| shasum.0),
        unpacked_size,
    })
}

/// The `username` of `/-/whoami`; the outer `None` when it is not a JSON object.
pub fn username(body: &[u8]) -> Option<Option<String>> {
    parse::<Named>(body).map(|named| named.username.map(|name| name.0))
}

/// The right of each account.
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

/// The role of each account; also reads any other object of strings.
pub fn texts(body: &[u8]) -> Option<BTreeMap<String, String>> {
    parse(body)
}

/// `/-/npm/v1/user`.
pub fn profile(body: &[u8]) -> Option<Profile> {
    let user: User = parse(body)?;
    Some(Profile {
        two_factor: user.two_factor,
        email_verified: user.email_verified,
    })
}

/// Artifactory's and Nexus's own documents about a repository.
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

/// The names in the results of a search.
pub fn found_names(body: &[u8]) -> Option<Vec<String>> {
    let hits: Hits = parse(body)?;
    let names = hits.objects.unwrap_or_default().into_iter();
    Some(names.filter_map(|hit| hit.package?.name).collect())
}

/// The message of a refusal: `error`, else `message`.
pub fn refusal(body: &[u8]) -> Option<String> {
    let refused: Refused = parse(body)?;
    refused.error.or(refused.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_and_its_rights_are_read() {
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
        let user = profile(br#"{"email_verified":false}"#).unwrap();
        assert_eq!(user.email_verified, Some(false));
    }

    #[test]
    fn two_factor_is_what_is_active() {
        for (text, two_factor) in [
            (
                r#"{"tfa":{"pending":false,"mode":"auth-and-writes"}}"#,
                Some(TwoFactor::Writes),
            ),
            (r#"{"tfa":{"mode":"auth-only"}}"#, Some(TwoFactor::Logins)),
            (r#"{"tfa":false}"#, Some(TwoFactor::Off)),
            (r#"{"tfa":null}"#, Some(TwoFactor::Off)),
            // It is not active yet.
            (
                r#"{"tfa":{"pending":true,"mode":"auth-and-writes"}}"#,
                Some(TwoFactor::Off),
            ),
            // Nothing is stated.
            ("{}", None),
            (r#"{"tfa":true}"#, None),
            (r#"{"tfa":{}}"#, None),
        ] {
            let read = profile(text.as_bytes()).unwrap().two_factor;
            assert_eq!(read, two_factor, "{text}");
        }
    }

    #[test]
    fn repositories_search_results_and_refusals_are_read() {
        let found = repository(
            br#"{"key":"npm","rclass":"VIRTUAL","defaultDeploymentRepo":"","packageType":"npm"}"#,
        )
        .unwrap();
        assert_eq!(
            (found.class.as_deref(), found.deploys_to),
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
