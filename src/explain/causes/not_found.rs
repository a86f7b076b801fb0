//! The 404 on PUT: the registry hides that it does not let you. At npmjs it
//! has sixteen known causes; the order here is that of how often each was the
//! true one, shifted by what else the log tells.

use super::super::rule::Rule;
use super::super::rule::When::{
    Get, Is, NewNpm, Not, NotOn, OldNpm, On, Put, Scoped, Status, Unscoped,
};
use super::super::signs::Sign::{ByName, Ci, Expired, Install, Oidc, Placeholder, Publish, Signed};
use super::Remedy;
use crate::registry::kind::RegistryKind::{Npmjs, Other};

pub(super) const RULES: &[Rule] = &[
    Rule::points(52, "auth-rejected", "", &[Status(404), On(Npmjs), Put]),
    Rule::points(
        30,
        "auth-rejected",
        "",
        &[Status(404), On(Npmjs), Put, Is(Expired), Not(Oidc)],
    ),
    Rule::points(40, "auth-rejected", "", &[Status(404), NotOn(Npmjs), Put]),
    // A reverse proxy that decodes `%2f` loses names with a scope only.
    Rule::points(
        34,
        "registry-proxy",
        "",
        &[Status(404), On(Other), Put, Scoped],
    ),
    // Trusted publishing came with npm 11.5.
    Rule::points(
        47,
        "oidc-publisher-mismatch",
        "",
        &[Status(404), On(Npmjs), Put, NewNpm],
    ),
    Rule::points(
        25,
        "oidc-publisher-mismatch",
        "",
        &[Status(404), On(Npmjs), Put, NewNpm, Is(Oidc)],
    ),
    Rule::points(
        10,
        "oidc-publisher-mismatch",
        "",
        &[Status(404), On(Npmjs), Put, Is(Signed)],
    ),
    Rule::points(
        30,
        "oidc-publisher-mismatch",
        "",
        &[Status(404), On(Npmjs), Put, OldNpm, Is(Oidc)],
    ),
    Rule::points(
        40,
        "oidc-shadowed",
        "",
        &[Status(404), On(Npmjs), Put, Is(Oidc), Not(Placeholder)],
    ),
    Rule::points(
        33,
        "oidc-shadowed",
        "",
        &[Status(404), On(Npmjs), Put, NewNpm, Not(Oidc)],
    ),
    Rule::points(
        38,
        "oidc-first-publish",
        "",
        &[Status(404), On(Npmjs), Put, Is(Oidc)],
    ),
    Rule::points(
        22,
        "oidc-first-publish",
        "",
        &[Status(404), On(Npmjs), Put, NewNpm, Not(Oidc)],
    ),
    // A scope of one's own, somebody else's, or nobody's.
    Rule::points(
        45,
        "scope-not-yours",
        "",
        &[Status(404), On(Npmjs), Put, Scoped],
    ),
    Rule::points(
        9,
        "scope-not-yours",
        "",
        &[Status(404), On(Npmjs), Put, Scoped, OldNpm],
    ),
    Rule::points(
        15,
        "scope-unknown",
        "",
        &[Status(404), On(Npmjs), Put, Scoped],
    ),
    Rule::points(
        34,
        "auth-variable-unset",
        "",
        &[Status(404), On(Npmjs), Put],
    ),
    Rule::points(
        8,
        "auth-variable-unset",
        "",
        &[Status(404), On(Npmjs), Put, Is(Ci), Not(Oidc)],
    ),
    // npm 6 sends a publish without any credential; later ones do not.
    Rule::points(
        33,
        "auth-missing",
        "",
        &[Status(404), On(Npmjs), Put, OldNpm],
    ),
    Rule::points(
        31,
        "auth-elsewhere",
        "",
        &[Status(404), On(Npmjs), Put, OldNpm],
    ),
    Rule::points(
        28,
        "auth-elsewhere",
        "",
        &[Status(404), On(Npmjs), Put, NewNpm],
    ),
    Rule::points(
        26,
        "auth-package-not-covered",
        "",
        &[Status(404), On(Npmjs), Put],
    ),
    Rule::points(
        24,
        "name-owned-by-others",
        "",
        &[Status(404), On(Npmjs), Put, Unscoped],
    ),
    Rule::points(20, "auth-read-only", "", &[Status(404), On(Npmjs), Put]),
    Rule::points(18, "auth-malformed", "", &[Status(404), On(Npmjs), Put]),
    // Reading something that is not there.
    Rule::points(
        55,
        "spec-names-a-package",
        "is not in * registry",
        &[Status(404), Get, Unscoped],
    ),
    Rule::points(
        40,
        "spec-names-a-package",
        "",
        &[Status(404), Get, Unscoped, Is(Publish), Not(Install)],
    ),
    Rule::points(
        40,
        "spec-names-a-package",
        "could not be found or you do not have permission",
        &[Status(404), Get, Unscoped, Not(Install)],
    ),
    Rule::points(
        95,
        "spec-names-a-package",
        "",
        &[Status(404), Get, Is(ByName)],
    ),
    Rule::points(35, "auth-missing", "", &[Status(404), Get, Scoped]),
    Rule::points(52, "dependency-missing", "", &[Status(404), Get]),
];

pub(super) const REMEDIES: &[Remedy] = &[Remedy::new(
    "dependency-missing",
    "{package} is not on {host}, or hidden from you: private packages answer 404 to strangers",
    &[
        "look at the spelling and at the registry of its scope",
        "npm login --registry {registry}, if it is private",
    ],
)
.asks(
    "which registry is asked for it?",
    "npm view {package} name --registry {registry}; npm config get registry",
)];
