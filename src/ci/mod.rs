//! The CI service that this runs in, as npm sees it, and what it gives a job: identity tokens,
//! the building repository, the runner, the event. Read from the variables and the files that
//! they name; no request is sent and no token is created.

mod claims;
mod event;
mod vendors;
mod workflow;

use std::collections::BTreeMap;
use std::path::Path;

use crate::environment::Environment;
use crate::npm::NpmVersion;
pub(crate) use claims::all_of_token as all_claims_of;
pub use event::Fork;
pub use workflow::{PackagesPermission, packages};

/// What is known about the CI. All of it is empty on a developer's machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a separate variable")]
pub struct Ci {
    /// The service's name, as npm prints it.
    pub name: Option<&'static str>,
    /// Whether the run is for a pull request, if the service tells.
    pub pull_request: Option<bool>,
    /// The service, if npm treats it specially.
    pub provider: Option<Provider>,
    /// An identity token is available: `NPM_ID_TOKEN`, or GitHub's request URL
    /// and token.
    pub has_id_token: bool,
    /// `ACTIONS_ID_TOKEN_REQUEST_URL` is set, which is all that npm checks before it signs
    /// provenance on GitHub.
    pub may_request_tokens: bool,
    /// `SIGSTORE_ID_TOKEN` is set: GitLab's token for provenance.
    pub has_sigstore_token: bool,
    /// The claims of the identity token in `NPM_ID_TOKEN`, not verified.
    pub claims: BTreeMap<String, String>,
    /// The building repository's URL, without `.git`.
    pub repository: Option<String>,
    /// The path of the workflow file that started the run (the caller's, for a
    /// reusable one).
    pub workflow: Option<String>,
    /// Whose machine runs the job.
    pub runner: Option<Sourced<Runner>>,
    /// Whether others can read the building repository.
    pub visibility: Option<Sourced<Visibility>>,
    /// The pull request comes from a fork.
    pub fork: Option<Fork>,
}

/// A value, and where the CI states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// The variable, claim or file that states it.
    pub source: &'static str,
}

/// The name of the event's payload in evidence.
const PAYLOAD: &str = "the event's payload (GITHUB_EVENT_PATH)";

/// A service that npm treats specially.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Provider {
    GitHub,
    GitLab,
    CircleCi,
}

/// Whose machine runs the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    /// The service's own.
    Hosted,
    /// The user's own (self-hosted).
    SelfHosted,
}

/// Who can read a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Some people.
    Private,
}

impl Ci {
    /// Reads the variables, and the files that they name, as this npm would.
    pub fn of(environment: &Environment, npm: Option<&NpmVersion>) -> Self {
        let denied = environment.variable("CI") == Some("false");
        if denied && npm.is_none_or(NpmVersion::respects_disabled_ci) {
            return Self::default();
        }
        let Some(vendor) = vendors::find(environment) else {
            return Self::default();
        };
        let provider = provider(environment);
        let claims = match provider {
            Some(_) => environment
                .filled("NPM_ID_TOKEN")
                .map(claims::of_token)
                .unwrap_or_default(),
            None => BTreeMap::new(),
        };
        let event = match provider {
            Some(Provider::GitHub) => event::Event::read(environment),
            _ => event::Event::default(),
        };
        Self {
            name: Some(vendor.name),
            pull_request: vendor.is_pull_request(environment),
            provider,
            has_id_token: provider.is_some() && has_id_token(environment),
            may_request_tokens: environment.filled("ACTIONS_ID_TOKEN_REQUEST_URL").is_some(),
            has_sigstore_token: environment.filled("SIGSTORE_ID_TOKEN").is_some(),
            repository: repository(environment, provider),
            workflow: workflow_path(environment),
            runner: runner(environment, provider, &claims),
            visibility: visibility(environment, provider, &claims).or(event.visibility),
            fork: event.fork,
            claims,
        }
    }

    /// Whether npm would exchange an identity token for a registry token before the PUT.
    /// Whether the registry accepts it is another question.
    pub fn exchanges(&self, npm: &NpmVersion) -> bool {
        self.has_id_token && self.is_exchanged_by(npm)
    }

