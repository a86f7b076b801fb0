//! What is known about one package and its registry. Checks read nothing else.

pub mod contents;
#[cfg(test)]
pub(crate) mod fake;
pub mod gather;
pub mod installed;
pub(crate) mod pre_mode;
mod project;
mod prompt;

use std::collections::BTreeMap;
use std::sync::Arc;

use contents::{Comparison, Contents};

pub use installed::{Installed, InstalledLicense};
pub use project::ProjectFacts;
pub use prompt::Prompt;

use crate::ci::{Ci, PackagesPermission};
use crate::finding::{Answer, Denial, Gap, Known};
use crate::git::{Git, WorkTree};
use crate::npm::NpmVersion;
use crate::pack::PackError;
use crate::plan::PackagePlan;
use crate::registry::documents::{
    DependencyState, OwnToken, Packument, Profile, PublishedVersion, Right, Scope, StageArea,
    VersionStatus, Whoami,
};
use crate::registry::kind::RegistryKind;
use crate::registry::kinds::Publishable;
use crate::settings::Settings;

/// Everything that a check can know about one package.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What npm would do with it.
    pub package: PackagePlan,
    /// The npm that would do it, if one was found.
    pub npm: Result<NpmVersion, Gap>,
    /// The kind of the registry.
    pub kind: RegistryKind,
    /// When the run started.
    pub now: jiff::Timestamp,
    /// The zone to show times in.
    pub time_zone: fn() -> jiff::tz::TimeZone,
    /// Whether npm can ask a person for a one-time password.
    pub prompt: Prompt,
    /// The CI that this runs in.
    pub ci: Arc<Ci>,
    /// The permission on packages that the workflow grants to the job's token, if the package
    /// goes to GitHub Packages with such a token.
    pub github_packages_permission: Option<PackagesPermission>,
    /// The user's own policies.
    pub settings: Arc<Settings>,
    /// The licences of the dependencies installed here, if a policy needs them.
    pub installed: Vec<Installed>,
    /// What is in the tarball, or why npm would fail to pack it; `None` if nothing here is
    /// packed.
    pub contents: Option<Result<Contents, PackError>>,
    /// What differs from the published version; `None` if it was not requested, or nothing is
    /// published.
    pub comparison: Option<Result<Comparison, Gap>>,
    /// The state of the git repository.
    pub git: Git,
    /// What the registry answered.
    pub answers: Answers,
}

/// A registry's answers about one package, one question per field.
#[derive(Clone, Debug)]
pub struct Answers {
    /// `GET /<name>` in full form, bypassing caches. `None`: 404, so the name is free, or
    /// private and hidden.
    pub packument: Known<Option<Arc<Packument>>>,
    /// `GET /<name>/<version>`: exists immediately after a publish, while the packument may
    /// lag. `None`: 404.
    pub version: Known<Option<PublishedVersion>>,
    /// `GET /-/package/<name>/version/<version>/status`, only with a credential. `None`: 404,
    /// so the version does not exist, or is hidden.
    pub status: Known<Option<VersionStatus>>,
    /// `GET /-/stage?package=<name>`, asked for a staged publish.
    pub stage_area: Known<StageArea>,
    /// `GET /-/whoami` with the credential that the publish would send.
    pub whoami: Known<Whoami>,
    /// `GET /-/package/<name>/collaborators`.
    pub collaborators: Known<BTreeMap<String, Right>>,
    /// `GET /-/org/<scope>/package`: whether the scope exists.
    pub scope: Known<Scope>,
    /// Whether the scope has packages that only its members see: `GET /-/org/<scope>/package`
    /// lists more with the credential than without. Restricted packages need a paid plan. A gap
    /// if the scope has no packages.
    pub has_paid_plan: Known<bool>,
    /// `GET /-/org/<scope>/user`: its members and their roles.
    pub org_members: Known<BTreeMap<String, String>>,
    /// Existing unscoped names that differ from this one only in punctuation.
    pub similar_names: Known<Vec<String>>,
    /// `GET /-/npm/v1/user`.
    pub profile: Known<Profile>,
    /// What the registry's own API states about the repository (Artifactory, Nexus).
    pub repository: Known<Publishable>,
    /// `GET /-/package/<name>/visibility`, asked if provenance may be signed: whether the
    /// package is public; npm reads a 404 as "no".
    pub visibility: Known<bool>,
    /// The answer of the registry that npm compares versions with, if that is another one than
    /// the package goes to (npm does not apply publishConfig there). `None` if it is the same
    /// one.
    pub compared: Option<Known<Option<Arc<Packument>>>>,
    /// That registry redirects to npmjs for names that it does not have, so npm compares with
    /// npmjs's package of the same name.
    pub compares_with_npmjs: bool,
    /// `GET /-/npm/v1/tokens`, or cnpm's whoami: what the registry states about the token that
    /// the publish would send.
    pub token: Known<OwnToken>,
    /// The registries' answers about the package's dependencies, in the plan's order.
    pub dependencies: Vec<AskedDependency>,
}

