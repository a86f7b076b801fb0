//! The event that started a GitHub workflow: the JSON file that
//! `GITHUB_EVENT_PATH` names. Source: GitHub's documentation of webhook events.

use std::path::Path;

use serde_json::Value;

use super::{PAYLOAD, Sourced, Visibility};
use crate::environment::Environment;
use crate::file;

/// The part that checks need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) visibility: Option<Sourced<Visibility>>,
    pub(super) fork: Option<Fork>,
}

/// A pull request from a fork.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The fork, as `owner/repository`.
    pub head: String,
    /// The repository that it would be merged into.
    pub base: String,
}

impl Event {
    /// Reads the file; empty if it does not exist.
    pub(super) fn read(environment: &Environment) -> Self {
        let read = || {
            let path = environment.filled("GITHUB_EVENT_PATH")?;
            let bytes = file::read(Path::new(path), file::limit::EVENT).ok()?;
            serde_json::from_slice::<Value>(&bytes).ok()
        };
        let Some(payload) = read() else {
            return Self::default();
        };
        // `pull_request_target` runs with the base repository's own rights.
        let restricted = matches!(
            environment.variable("GITHUB_EVENT_NAME"),
            Some("pull_request" | "pull_request_review" | "pull_request_review_comment")
        );
        // A job that is run again gets the first run's payload.
        let is_first = matches!(
            environment.variable("GITHUB_RUN_ATTEMPT"),
            None | Some("" | "1")
        );
        let visibility = visibility(&payload["repository"]).filter(|_| is_first);
        Self {
            visibility: visibility.map(|value| Sourced {
                value,
                source: PAYLOAD,
            }),
            fork: restricted.then(|| fork(&payload["pull_request"])).flatten(),
        }
    }
}

fn visibility(repository: &Value) -> Option<Visibility> {
    match (repository["visibility"].as_str(), &repository["private"]) {
        (Some(word), _) => Some(Visibility::by_name(word)),
        (None, Value::Bool(true)) => Some(Visibility::Private),
        (None, Value::Bool(false)) => Some(Visibility::Public),
        _ => None,
    }
}

fn fork(pull_request: &Value) -> Option<Fork> {
    let name = |side: &str| {
        let repository = &pull_request[side]["repo"]["full_name"];
        repository.as_str().map(str::to_owned)
    };
    let (head, base) = (name("head")?, name("base")?);
    (!head.eq_ignore_ascii_case(&base)).then_some(Fork { head, base })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(name: &str, payload: &Value) -> Event {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("event.json");
        std::fs::write(&path, payload.to_string()).unwrap();
        let environment = Environment::bare("/")
            .with("GITHUB_EVENT_PATH", path.to_str().unwrap())
            .with("GITHUB_EVENT_NAME", name);
        Event::read(&environment)
    }

    fn pull_request(head: &str) -> Value {
        json!({
            "repository": { "private": true },
            "pull_request": {
                "head": { "repo": { "full_name": head, "fork": true } },
                "base": { "repo": { "full_name": "acme/cat" } },
            },
        })
    }

    #[test]
    fn a_fork_is_another_repository_whatever_its_own_fork_flag_says() {
        let fork = event("pull_request", &pull_request("eve/cat"))
            .fork
            .unwrap();
        assert_eq!(
            (fork.head.as_str(), fork.base.as_str()),
            ("eve/cat", "acme/cat")
        );
        // A pull request whose head is its base: a branch of the same repository.
        assert_eq!(event("pull_request", &pull_request("Acme/Cat")).fork, None);
        assert_eq!(
            event("pull_request_target", &pull_request("eve/cat")).fork,
            None
        );
    }

    fn seen(event: &Event) -> Option<Visibility> {
        event.visibility.map(|sourced| sourced.value)
    }

    #[test]
    fn visibility_goes_before_the_older_flag() {
        let private = event("push", &pull_request("eve/cat"));
        assert_eq!(seen(&private), Some(Visibility::Private));
        let payload = json!({ "repository": { "private": true, "visibility": "internal" } });
        assert_eq!(seen(&event("push", &payload)), Some(Visibility::Private));
        let payload = json!({ "repository": { "private": false, "visibility": "public" } });
        assert_eq!(seen(&event("push", &payload)), Some(Visibility::Public));
    }

    #[test]
    fn a_missing_or_invalid_file_says_nothing() {
        let nowhere = Environment::bare("/").with("GITHUB_EVENT_PATH", "/nowhere/event.json");
        assert_eq!(Event::read(&nowhere), Event::default());
        assert_eq!(event("push", &json!([])), Event::default());
    }
}
