//! Questions that npm itself does not ask: about the token, about the repository behind a URL,
//! and about dependencies.

use std::collections::BTreeMap;

use super::asker::Asker;
use super::query::{PackageQuery, question};
use super::replies::{answer, not_offered, not_understood, refused, secondary};
use crate::facts::AskedDependency;
use crate::finding::{Answer, Gap, Known};
use crate::manifest::range;
use crate::npmrc::credentials::Credential;
use crate::plan::DependencyPlan;
use crate::registry::client::Question;
use crate::registry::documents::{
    DependencyState, OwnToken, PLACEHOLDER, Packument, StageArea, VersionStatus, entries_size,
};
use crate::registry::kind::RegistryKind;
use crate::registry::kinds::{Publishable, Staging, traits};
use crate::registry::read;
use crate::registry::url::{escaped_name, stage_path, version_status_path};

impl Asker<'_> {
    /// What the registry states about the credential, if it is a token.
    pub(super) async fn token(&self, query: &PackageQuery<'_>) -> Known<OwnToken> {
        let Some(Credential::Token(token)) = query.credential.map(|own| &own.credential) else {
            return Err(Gap::NotAsked("the credential is not a token"));
        };
        let of_whoami = query.traits.whoami_describes_token;
        if !query.traits.offers.profile && !of_whoami {
            return Err(Gap::NotOffered);
        }
        let path = if of_whoami {
            "-/whoami"
        } else {
            "-/npm/v1/tokens?perPage=100"
        };
        let question = query.question(path);
        if question.authorization.is_none() {
            return Err(Gap::NotAsked("there is no credential to ask with"));
        }
        let reply = self.ask(&question).await.map_err(|gap| secondary(&gap))?;
        let own = match reply.status {
            200 if of_whoami => read::token_of_whoami(&reply.body),
            200 => read::own_token(&reply.body, token.expose()),
            401 | 403 => return Err(refused(&question, &reply)),
            _ => return Err(not_offered(query, &question, &reply)),
        };
        // A list without this token says nothing about it.
        let own = own.ok_or(Gap::NotAsked("the registry does not list this token"))?;
        let texts = own.covers.iter().chain(&own.addresses);
        let size = entries_size(texts.map(String::len));
        self.keep(&question, size).map_err(|gap| secondary(&gap))?;
        Ok(answer(&question, &reply, own))
    }

    /// The state of the version; `None` if the registry has no such version, or hides it from
    /// this credential (npmjs answers 404 to both).
    pub(super) async fn status(&self, query: &PackageQuery<'_>) -> Known<Option<VersionStatus>> {
        if !query.traits.offers.profile {
            return Err(Gap::NotOffered);
        }
        let Some(version) = &query.version else {
            return Err(Gap::NotAsked("there is no usable version"));
        };
        let question = query.question(&version_status_path(query.name, version));
        if question.authorization.is_none() {
            return Err(Gap::NotAsked("there is no credential to ask with"));
        }
        let reply = self.ask(&question).await.map_err(|gap| secondary(&gap))?;
        match reply.status {
            200 => {
                let status = read::version_status(&reply.body, query.name, version);
                let status = status.ok_or_else(|| not_understood(&question))?;
                Ok(answer(&question, &reply, Some(status)))
            }
            404 => Ok(answer(&question, &reply, None)),
            401 | 403 => Err(refused(&question, &reply)),
            _ => Err(not_offered(query, &question, &reply)),
        }
    }

    /// The staged versions; a 404 or 405 means that there is no staging, except at npmjs, which
    /// may hide it.
    pub(super) async fn stage_area(&self, query: &PackageQuery<'_>) -> Known<StageArea> {
        if !query.is_staged {
            return Err(Gap::NotAsked("nothing is staged"));
        }
        if query.traits.staging == Staging::No {
            return Err(Gap::NotOffered);
        }
        let question = query.question(&stage_path(query.name));
        let reply = self.ask(&question).await.map_err(|gap| secondary(&gap))?;
        match reply.status {
            200 => {
                let held = read::staged_versions(&reply.body, query.name);
                let held = held.ok_or_else(|| not_understood(&question))?;
                Ok(answer(&question, &reply, StageArea::Holds(held)))
            }
            404 | 405 if !query.traits.hides_with_404 => {
                Ok(answer(&question, &reply, StageArea::Missing))
            }
            _ => Err(refused(&question, &reply)),
        }
    }

    /// Whether a dependency exists: by its dist-tags if one of them fits, since a whole
    /// packument may be large, otherwise by its versions.
    pub(super) async fn dependency(
        &self,
        plan: &DependencyPlan,
        known: Option<RegistryKind>,
    ) -> AskedDependency {
        if known.is_some_and(|kind| traits(kind).npmjs_rules) {
            let path = format!("-/package/{}/dist-tags", escaped_name(&plan.name));
            let question = question(plan.registry.join(&path), plan.credential.as_ref());
            if let Ok(reply) = self.ask(&question).await
                && reply.status == 200
                && let Some(tags) = read::texts(&reply.body)
                && has_fitting_tag(&tags, plan)
            {
                return AskedDependency {
                    state: Ok(answer(&question, &reply, DependencyState::Found)),
                    kind: known,
                };
            }
        }
        let found = self
            .abbreviated(&plan.registry, &plan.name, plan.credential.as_ref())
            .await;
        let kind = known.or(found.kind);
        let state = found.read_as_npm().map(|answer| Answer {
            value: state_of(answer.value.as_deref(), plan),
            request: answer.request,
            status: answer.status,
        });
        let is_visible = |state: &Answer<DependencyState>| state.value == DependencyState::Found;
        let state = match state {
            Ok(state) if !is_visible(&state) => {
                Ok(self.staged_dependency(plan, kind).await.unwrap_or(state))
            }
            state => state,
        };
        AskedDependency {
            state: state.map_err(|gap| secondary(&gap)),
            kind,
        }
    }

    /// The staged version of a dependency that fits. Only accounts that may publish it see
    /// that.
    async fn staged_dependency(
        &self,
        plan: &DependencyPlan,
        kind: Option<RegistryKind>,
    ) -> Option<Answer<DependencyState>> {
        let question = question(
            plan.registry.join(&stage_path(&plan.name)),
            plan.credential.as_ref(),
        );
        let is_offered = kind.is_some_and(|kind| traits(kind).staging == Staging::Offered);
        if !is_offered || question.authorization.is_none() {
            return None;
        }
        let reply = self.ask(&question).await.ok()?;
        let staged =
            read::staged_versions(&reply.body, &plan.name).filter(|_| reply.status == 200)?;
        let mut fitting = staged.into_iter().filter(|staged| {
            staged.tag == plan.wanted || range::satisfies(&staged.version, &plan.wanted, true)
        });
        let version = fitting.next()?.version;
        Some(answer(
            &question,
            &reply,
            DependencyState::Staged { version },
        ))
    }

    /// The type of the repository. This request is sent in addition to npm's own, to the same
    /// host, with the registry's credential.
    pub(super) async fn repository(&self, query: &PackageQuery<'_>) -> Known<Publishable> {
        let api = query.traits.repository.as_ref().ok_or(Gap::NotOffered)?;
        let registry = query.registry.url();
        let url = (api.url)(registry).ok_or(Gap::NotOffered)?;
        let question = Question {
            url: url.into(),
            ..query.question("")
        };
        let reply = self.ask(&question).await.map_err(|gap| secondary(&gap))?;
        match reply.status {
            200 => {
                let value =
                    (api.read)(registry, &reply).ok_or_else(|| not_understood(&question))?;
                Ok(answer(&question, &reply, value))
            }
            401 | 403 => Err(refused(&question, &reply)),
            _ => Err(Gap::NotOffered),
        }
    }
}

/// The state of a dependency according to its packument. A placeholder for a staged version is
/// not a release.
fn state_of(packument: Option<&Packument>, plan: &DependencyPlan) -> DependencyState {
    let Some(packument) = packument else {
        return DependencyState::Missing;
    };
    let fits = |version: &str| is_release_that_fits(version, plan);
    if has_fitting_tag(&packument.dist_tags, plan) || packument.versions.keys().any(fits) {
        return DependencyState::Found;
    }
    let latest = packument.dist_tags.get("latest").cloned();
    DependencyState::NoVersionFits { latest }
}

fn has_fitting_tag(tags: &BTreeMap<String, String>, plan: &DependencyPlan) -> bool {
    let tag = if range::is_any(&plan.wanted) {
        "latest"
    } else {
        &plan.wanted
    };
    let is_wanted = tags.get(tag).is_some_and(|on| on != PLACEHOLDER);
    is_wanted
        || tags
            .values()
            .any(|version| is_release_that_fits(version, plan))
}

fn is_release_that_fits(version: &str, plan: &DependencyPlan) -> bool {
    version != PLACEHOLDER && range::satisfies(version, &plan.wanted, true)
}
