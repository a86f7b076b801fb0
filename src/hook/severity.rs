//! The severity of a finding in the hook. Most releases are published by a pipeline once the
//! tag has arrived, with its own account and arguments, so findings that depend on this machine
//! prove nothing about that run. The user's settings override everything.

use jiff::{SignedDuration, Timestamp};

use crate::checks::check::Basis;
use crate::checks::{Rules, find, outcome};
use crate::facts::Facts;
use crate::finding::{Level, Place, Reported};
use crate::git::tree::Tree;
use crate::manifest::place::is_one;
use crate::manifest::version::Version;
use crate::origin::{Layer, Origin};
use crate::registry::documents::UnixSecond;
use crate::report::PackageReport;

/// What the findings of a check are about. The hook's own findings are about the commit.
fn basis(id: &str) -> Basis {
    find(id).map_or(Basis::Commit, |check| check.basis)
}

/// Whether a finding is about the machine that pushes: its account, its job, its work tree, its
/// built files. The pipeline has its own.
fn is_of_machine(basis: Basis) -> bool {
    matches!(
        basis,
        Basis::Account | Basis::Job | Basis::WorkTree | Basis::Contents
    )
}

/// The longest time between a publish and the commit of its version in a manual release: first
/// published, then committed and tagged.
const MANUAL_RELEASE: SignedDuration = SignedDuration::from_hours(24);

/// The commit whose findings are rated.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The user's settings for checks.
    pub rules: &'a Rules<'a>,
    /// The commit's files.
    pub tree: &'a Tree,
    /// When the commit was made.
    pub time: Option<Timestamp>,
}

/// Removes findings of a report that prove nothing here, or lowers their level. Returns whether
/// the package is still to be published: np and changesets publish first and then push the tag,
/// and old tags are pushed to new remotes.
pub fn adjust(package: &mut PackageReport, facts: &Facts, context: Context<'_>) -> bool {
    let Context { rules, tree, time } = context;
    let own = facts.package.version.as_ref().ok();
    let tagged = facts.git.pushed.as_ref().map(|pushed| &pushed.version);
    let published_at = own.and_then(|version| published(facts, version));
    // A tag with another version is wrong, whatever was published.
    let fits = tagged.is_none() || tagged == own;
    if let (Some(published_at), Some(committed_at)) = (published_at, time)
        && fits
        && published_at >= committed_at
    {
        return false;
    }
    let chosen_by = registry_chosen_by(facts, tree);
    let reused = reuse(published_at, time);
    let is_overridden = |id: &str| rules.levels.contains_key(id);
    package.findings.retain_mut(|found| {
        if is_overridden(found.check) {
            return true;
        }
        if ["version-taken", "version-burnt"].contains(&found.check) {
            found.level = found.level.min(reused);
        }
        match highest(found, tree, chosen_by) {
            Some(highest) => found.level = found.level.min(highest),
            None => return false,
        }
        true
    });
    package.undecided.retain(|gap| {
        let basis = basis(gap.check);
        is_overridden(gap.check) || !(is_of_machine(basis) || basis == Basis::CommandLine)
    });
    package
        .findings
        .sort_by_key(|found| std::cmp::Reverse(found.level));
    package.verdict = outcome(&package.findings, &package.undecided, rules);
    // The pipeline has its own account.
    package.account = None;
    true
}

/// The highest level that a finding can have here; `None` where it proves nothing.
fn highest(found: &Reported, tree: &Tree, chosen_by: ChosenBy) -> Option<Level> {
    match basis(found.check) {
        Basis::Commit => is_of_commit(found, tree).then_some(Level::Error),
        Basis::Account | Basis::Job | Basis::WorkTree | Basis::Contents => None,
        Basis::Destination if chosen_by == ChosenBy::Machine => None,
        Basis::Registry | Basis::Destination if chosen_by != ChosenBy::Project => {
            Some(Level::Warning)
        }
        Basis::Registry | Basis::Destination => Some(Level::Error),
        // The pipeline's npm decides whether such a line is read, and it has none of this
        // machine's files.
        Basis::CommandLine if found.check == "auth-unscoped" && !is_of_commit(found, tree) => None,
        Basis::CommandLine => Some(Level::Note),
    }
}

/// When a version was published, if the registry states it.
fn published(facts: &Facts, version: &Version) -> Option<Timestamp> {
    let packument = facts.packument().ok()?.value.as_ref()?;
    let second = *packument.published.get(&version.to_string())?;
    second.map(UnixSecond::start)
}

/// The level for a version that the registry already has: an error if it was published long
/// before the commit was made.
fn reuse(published: Option<Timestamp>, committed: Option<Timestamp>) -> Level {
    match (published, committed) {
        (Some(at), Some(made)) if made.duration_since(at) > MANUAL_RELEASE => Level::Error,
        (Some(_), Some(_)) => Level::Note,
        _ => Level::Warning,
    }
}

/// Whether a setting's line belongs to the commit.
fn is_of_commit(found: &Reported, tree: &Tree) -> bool {
    match &found.finding.place {
        Some(Place::Setting(origin)) => is_committed(origin, tree),
        _ => true,
    }
}

fn is_committed(origin: &Origin, tree: &Tree) -> bool {
    match origin {
        Origin::File(at) => at.layer == Layer::Project && at.path.starts_with(tree.root()),
        Origin::Manifest { .. } => true,
        _ => false,
    }
}

