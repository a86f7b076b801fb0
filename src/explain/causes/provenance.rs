//! Provenance statements.

use super::super::rule::Rule;
use super::super::rule::When::{Code, Status};
use super::Remedy;

pub(super) const RULES: &[Rule] = &[
    Rule::sure(
        "provenance-repository-mismatch",
        "repository.url is * expected to match",
        &[],
    ),
    Rule::points(
        90,
        "provenance-repository-mismatch",
        "failed to validate repository information",
        &[],
    ),
    Rule::sure(
        "provenance-runner",
        "unsupported github actions runner environment",
        &[],
    ),
    Rule::points(
        85,
        "provenance-runner",
        "only github-hosted runners are supported",
        &[],
    ),
    Rule::sure(
        "provenance-private-repository",
        "source repository visibility",
        &[],
    ),
    Rule::points(
        85,
        "provenance-private-repository",
        "only public source repositories are supported",
        &[],
    ),
    Rule::sure(
        "provenance-permission-missing",
        "provenance generation in github actions requires write",
        &[],
    ),
    Rule::sure(
        "provenance-permission-missing",
        "provenance generation in gitlab ci requires",
        &[],
    ),
    Rule::sure(
        "provenance-access",
        "can't generate provenance for new or private package",
        &[],
    ),
    Rule::sure(
        "provenance-unsupported-ci",
        "provenance generation not supported",
        &[],
    ),
    Rule::points(
        80,
        "provenance-log-conflict",
        "TLOG_CREATE_ENTRY_ERROR",
        &[],
    ),
    Rule::points(
        90,
        "provenance-log-conflict",
        "error creating tlog entry * 409",
        &[],
    ),
    Rule::points(
        90,
        "provenance-log-conflict",
        "equivalent entry already exists",
        &[],
    ),
    Rule::points(40, "registry-outage", "error creating tlog entry", &[]),
    Rule::points(60, "registry-outage", "error refreshing tuf metadata", &[]),
    Rule::points(
        40,
        "registry-outage",
        "error verifying sigstore provenance bundle",
        &[Status(422)],
    ),
    Rule::points(
        30,
        "provenance-repository-mismatch",
        "error verifying sigstore provenance bundle",
        &[Status(422)],
    ),
    Rule::points(
        28,
        "provenance-private-repository",
        "error verifying sigstore provenance bundle",
        &[Status(422)],
    ),
    Rule::points(
        26,
        "provenance-runner",
        "error verifying sigstore provenance bundle",
        &[Status(422)],
    ),
    Rule::points(36, "provenance-repository-mismatch", "", &[Status(422)]),
    Rule::points(34, "provenance-runner", "", &[Status(422)]),
    Rule::points(32, "provenance-private-repository", "", &[Status(422)]),
    Rule::points(
        55,
        "registry-outage",
        "error creating signing certificate",
        &[],
    ),
    Rule::points(
        45,
        "provenance-permission-missing",
        "",
        &[Code("IDENTITY_TOKEN_READ_ERROR")],
    ),
    Rule::points(
        45,
        "registry-outage",
        "",
        &[Code("IDENTITY_TOKEN_READ_ERROR")],
    ),
    Rule::points(
        40,
        "provenance-permission-missing",
        "",
        &[Code("IDENTITY_TOKEN_PARSE_ERROR")],
    ),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "provenance-repository-mismatch",
        "package.json's repository.url is not the repository that builds, and npmjs compares them letter by letter, case included",
        &["npm pkg set repository.url=git+https://github.com/OWNER/REPOSITORY.git, in every package of the workspace", "a fork publishes under its own repository, or with --provenance=false"],
    )
    .asks("what does package.json say?", "npm pkg get repository; echo $GITHUB_REPOSITORY"),
    Remedy::new(
        "provenance-runner",
        "provenance is taken from hosted runners only, and this one is self-hosted",
        &["run the publishing job on ubuntu-latest", "or publish without: --provenance=false, NPM_CONFIG_PROVENANCE=false"],
    ),
    Remedy::new(
        "provenance-private-repository",
        "provenance needs a public source repository, and this one is private",
        &["publish without it until the repository is public: --provenance=false, and no provenance in publishConfig"],
    ),
    Remedy::new(
        "provenance-permission-missing",
        "provenance is asked for, and the job may not mint an identity token",
        &["GitHub Actions: permissions: id-token: write on the publishing job (and contents: read)", "GitLab: id_tokens: SIGSTORE_ID_TOKEN: aud: sigstore"],
    ),
    Remedy::new(
        "provenance-access",
        "provenance is asked for a package that is new or private, without access set to public; that holds for names without a scope, too",
        &["npm publish --provenance --access public"],
    ),
    Remedy::new(
        "provenance-unsupported-ci",
        "provenance can be generated in GitHub Actions and GitLab CI only",
        &["publish from there, or without: --provenance=false, and no provenance in publishConfig or .npmrc"],
    ),
    Remedy::new(
        "provenance-log-conflict",
        "the public transparency log has this very statement already: most often an earlier try of the same publish",
        &["look first: npm view {spec}; if it is not there, run again"],
    )
    .asks("is it there already?", "npm view {spec} version"),
];
