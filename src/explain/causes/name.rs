//! Whose name it is.

use super::super::rule::Rule;
use super::super::rule::When::{Bare, Named, On, Put, Scoped, Status, Unscoped};
use super::Remedy;
use crate::registry::kind::RegistryKind::{Cnpm, Npmjs};

/// Folders that are published by mistake as if they were names.
const FOLDERS: &[&str] = &[
    "dist", "build", "lib", "out", "output", "pkg", "package", "packages", "release", "public",
    "bundle", "esm", "cjs", "target", "app", "src", "bin",
];

pub(super) const RULES: &[Rule] = &[
    Rule::points(
        75,
        "name-owned-by-others",
        "do not have permission to publish",
        &[],
    ),
    Rule::points(
        85,
        "spec-names-a-package",
        "do not have permission to publish",
        &[Named(FOLDERS)],
    ),
    Rule::points(
        25,
        "spec-names-a-package",
        "do not have permission to publish",
        &[Unscoped],
    ),
    Rule::points(
        30,
        "scope-not-yours",
        "do not have permission to publish",
        &[Scoped],
    ),
    Rule::points(
        15,
        "name-held",
        "do not have permission to publish",
        &[Unscoped],
    ),
    Rule::points(80, "name-owned-by-others", "not authorized to modify", &[]),
    Rule::points(
        70,
        "name-owned-by-others",
        "only * can publish this package",
        &[],
    ),
    Rule::points(
        40,
        "name-owned-by-others",
        "please contact maintainers",
        &[On(Cnpm)],
    ),
    Rule::sure(
        "name-too-similar",
        "name too similar to existing package",
        &[],
    ),
    Rule::points(80, "name-too-similar", "too similar to", &[]),
    Rule::sure(
        "name-cooling-down",
        "cannot be republished until 24 hours",
        &[],
    ),
    Rule::points(85, "name-cooling-down", "republished until", &[]),
    Rule::sure("name-refused-by-filter", "triggered spam detection", &[]),
    Rule::points(85, "name-refused-by-filter", "unacceptable content", &[]),
    Rule::points(70, "name-held", "security holding package", &[]),
    Rule::points(60, "name-held", "0.0.1-security", &[]),
    Rule::points(
        62,
        "name-refused-by-filter",
        "",
        &[Status(400), On(Npmjs), Put, Bare],
    ),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "name-owned-by-others",
        "{package} exists, and the account that published here is none of its maintainers",
        &[
            "if it is yours: npm whoami shows the account in use; a maintainer adds it with npm owner add ACCOUNT {package}",
            "if it is not: take another name, or your own scope: @you/{package} with --access public",
        ],
    )
    .asks("who may publish {package}, and who are you?", "npm owner ls {package}; npm whoami"),
    Remedy::new(
        "name-too-similar",
        "npm refuses new names that differ too little from an existing one; that the name is free does not matter",
        &["publish under your scope: @you/{package} with --access public", "only npm's support can grant the name"],
    ),
    Remedy::new(
        "name-cooling-down",
        "the whole package was unpublished, and its name rests for 24 hours after that",
        &["wait; do not unpublish again, which starts it anew", "old version numbers stay burnt; another name or scope works at once"],
    )
    .asks("when was it unpublished?", "npm view {package} time.unpublished"),
    Remedy::new(
        "name-held",
        "npm itself holds the name after a security incident or a dispute",
        &["take another name; only npm's support can hand it over"],
    ),
    Remedy::new(
        "name-refused-by-filter",
        "the registry gave no reason; for a new name it is most often npm's filter for blocked words and spam",
        &["try another name (without download, free, hack and the like), or your scope", "npm's support can lift it"],
    )
    .asks("is the name new?", "npm view {package} name"),
];
