//! Whose scope it is.

use super::super::rule::Rule;
use super::super::rule::When::{OldNpm, On, Put, Scoped, Status};
use super::Remedy;
use crate::registry::kind::RegistryKind::Npmjs;

pub(super) const RULES: &[Rule] = &[
    Rule::points(90, "scope-unknown", "scope not found", &[]),
    Rule::points(40, "scope-not-yours", "scope not found", &[]),
    Rule::points(85, "scope-not-yours", "not a member of", &[]),
    Rule::points(
        30,
        "scope-unknown",
        "",
        &[Status(404), On(Npmjs), Put, Scoped, OldNpm],
    ),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "scope-unknown",
        "the scope {scope} is neither your user name nor an organisation that exists",
        &["use your user name as the scope, or create the organisation: https://www.npmjs.com/org/create", "look for a typing error in the scope"],
    )
    .asks("does the scope exist?", "npm access list packages {scope}"),
    Remedy::new(
        "scope-not-yours",
        "the account may not write to {scope}: it is no member of the organisation, or its team has no write access",
        &[
            "npm org ls {scope} shows the members; an owner adds you with npm org set {scope} ACCOUNT developer",
            "for an existing package a team needs write: npm access grant read-write {scope}:developers {package}",
        ],
    )
    .asks("is the account a member of the organisation?", "npm whoami; npm org ls {scope}"),
];
