//! Facts for tests, built fluently: a registry of kind npmjs that answered everything and would
//! accept the publish.

mod contents;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answers, Facts, ProjectFacts, Prompt};
use crate::checks::check::Verdict;
use crate::finding::{Answer, Finding, Gap, RequestFailure};
use crate::git::{Git, WorkTree};
use crate::manifest::Manifest;
use crate::manifest::dev_engines::Host;
use crate::npm::NpmVersion;
use crate::npmrc::TagPlan;
use crate::npmrc::credentials::{AuthCheck, Credential, RequestCredential};
use crate::origin::{FilePosition, Layer, Origin, Resolved};
use crate::plan::{
    CredentialPlan, Elsewhere, Extent, PackagePlan, Packing, ProjectPlan, Protocols,
    ProvenancePlan, Rewrite, Spec,
};
use crate::registry::documents::{
    Installable, OwnToken, Packument, Profile, Right, Scope, TwoFactor, Unpublished, Whoami,
};
use crate::registry::kind::RegistryKind;
use crate::registry::url::RegistryUrl;
use crate::secret::Secret;

pub(crate) use contents::{packed, packed_of};

/// A package `cat` 1.0.0 that alice is about to publish for the first time.
pub(crate) fn fake() -> Facts {
    fake_of(json!({ "name": "cat", "version": "1.0.0" }))
}

/// The same with another manifest.
pub(crate) fn fake_of(manifest: Value) -> Facts {
    let manifest = Manifest::from_json(manifest);
    let npm = NpmVersion::new(11, 19, 1);
    Facts {
        package: package_of(manifest, &npm),
        npm: Ok(npm),
        kind: RegistryKind::Npmjs,
        now: "2026-11-24T12:00:00Z".parse().unwrap(),
        time_zone: || jiff::tz::TimeZone::UTC,
        prompt: Prompt::Unknown,
        ci: std::sync::Arc::default(),
        github_packages_permission: None,
        settings: std::sync::Arc::default(),
        installed: Vec::new(),
        contents: None,
        comparison: None,
        git: Git::none(&Gap::NotAsked("the folder is outside git")),
        answers: usual_answers(),
    }
}

/// What npm would do with a manifest.
fn package_of(manifest: Manifest, npm: &NpmVersion) -> PackagePlan {
    PackagePlan {
        directory: ".".to_owned(),
        name: manifest.name(npm),
        version: manifest.version(),
        spec: Spec::Folder,
        packing: Packing::Remote,
        as_workspace: false,
        force: false,
        dry_run: false,
        staged: false,
        by_release: false,
        wrapped: false,
        otp: false,
        scripts: Vec::new(),
        scripts_after: Vec::new(),
        rewrites: Vec::new(),
        registry: Ok(Resolved::default_value(
            RegistryUrl::parse("https://registry.npmjs.org/").unwrap(),
        )),
        comparison: None,
        dropped_registry: None,
        unknown_flags: Vec::new(),
        pre_tag: None,
        packer: None,
        protocols: Protocols::Kept,
        siblings: Arc::default(),
        tag: TagPlan {
            configured: Resolved::default_value("latest".to_owned()),
            sent: Resolved::default_value("latest".to_owned()),
            explicit: false,
        },
        access: None,
        provenance: ProvenancePlan::default(),
        credential: usual_credential(),
        provenance_file: None,
        purl: Some("pkg:npm/cat@1.0.0".to_owned()),
        spec_type_disabled: None,
        extension_fault: None,
        dependencies: Vec::new(),
        manifest,
    }
}

/// A token in the user's .npmrc, for npmjs.
fn usual_credential() -> CredentialPlan {
    CredentialPlan {
        auth_check: AuthCheck::Passes {
            key: "//registry.npmjs.org/".to_owned(),
        },
        request: Some(token("npm_token")),
        unscoped: Vec::new(),
        elsewhere: Elsewhere::default(),
        exposed: Vec::new(),
        files: vec![("/home/alice/.npmrc".into(), true)],
        is_github_token: None,
        oidc_possible: false,
    }
}

