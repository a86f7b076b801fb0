//! What a CI gives a job: identity tokens, provenance, pull requests from forks.

pub(super) mod ci_fork;
pub(super) mod oidc_first_publish;
pub(super) mod oidc_npm_too_old;
pub(super) mod oidc_permission_missing;
pub(super) mod oidc_publisher_mismatch;
pub(super) mod oidc_runner;
pub(super) mod oidc_shadowed;
pub(super) mod provenance_access;
pub(super) mod provenance_file_invalid;
pub(super) mod provenance_permission_missing;
pub(super) mod provenance_private_repository;
pub(super) mod provenance_repository_mismatch;
pub(super) mod provenance_runner;
pub(super) mod provenance_unsupported_ci;

use super::credential::{closed, may_take_anything, need_auth, needs_none};
use crate::ci::{Provider, Runner, Visibility};
use crate::facts::Facts;
use crate::finding::{Evidence, Finding, Gap};
use crate::npm::NpmVersion;
use crate::npmrc::credentials::EmptyCredential;
use crate::origin::{Layer, Origin};
use crate::registry::kinds::traits;

/// Steps that several remedies share.
const OWN_RUNNER: &str =
    "run the publishing job on the service's own runner, such as `ubuntu-latest`";
const GITHUB_PERMISSION: &str = "GitHub Actions: `permissions: { contents: read, id-token: write }` on the publishing job; workflows of pull requests from forks never get it";
const STORED_TOKEN: &str = "or give the job a token";

/// Whether npm would try trusted publishing with a chance of success.
pub(super) fn oidc_may_work(facts: &Facts) -> Result<bool, Gap> {
    let tried = facts.package.credential.oidc_possible;
    let hopeless = elsewhere(facts).is_some() && exchanges_identity_tokens(facts);
    if !tried || !traits(facts.kind).offers.trusted_publishing || hopeless || is_hidden(facts) {
        return Ok(false);
    }
    Ok(!is_first_publish(facts)?)
}

/// The variable that shows that the runner is self-hosted.
fn elsewhere(facts: &Facts) -> Option<&'static str> {
    let runner = facts.ci.runner?;
    (runner.value == Runner::SelfHosted).then_some(runner.source)
}

/// Whether trusted publishing is available, at a registry that is known to support it.
fn oidc_is_available(facts: &Facts) -> bool {
    facts.ci.has_id_token && exchanges_identity_tokens(facts) && !needs_none(facts)
}

/// Whether the registry is known to support trusted publishing and provenance.
fn exchanges_identity_tokens(facts: &Facts) -> bool {
    traits(facts.kind).exchanges_identity_tokens
}

/// Whether only trusted publishing can work: npm finds no credential, or an
/// unusable one.
fn has_no_credential(facts: &Facts) -> bool {
    let request = facts.package.credential.request.as_ref();
    let takes_it = facts.account().is_ok() || may_take_anything(facts);
    let is_none = |request: &crate::npmrc::credentials::RequestCredential| {
        !takes_it && (request.placeholder().is_some() || !request.unset_variables.is_empty())
    };
    closed(facts).is_some() || request.is_some_and(is_none)
}

/// Whether the package does not exist yet. A scoped one without `access` may be restricted, and
/// looks the same.
fn is_first_publish(facts: &Facts) -> Result<bool, Gap> {
    let is_new = facts.packument()?.value.is_none();
    Ok(exchanges_identity_tokens(facts) && is_new && !may_be_restricted(facts))
}

fn may_be_restricted(facts: &Facts) -> bool {
    let access = facts.package.access.as_ref();
    let is_public = access.is_some_and(|access| access.value == "public");
    facts.package.name.scope().is_some() && !is_public
}

/// An empty value that hides the layer to which npm writes an exchanged token, so that npm's
/// own check before the PUT fails.
fn hidden(facts: &Facts) -> Option<&EmptyCredential> {
    let (_, empty) = closed(facts)?;
    let beaten = match &empty?.origin {
        Origin::CommandLine { .. } | Origin::Variable { .. } => true,
        Origin::File(position) => position.layer == Layer::Project,
        _ => false,
    };
    let npm = facts.npm().ok()?;
    let too_weak =
        facts.package.credential.oidc_possible && !npm.lets_oidc_tokens_beat_the_project();
    // The exchanged token goes before the other fields.
    let is_token = empty?.key.ends_with(":_authToken");
    empty.filter(|_| beaten && too_weak && is_token)
}

