//! Refusals without a reason: only who answered, and what was asked, tell.

use super::super::rule::Rule;
use super::super::rule::When::{
    Bare, Get, NotOn, On, OnNobody, Put, Scoped, Silent, Status, Unscoped,
};
use super::Remedy;
use crate::registry::kind::RegistryKind::{GitHub, Nexus, Npmjs, Other};

pub(super) const RULES: &[Rule] = &[
    // 403 Forbidden at npmjs.
    Rule::points(
        58,
        "auth-email-unverified",
        "",
        &[Status(403), On(Npmjs), Put, Bare, Unscoped],
    ),
    Rule::points(
        44,
        "auth-email-unverified",
        "",
        &[Status(403), On(Npmjs), Put, Bare, Scoped],
    ),
    Rule::points(
        60,
        "scope-not-yours",
        "",
        &[Status(403), On(Npmjs), Put, Bare, Scoped],
    ),
    Rule::points(
        48,
        "auth-two-factor-token",
        "",
        &[Status(403), On(Npmjs), Put, Bare],
    ),
    Rule::points(
        40,
        "name-owned-by-others",
        "",
        &[Status(403), On(Npmjs), Put, Bare],
    ),
    Rule::points(
        30,
        "version-taken",
        "",
        &[Status(403), On(Npmjs), Put, Bare],
    ),
    Rule::points(
        20,
        "publish-already-accepted",
        "",
        &[Status(403), On(Npmjs), Put, Bare],
    ),
    Rule::points(
        40,
        "registry-permission",
        "",
        &[Status(403), NotOn(Npmjs), Put, Bare],
    ),
    Rule::points(
        30,
        "version-taken",
        "",
        &[Status(403), NotOn(Npmjs), Put, Bare],
    ),
    // 403 on reading, from somebody's own registry.
    Rule::points(
        54,
        "registry-permission",
        "",
        &[Status(403), On(Other), Get, Bare],
    ),
    Rule::points(
        48,
        "registry-policy-block",
        "",
        &[Status(403), On(Other), Get, Bare],
    ),
    Rule::points(
        40,
        "auth-elsewhere",
        "",
        &[Status(403), On(Other), Get, Bare],
    ),
    // A 403 of which nothing else is told: what is most frequent.
    Rule::points(
        49,
        "version-taken",
        "",
        &[Status(403), On(Npmjs), Put, Silent],
    ),
    Rule::points(
        48,
        "name-owned-by-others",
        "",
        &[Status(403), On(Npmjs), Put, Silent],
    ),
    Rule::points(
        40,
        "registry-read-only",
        "",
        &[Status(403), On(Npmjs), Put, Silent],
    ),
    Rule::points(
        38,
        "auth-email-unverified",
        "",
        &[Status(403), On(Npmjs), Put, Silent],
    ),
    Rule::points(
        36,
        "scope-not-yours",
        "",
        &[Status(403), On(Npmjs), Put, Silent],
    ),
    // 400 Bad Request.
    Rule::points(
        35,
        "version-burnt",
        "",
        &[Status(400), On(Npmjs), Put, Bare],
    ),
    Rule::points(33, "name-invalid", "", &[Status(400), Put, Bare]),
    Rule::points(
        30,
        "registry-read-only",
        "",
        &[
            Status(400),
            NotOn(Nexus),
            NotOn(GitHub),
            NotOn(Npmjs),
            Put,
            Bare,
        ],
    ),
    Rule::points(
        25,
        "registry-repository-field",
        "",
        &[Status(400), NotOn(GitHub), Put, Bare],
    ),
    Rule::points(
        28,
        "registry-read-only",
        "",
        &[Status(400), OnNobody, Put, Bare],
    ),
];

pub(super) const REMEDIES: &[Remedy] = &[];