/// alice is logged in, and the name is not on the registry.
fn usual_answers() -> Answers {
    Answers {
        packument: known(None),
        version: known(None),
        status: known(None),
        stage_area: Err(Gap::NotAsked("nothing is staged")),
        whoami: known(Whoami::Account("alice".to_owned())),
        collaborators: Err(refused()),
        scope: known(Scope::Exists),
        has_paid_plan: known(false),
        org_members: Err(refused()),
        similar_names: known(Vec::new()),
        profile: Err(refused()),
        repository: Err(Gap::NotOffered),
        visibility: Err(Gap::NotAsked("no provenance")),
        compared: None,
        compares_with_npmjs: false,
        token: Err(refused()),
        dependencies: Vec::new(),
    }
}

/// A project without a package.json of its own, with npm 11.
pub(crate) fn fake_project() -> ProjectFacts {
    ProjectFacts {
        npm: Ok(NpmVersion::new(11, 19, 1)),
        plan: ProjectPlan::default(),
        host: Host::default(),
        private: Vec::new(),
    }
}

/// An answer with a plausible question.
pub(crate) fn known<T>(value: T) -> crate::finding::Known<T> {
    Ok(Answer {
        value,
        request: "GET https://registry.npmjs.org/…".to_owned(),
        status: 200,
    })
}

/// An endpoint that gives no useful answer.
pub(crate) fn refused() -> Gap {
    Gap::NotAllowed {
        request: "GET https://registry.npmjs.org/…".to_owned(),
        status: 403,
        reason: crate::finding::Denial::Unexplained,
    }
}

/// A registry that did not answer.
pub(crate) fn silence() -> Gap {
    Gap::NoAnswer {
        request: "GET https://registry.npmjs.org/…".to_owned(),
        reason: "503 Service Unavailable".to_owned(),
        failure: RequestFailure::Server,
    }
}

/// A token in the user's file.
pub(crate) fn token(text: &str) -> RequestCredential {
    RequestCredential {
        key: "//registry.npmjs.org/:_authToken".to_owned(),
        credential: Credential::Token(Secret::new(text)),
        origin: npmrc_line(2),
        unset_variables: Vec::new(),
        empty_variables: Vec::new(),
        certificate: None,
    }
}

/// A line of the user's file.
pub(crate) fn npmrc_line(line: usize) -> Origin {
    Origin::File(FilePosition {
        layer: Layer::User,
        path: "/home/alice/.npmrc".into(),
        line,
        column: 1,
    })
}

impl Facts {
    /// These versions are on the registry, published a month ago by alice.
    pub(crate) fn published(mut self, versions: &[&str]) -> Self {
        let mut packument = self.packument_or_new();
        for version in versions {
            packument.versions.insert(version, Installable::default());
            let time = "2026-10-24T12:00:00.000Z".parse().ok();
            packument.published.insert(version, time);
        }
        packument.maintainers = vec!["alice".to_owned()];
        if let Some(last) = versions.last() {
            packument
                .dist_tags
                .entry("latest".to_owned())
                .or_insert_with(|| (*last).to_owned());
        }
        self.answers.packument = known(Some(Arc::new(packument)));
        self.answers.collaborators = known(BTreeMap::from([("alice".to_owned(), Right::Write)]));
        self
    }

    fn packument_or_new(&self) -> Packument {
        match &self.answers.packument {
            Ok(Answer {
                value: Some(packument),
                ..
            }) => packument.as_ref().clone(),
            _ => Packument::default(),
        }
    }

    /// Changes the packument.
    pub(crate) fn packument_with(mut self, change: impl FnOnce(&mut Packument)) -> Self {
        let mut packument = self.packument_or_new();
        change(&mut packument);
        self.answers.packument = known(Some(Arc::new(packument)));
        self
    }

