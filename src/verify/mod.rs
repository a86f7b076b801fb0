//! After npm reported success: waits until the version is really visible, with the bytes that
//! were sent, under the tag that was sent. Registries take seconds to minutes, and answer from
//! caches meanwhile.

mod ask;

pub use ask::stage_id;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use crate::npmrc::credentials::RequestCredential;
use crate::registry::client::Client;
use crate::registry::kind::RegistryKind;
use crate::registry::url::RegistryUrl;

/// How long a registry may take, unless `--timeout` says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// The pauses between two looks, in seconds; the last one repeats.
const PAUSES: [u64; 7] = [1, 2, 3, 5, 8, 13, 20];
/// The pause in seconds while the registry reports that it is scanning.
const SCAN_PAUSE: u64 = 30;

/// A version that should be visible.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The registry.
    pub registry: RegistryUrl,
    /// Its kind.
    pub kind: RegistryKind,
    /// The credential to ask with.
    pub credential: Option<RequestCredential>,
    /// The package.
    pub name: String,
    /// The version.
    pub version: String,
    /// The tag that was sent, if it is to be checked.
    pub tag: Option<String>,
    /// Whether npm has just reported that the registry accepted it.
    pub accepted: bool,
    /// The SHA-1 of the tarball in hexadecimal, as npm reported it.
    pub shasum: Option<String>,
}

/// The state of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionState {
    /// It is visible, and the same as far as it could be compared.
    Visible {
        /// Its bytes were compared with what npm reported.
        compared: bool,
    },
    /// It is visible, with other bytes.
    OtherBytes {
        /// The SHA-1 that npm reported.
        expected: String,
        /// The SHA-1 that the registry has.
        found: String,
    },
    /// It is visible, but its tag points at another version.
    TagElsewhere {
        /// The tag.
        tag: String,
        /// The version that the tag points at, if any.
        stands_on: Option<String>,
    },
    /// It did not appear in time.
    NotSeen {
        /// The last answer.
        last: String,
    },
    /// The registry accepted it and is still scanning it.
    Validating,
    /// It is staged, and waits for a maintainer's approval.
    Staged {
        /// Its id, if the list of staged versions could be read.
        id: Option<String>,
    },
    /// The registry's scan blocked it.
    Blocked,
    /// It was published, then removed.
    Deleted,
    /// The registry does not show it to this credential.
    NoAnswer {
        /// Its refusal.
        answer: String,
    },
}

impl VersionState {
    /// Whether nothing contradicts the success that npm reported.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Visible { .. } | Self::NoAnswer { .. })
    }

    /// Whether looking again would change nothing.
    fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Visible { .. }
                | Self::OtherBytes { .. }
                | Self::Staged { .. }
                | Self::Blocked
                | Self::Deleted
                | Self::NoAnswer { .. }
        )
    }
}