/// A registry's answer about one dependency.
#[derive(Clone, Debug)]
pub struct AskedDependency {
    /// Whether it exists.
    pub state: Known<DependencyState>,
    /// The kind of the registry, if known.
    pub kind: Option<RegistryKind>,
}

impl Answers {
    /// No answers, all for one reason.
    pub fn none(gap: &Gap) -> Self {
        Self {
            packument: Err(gap.clone()),
            version: Err(gap.clone()),
            status: Err(gap.clone()),
            stage_area: Err(gap.clone()),
            whoami: Err(gap.clone()),
            collaborators: Err(gap.clone()),
            scope: Err(gap.clone()),
            has_paid_plan: Err(gap.clone()),
            org_members: Err(gap.clone()),
            similar_names: Err(gap.clone()),
            profile: Err(gap.clone()),
            repository: Err(gap.clone()),
            visibility: Err(gap.clone()),
            compared: None,
            compares_with_npmjs: false,
            token: Err(gap.clone()),
            dependencies: Vec::new(),
        }
    }
}

/// Borrows a fact, so that `?` works on it in a check.
fn borrow<T>(known: &Known<T>) -> Result<&Answer<T>, Gap> {
    known.as_ref().map_err(Clone::clone)
}

impl Facts {
    /// The npm that would publish.
    pub fn npm(&self) -> Result<&NpmVersion, Gap> {
        self.npm.as_ref().map_err(Clone::clone)
    }

    /// The tarball's contents, if they could be listed.
    pub fn contents(&self) -> Option<&Contents> {
        self.contents.as_ref()?.as_ref().ok()
    }

    /// See [`Git::work_tree`].
    pub fn work_tree(&self) -> Result<&WorkTree, Gap> {
        self.git.work_tree.as_deref().map_err(Clone::clone)
    }

    /// See [`Git::tags`].
    pub fn tags(&self) -> Result<&[String], Gap> {
        let tags = self.git.tags.as_ref().map_err(Clone::clone)?;
        Ok(tags.as_slice())
    }

    /// See [`Answers::packument`].
    pub fn packument(&self) -> Result<&Answer<Option<Arc<Packument>>>, Gap> {
        borrow(&self.answers.packument)
    }

    /// The packument that npm's own comparison (npm 11 and later) reads.
    pub fn compared_packument(&self) -> Result<&Answer<Option<Arc<Packument>>>, Gap> {
        borrow(
            self.answers
                .compared
                .as_ref()
                .unwrap_or(&self.answers.packument),
        )
    }

    /// See [`Answers::version`].
    pub fn version(&self) -> Result<&Answer<Option<PublishedVersion>>, Gap> {
        borrow(&self.answers.version)
    }

    /// See [`Answers::status`].
    pub fn status(&self) -> Result<&Answer<Option<VersionStatus>>, Gap> {
        borrow(&self.answers.status)
    }

    /// See [`Answers::stage_area`].
    pub fn stage_area(&self) -> Result<&Answer<StageArea>, Gap> {
        borrow(&self.answers.stage_area)
    }

    /// See [`Answers::whoami`].
    pub fn whoami(&self) -> Result<&Answer<Whoami>, Gap> {
        borrow(&self.answers.whoami)
    }

    /// See [`Answers::collaborators`].
    pub fn collaborators(&self) -> Result<&Answer<BTreeMap<String, Right>>, Gap> {
        borrow(&self.answers.collaborators)
    }

    /// See [`Answers::scope`].
    pub fn scope(&self) -> Result<&Answer<Scope>, Gap> {
        borrow(&self.answers.scope)
    }

    /// See [`Answers::has_paid_plan`].
    pub fn has_paid_plan(&self) -> Result<&Answer<bool>, Gap> {
        borrow(&self.answers.has_paid_plan)
    }

    /// See [`Answers::org_members`].
    pub fn org_members(&self) -> Result<&Answer<BTreeMap<String, String>>, Gap> {
        borrow(&self.answers.org_members)
    }

    /// See [`Answers::similar_names`].
    pub fn similar_names(&self) -> Result<&Answer<Vec<String>>, Gap> {
        borrow(&self.answers.similar_names)
    }

    /// See [`Answers::profile`].
    pub fn profile(&self) -> Result<&Answer<Profile>, Gap> {
        borrow(&self.answers.profile)
    }

    /// See [`Answers::token`].
    pub fn token(&self) -> Result<&Answer<OwnToken>, Gap> {
        borrow(&self.answers.token)
    }

    /// See [`Answers::visibility`].
    pub fn visibility(&self) -> Result<&Answer<bool>, Gap> {
        borrow(&self.answers.visibility)
    }

    /// See [`Answers::repository`].
    pub fn repository(&self) -> Result<&Answer<Publishable>, Gap> {
        borrow(&self.answers.repository)
    }

    /// The account that would publish, if the registry names it.
    pub fn account(&self) -> Result<(&str, &Answer<Whoami>), Gap> {
        let answer = self.whoami()?;
        match &answer.value {
            Whoami::Account(name) => Ok((name, answer)),
            Whoami::Rejected | Whoami::Nobody => Err(Gap::NotAllowed {
                request: answer.request.clone(),
                status: answer.status,
                reason: Denial::Credential,
            }),
        }
    }
}