    /// The whole package was unpublished at a time.
    pub(crate) fn unpublished(self, time: &str, versions: &[&str]) -> Self {
        let versions = versions
            .iter()
            .map(|version| (*version).to_owned())
            .collect();
        let time = Some(time.to_owned());
        self.packument_with(|packument| {
            packument.unpublished = Some(Unpublished { time, versions });
        })
    }

    /// Changes anything.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// A script may write anything into package.json.
    pub(crate) fn rewritten(mut self) -> Self {
        self.package.rewrites = vec![Rewrite {
            script: "prepack".to_owned(),
            extent: Extent::Anything,
        }];
        self
    }

    /// Sets npm's version.
    pub(crate) fn npm_is(mut self, major: u64, minor: u64, patch: u64) -> Self {
        self.npm = Ok(NpmVersion::new(major, minor, patch));
        self
    }

    /// The tag on the command line.
    pub(crate) fn tagged(mut self, tag: &str) -> Self {
        let tag = Resolved::new(
            tag.to_owned(),
            Origin::CommandLine {
                flag: "--tag".to_owned(),
            },
        );
        self.package.tag = TagPlan {
            configured: tag.clone(),
            sent: tag,
            explicit: true,
        };
        self
    }

    /// The access level on the command line.
    pub(crate) fn access(mut self, access: &str) -> Self {
        let origin = Origin::CommandLine {
            flag: "--access".to_owned(),
        };
        self.package.access = Some(Resolved::new(access.to_owned(), origin));
        self
    }

    /// The registry, from the user's file.
    pub(crate) fn registry(mut self, url: &str, kind: RegistryKind) -> Self {
        self.package.registry = Ok(Resolved::new(
            RegistryUrl::parse(url).unwrap(),
            npmrc_line(1),
        ));
        self.kind = kind;
        self
    }

    /// Sets the account's profile.
    pub(crate) fn profile_is(mut self, two_factor: TwoFactor, email_verified: bool) -> Self {
        self.answers.profile = known(Profile {
            two_factor: Some(two_factor),
            email_verified: Some(email_verified),
        });
        self
    }

    /// What the registry states about the token: nothing special, then changed.
    pub(crate) fn token_is(mut self, change: impl FnOnce(&mut OwnToken)) -> Self {
        let mut token = OwnToken::default();
        change(&mut token);
        self.answers.token = known(token);
        self
    }

    /// The CI issues identity tokens, and the package already exists.
    pub(crate) fn with_oidc(self) -> Self {
        self.published(&["0.9.0"])
            .with(|facts| facts.package.credential.oidc_possible = true)
    }

    /// A clean work tree on an untagged commit, then changed.
    pub(crate) fn work_tree_is(mut self, change: impl FnOnce(&mut WorkTree)) -> Self {
        let mut tree = WorkTree::default();
        change(&mut tree);
        self.git.work_tree = Ok(tree.into());
        self.git.tags = Ok(Vec::new().into());
        self
    }

    /// These tags point at HEAD, in a repository with one package.
    pub(crate) fn at_head(mut self, tags: &[&str]) -> Self {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        self.git.tags = Ok(tags.into());
        self.git.plain_tags = true;
        self
    }

    /// npm finds no credential.
    pub(crate) fn without_credential(mut self) -> Self {
        self.package.credential.auth_check = AuthCheck::Fails {
            key: "//registry.npmjs.org/".to_owned(),
            empty: None,
        };
        self.package.credential.request = None;
        self.answers.whoami = Err(Gap::NotAsked("there is no credential to ask with"));
        self
    }
}

/// The only finding of a verdict.
pub(crate) fn only(verdict: Verdict) -> Finding {
    let mut findings = verdict.expect("the check decides");
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.remove(0)
}

/// Whether a check decides that nothing is wrong.
pub(crate) fn quiet(verdict: &Verdict) -> bool {
    verdict.as_ref().is_ok_and(Vec::is_empty)
}

/// Whether a check cannot decide, or does not apply.
pub(crate) fn undecided(verdict: &Verdict) -> bool {
    verdict.is_err()
}