/// Waits for all versions together, until each is visible or the time is over. `pause` gets the
/// time until the next look, and the states so far.
pub async fn wait(
    client: &Client,
    expected: &[Expected],
    timeout: Duration,
    mut pause: impl AsyncFnMut(Duration, &[VersionState]),
) -> Vec<VersionState> {
    let deadline = Instant::now() + timeout;
    let mut outcomes: BTreeMap<usize, VersionState> = BTreeMap::new();
    for round in 0.. {
        let open: Vec<usize> = (0..expected.len())
            .filter(|at| !outcomes.get(at).is_some_and(VersionState::is_final))
            .collect();
        let looks = open.iter().map(|at| ask::look(client, &expected[*at]));
        for (at, outcome) in open.iter().zip(join_all(looks).await) {
            outcomes.insert(*at, outcome);
        }
        let done = outcomes.values().all(VersionState::is_final);
        let so_far: Vec<VersionState> = outcomes.values().cloned().collect();
        let open = so_far.iter().filter(|outcome| !outcome.is_final());
        let all_are_scanned = open.into_iter().all(|one| *one == VersionState::Validating);
        let usual = PAUSES[PAUSES.len().min(round + 1) - 1];
        let next = Duration::from_secs(if all_are_scanned { SCAN_PAUSE } else { usual });
        let left = deadline.saturating_duration_since(Instant::now());
        if done || left.is_zero() {
            break;
        }
        pause(next.min(left), &so_far).await;
    }
    outcomes.into_values().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::npmrc::credentials::Credential;
    use crate::origin::Origin;
    use crate::registry::Network;
    use crate::rehearsal::Registry;
    use crate::secret::Secret;

    const SHASUM: &str = "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33";

    /// Looks repeatedly, without pauses, at a registry with faults.
    async fn outcome(faults: Value, tag: &str) -> (VersionState, usize) {
        outcome_with(None, faults, tag).await
    }

    /// The same with a credential.
    async fn outcome_with(token: Option<&str>, faults: Value, tag: &str) -> (VersionState, usize) {
        let state = json!({
            "users": { "alice": {} },
            "tokens": { "token": { "user": "alice", "kind": "session" } },
            "packages": { "cat": { "versions": { "0.9.0": {}, "1.0.0": {} }, "distTags": { "latest": "0.9.0", "next": "1.0.0" } } },
            "faults": faults,
        });
        let registry = Registry::start(serde_json::from_value(state).unwrap(), None)
            .await
            .unwrap();
        let network = Network {
            retries: 0,
            ..Network::default()
        };
        let client = Client::new(network, Duration::from_secs(20));
        let expected = Expected {
            registry: RegistryUrl::parse(&registry.url()).unwrap(),
            kind: RegistryKind::Npmjs,
            credential: token.map(|token| credential(&registry, token)),
            name: "cat".to_owned(),
            version: "1.0.0".to_owned(),
            tag: Some(tag.to_owned()),
            accepted: true,
            shasum: Some(SHASUM.to_owned()),
        };
        let mut looks = 1;
        let timeout = Duration::from_millis(if tag == "latest" { 1_500 } else { 5_000 });
        let outcomes = wait(&client, &[expected], timeout, async |_, _| {
            looks += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        })
        .await;
        (outcomes[0].clone(), looks)
    }

    fn credential(registry: &Registry, token: &str) -> RequestCredential {
        RequestCredential {
            key: format!("//{}/:_authToken", registry.host()),
            credential: Credential::Token(Secret::new(token.to_owned())),
            origin: Origin::Default,
            unset_variables: Vec::new(),
            empty_variables: Vec::new(),
            certificate: None,
        }
    }

    /// The version is not visible, and the status endpoint answers this.
    async fn with_status(answers: &[Value]) -> (VersionState, usize) {
        let gone = |path: &str, times: usize| json!({ "path": path, "times": times, "with": { "status": { "status": 404 } } });
        let mut faults = vec![gone("/cat/1.0.0", answers.len())];
        faults.extend(answers.iter().map(|answer| {
            json!({ "path": "/-/package/cat/version/1.0.0/status", "times": 1, "with": { "status": answer } })
        }));
        faults.push(served(SHASUM));
        outcome_with(Some("token"), Value::Array(faults), "next").await
    }

    fn status(word: &str) -> Value {
        json!({ "status": 200, "body": { "packageName": "cat", "version": "1.0.0", "status": word } })
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_scan_is_waited_for_and_a_stage_or_a_block_ends_the_wait() {
        let (outcome, looks) = with_status(&[status("validating"), status("validating")]).await;
        assert_eq!(
            (outcome, looks),
            (VersionState::Visible { compared: true }, 3)
        );
        for (word, wanted) in [
            ("staged", VersionState::Staged { id: None }),
            ("blocked", VersionState::Blocked),
            ("deleted", VersionState::Deleted),
        ] {
            let (outcome, looks) = with_status(&[status(word)]).await;
            assert_eq!((outcome, looks), (wanted, 1), "{word}");
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn other_answers_of_the_status_endpoint_say_nothing() {
        let other = json!({ "status": 200, "body": { "packageName": "dog", "version": "1.0.0", "status": "blocked" } });
        let nothing = [
            json!({ "status": 401 }),
            json!({ "status": 403 }),
            json!({ "status": 405 }),
            json!({ "status": 500 }),
            json!({ "status": 200, "body": [] }),
            other,
            status("melting"),
        ];
        let (outcome, looks) = with_status(&nothing).await;
        assert_eq!(
            (outcome, looks),
            (VersionState::Visible { compared: true }, 8)
        );
    }

    fn served(shasum: &str) -> Value {
        json!({ "path": "/cat/1.0.0", "with": { "status": { "status": 200, "body": { "dist": { "shasum": shasum } } } } })
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_version_that_is_there_with_its_bytes_is_visible() {
        let (outcome, looks) = outcome(json!([served(SHASUM)]), "next").await;
        assert_eq!(
            (outcome, looks),
            (VersionState::Visible { compared: true }, 1)
        );
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_registry_that_lags_is_looked_at_again() {
        let missing =
            json!({ "path": "/cat/1.0.0", "times": 3, "with": { "status": { "status": 404 } } });
        let (outcome, looks) = outcome(json!([missing, served(SHASUM)]), "next").await;
        assert_eq!(
            (outcome, looks),
            (VersionState::Visible { compared: true }, 4)
        );
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_registry_that_goes_down_in_between_is_waited_for() {
        let down =
            json!({ "path": "/cat/1.0.0", "times": 2, "with": { "status": { "status": 503 } } });
        let (outcome, _) = outcome(json!([down, served(SHASUM)]), "next").await;
        assert_eq!(outcome, VersionState::Visible { compared: true });
    }

    #[tokio::test(flavor = "current_thread")]
    async fn other_bytes_are_reported_at_once() {
        let other = "f".repeat(40);
        let (outcome, looks) = outcome(json!([served(&other)]), "next").await;
        let wanted = VersionState::OtherBytes {
            expected: SHASUM.to_owned(),
            found: other,
        };
        assert_eq!((outcome, looks), (wanted, 1));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_tag_that_stays_elsewhere_is_reported_at_the_end() {
        let (outcome, looks) = outcome(json!([served(SHASUM)]), "latest").await;
        let wanted = VersionState::TagElsewhere {
            tag: "latest".to_owned(),
            stands_on: Some("0.9.0".to_owned()),
        };
        assert_eq!(outcome, wanted);
        assert!(looks > 1, "a tag may lag, too");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_version_that_never_appears_and_a_hidden_one_are_reported() {
        let gone = json!({ "path": "/cat/1.0.0", "with": { "status": { "status": 404 } } });
        let (unseen, _) = outcome(json!([gone]), "latest").await;
        assert!(matches!(unseen, VersionState::NotSeen { .. }) && !unseen.is_good());
        let secret = json!({ "path": "/cat/1.0.0", "with": { "status": { "status": 403 } } });
        let (untold, looks) = outcome(json!([secret]), "next").await;
        assert!(matches!(untold, VersionState::NoAnswer { .. }) && untold.is_good() && looks == 1);
    }
}
