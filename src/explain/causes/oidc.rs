//! Trusted publishing.

use super::super::rule::Rule;
use super::super::rule::When::{Code, Is, NewNpm, Not, OldNpm, On, Put, Status};
use super::super::signs::Sign::{Ci, Oidc, Placeholder, Signed};
use super::Remedy;
use crate::registry::kind::RegistryKind::Npmjs;

pub(super) const RULES: &[Rule] = &[
    Rule::points(
        80,
        "oidc-publisher-mismatch",
        "oidc permission denied for this action",
        &[],
    ),
    Rule::points(
        60,
        "oidc-publisher-mismatch",
        "oidc token exchange error",
        &[],
    ),
    Rule::points(
        35,
        "oidc-first-publish",
        "oidc token exchange error * package not found",
        &[],
    ),
    Rule::points(60, "oidc-publisher-mismatch", "oidc publish authorize", &[]),
    Rule::points(
        20,
        "registry-outage",
        "oidc publish authorize: invalid token",
        &[],
    ),
    Rule::points(40, "oidc-publisher-mismatch", "failed token exchange", &[]),
    Rule::points(80, "oidc-permission-missing", "no id_token available", &[]),
    Rule::points(
        60,
        "oidc-permission-missing",
        "skipped because incorrect permissions for id-token",
        &[],
    ),
    Rule::points(
        70,
        "oidc-npm-too-old",
        "",
        &[Is(Oidc), OldNpm, Code("ENEEDAUTH")],
    ),
    Rule::points(
        45,
        "oidc-npm-too-old",
        "",
        &[Is(Oidc), OldNpm, Status(404), Put],
    ),
    Rule::points(
        74,
        "oidc-publisher-mismatch",
        "",
        &[Is(Oidc), NewNpm, Code("ENEEDAUTH")],
    ),
    Rule::points(
        42,
        "oidc-permission-missing",
        "",
        &[Is(Oidc), Not(Signed), Code("ENEEDAUTH")],
    ),
    Rule::points(36, "oidc-first-publish", "", &[Is(Oidc), Code("ENEEDAUTH")]),
    Rule::points(
        40,
        "oidc-npm-too-old",
        "",
        &[Is(Oidc), NewNpm, Code("ENEEDAUTH")],
    ),
    Rule::points(
        48,
        "oidc-publisher-mismatch",
        "",
        &[Not(Oidc), NewNpm, On(Npmjs), Code("ENEEDAUTH")],
    ),
    Rule::points(
        25,
        "oidc-npm-too-old",
        "",
        &[Not(Oidc), On(Npmjs), Is(Ci), Code("ENEEDAUTH")],
    ),
    Rule::points(
        12,
        "oidc-npm-too-old",
        "",
        &[Not(Oidc), On(Npmjs), Not(Ci), Code("ENEEDAUTH")],
    ),
    Rule::points(80, "oidc-shadowed", "", &[Is(Oidc), Is(Placeholder)]),
    Rule::points(
        34,
        "oidc-first-publish",
        "no authentication configured",
        &[],
    ),
    // npm's notice comes after a failed exchange, too, from the token that it
    // falls back to.
    Rule::points(
        46,
        "oidc-publisher-mismatch",
        "access token expired or revoked",
        &[],
    ),
    Rule::points(
        36,
        "oidc-first-publish",
        "access token expired or revoked",
        &[],
    ),
    Rule::points(34, "oidc-shadowed", "access token expired or revoked", &[]),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "oidc-publisher-mismatch",
        "where trusted publishing is in use: npmjs's record of the publisher does not match this job (or does not allow this action), and npm keeps that refusal silent",
        &[
            "compare on https://www.npmjs.com/package/{package}/access, letter by letter: owner and repository, workflow file name with its ending, environment; for a reusable workflow the caller's file counts",
            "npm publish --loglevel verbose shows what the exchange answered",
            "a record may allow only staging: tick publish, or use npm stage publish",
        ],
    )
    .asks("what did the token exchange answer?", "npm publish --loglevel verbose 2>&1 | grep oidc"),
    Remedy::new(
        "oidc-shadowed",
        "the token exchange failed silently, and npm then sent a stale or empty token instead (setup-node's registry-url, an old NODE_AUTH_TOKEN)",
        &["take the token away: no NODE_AUTH_TOKEN and no registry-url in actions/setup-node", "then the real reason shows: npm publish --loglevel verbose"],
    )
    .asks("is a token configured besides?", "safe-publish config"),
    Remedy::new(
        "oidc-first-publish",
        "trusted publishing cannot create a package: it fails so where {package} does not exist yet",
        &["publish the first version by hand or with a token, then add the trusted publisher"],
    )
    .asks("does the package exist?", "npm view {package} name"),
    Remedy::new(
        "oidc-permission-missing",
        "the job may not mint an identity token",
        &["GitHub Actions: permissions: id-token: write on the publishing job", "GitLab and CircleCI: provide NPM_ID_TOKEN with the audience npm:{hostname}"],
    )
    .asks("does the job have the permission?", "test -n \"$ACTIONS_ID_TOKEN_REQUEST_URL\" && echo yes"),
    Remedy::new(
        "oidc-npm-too-old",
        "trusted publishing needs npm 11.5.1 or later; Node 22 brings npm 10",
        &["npm install -g npm@latest before publishing, or Node 24"],
    )
    .asks("which npm is it?", "npm --version"),
    Remedy::new(
        "oidc-runner",
        "trusted publishing works on hosted runners only",
        &["run the publishing job on ubuntu-latest"],
    ),
];