fn is_hidden(facts: &Facts) -> bool {
    hidden(facts).is_some()
}

/// A finding about trusted publishing, with npm's final error.
fn without_oidc(facts: &Facts, message: impl Into<String>) -> Finding {
    let finding = Finding::new(message);
    if closed(facts).is_some() {
        finding.predicts("ENEEDAUTH", need_auth(facts))
    } else {
        finding.predicts("E404", "Not found")
    }
}

/// Whether npm would sign provenance because a setting requests it.
fn signs_on_request(facts: &Facts) -> bool {
    let able = match facts.ci.provider {
        Some(Provider::GitHub) => facts.ci.may_request_tokens,
        Some(Provider::GitLab) => facts.ci.has_sigstore_token,
        Some(Provider::CircleCi) | None => false,
    };
    able && is_asked(facts)
}

/// Whether a setting requests provenance and npm applies it.
fn is_asked(facts: &Facts) -> bool {
    // Without an npm the newest one's rules apply, as in the plan.
    let npm = facts.npm.as_ref().ok();
    let knows = npm.is_none_or(NpmVersion::signs_provenance);
    facts.package.provenance.asked.is_some() && knows && !needs_none(facts)
}

/// A finding at the setting that requests provenance.
fn of_request(facts: &Facts, message: impl Into<String>) -> Finding {
    let finding = Finding::new(message);
    match &facts.package.provenance.asked {
        Some(origin) => finding.set_by(origin),
        None => finding,
    }
}

/// Proof that the building repository is private.
fn private_repository(facts: &Facts) -> Option<Evidence> {
    let visibility = facts.ci.visibility?;
    (visibility.value == Visibility::Private)
        .then(|| variable(visibility.source, "the repository is not public"))
}

fn variable(name: &str, answer: &str) -> Evidence {
    Evidence {
        request: name.to_owned(),
        answer: answer.to_owned(),
    }
}

#[cfg(test)]
pub(in crate::checks) mod fake {
    //! A job in a CI.

    use std::sync::Arc;

    use super::*;
    use crate::ci::{Ci, Sourced};
    use crate::facts::fake::fake;

    /// A value from a variable.
    pub(in crate::checks) fn sourced<T>(value: T) -> Option<Sourced<T>> {
        let source = "RUNNER_ENVIRONMENT";
        Some(Sourced { value, source })
    }

    /// A GitHub job of acme/cat on GitHub's own runner, without permissions.
    pub(in crate::checks) fn github() -> Ci {
        Ci {
            name: Some("GitHub Actions"),
            pull_request: Some(false),
            provider: Some(Provider::GitHub),
            repository: Some("https://github.com/acme/cat".to_owned()),
            workflow: Some(".github/workflows/release.yml".to_owned()),
            runner: sourced(Runner::Hosted),
            visibility: sourced(Visibility::Public),
            ..Ci::default()
        }
    }

    /// The same with `id-token: write`.
    pub(in crate::checks) fn trusted() -> Ci {
        Ci {
            has_id_token: true,
            may_request_tokens: true,
            ..github()
        }
    }

    /// In that job, with no credential configured, and an existing package.
    pub(in crate::checks) fn in_job(ci: Ci) -> Facts {
        fake().published(&["0.9.0"]).without_credential().in_ci(ci)
    }

    impl Facts {
        /// In a job.
        pub(in crate::checks) fn in_ci(mut self, ci: Ci) -> Self {
            let npm = self.npm.clone();
            self.package.credential.oidc_possible = npm.is_ok_and(|npm| ci.exchanges(&npm));
            self.ci = Arc::new(ci);
            self
        }

        /// With provenance, by a flag.
        pub(in crate::checks) fn provenance(mut self) -> Self {
            self.package.provenance.asked = Some(Origin::CommandLine {
                flag: "--provenance".to_owned(),
            });
            self
        }
    }
}
