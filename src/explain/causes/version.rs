//! Version and tag.

use super::super::rule::Rule;
use super::super::rule::When::{Bare, Code, Is, Not, NotOn, On, Put, Status};
use super::super::signs::Sign::{Force, SameTwice, Trouble};
use super::Remedy;
use crate::registry::kind::RegistryKind::{
    Artifactory, Azure, Cnpm, GitHub, GitLab, Gitea, Nexus, Npmjs, Verdaccio,
};

pub(super) const RULES: &[Rule] = &[
    // npmjs, from 7 on: plural and visible.
    Rule::points(
        90,
        "version-taken",
        "cannot publish over the previously published versions",
        &[],
    ),
    Rule::points(
        85,
        "version-taken",
        "cannot publish over existing version",
        &[],
    ),
    Rule::points(40, "version-taken", "", &[Code("EPUBLISHCONFLICT")]),
    Rule::points(
        85,
        "version-taken",
        "cannot modify pre-existing version",
        &[],
    ),
    Rule::points(
        85,
        "version-taken",
        "can't modify pre-existing version",
        &[],
    ),
    Rule::points(80, "version-taken", "version already exists", &[]),
    Rule::points(60, "version-taken", "already exists", &[Status(409)]),
    Rule::points(60, "version-taken", "already been published", &[]),
    Rule::points(60, "version-taken", "already published", &[Put]),
    Rule::sure("version-taken", "package already exists", &[On(GitLab)]),
    Rule::sure("version-taken", "the feed * already contains file", &[]),
    Rule::sure(
        "version-taken",
        "the feed already contains the package",
        &[],
    ),
    Rule::points(40, "version-taken", "already contains", &[On(Azure)]),
    Rule::points(85, "version-taken", "this package is already present", &[]),
    Rule::points(90, "version-taken", "does not allow updating assets", &[]),
    Rule::points(
        90,
        "version-taken",
        "does not allow updating artifacts",
        &[],
    ),
    Rule::points(90, "version-taken", "redeploy is not allowed", &[]),
    Rule::points(
        80,
        "version-taken",
        "not enough permissions to * overwrite artifact",
        &[],
    ),
    Rule::points(80, "version-taken", "needs delete permission", &[]),
    Rule::points(
        52,
        "version-taken",
        "",
        &[Status(403), On(Artifactory), Put, Bare],
    ),
    Rule::points(
        45,
        "version-taken",
        "",
        &[Status(400), On(Nexus), Put, Bare],
    ),
    Rule::points(70, "version-taken", "", &[Status(409), On(Verdaccio), Put]),
    Rule::points(70, "version-taken", "", &[Status(409), On(GitHub), Put]),
    Rule::points(70, "version-taken", "", &[Status(409), On(Gitea), Put]),
    Rule::points(60, "version-taken", "", &[Status(409), On(Cnpm), Put]),
    Rule::points(
        50,
        "version-taken",
        "",
        &[Status(409), NotOn(Npmjs), Put, Bare],
    ),
    Rule::points(
        35,
        "version-taken",
        "",
        &[Status(409), On(Npmjs), Put, Bare],
    ),
    // npm 2 to 6: one text for a visible and for an unpublished version.
    Rule::points(
        70,
        "version-taken",
        "cannot publish over the previously published version ",
        &[],
    ),
    Rule::points(
        45,
        "version-burnt",
        "cannot publish over the previously published version ",
        &[On(Npmjs)],
    ),
    // The registry counts on from versions that nobody sees any more.
    Rule::points(
        35,
        "version-burnt",
        "previously published version * try bumping the version to",
        &[Is(Force)],
    ),
    Rule::points(
        25,
        "version-burnt",
        "previously published versions",
        &[Is(Force)],
    ),
    Rule::points(
        15,
        "version-burnt",
        "previously published versions",
        &[On(Npmjs), Not(Force)],
    ),
    Rule::sure(
        "version-burnt",
        "cannot publish over previously published version",
        &[],
    ),
    Rule::points(90, "version-burnt", "was previously unpublished", &[]),
    Rule::sure(
        "version-staged",
        "cannot publish over previously staged version",
        &[],
    ),
    Rule::sure(
        "version-staged",
        "cannot stage previously published version",
        &[],
    ),
    Rule::points(85, "version-staged", "previously staged version", &[]),
    Rule::points(
        30,
        "version-staged",
        "",
        &[Status(409), On(Npmjs), Put, Bare],
    ),
    Rule::points(
        85,
        "version-behind-latest",
        "cannot implicitly apply the latest tag",
        &[],
    ),
    Rule::points(120, "version-taken", "", &[Is(SameTwice)]),
    Rule::sure(
        "tag-needed-for-prerelease",
        "must specify a tag using --tag when publishing a prerelease",
        &[],
    ),
    Rule::sure(
        "tag-looks-like-version",
        "tag name must not be a valid semver range",
        &[],
    ),
    Rule::points(
        85,
        "tag-looks-like-version",
        "the tag name is invalid",
        &[On(Gitea)],
    ),
    Rule::points(85, "tag-invalid", "", &[Code("EINVALIDTAGNAME")]),
    Rule::points(
        85,
        "tag-invalid",
        "tags may not have any characters that encodeuricomponent encodes",
        &[],
    ),
    Rule::points(60, "tag-invalid", "invalid tag name", &[]),
    // The first try got through, and this is the second one.
    Rule::points(
        70,
        "publish-already-accepted",
        "previously published version",
        &[Is(Trouble)],
    ),
    Rule::points(
        70,
        "publish-already-accepted",
        "cannot publish over",
        &[Is(Trouble)],
    ),
    Rule::points(80, "publish-already-accepted", "still published", &[]),
    Rule::points(80, "publish-already-accepted", "published anyway", &[]),
    Rule::points(
        35,
        "publish-already-accepted",
        "previously staged version",
        &[],
    ),
    Rule::points(
        30,
        "publish-already-accepted",
        "previously published version",
        &[Not(Trouble)],
    ),
    Rule::points(
        25,
        "publish-already-accepted",
        "existing version",
        &[Not(Trouble)],
    ),
    Rule::points(
        52,
        "publish-already-accepted",
        "",
        &[Status(409), On(Npmjs), Put, Bare],
    ),
    Rule::points(
        45,
        "publish-already-accepted",
        "failed to save packument",
        &[],
    ),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "version-taken",
        "this version of {package} is on the registry already, and a version is never replaced",
        &["npm version patch, or the next number that is free", "npm view {package} versions shows what is taken"],
    )
    .asks(
        "is what stands there your own publish, which got through?",
        "npm view {spec} dist.shasum gitHead --registry {registry}",
    ),
    Remedy::new(
        "version-taken",
        "this version is there already; Verdaccio counts the versions of its uplinks (npmjs) as its own",
        &["npm version patch", "npm view {package} versions --registry {registry} shows what is taken"],
    )
    .on(Verdaccio)
    .asks("does the version come from the uplink?", "npm view {package} versions"),
    Remedy::new(
        "version-taken",
        "the version is there, and you may write but not overwrite (Artifactory calls that delete)",
        &["npm version patch", "or ask the administrator for delete/overwrite on the repository"],
    )
    .on(Artifactory)
    .asks("is the version there?", "npm view {spec} --registry {registry}"),
    Remedy::new(
        "version-burnt",
        "this version was published once and unpublished; npm never frees a number, and --force does not help",
        &["npm version patch: take the next number"],
    )
    .asks("is the version in the registry's history but not installable?", "npm view {package} time versions"),
    Remedy::new(
        "version-staged",
        "the registry holds this version already: staged and waiting for approval, or a publish that is still being worked on",
        &[
            "wait some minutes and look whether it appears: npm view {spec}",
            "npm stage list {package}, then npm stage approve or reject it",
            "else take the next version",
        ],
    )
    .asks("is it there by now?", "npm view {spec} version"),
    Remedy::new(
        "version-behind-latest",
        "a higher version was published before, and npm 11 and later do not move `latest` backwards unasked",
        &["npm publish --tag release-1.x, for a fix to an old line", "npm publish --tag latest, if it shall really become the latest"],
    ),
    Remedy::new(
        "tag-needed-for-prerelease",
        "the version is a prerelease (it holds a hyphen), and npm 11 and later want a tag for those",
        &["npm publish --tag beta (or next, rc)", "npm publish --tag latest, if everybody shall get it"],
    ),
    Remedy::new(
        "tag-looks-like-version",
        "a tag may not look like a version or a range: v1, 1.x, 5",
        &["npm publish --tag release-1.x", "the version itself belongs into package.json, not into --tag"],
    ),
    Remedy::new(
        "tag-invalid",
        "the tag holds characters that an address cannot have",
        &["use letters, digits and hyphens: npm publish --tag next"],
    ),
    Remedy::new(
        "publish-already-accepted",
        "an earlier try may have got through: npm repeats a publish after a network error, and the registry may finish it later",
        &["do not bump yet; look first: npm view {spec} dist.shasum", "if it has your bytes, it is published and nothing is left to do"],
    )
    .asks("is {spec} there, with your bytes?", "npm view {spec} dist.shasum gitHead --registry {registry}"),
];
