//! The packages of one repository side by side: whether what one needs of another is on the
//! registry, or is sent with it.

use std::collections::BTreeMap;

use crate::finding::{Evidence, Finding, Level};
use crate::manifest::{DependencyField, Manifest, range};

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

/// The packages of the repository by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct RepositoryPackages(pub(crate) BTreeMap<String, Sibling>);

impl RepositoryPackages {
    /// Dependencies of a packed manifest on packages of this repository that will not be met.
    pub(super) fn findings(&self, packed: &Manifest) -> Vec<(&'static str, Finding)> {
        let fields = DependencyField::PUBLISHED.into_iter();
        let all = fields.flat_map(|field| packed.dependencies(field));
        all.filter_map(|dependency| {
            let (name, wanted) = wanted(dependency.name, dependency.spec)?;
            let sibling = self.0.get(name)?;
            let finding = sibling.lacks(name, wanted)?;
            Some(("dependency-missing", finding.at(&dependency.pointer)))
        })
        .collect()
    }
}

impl Sibling {
    fn lacks(&self, name: &str, wanted: &str) -> Option<Finding> {
        if self.is_private {
            return Some(
                Finding::new(format!(
                    "`{name}` is private in this repository, so users cannot install it from here"
                ))
                .help(format!("publish {name}, too, or bundle it"))
                .level(Level::Warning),
            );
        }
        let fits = |version: &String| range::satisfies(version, wanted, true);
        let published = self.published.as_ref()?;
        // Tags, and what npm does not read as a range, are judged elsewhere.
        let is_open =
            !range::is_valid_range(wanted, true) || self.version.iter().chain(published).any(fits);
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
