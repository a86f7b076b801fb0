//! One look at one version.

use super::{Expected, Outcome};
use crate::npmrc::credentials::RequestCredential;
use crate::registry::client::{Client, Question, Reply};
use crate::registry::documents::PublishedVersion;
use crate::registry::kind::RegistryKind;
use crate::registry::kinds::traits;
use crate::registry::read;
use crate::registry::url::escaped_name;

/// Looks once: the version's own document, which is there first, and then the
/// packument for the tag.
pub(super) async fn look(client: &Client, expected: &Expected) -> Outcome {
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
    let past_caches = matches!(
        expected.kind,
        RegistryKind::Npmjs | RegistryKind::Cnpm | RegistryKind::Other
    );
    let query = if past_caches { "?write=true" } else { "" };
    let packument = match document(client, &question(expected, &format!("{name}{query}"))).await {
        Ok(reply) => read::packument(&reply.body).unwrap_or_default(),
        Err(outcome) => return outcome,
    };
    if !packument.versions.contains_key(&expected.version) {
        return Outcome::NotSeen {
            last: "the packument does not name it yet".to_owned(),
        };
    }
    if let Some(tag) = &expected.tag {
        let stands_on = packument.dist_tags.get(tag);
        if stands_on != Some(&expected.version) {
            return Outcome::TagElsewhere {
                tag: tag.clone(),
                stands_on: stands_on.cloned(),
            };
        }
    }
    let compared =
        expected.shasum.is_some() && version.is_some_and(|version| version.shasum.is_some());
    Outcome::Visible { compared }
}

fn other_bytes(expected: &Expected, version: &PublishedVersion) -> Option<Outcome> {
    let (expected, found) = (expected.shasum.as_ref()?, version.shasum.as_ref()?);
    (!expected.eq_ignore_ascii_case(found)).then(|| Outcome::OtherBytes {
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
async fn document(client: &Client, question: &Question) -> Result<Reply, Outcome> {
    match client.ask(question).await {
        Ok(reply) if reply.status == 200 => Ok(reply),
        Ok(reply) if matches!(reply.status, 401 | 403) => Err(Outcome::NotTold {
            answer: format!("{}: {}", question.shown(), reply.status),
        }),
        Ok(reply) => Err(Outcome::NotSeen {
            last: format!("{}: {}", question.shown(), reply.status),
        }),
        Err(gap) => Err(Outcome::NotSeen {
            last: gap.to_string(),
        }),
    }
}
