//! Public or restricted.

use super::super::rule::Rule;
use super::super::rule::When::{Code, Scoped, Status};
use super::Remedy;

pub(super) const RULES: &[Rule] = &[
    Rule::points(
        80,
        "access-restricted-by-default",
        "must sign up for private packages",
        &[],
    ),
    Rule::points(
        80,
        "access-restricted-by-default",
        "need a paid account",
        &[],
    ),
    Rule::points(60, "access-restricted-by-default", "", &[Status(402)]),
    Rule::points(20, "scope-not-yours", "", &[Status(402), Scoped]),
    Rule::points(15, "scope-unknown", "", &[Status(402), Scoped]),
    Rule::sure(
        "access-restricted-unscoped",
        "can't restrict access to unscoped packages",
        &[],
    ),
    Rule::sure(
        "access-restricted-unscoped",
        "unscoped packages cannot be private",
        &[],
    ),
    Rule::sure("access-restricted-unscoped", "", &[Code("EUNSCOPED")]),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "access-restricted-by-default",
        "a new package with a scope is restricted unless you say otherwise, and restricted ones cost money; it is about access, not about the token",
        &["npm publish --access public", "npm pkg set publishConfig.access=public, for the next time"],
    )
    .asks("is it meant to be public?", "npm config get access; npm pkg get publishConfig"),
    Remedy::new(
        "access-restricted-unscoped",
        "only a package with a scope can be restricted",
        &["npm publish --access public, or take access=restricted out of publishConfig, .npmrc or .changeset/config.json", "or give it a scope: @you/name"],
    ),
];
