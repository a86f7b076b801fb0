//! npm itself, and the tools around it.

use super::super::rule::Rule;
use super::super::rule::When::{Code, Is, Not, NotOn, OldNpm, Status};
use super::super::signs::Sign::{Accepted, Script};
use super::Remedy;
use crate::registry::kind::RegistryKind::Npmjs;

pub(super) const RULES: &[Rule] = &[
    Rule::points(75, "npm-bug", "cb() never called", &[]),
    Rule::points(75, "npm-bug", "exit handler never called", &[]),
    Rule::points(60, "npm-bug", "this is an error with npm itself", &[]),
    Rule::points(45, "npm-bug", "cannot read properties of undefined", &[]),
    Rule::points(45, "npm-bug", "cannot read property * of undefined", &[]),
    Rule::points(45, "npm-bug", "cannot read properties of null", &[]),
    Rule::points(14, "npm-bug", "", &[Code("ENEEDAUTH"), OldNpm]),
    Rule::points(
        28,
        "npm-bug",
        "",
        &[Code("ENEEDAUTH"), OldNpm, NotOn(Npmjs)],
    ),
    Rule::points(12, "npm-bug", "", &[Status(401), OldNpm]),
    Rule::points(20, "npm-outdated", "you must be logged in", &[]),
    Rule::points(70, "npm-outdated", "npm does not support node.js", &[]),
    Rule::points(60, "npm-outdated", "upgrade your client to npm@latest", &[]),
    Rule::points(60, "npm-outdated", "only allow npm@", &[]),
    Rule::points(
        60,
        "npm-outdated",
        "npm is known not to run on node.js",
        &[],
    ),
    Rule::points(
        90,
        "publish-already-accepted",
        "",
        &[Is(Accepted), Is(Script)],
    ),
    Rule::points(80, "publish-already-accepted", "postpublish * failed", &[]),
    Rule::points(60, "unknown", "", &[Is(Script), Not(Accepted)]),
    Rule::points(60, "unknown", "", &[Code("ENOENT")]),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "npm-bug",
        "npm itself stumbled here; versions with known faults in publishing are 5.x, 7.3 to 7.19 and early 8",
        &["npm install -g npm@latest, then publish again"],
    )
    .asks("which npm is it?", "npm --version"),
    Remedy::new(
        "npm-outdated",
        "an old npm is at work, perhaps one in node_modules that a tool brought along",
        &["npm ls npm; refresh the lock file or the tool", "npm install -g npm@latest"],
    )
    .asks("which npm is it?", "npm --version; npm ls npm"),
    Remedy::new(
        "unknown",
        "nothing known fits; npm said: {text}",
        &["npm publish --loglevel verbose says more; safe-publish check looks at everything that can be asked beforehand"],
    ),
];
