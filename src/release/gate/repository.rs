//! The packages of one repository side by side: whether what one needs of another is on the
//! registry, or is sent with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::Judged;
use crate::facts::Facts;
use crate::finding::{Evidence, Finding, Level, Place, Reported};
use crate::manifest::{Dependency, DependencyField, Manifest, range};
use crate::registry::documents::DependencyState;

/// The check that reports what users cannot install.
const CHECK: &str = "dependency-missing";

/// Another package of the repository.
#[derive(Clone, Debug)]
pub(crate) struct Sibling {
    /// The version that is sent, or the one that is on the registry.
    pub(crate) version: Option<String>,
    /// Its versions on the registry; `None` if they are not known.
    pub(crate) published: Option<Vec<String>>,
    /// It is private, so users cannot install it.
    pub(crate) is_private: bool,
}

/// The packages of the repository.
#[derive(Clone, Debug, Default)]
pub(crate) struct RepositoryPackages {
    /// By the name that is published.
    by_name: BTreeMap<String, Sibling>,
    /// The published name by the one in package.json, where they differ.
    renamed: BTreeMap<String, String>,
}

impl RepositoryPackages {
    /// Adds a package. `source` is its package.json, `name` the name that is published.
    pub(crate) fn add(&mut self, source: &Manifest, name: String, sibling: Sibling) {
        let written = source.object.get("name").and_then(|name| name.as_str());
        if let Some(written) = written.filter(|&written| written != name) {
            self.renamed.insert(written.to_owned(), name.clone());
        }
        self.by_name.insert(name, sibling);
    }

    /// What a package needs of its siblings and does not get. `facts` and `reported` hold
    /// what the registry and the checks say of its dependencies.
    pub(super) fn findings(
        &self,
        facts: &Facts,
        reported: &[Reported],
    ) -> Vec<(&'static str, Finding)> {
        let reported: BTreeSet<&str> = pointers(reported).collect();
        let manifest = &facts.package.manifest;
        let fields = DependencyField::PUBLISHED.into_iter();
        let all = fields.flat_map(|field| manifest.dependencies(field));
        let needed = all.filter(|dependency| !is_brought_along(facts, dependency.name));
        needed
            .filter_map(|dependency| {
                let is_reported = reported.contains(dependency.pointer.as_str());
                let finding = self.lacking(&dependency, state(facts, &dependency), is_reported)?;
                let is_needed = !is_dispensable(&dependency, manifest);
                let level = finding.level.filter(|_| is_needed);
                let finding = finding.level(level.unwrap_or(Level::Warning));
                Some((CHECK, finding.at(&dependency.pointer)))
            })
            .collect()
    }

    /// `is_reported`: the checks proved that users cannot install it from the registry.
    fn lacking(
        &self,
        dependency: &Dependency<'_>,
        state: Option<&DependencyState>,
        is_reported: bool,
    ) -> Option<Finding> {
        let (name, wanted) = wanted(dependency.name, dependency.spec)?;
        // The packer still replaces protocols; those that it left are judged by a check.
        if wanted.contains(':') {
            return None;
        }
        let is_there = state == Some(&DependencyState::Found);
        match (self.by_name.get(name), self.renamed.get(name)) {
            (Some(sibling), _) if sibling.is_private => (!is_there).then(|| private(name)),
            (Some(sibling), _) => sibling.lacks(name, wanted),
            (None, Some(published)) if !is_there => {
                let is_staged = matches!(state, Some(DependencyState::Staged { .. }));
                let finding = renamed(name, published, wanted);
                let is_proven = is_reported && !is_staged;
                Some(if is_proven {
                    finding.level(Level::Error)
                } else {
                    finding
                })
            }
            _ => None,
        }
    }
}

/// Where the checks say of a dependency that users cannot install it.
fn pointers(reported: &[Reported]) -> impl Iterator<Item = &str> {
    let all = reported.iter().filter(|found| found.check == CHECK);
    all.filter_map(|found| match &found.finding.place {
        Some(Place::Manifest(pointer)) => Some(pointer.as_str()),
        _ => None,
    })
}

