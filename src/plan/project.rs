//! What npm reads before it reads any package: the package.json at its local prefix, and the
//! workspaces.

use std::path::{Path, PathBuf};

use crate::manifest::workspaces::{WorkspaceError, Workspaces};
use crate::manifest::{Manifest, ManifestError, js};

use super::{Field, Input, Plan, Rewrite, Spec};
use crate::finding::Packer;
use crate::npmrc::Config;
use crate::npmrc::config::ProblemKind;
use crate::npmrc::value::Value;
use crate::origin::Origin;

/// What npm reads at its local prefix, whatever it publishes.
#[derive(Clone, Debug, Default)]
pub struct ProjectPlan {
    /// The package.json there, if npm can read it. In global mode npm reads none.
    pub manifest: Option<Manifest>,
    /// `--force`, from any layer.
    pub force: bool,
    /// `strict-npmrc`, from any layer.
    pub strict_npmrc: bool,
    /// Keys in files that npm does not know, in the order in which npm reads them.
    pub unknown_keys: Vec<UnknownKey>,
    /// Values of the wrong type that npm uses anyway.
    pub invalid_values: Vec<InvalidValue>,
    /// Workspaces that make npm fail, in the order in which npm reads them.
    pub workspace_faults: Vec<WorkspaceFault>,
}

/// A key in an .npmrc that npm does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKey {
    /// The key.
    pub key: String,
    /// Where it is.
    pub origin: Origin,
}

/// A setting with a value of the wrong type that npm uses anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    /// The key.
    pub key: String,
    /// The value as written. It may be a secret.
    pub value: String,
    /// Where it is.
    pub origin: Origin,
}

/// Workspaces that npm cannot read.
#[derive(Clone, Debug)]
pub struct WorkspaceFault {
    /// The package.json that declares them.
    pub path: PathBuf,
    /// Why npm cannot read them.
    pub error: WorkspaceError,
    /// The script that may fix them before npm reads them, if any.
    pub rewrite: Option<Rewrite>,
}

impl Plan {
    /// Adds what each package gets from its project: the packer, and the workspaces that npm
    /// reads when it packs a folder, whether or not they matter to the publish.
    pub(super) fn in_project(mut self) -> Self {
        let of_project = self.project.manifest.as_ref().and_then(packer);
        let skipped = self.skipped.iter_mut().map(|skipped| &mut skipped.package);
        for package in self.packages.iter_mut().chain(skipped) {
            package.packer = packer(&package.manifest).or(of_project);
            if package.spec == Spec::Folder {
                let rewrite = Field::Tree.rewritten_by(package).cloned();
                let fault = WorkspaceFault::of(&package.manifest);
                let fault = fault.map(|fault| WorkspaceFault { rewrite, ..fault });
                self.project.workspace_faults.extend(fault);
            }
        }
        self
    }
}

/// The tool that `packageManager` names.
pub(super) fn packer(manifest: &Manifest) -> Option<Packer> {
    let named = manifest.object.get("packageManager")?.as_str()?;
    Packer::of_package_manager(named)
}

impl ProjectPlan {
    /// Reads what npm reads before it reads any package.
    pub(super) fn read(input: Input<'_>) -> Self {
        let config = input.config;
        let root = input.environment.cwd.join(config.local_prefix());
        let manifest = Manifest::read(&root.join("package.json")).ok();
        let above = config.no_workspace_roots().iter();
        Self {
            manifest: manifest.filter(|_| !config.is_global()),
            force: config.flag("force"),
            strict_npmrc: config.flag("strict-npmrc"),
            unknown_keys: unknown_keys(config),
            invalid_values: invalid_values(config),
            // npm skips a package.json whose `workspaces` is missing or `null`.
            workspace_faults: above
                .filter_map(|folder| Manifest::read(&folder.join("package.json")).ok())
                .filter(|manifest| js::truthy(&manifest.object, "workspaces").is_some())
                .filter_map(|manifest| WorkspaceFault::of(&manifest))
                .collect(),
        }
    }
}

impl ProjectPlan {
    /// Reads a package.json, unless it is the project's own: that was read already.
    pub(super) fn manifest_at(&self, path: &Path) -> Result<Manifest, ManifestError> {
        match &self.manifest {
            Some(own) if own.path == path => Ok(own.clone()),
            _ => Manifest::read(path),
        }
    }
}

fn unknown_keys(config: &Config) -> Vec<UnknownKey> {
    // npm reads a section as an unknown key, whatever it contains.
    let sections = config.entries().into_iter().filter(|entry| {
        matches!(entry.value, Value::Object(_)) && matches!(entry.origin, Origin::File(_))
    });
    let sections = sections.map(|entry| UnknownKey {
        key: entry.key.clone(),
        origin: entry.origin.clone(),
    });
    let problems = config.problems().iter();
    problems
        .filter(|problem| matches!(problem.origin, Origin::File(_)))
        .filter_map(|problem| match &problem.kind {
            ProblemKind::UnknownKey { key } => Some(UnknownKey {
                key: key.clone(),
                origin: problem.origin.clone(),
            }),
            _ => None,
        })
        .chain(sections)
        .collect()
}

/// The invalid values that no stronger setting overrides.
fn invalid_values(config: &Config) -> Vec<InvalidValue> {
    let problems = config.problems().iter();
    problems
        .filter_map(|problem| {
            let ProblemKind::InvalidValue { key, .. } = &problem.kind else {
                return None;
            };
            let (entry, value) = config.option(key)?;
            (entry.origin == problem.origin).then(|| InvalidValue {
                key: key.clone(),
                value: value.to_text(),
                origin: problem.origin.clone(),
            })
        })
        .collect()
}

impl WorkspaceFault {
    /// A fault that no script can fix.
    pub(crate) fn new(path: PathBuf, error: WorkspaceError) -> Self {
        Self {
            path,
            error,
            rewrite: None,
        }
    }

    /// Why npm cannot read the workspaces that a package.json declares.
    pub(super) fn of(manifest: &Manifest) -> Option<Self> {
        manifest.object.get("workspaces")?;
        let error = Workspaces::read(manifest.path.parent()?, manifest).err()?;
        // Where we give up, npm may still succeed.
        error.npm_says()?;
        Some(Self::new(manifest.path.clone(), error))
    }
}
