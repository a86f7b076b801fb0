//! One look at one version.

use super::{Expected, VersionState};
use crate::npm::staged::is_uuid;
use crate::npmrc::credentials::RequestCredential;
use crate::registry::client::{Client, Question, Reply};
use crate::registry::documents::{PublishedVersion, VersionStatus};
use crate::registry::kinds::traits;
use crate::registry::read;
use crate::registry::url::{escaped_name, stage_path, version_status_path};

/// Looks once. If the version is not visible, the registry's status endpoint may tell why.
pub(super) async fn look(client: &Client, expected: &Expected) -> VersionState {
    let seen = documents(client, expected).await;
    if !matches!(seen, VersionState::NotSeen { .. }) {
        return seen;
    }
    match status(client, expected).await {
        Some(VersionState::Staged { .. }) => VersionState::Staged {
            id: stage_id(client, expected).await,
        },
        Some(known) => known,
        None => seen,
    }
}

/// The answer of the registry's status endpoint. Anything but a known status of this version
/// counts as no answer, also a 401, 403 or 404.
async fn status(client: &Client, expected: &Expected) -> Option<VersionState> {
    let path = version_status_path(&expected.name, &expected.version);
    let reply = ask_as_owner(client, expected, &path).await?;
    match read::version_status(&reply.body, &expected.name, &expected.version)? {
        VersionStatus::Published => None,
        VersionStatus::Validating => Some(VersionState::Validating),
        VersionStatus::Staged => Some(VersionState::Staged { id: None }),
        VersionStatus::Blocked => Some(VersionState::Blocked),
        VersionStatus::Deleted => Some(VersionState::Deleted),
    }
}

/// The id of a staged version, from the list of the package's staged versions. If the tarball's
/// SHA-1 is known, a version with other bytes was staged by somebody else.
pub async fn stage_id(client: &Client, expected: &Expected) -> Option<String> {
    let reply = ask_as_owner(client, expected, &stage_path(&expected.name)).await?;
    let list: serde_json::Value = serde_json::from_slice(&reply.body).ok()?;
    let mut items = list["items"].as_array()?.iter();
    let is_other = |item: &serde_json::Value| match (item["shasum"].as_str(), &expected.shasum) {
        (Some(listed), Some(sent)) => !listed.eq_ignore_ascii_case(sent),
        _ => false,
    };
    let own = items.find(|item| {
        item["packageName"] == expected.name.as_str()
            && item["version"] == expected.version.as_str()
            && !is_other(item)
    })?;
    let id = own["id"].as_str()?;
    is_uuid(id).then(|| id.to_owned())
}

/// A question that only npmjs answers, or what may be npmjs (a registry of unknown kind), and
/// only with a credential.
async fn ask_as_owner(client: &Client, expected: &Expected, path: &str) -> Option<Reply> {
    let question = question(expected, path);
    // A registry with npm's account endpoints may have npmjs's other endpoints, too.
    if !traits(expected.kind).offers.profile || question.authorization.is_none() {
        return None;
    }
    let reply = client.ask(&question).await.ok()?;
    (reply.status == 200).then_some(reply)
}

/// Asks for the version's own document, which exists first, and then for the packument with the
/// tag.
async fn documents(client: &Client, expected: &Expected) -> VersionState {
    let name = escaped_name(&expected.name);
    let version = if traits(expected.kind).offers.version {
        let path = format!("{name}/{}", expected.version);
        match document(client, &question(expected, &path)).await {
            Ok(reply) => read::version(&reply.body),
            Err(outcome) => return outcome,
        }
    } else {
        None
    };
    if let Some(outcome) = version
        .as_ref()
        .and_then(|version| other_bytes(expected, version))
    {
        return outcome;
    }
    let query = if traits(expected.kind).has_uncached_packument {
        "?write=true"
    } else {
        ""
    };
    let packument = match document(client, &question(expected, &format!("{name}{query}"))).await {
        Ok(mut reply) => reply.packument().unwrap_or_default(),
        Err(outcome) => return outcome,
    };
    if !packument.versions.contains_key(&expected.version) {
        return VersionState::NotSeen {
            last: "the packument does not list it yet".to_owned(),
        };
    }
    if let Some(tag) = &expected.tag {
        let stands_on = packument.dist_tags.get(tag);
        if stands_on != Some(&expected.version) {
            return VersionState::TagElsewhere {
                tag: tag.clone(),
                stands_on: stands_on.cloned(),
            };
        }
    }
    let compared =
        expected.shasum.is_some() && version.is_some_and(|version| version.shasum.is_some());
    VersionState::Visible { compared }
}

fn other_bytes(expected: &Expected, version: &PublishedVersion) -> Option<VersionState> {
    let (expected, found) = (expected.shasum.as_ref()?, version.shasum.as_ref()?);
    (!expected.eq_ignore_ascii_case(found)).then(|| VersionState::OtherBytes {
        expected: expected.clone(),
        found: found
            .chars()
            .filter(char::is_ascii_hexdigit)
            .take(40)
            .collect(),
    })
}

fn question(expected: &Expected, path: &str) -> Question {
    let url = expected.registry.join(path);
    let credential = expected
        .credential
        .as_ref()
        .filter(|credential| credential.covers(&url));
    Question {
        authorization: credential.and_then(RequestCredential::header),
        certificate: credential.and_then(|credential| credential.certificate.clone()),
        ..Question::new(url)
    }
}

/// A document, or what its absence means.
async fn document(client: &Client, question: &Question) -> Result<Reply, VersionState> {
    match client.ask(question).await {
        Ok(reply) if reply.status == 200 => Ok(reply),
        Ok(reply) if matches!(reply.status, 401 | 403) => Err(VersionState::NoAnswer {
            answer: format!("{}: {}", question.shown(), reply.status),
        }),
        Ok(reply) => Err(VersionState::NotSeen {
            last: format!("{}: {}", question.shown(), reply.status),
        }),
        Err(gap) => Err(VersionState::NotSeen {
            last: gap.to_string(),
        }),
    }
}
