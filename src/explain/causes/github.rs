//! GitHub Packages, and the others that tie a package to an owner or to a
//! repository.

use super::super::rule::Rule;
use super::super::rule::When::{Get, Is, Not, On, Put, Status, Unscoped};
use super::super::signs::Sign::Fork;
use super::Remedy;
use crate::registry::kind::RegistryKind::{GitHub, GitLab};

pub(super) const RULES: &[Rule] = &[
    Rule::sure(
        "registry-scope-owner",
        "permission not_found: owner not found",
        &[],
    ),
    Rule::points(85, "registry-scope-owner", "owner not found", &[]),
    Rule::points(
        85,
        "registry-scope-owner",
        "the requested installation does not exist",
        &[],
    ),
    Rule::points(
        85,
        "registry-scope-owner",
        "the expected resource was not found",
        &[],
    ),
    Rule::points(
        62,
        "registry-scope-owner",
        "",
        &[Status(404), On(GitHub), Put],
    ),
    Rule::points(20, "registry-scope-owner", "", &[On(GitHub), Put, Unscoped]),
    Rule::points(
        40,
        "registry-scope-owner",
        "",
        &[Status(404), On(GitLab), Put],
    ),
    Rule::points(88, "registry-github-permission", "write_package", &[]),
    Rule::points(88, "registry-github-permission", "create_package", &[]),
    Rule::points(
        88,
        "registry-github-permission",
        "installation not allowed to",
        &[],
    ),
    Rule::points(60, "ci-fork", "installation not allowed to", &[Is(Fork)]),
    Rule::points(30, "ci-fork", "installation not allowed to", &[Not(Fork)]),
    Rule::points(
        88,
        "registry-github-permission",
        "does not match expected scopes",
        &[],
    ),
    Rule::points(
        88,
        "registry-github-permission",
        "not been granted the required scopes",
        &[],
    ),
    Rule::points(
        85,
        "registry-github-permission",
        "resource not accessible by integration",
        &[],
    ),
    Rule::points(
        50,
        "registry-github-permission",
        "permission_denied",
        &[On(GitHub)],
    ),
    Rule::points(
        52,
        "registry-github-permission",
        "",
        &[Status(403), On(GitHub), Put],
    ),
    Rule::points(
        30,
        "registry-scope-owner",
        "",
        &[Status(403), On(GitHub), Put],
    ),
    Rule::points(
        52,
        "registry-github-permission",
        "",
        &[Status(403), On(GitHub), Get],
    ),
    Rule::points(
        35,
        "registry-github-permission",
        "",
        &[Status(404), On(GitHub)],
    ),
    Rule::points(20, "auth-rejected", "", &[Status(404), On(GitHub)]),
    Rule::points(88, "registry-repository-field", "invalid repo host", &[]),
    Rule::points(
        60,
        "registry-repository-field",
        "failed to stream package from json",
        &[],
    ),
    Rule::points(
        58,
        "registry-repository-field",
        "",
        &[Status(400), On(GitHub), Put],
    ),
    Rule::points(
        72,
        "registry-repository-field",
        "no permission to upload this package",
        &[],
    ),
    Rule::points(
        45,
        "registry-permission",
        "no permission to upload this package",
        &[],
    ),
    Rule::points(
        40,
        "auth-read-only",
        "no permission to upload this package",
        &[],
    ),
];

pub(super) const REMEDIES: &[Remedy] = &[];