/// Drops what the checks say of a dependency of which the repository says more.
pub(super) fn replace(judged: &mut Judged, own: &[(&'static str, Finding)]) {
    let mine = own.iter().filter(|(id, _)| *id == CHECK);
    let mine: Vec<&Place> = mine.filter_map(|(_, it)| it.place.as_ref()).collect();
    let is_replaced = |place: &Option<Place>| place.as_ref().is_some_and(|it| mine.contains(&it));
    judged
        .findings
        .retain(|found| found.check != CHECK || !is_replaced(&found.finding.place));
}

/// Whether the package contains this dependency.
fn is_brought_along(facts: &Facts, name: &str) -> bool {
    let manifest = format!("node_modules/{name}/package.json");
    let contents = facts.contents();
    contents.is_some_and(|contents| contents.packed.find(&manifest).is_some())
}

/// What the registry answered about a dependency.
fn state<'f>(facts: &'f Facts, dependency: &Dependency<'_>) -> Option<&'f DependencyState> {
    let plans = facts.package.dependencies.iter();
    let mut asked = plans.zip(&facts.answers.dependencies);
    let (_, asked) = asked.find(|(plan, _)| plan.pointer == dependency.pointer)?;
    asked.state.as_ref().ok().map(|answer| &answer.value)
}

/// Whether npm installs without it: it is optional, or another field's entry counts.
fn is_dispensable(dependency: &Dependency<'_>, manifest: &Manifest) -> bool {
    let is_in = |field| {
        let mut all = manifest.dependencies(field);
        all.any(|other| other.name == dependency.name)
    };
    match dependency.field {
        DependencyField::OptionalDependencies => true,
        DependencyField::Dependencies => is_in(DependencyField::OptionalDependencies),
        DependencyField::PeerDependencies => {
            manifest.is_optional_peer(dependency.name)
                || is_in(DependencyField::Dependencies)
                || is_in(DependencyField::OptionalDependencies)
        }
    }
}

fn private(name: &str) -> Finding {
    Finding::new(format!(
        "`{name}` is private in this repository, so users cannot install it from here"
    ))
    .help(format!("publish {name}, too, or bundle it"))
}

fn renamed(name: &str, published: &str, wanted: &str) -> Finding {
    Finding::new(format!(
        "`{name}` of this repository is published as `{published}`, so users cannot install `{name}` from this release"
    ))
    .help(format!("write `\"{name}\": \"npm:{published}@{wanted}\"`, or depend on {published}"))
}

impl Sibling {
    /// One whose `version` is sent or published. `facts` are `None` for a private one.
    pub(crate) fn of(facts: Option<&Facts>, version: Option<String>) -> Self {
        Self {
            version,
            published: facts.and_then(published),
            is_private: facts.is_none(),
        }
    }

    fn lacks(&self, name: &str, wanted: &str) -> Option<Finding> {
        let fits = |version: &String| range::satisfies(version, wanted, true);
        let published = self.published.as_ref()?;
        // Tags, and what npm does not read as a range, are judged elsewhere.
        let is_open = range::is_any(wanted)
            || !range::is_valid_range(wanted, true)
            || self.version.iter().chain(published).any(fits);
        if is_open {
            return None;
        }
        let own = self.version.as_deref().unwrap_or("(no version)");
        Some(
            Finding::new(format!(
                "no version of `{name}` fits `{wanted}`: neither {own}, which this repository has, nor one on the registry"
            ))
            .because(Evidence {
                request: format!("{name} {own}"),
                answer: format!("does not satisfy {wanted}"),
            })
            .help("correct the range, or release the version that it names")
            .level(Level::Error),
        )
    }
}

fn published(facts: &Facts) -> Option<Vec<String>> {
    let answer = facts.packument().ok()?;
    let packument = answer.value.as_ref();
    Some(packument.map_or_else(Vec::new, |packument| {
        packument.versions.keys().map(str::to_owned).collect()
    }))
}

/// The name and the range, also of an `npm:` alias.
fn wanted<'s>(name: &'s str, spec: &'s str) -> Option<(&'s str, &'s str)> {
    let spec = spec.trim();
    match spec.strip_prefix("npm:") {
        Some(alias) => {
            let at = alias.get(1..)?.rfind('@')? + 1;
            Some((&alias[..at], &alias[at + 1..]))
        }
        None => Some((name, spec)),
    }
}

/// Dependencies that a packer turned from `workspace:` into something that is not a range: bun
/// leaves a path, which npm reads as a GitHub repository.
pub(super) fn unresolved(source: &Manifest, packed: &Manifest) -> Vec<(&'static str, Finding)> {
    let fields = DependencyField::PUBLISHED.into_iter();
    let all = fields.flat_map(|field| packed.dependencies(field));
    all.filter_map(|dependency| {
        let written = source.pointer(&dependency.pointer)?.as_str()?;
        let spec = dependency.spec.trim();
        let (_, range) = wanted(dependency.name, spec)?;
        // Other protocols are judged by a check.
        let is_good = range::is_valid_range(range, true) || spec.contains(':');
        if !written.trim_start().starts_with("workspace:") || is_good {
            return None;
        }
        let finding = Finding::new(format!(
            "the packer made `{}` of `{}` in {}, which is not a version range",
            crate::secret::excerpt(spec, 60),
            crate::secret::excerpt(written, 60),
            dependency.field.key(),
        ))
        .at(&dependency.pointer)
        .help("write workspace:^ or workspace:* instead of a path")
        .level(Level::Error);
        Some(("dependency-protocol", finding))
    })
    .collect()
}