    /// Whether npm supports trusted publishing in this service.
    pub fn is_exchanged_by(&self, npm: &NpmVersion) -> bool {
        match self.provider {
            Some(Provider::GitHub | Provider::GitLab) => npm.exchanges_oidc_tokens(),
            Some(Provider::CircleCi) => npm.exchanges_oidc_tokens_on_circle_ci(),
            None => false,
        }
    }
}

/// npm asks in this order, and uses the first that matches.
fn provider(environment: &Environment) -> Option<Provider> {
    let order = [
        ("GITHUB_ACTIONS", Provider::GitHub),
        ("GITLAB_CI", Provider::GitLab),
        ("CIRCLECI", Provider::CircleCi),
    ];
    let found = order
        .into_iter()
        .find(|(name, _)| environment.filled(name).is_some());
    found.map(|(_, provider)| provider)
}

fn has_id_token(environment: &Environment) -> bool {
    let filled = |name: &str| environment.filled(name).is_some();
    let on_request = filled("GITHUB_ACTIONS")
        && filled("ACTIONS_ID_TOKEN_REQUEST_URL")
        && filled("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    filled("NPM_ID_TOKEN") || on_request
}

fn repository(environment: &Environment, provider: Option<Provider>) -> Option<String> {
    match provider? {
        Provider::GitHub => {
            let repository = environment.filled("GITHUB_REPOSITORY")?;
            let server = environment
                .filled("GITHUB_SERVER_URL")
                .unwrap_or("https://github.com");
            Some(format!("{}/{repository}", server.trim_end_matches('/')))
        }
        Provider::GitLab => environment.filled("CI_PROJECT_URL").map(str::to_owned),
        Provider::CircleCi => None,
    }
}

/// The file in `owner/repository/.github/workflows/release.yml@refs/heads/main`.
fn workflow_path(environment: &Environment) -> Option<String> {
    let reference = environment.filled("GITHUB_WORKFLOW_REF")?;
    let (path, _) = reference.split_once('@')?;
    let repository = environment.filled("GITHUB_REPOSITORY").unwrap_or_default();
    let path = path.strip_prefix(repository).unwrap_or(path);
    Some(path.trim_start_matches('/').to_owned())
}

fn runner(
    environment: &Environment,
    provider: Option<Provider>,
    claims: &BTreeMap<String, String>,
) -> Option<Sourced<Runner>> {
    let provider = provider?;
    let own_server = |host: &str| provider == Provider::GitLab && host != "gitlab.com";
    if environment.filled("CI_SERVER_HOST").is_some_and(own_server) {
        return Some(Sourced {
            value: Runner::SelfHosted,
            source: "CI_SERVER_HOST",
        });
    }
    let variable = environment
        .filled("RUNNER_ENVIRONMENT")
        .filter(|_| provider == Provider::GitHub)
        .map(|kind| (kind, "RUNNER_ENVIRONMENT"));
    let claim = || {
        let kind = claims.get("runner_environment")?;
        Some((kind.as_str(), "runner_environment in NPM_ID_TOKEN"))
    };
    let (kind, source) = variable.or_else(claim)?;
    let value = if kind == "self-hosted" {
        Runner::SelfHosted
    } else {
        Runner::Hosted
    };
    Some(Sourced { value, source })
}

fn visibility(
    environment: &Environment,
    provider: Option<Provider>,
    claims: &BTreeMap<String, String>,
) -> Option<Sourced<Visibility>> {
    let (word, source) = match provider? {
        Provider::GitHub => (
            claims.get("repository_visibility")?.as_str(),
            "repository_visibility in NPM_ID_TOKEN",
        ),
        Provider::GitLab => (
            environment.filled("CI_PROJECT_VISIBILITY")?,
            "CI_PROJECT_VISIBILITY",
        ),
        Provider::CircleCi => return None,
    };
    Some(Sourced {
        value: Visibility::by_name(word),
        source,
    })
}

impl Visibility {
    fn by_name(word: &str) -> Self {
        if word == "public" {
            Self::Public
        } else {
            Self::Private
        }
    }
}

/// The folder of the checked-out repository.
fn workspace(environment: &Environment) -> &Path {
    environment
        .filled("GITHUB_WORKSPACE")
        .map_or(environment.cwd.as_path(), Path::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn github() -> Environment {
        Environment::bare("/")
            .with("CI", "true")
            .with("GITHUB_ACTIONS", "true")
            .with("GITHUB_REPOSITORY", "acme/cat")
            .with("GITHUB_SERVER_URL", "https://github.com")
            .with(
                "GITHUB_WORKFLOW_REF",
                "acme/cat/.github/workflows/release.yml@refs/tags/v1",
            )
            .with("RUNNER_ENVIRONMENT", "github-hosted")
    }

    #[test]
    fn nothing_is_known_on_a_developers_machine_or_with_ci_denied() {
        assert_eq!(Ci::of(&Environment::bare("/"), None), Ci::default());
        let denied = github().with("CI", "false");
        assert_eq!(Ci::of(&denied, None), Ci::default());
        let heeds = |minor| Ci::of(&denied, Some(&NpmVersion::new(11, minor, 0))) == Ci::default();
        assert!(heeds(9) && !heeds(8));
    }

    #[test]
    fn github_names_repository_workflow_and_runner() {
        let ci = Ci::of(&github(), None);
        assert_eq!(
            (ci.name, ci.provider),
            (Some("GitHub Actions"), Some(Provider::GitHub))
        );
        assert_eq!(
            ci.repository.as_deref(),
            Some("https://github.com/acme/cat")
        );
        assert_eq!(
            ci.workflow.as_deref(),
            Some(".github/workflows/release.yml")
        );
        let runner = |ci: &Ci| ci.runner.map(|sourced| sourced.value);
        assert_eq!(
            (runner(&ci), ci.has_id_token),
            (Some(Runner::Hosted), false)
        );
        let elsewhere = Ci::of(&github().with("RUNNER_ENVIRONMENT", "self-hosted"), None);
        assert_eq!(runner(&elsewhere), Some(Runner::SelfHosted));
    }

    #[test]
    fn an_identity_token_is_at_hand_by_name_or_on_request() {
        let url = github().with("ACTIONS_ID_TOKEN_REQUEST_URL", "https://token.example/");
        assert!(!Ci::of(&url, None).has_id_token && Ci::of(&url, None).may_request_tokens);
        let both = url.with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "x");
        assert!(Ci::of(&both, None).has_id_token);
        let circle = Environment::bare("/")
            .with("CIRCLECI", "true")
            .with("NPM_ID_TOKEN", "x");
        let circle = Ci::of(&circle, None);
        assert!(!circle.exchanges(&NpmVersion::new(11, 5, 1)));
        assert!(circle.exchanges(&NpmVersion::new(11, 19, 1)));
        let drone = Environment::bare("/")
            .with("DRONE", "true")
            .with("NPM_ID_TOKEN", "x");
        assert!(!Ci::of(&drone, None).has_id_token);
    }

    #[test]
    fn gitlab_names_its_project() {
        let gitlab = Environment::bare("/")
            .with("GITLAB_CI", "true")
            .with("CI_PROJECT_URL", "https://gitlab.com/acme/cat")
            .with("CI_PROJECT_VISIBILITY", "internal")
            .with("SIGSTORE_ID_TOKEN", "x");
        let ci = Ci::of(&gitlab, None);
        assert_eq!(
            ci.repository.as_deref(),
            Some("https://gitlab.com/acme/cat")
        );
        let visibility = ci.visibility.map(|sourced| (sourced.value, sourced.source));
        assert_eq!(
            visibility,
            Some((Visibility::Private, "CI_PROJECT_VISIBILITY"))
        );
        assert_eq!(ci.runner, None);
        let own = gitlab.with("CI_SERVER_HOST", "gitlab.corp.example");
        let runner = Ci::of(&own, None).runner.map(|sourced| sourced.value);
        assert_eq!(runner, Some(Runner::SelfHosted));
        assert!(ci.has_sigstore_token);
    }
}
