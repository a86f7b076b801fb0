//! What a finding weighs in the hook. Most releases are published by a
//! pipeline, once the tag has arrived, with its own account and its own words
//! on the command line. What rests on this machine is no proof of how that
//! will go. The user's settings have the last word.

use jiff::{SignedDuration, Timestamp};

use crate::check::{Level, Place};
use crate::checks::{Rules, outcome};
use crate::facts::Facts;
use crate::git::tree::Tree;
use crate::manifest::version::Version;
use crate::origin::{Layer, Origin};
use crate::report::{PackageReport, Reported};

/// What a check's findings rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Basis {
    /// The commit alone.
    Commit,
    /// The commit, and what the registry that it goes to answers.
    Registry,
    /// Where it goes to.
    Target,
    /// Words that a pipeline may put on the command line, its npm, or the tool
    /// that it publishes with.
    Pipeline,
    /// The account, the terminal or the work tree of this machine.
    Machine,
}

fn basis(id: &str) -> Basis {
    match id {
        "auth-exposed" | "git-tag-mismatch" => Basis::Commit,
        "name-owned-by-others" | "scope-not-yours" | "scope-unknown" => Basis::Machine,
        "access-restricted-by-default"
        | "access-restricted-unscoped"
        | "auth-unscoped"
        | "dependency-protocol"
        | "package-extensions"
        | "spec-names-a-package"
        | "tag-needed-for-prerelease"
        | "tag-looks-like-version"
        | "tag-invalid"
        | "tag-moves-backwards"
        | "version-behind-latest" => Basis::Pipeline,
        "name-invalid" | "dependency-missing" => Basis::Registry,
        _ => match id.split('-').next() {
            Some("auth" | "oidc" | "provenance" | "ci" | "git") => Basis::Machine,
            Some("registry") => Basis::Target,
            Some("version" | "name") => Basis::Registry,
            _ => Basis::Commit,
        },
    }
}

/// A release by hand: published first, committed and tagged within a day.
const BY_HAND: SignedDuration = SignedDuration::from_hours(24);

/// What a commit's findings are weighed by.
#[derive(Clone, Copy, Debug)]
pub struct Scales<'a> {
    /// The user's word on the checks.
    pub rules: &'a Rules<'a>,
    /// The commit's files.
    pub tree: &'a Tree,
    /// When the commit was made.
    pub time: Option<Timestamp>,
}

/// Leaves out of a package's report what is no proof, or lowers it. Whether
/// the package is still to be published: np and changesets publish first and
/// push the tag then, and old tags go to new remotes.
pub fn weigh(package: &mut PackageReport, facts: &Facts, scales: Scales<'_>) -> bool {
    let Scales { rules, tree, time } = scales;
    let own = facts.package.version.as_ref().ok();
    let tagged = facts.git.pushed.as_ref().map(|pushed| &pushed.version);
    let there = own.and_then(|version| published(facts, version));
    // A tag with another version is wrong, whatever was published.
    let fits = tagged.is_none() || tagged == own;
    if let (Some(there), Some(made)) = (there, time)
        && fits
        && there >= made
    {
        return false;
    }
    let by_commit = registry_is_the_commits(facts, tree);
    let reused = reuse(there, time);
    let told = |id: &str| rules.levels.contains_key(id);
    package.findings.retain_mut(|found| {
        if told(found.check) {
            return true;
        }
        if ["version-taken", "version-burnt"].contains(&found.check) {
            found.level = found.level.min(reused);
        }
        match basis(found.check) {
            Basis::Commit => return is_of_commit(found, tree),
            Basis::Machine => return false,
            Basis::Target if !by_commit => return false,
            Basis::Registry if !by_commit => found.level = found.level.min(Level::Warning),
            // Which npm reads such a line is the pipeline's affair; a file of this
            // machine is not in it.
            Basis::Pipeline if found.check == "auth-unscoped" && !is_of_commit(found, tree) => {
                return false;
            }
            Basis::Pipeline => found.level = found.level.min(Level::Note),
            Basis::Registry | Basis::Target => {}
        }
        true
    });
    package.undecided.retain(|gap| {
        told(gap.check) || !matches!(basis(gap.check), Basis::Machine | Basis::Pipeline)
    });
    package
        .findings
        .sort_by_key(|found| std::cmp::Reverse(found.level));
    package.verdict = outcome(&package.findings, &package.undecided, rules);
    // Who publishes is the pipeline's affair.
    package.account = None;
    true
}

/// When a version was published, where the registry tells.
fn published(facts: &Facts, version: &Version) -> Option<Timestamp> {
    let packument = facts.packument().ok()?.value.as_ref()?;
    let time = packument.published.get(&version.to_string())?;
    time.parse().ok()
}

/// What a version weighs that stands on the registry already: proof where it
/// was published long before the commit was made.
fn reuse(there: Option<Timestamp>, made: Option<Timestamp>) -> Level {
    match (there, made) {
        (Some(there), Some(made)) if made.duration_since(there) > BY_HAND => Level::Error,
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

/// Whether the commit, or npm's own default, says where the package goes. A
/// file of the user's that says what the default says does not matter.
fn registry_is_the_commits(facts: &Facts, tree: &Tree) -> bool {
    let (origin, url) = match &facts.package.registry {
        Ok(registry) => (&registry.origin, registry.value.to_string()),
        Err(problem) => (&problem.origin, String::new()),
    };
    let is_default = match origin {
        Origin::Default => true,
        Origin::File(at) => at.layer != Layer::Project && url == DEFAULT,
        _ => false,
    };
    is_default || is_committed(origin, tree)
}

/// npm's own registry.
const DEFAULT: &str = "https://registry.npmjs.org/";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::ALL;
    use crate::facts::fake::{fake, npmrc_line};
    use crate::origin::FilePosition;
    use crate::registry::kind::RegistryKind;

    #[test]
    fn a_registry_of_this_machines_choice_is_known() {
        let tree = Tree::empty().unwrap();
        let by = |url: &str, origin: Origin| {
            let facts = fake().registry(url, RegistryKind::Other).with(|facts| {
                facts.package.registry.as_mut().unwrap().origin = origin;
            });
            registry_is_the_commits(&facts, &tree)
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
        assert!(by(DEFAULT, Origin::Default) && by(DEFAULT, npmrc_line(1)));
        assert!(by("https://npm.example/", project(tree.root())));
        assert!(!by("https://npm.example/", npmrc_line(1)));
        assert!(!by("https://npm.example/", variable()) && !by(DEFAULT, variable()));
        assert!(!by("https://npm.example/", project("/elsewhere".as_ref())));
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
    fn what_rests_on_this_machine_is_known_by_its_topic() {
        for check in ALL {
            let of_machine = basis(check.id) == Basis::Machine;
            let topic = check.id.split('-').next().unwrap_or_default();
            if ["manifest", "version", "license", "dependency", "registry"].contains(&topic) {
                assert!(!of_machine, "{}", check.id);
            }
        }
        assert_eq!(basis("auth-missing"), Basis::Machine);
        assert_eq!(basis("oidc-first-publish"), Basis::Machine);
        assert_eq!(basis("auth-exposed"), Basis::Commit);
        assert_eq!(basis("version-taken"), Basis::Registry);
        assert_eq!(basis("registry-read-only"), Basis::Target);
        assert_eq!(basis("license-denied"), Basis::Commit);
    }
}
