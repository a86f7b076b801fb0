//! The CI services as npm recognises them: the table of ci-info 4.4.0, which npm 10.9.9 and
//! every npm from 11.10.0 on contain. A differential test compares it with npm's own.

use Condition::{AnySet, Includes, Is, IsNot, OneOf, Set};

use crate::environment::Environment;

/// A service.
#[derive(Debug)]
pub(super) struct Vendor {
    /// Its name, as npm prints it.
    pub(super) name: &'static str,
    /// How it is recognised: all of these conditions hold.
    signals: &'static [Condition],
    /// How a pull request is recognised; `None` if that is not visible.
    pull_request: Option<Condition>,
}

/// A condition on a variable.
#[derive(Clone, Copy, Debug)]
enum Condition {
    /// It is not empty.
    Set(&'static str),
    /// One of them is not empty.
    AnySet(&'static [&'static str]),
    /// It has this value.
    Is(&'static str, &'static str),
    /// It is set, perhaps empty, and has another value than this.
    IsNot(&'static str, &'static str),
    /// It has one of these values.
    OneOf(&'static str, &'static [&'static str]),
    /// It contains this text.
    Includes(&'static str, &'static str),
}

impl Condition {
    fn holds(self, environment: &Environment) -> bool {
        let is_set = |name: &str| environment.filled(name).is_some();
        match self {
            Set(name) => is_set(name),
            AnySet(names) => names.iter().any(|name| is_set(name)),
            Is(name, value) => environment.variable(name) == Some(value),
            IsNot(name, value) => environment
                .variable(name)
                .is_some_and(|other| other != value),
            OneOf(name, values) => environment
                .variable(name)
                .is_some_and(|value| values.contains(&value)),
            Includes(name, text) => environment
                .filled(name)
                .is_some_and(|value| value.contains(text)),
        }
    }
}

impl Vendor {
    fn is_there(&self, environment: &Environment) -> bool {
        self.signals.iter().all(|sign| sign.holds(environment))
    }

    /// Whether this run is for a pull request, if the service tells.
    pub(super) fn is_pull_request(&self, environment: &Environment) -> Option<bool> {
        self.pull_request.map(|sign| sign.holds(environment))
    }
}

/// The service, as npm names it: the last one in the table that is recognised.
pub(super) fn find(environment: &Environment) -> Option<&'static Vendor> {
    ALL.iter().rev().find(|vendor| vendor.is_there(environment))
}

const fn row(
    name: &'static str,
    signals: &'static [Condition],
    pull_request: Option<Condition>,
) -> Vendor {
    Vendor {
        name,
        signals,
        pull_request,
    }
}

#[rustfmt::skip]
const ALL: &[Vendor] = &[
    row("Agola CI", &[Set("AGOLA_GIT_REF")], Some(Set("AGOLA_PULL_REQUEST_ID"))),
    row("Alpic", &[Set("ALPIC_HOST")], None),
    row("Appcircle", &[Set("AC_APPCIRCLE")], Some(IsNot("AC_GIT_PR", "false"))),
    row("AppVeyor", &[Set("APPVEYOR")], Some(Set("APPVEYOR_PULL_REQUEST_NUMBER"))),
    row("AWS CodeBuild", &[Set("CODEBUILD_BUILD_ARN")], Some(OneOf("CODEBUILD_WEBHOOK_EVENT", &["PULL_REQUEST_CREATED", "PULL_REQUEST_UPDATED", "PULL_REQUEST_REOPENED"]))),
    row("Azure Pipelines", &[Set("TF_BUILD")], Some(Is("BUILD_REASON", "PullRequest"))),
    row("Bamboo", &[Set("bamboo_planKey")], None),
    row("Bitbucket Pipelines", &[Set("BITBUCKET_COMMIT")], Some(Set("BITBUCKET_PR_ID"))),
    row("Bitrise", &[Set("BITRISE_IO")], Some(Set("BITRISE_PULL_REQUEST"))),
    row("Buddy", &[Set("BUDDY_WORKSPACE_ID")], Some(Set("BUDDY_EXECUTION_PULL_REQUEST_ID"))),
    row("Buildkite", &[Set("BUILDKITE")], Some(IsNot("BUILDKITE_PULL_REQUEST", "false"))),
    row("CircleCI", &[Set("CIRCLECI")], Some(Set("CIRCLE_PULL_REQUEST"))),
    row("Cirrus CI", &[Set("CIRRUS_CI")], Some(Set("CIRRUS_PR"))),
    row("Cloudflare Pages", &[Set("CF_PAGES")], None),
    row("Cloudflare Workers", &[Set("WORKERS_CI")], None),
    row("Codefresh", &[Set("CF_BUILD_ID")], Some(AnySet(&["CF_PULL_REQUEST_NUMBER", "CF_PULL_REQUEST_ID"]))),
    row("Codemagic", &[Set("CM_BUILD_ID")], Some(Set("CM_PULL_REQUEST"))),
    row("Codeship", &[Is("CI_NAME", "codeship")], None),
    row("Drone", &[Set("DRONE")], Some(Is("DRONE_BUILD_EVENT", "pull_request"))),
    row("dsari", &[Set("DSARI")], None),
    row("Earthly", &[Set("EARTHLY_CI")], None),
    row("Expo Application Services", &[Set("EAS_BUILD")], None),
    row("Gerrit", &[Set("GERRIT_PROJECT")], None),
    row("Gitea Actions", &[Set("GITEA_ACTIONS")], None),
    row("GitHub Actions", &[Set("GITHUB_ACTIONS")], Some(Is("GITHUB_EVENT_NAME", "pull_request"))),
    row("GitLab CI", &[Set("GITLAB_CI")], Some(Set("CI_MERGE_REQUEST_ID"))),
    row("GoCD", &[Set("GO_PIPELINE_LABEL")], None),
    row("Google Cloud Build", &[Set("BUILDER_OUTPUT")], None),
    row("Harness CI", &[Set("HARNESS_BUILD_ID")], None),
    row("Heroku", &[Includes("NODE", "/app/.heroku/node/bin/node")], None),
    row("Hudson", &[Set("HUDSON_URL")], None),
    row("Jenkins", &[Set("JENKINS_URL"), Set("BUILD_ID")], Some(AnySet(&["ghprbPullId", "CHANGE_ID"]))),
    row("LayerCI", &[Set("LAYERCI")], Some(Set("LAYERCI_PULL_REQUEST"))),
    row("Magnum CI", &[Set("MAGNUM")], None),
    row("Netlify CI", &[Set("NETLIFY")], Some(IsNot("PULL_REQUEST", "false"))),
    row("Nevercode", &[Set("NEVERCODE")], Some(IsNot("NEVERCODE_PULL_REQUEST", "false"))),
    row("Prow", &[Set("PROW_JOB_ID")], None),
    row("ReleaseHub", &[Set("RELEASE_BUILD_ID")], None),
    row("Render", &[Set("RENDER")], Some(Is("IS_PULL_REQUEST", "true"))),
    row("Sail CI", &[Set("SAILCI")], Some(Set("SAIL_PULL_REQUEST_NUMBER"))),
    row("Screwdriver", &[Set("SCREWDRIVER")], Some(IsNot("SD_PULL_REQUEST", "false"))),
    row("Semaphore", &[Set("SEMAPHORE")], Some(Set("PULL_REQUEST_NUMBER"))),
    row("Sourcehut", &[Is("CI_NAME", "sourcehut")], None),
    row("Strider CD", &[Set("STRIDER")], None),
    row("TaskCluster", &[Set("TASK_ID"), Set("RUN_ID")], None),
    row("TeamCity", &[Set("TEAMCITY_VERSION")], None),
    row("Travis CI", &[Set("TRAVIS")], Some(IsNot("TRAVIS_PULL_REQUEST", "false"))),
    row("Vela", &[Set("VELA")], Some(Is("VELA_PULL_REQUEST", "1"))),
    row("Vercel", &[AnySet(&["NOW_BUILDER", "VERCEL"])], Some(Set("VERCEL_GIT_PULL_REQUEST_ID"))),
    row("Visual Studio App Center", &[Set("APPCENTER_BUILD_ID")], None),
    row("Woodpecker", &[Is("CI", "woodpecker")], Some(Is("CI_BUILD_EVENT", "pull_request"))),
    row("Xcode Cloud", &[Set("CI_XCODE_PROJECT")], Some(Set("CI_PULL_REQUEST_NUMBER"))),
    row("Xcode Server", &[Set("XCS")], None),
];