/// What chose the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChosenBy {
    /// The commit, or npm's default if that has this project's package.
    Project,
    /// npm's default: a pipeline may choose another one.
    Default,
    /// This machine.
    Machine,
}

/// A user's file that sets npm's default registry counts as the default.
fn registry_chosen_by(facts: &Facts, tree: &Tree) -> ChosenBy {
    let (origin, url) = match &facts.package.registry {
        Ok(registry) => (&registry.origin, registry.value.to_string()),
        Err(problem) => (&problem.origin, String::new()),
    };
    let is_default = match origin {
        Origin::Default => true,
        Origin::File(at) => at.layer != Layer::Project && url == DEFAULT,
        _ => false,
    };
    if is_committed(origin, tree) || (is_default && is_this_projects(facts)) {
        ChosenBy::Project
    } else if is_default {
        ChosenBy::Default
    } else {
        ChosenBy::Machine
    }
}

/// Whether the registry's package names the same repository as the manifest.
fn is_this_projects(facts: &Facts) -> bool {
    let own = facts.package.manifest.repository();
    let packument = facts.packument().ok();
    let there = packument
        .and_then(|answer| answer.value.as_ref())
        .and_then(|packument| packument.repository.as_deref());
    own.zip(there)
        .is_some_and(|(own, there)| is_one(&own.url, there))
}

/// npm's own registry.
const DEFAULT: &str = "https://registry.npmjs.org/";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::ChosenBy::{self, Machine, Project};
    use super::*;
    use crate::checks::{ALL, judge};
    use crate::facts::fake::{fake, fake_of, npmrc_line};
    use crate::origin::FilePosition;
    use crate::preflight::package_report;
    use crate::registry::Network;
    use crate::registry::kind::RegistryKind;

    #[test]
    fn a_registry_of_this_machines_choice_is_known() {
        let tree = Tree::empty().unwrap();
        let by = |url: &str, origin: Origin| {
            let facts = fake().registry(url, RegistryKind::Other).with(|facts| {
                facts.package.registry.as_mut().unwrap().origin = origin;
            });
            registry_chosen_by(&facts, &tree)
        };
        let project = |folder: &std::path::Path| {
            Origin::File(FilePosition {
                layer: Layer::Project,
                path: folder.join(".npmrc"),
                line: 1,
                column: 1,
            })
        };
        let variable = || Origin::Variable {
            name: "npm_config_registry".to_owned(),
        };
        assert_eq!(by(DEFAULT, Origin::Default), ChosenBy::Default);
        assert_eq!(by(DEFAULT, npmrc_line(1)), ChosenBy::Default);
        assert_eq!(by("https://npm.example/", project(tree.root())), Project);
        assert_eq!(by("https://npm.example/", npmrc_line(1)), Machine);
        assert_eq!(by("https://npm.example/", variable()), Machine);
        assert_eq!(by(DEFAULT, variable()), Machine);
        let elsewhere = project("/elsewhere".as_ref());
        assert_eq!(by("https://npm.example/", elsewhere), Machine);
    }

    /// The level of `version-taken` for a package without a registry of its own.
    fn taken_on_npmjs(own: &str, there: Option<&str>) -> Level {
        let manifest =
            json!({ "name": "cat", "version": "1.0.0", "license": "MIT", "repository": own });
        let facts = fake_of(manifest)
            .published(&["1.0.0"])
            .packument_with(|packument| packument.repository = there.map(str::to_owned));
        let levels = BTreeMap::default();
        let rules = Rules {
            levels: &levels,
            allow: &[],
            strict: false,
        };
        let judged = judge(&facts, &rules);
        let mut package = package_report(&facts, judged, &Network::default());
        let tree = Tree::empty().unwrap();
        let context = Context {
            rules: &rules,
            tree: &tree,
            time: Some("2026-11-24T12:00:00Z".parse().unwrap()),
        };
        assert!(adjust(&mut package, &facts, context));
        let mut findings = package.findings.iter();
        let taken = findings.find(|found| found.check == "version-taken");
        taken.unwrap().level
    }

    #[test]
    fn npms_default_is_proof_where_this_projects_package_is_on_it() {
        let there = "git+https://github.com/acme/cat.git";
        for own in ["acme/cat", "https://github.com/Acme/Cat"] {
            assert_eq!(taken_on_npmjs(own, Some(there)), Level::Error, "{own}");
        }
        // Somebody else's package of that name, and ones that state nothing.
        assert_eq!(taken_on_npmjs("acme/dog", Some(there)), Level::Warning);
        assert_eq!(taken_on_npmjs("acme/cat", None), Level::Warning);
        assert_eq!(taken_on_npmjs("", Some(there)), Level::Warning);
    }

    #[test]
    fn a_version_is_reused_where_it_was_published_long_before_the_commit() {
        let time = |text: &str| Some(text.parse().unwrap());
        let made = time("2026-11-27T12:00:00Z");
        assert_eq!(reuse(time("2026-11-01T12:00:00Z"), made), Level::Error);
        assert_eq!(reuse(time("2026-11-27T11:00:00Z"), made), Level::Note);
        assert_eq!(reuse(None, made), Level::Warning);
        assert_eq!(reuse(made, None), Level::Warning);
    }

    #[test]
    fn the_commits_own_topics_are_not_about_the_machine() {
        for check in ALL {
            let topic = check.id.split('-').next().unwrap_or_default();
            if ["manifest", "version", "license", "dependency", "registry"].contains(&topic) {
                assert!(!is_of_machine(check.basis), "{}", check.id);
            }
        }
    }
}
