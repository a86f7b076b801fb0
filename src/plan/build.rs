//! Builds the plan from npm's configuration and the manifests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{
    Comparison, PackagePlan, Packing, Plan, ProjectPlan, Protocols, RemoteSpec, Skipped, Spec,
    WorkspaceFault, credentials, dependencies, extension, packing, provenance_file, scripts, shown,
    spec_type,
};
use crate::ci::Ci;
use crate::environment::Environment;
use crate::error::Error;
use crate::manifest::name::Name;
use crate::manifest::read_tarball;
use crate::manifest::spec::{self, SpecKind};
use crate::manifest::workspaces::{Selected, Selection, WorkspaceError, Workspaces, foreign_file};
use crate::manifest::{ErrorLocation, Manifest, ManifestError};
use crate::npm::{Npm, NpmVersion};
use crate::npmrc::arguments::ArgumentProblem;
use crate::npmrc::{CommandLine, Config, PackageConfig};
use crate::origin::Resolved;
use crate::registry::url::RegistryUrl;

/// The npm whose rules apply if none was found.
const NEWEST: (u64, u64, u64) = (12, 2, 0);

/// What the builder works from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// npm's configuration.
    pub config: &'a Config,
    /// The working folder and the variables.
    pub environment: &'a Environment,
    /// The npm that would publish.
    pub npm: Option<&'a Npm>,
    /// The CI that it would publish from.
    pub ci: &'a Ci,
}

impl Plan {
    /// Determines which packages npm would publish, and how.
    ///
    /// # Errors
    /// When there is nothing to publish: no package.json, an invalid one, a workspace that does
    /// not exist, an invalid tarball.
    pub fn build(input: Input<'_>) -> Result<Self, Error> {
        let specs = &input.config.command_line().positionals;
        if input.config.workspaces_clash() {
            return Err(Error::new(
                "choosing workspaces",
                "npm does not accept --workspace together with --no-workspaces",
            )
            .next("drop one of them; `safe-publish config` shows where each is set")
            .wrong_usage());
        }
        let project = ProjectPlan::read(input);
        if !project.workspace_faults.is_empty() {
            return Ok(Self::of_nothing(project));
        }
        let filters = filters(input.config);
        let workspaces = input.config.flag("workspaces") || !filters.is_empty();
        if workspaces && input.config.is_global() {
            return Err(Error::new(
                "choosing workspaces",
                "npm has no workspaces in global mode",
            )
            .next("drop --global, or --workspace and --workspaces")
            .wrong_usage());
        }
        if workspaces && (specs.is_empty() || specs.iter().any(|spec| spec == ".")) {
            return of_workspaces(input, &filters, project);
        }
        if specs.len() > 1 {
            return Err(several_specs(specs));
        }
        let spec = specs.first().map_or(".", String::as_str);
        Ok(Self {
            packages: vec![single(input, spec, &project)?],
            skipped: Vec::new(),
            project,
        }
        .in_project())
    }

    /// npm fails before it reads any package.
    pub(super) fn of_nothing(project: ProjectPlan) -> Self {
        Self {
            packages: Vec::new(),
            skipped: Vec::new(),
            project,
        }
    }
}

fn several_specs(specs: &[String]) -> Error {
    let cause = format!(
        "npm publish takes one folder, tarball or package, but got {}: {}",
        specs.len(),
        specs.join(" ")
    );
    Error::new("reading the command line", cause)
        .next("publish them one by one, or use --workspace")
        .wrong_usage()
}

/// The values of `--workspace`, or the member that contains the working folder.
fn filters(config: &Config) -> Vec<String> {
    let named = config.list("workspace");
    if named.is_empty() && config.get("workspace").is_none() {
        return config
            .implicit_workspace()
            .map(|member| vec![member.display().to_string()])
            .unwrap_or_default();
    }
    named
}

fn of_workspaces(
    input: Input<'_>,
    filters: &[String],
    mut project: ProjectPlan,
) -> Result<Plan, Error> {
    let root = input.config.local_prefix();
    let doing = || format!("finding the workspaces of {}", root.display());
    let manifest = project
        .manifest_at(&root.join("package.json"))
        .map_err(|error| Error::new(doing(), error))?;
    let cwd = &input.environment.cwd;
    let selection = Selection {
        filters,
        include_root: input.config.flag("include-workspace-root"),
        cwd: if cwd.starts_with(root) { cwd } else { root },
    };
    let selected = match Workspaces::select(root, &manifest, selection) {
        Ok(selected) => selected,
        Err(
            error @ (WorkspaceError::NotFound { .. }
            | WorkspaceError::Member(_)
            | WorkspaceError::TooLarge { .. }),
        ) => {
            return Err(match foreign_file(root, &manifest) {
                Some(file) => foreign(file, doing()),
                None => Error::new(doing(), error),
            });
        }
        Err(error) => {
            let path = manifest.path.clone();
            project
                .workspace_faults
                .push(WorkspaceFault::new(path, error));
            return Ok(Plan::of_nothing(project));
        }
    };
    Ok(of_members(input, selected, project))
}

/// Each public member is a package; npm skips the others.
fn of_members(input: Input<'_>, selected: Vec<Selected>, project: ProjectPlan) -> Plan {
    let folders: Arc<[PathBuf]> = selected.iter().map(|it| it.directory.clone()).collect();
    let mut plan = Plan::of_nothing(project);
    for member in selected {
        let target = Target::folder(input, &member.directory, member.manifest, &folders);
        let is_private = target.manifest.is_private();
        let package = package(input, target, true);
        if is_private {
            let name = member.name;
            plan.skipped.push(Skipped::by_npm(name, package));
        } else {
            plan.packages.push(package);
        }
    }
    plan.in_project()
}

fn foreign(file: &str, doing: String) -> Error {
    let cause = format!(
        "npm sees no workspaces: only {file} lists the packages, and npm does \
        not read it"
    );
    Error::new(doing, cause).next("publish them with: safe-publish release")
}

fn single(input: Input<'_>, word: &str, project: &ProjectPlan) -> Result<PackagePlan, Error> {
    let environment = input.environment;
    let absolute =
        |path: &Path| spec::absolute(path, &environment.cwd, environment.home.as_deref());
    let remote = |kind| remote(input, word, kind);
    match spec::classify(word) {
        SpecKind::Folder(path) => {
            let folder = absolute(&path);
            let manifest = project
                .manifest_at(&folder.join("package.json"))
                .map_err(|error| unreadable("reading the package to publish", &error))?;
            let target = Target::folder(input, &folder, manifest, &Arc::default());
            Ok(package(input, target, false))
        }
        SpecKind::Tarball(path) => {
            let file = absolute(&path);
            let manifest = read_tarball(&file)
                .map_err(|error| unreadable("reading the tarball to publish", &error))?;
            let target = Target {
                manifest,
                directory: shown(&file, &environment.cwd),
                spec: Spec::Tarball,
                packing: Packing::Tarball(file),
            };
            Ok(package(input, target, false))
        }
        SpecKind::Registry => Ok(remote(RemoteSpec::Registry)),
        SpecKind::GitHub => Ok(remote(RemoteSpec::GitHub)),
        SpecKind::Git => Ok(remote(RemoteSpec::Git)),
        SpecKind::Address => Ok(remote(RemoteSpec::Address)),
        SpecKind::Invalid { text, .. } => Err(Error::new(format!("reading `{word}`"), text)
            .next("name a folder (./dist), a tarball, or nothing for the working folder")
            .wrong_usage()),
    }
}

/// A manifest that cannot be read. The faulty line is shown.
fn unreadable(doing: &str, error: &ManifestError) -> Error {
    let shown = Error::new(doing, error);
    // A line that contains a credential is not shown, and text that does not parse cannot be
    // searched for one.
    let tells = |at: &&ErrorLocation| {
        !["_auth", "_password"]
            .iter()
            .any(|key| at.text.contains(key))
    };
    match error.place().filter(tells) {
        Some(at) => {
            let line = at
                .text
                .lines()
                .nth(at.line.saturating_sub(1))
                .unwrap_or_default();
            shown.at(at.line, at.column, line)
        }
        None => shown,
    }
}

/// An argument that npm reads as something on the network.
fn remote(input: Input<'_>, word: &str, kind: RemoteSpec) -> PackagePlan {
    let path = input.environment.cwd.join(word);
    let spec = Spec::Remote {
        word: word.to_owned(),
        kind,
        folder_exists: path.join("package.json").is_file() || path.is_file(),
    };
    let target = Target {
        manifest: Manifest::from_json(serde_json::json!({})),
        directory: ".".to_owned(),
        spec,
        packing: Packing::Remote,
    };
    let mut plan = package(input, target, false);
    if kind == RemoteSpec::Registry {
        let name = word
            .get(1..)
            .and_then(|rest| rest.find('@'))
            .map_or(word, |at| &word[..=at]);
        let own = Manifest::from_json(serde_json::json!({ "name": name }));
        plan.name = own.name(&version_of(input.npm));
        let config = input.config.for_package(&plan.manifest);
        plan.registry = config.registry(name);
    }
    plan
}

pub(super) fn version_of(npm: Option<&Npm>) -> NpmVersion {
    npm.map_or_else(
        || NpmVersion::new(NEWEST.0, NEWEST.1, NEWEST.2),
        |npm| npm.version.clone(),
    )
}

/// What one package is published from.
pub(super) struct Target {
    manifest: Manifest,
    /// Its folder or file, as shown to the user.
    directory: String,
    spec: Spec,
    pub(super) packing: Packing,
}

impl Target {
    pub(super) fn folder(
        input: Input<'_>,
        folder: &Path,
        manifest: Manifest,
        workspaces: &Arc<[PathBuf]>,
    ) -> Self {
        let npm = version_of(input.npm);
        Self {
            packing: packing::of_folder(input, &npm, folder, &manifest, workspaces),
            directory: shown(folder, &input.environment.cwd),
            spec: Spec::Folder,
            manifest,
        }
    }
}

pub(super) fn package(input: Input<'_>, target: Target, as_workspace: bool) -> PackagePlan {
    let Target {
        manifest,
        directory,
        spec,
        packing,
    } = target;
    let config = input.config.for_package(&manifest);
    let name = manifest.name(&version_of(input.npm));
    let registry = config.registry(name.as_str().unwrap_or_default());
    let (scripts, scripts_after) = scripts_of(input, &manifest, &spec);
    let mut credential = credentials::credential(input, &config, &name);
    credential.exposed = credentials::exposed(input, &spec);
    PackagePlan {
        directory,
        version: manifest.version(),
        packing,
        as_workspace,
        force: input.config.flag("force"),
        dry_run: input.config.flag("dry-run"),
        staged: false,
        by_release: false,
        wrapped: is_wrapped(input),
        otp: config.has_otp(),
        rewrites: scripts::Rewrite::of(&manifest, &scripts),
        scripts,
        scripts_after,
        comparison: comparison(&config, &name, registry.as_ref().ok()),
        dropped_registry: config.dropped_registry(),
        unknown_flags: unknown_flags(input.config.command_line()),
        packer: None,
        protocols: Protocols::Kept,
        siblings: Arc::default(),
        tag: config.tag(),
        pre_tag: None,
        access: config.access(),
        provenance: provenance_file::provenance(input.config, &config),
        provenance_file: provenance_file::read(&config, input.environment),
        purl: provenance_file::purl(&manifest, &name),
        spec_type_disabled: spec_type::disabled(&spec, &config, &version_of(input.npm)),
        extension_fault: extension::of_package(&spec, &manifest),
        dependencies: dependencies::dependencies(&manifest, &config),
        credential,
        registry,
        name,
        spec,
        manifest,
    }
}

/// The scripts that run before and after the PUT. npm runs them only when it packs a folder.
fn scripts_of(input: Input<'_>, manifest: &Manifest, spec: &Spec) -> (Vec<String>, Vec<String>) {
    if *spec != Spec::Folder {
        return (Vec::new(), Vec::new());
    }
    let before = scripts::before_put(input.config, manifest, &version_of(input.npm));
    (before, scripts::after_put(input.config, manifest))
}

/// The registry that npm compares with, if that is another one.
fn comparison(
    config: &PackageConfig<'_>,
    name: &Name,
    registry: Option<&Resolved<RegistryUrl>>,
) -> Option<Comparison> {
    let (name, registry) = (name.as_str()?, &registry?.value);
    let other = config.comparison_registry(name);
    let other = other.filter(|other| other != registry)?;
    let url = url::Url::parse(&other.package(name)).ok();
    Some(Comparison {
        credential: url.and_then(|url| config.comparison_credential(name, &url)),
        registry: other,
    })
}

fn unknown_flags(line: &CommandLine) -> Vec<String> {
    let unknown = line.problems.iter().filter_map(|problem| match problem {
        ArgumentProblem::Unknown { written } => Some(written.clone()),
        _ => None,
    });
    unknown.collect()
}

/// Whether an outer `npm run` exported another registry than this project's files choose. npm's
/// own publish exports the one that it uses.
fn is_wrapped(input: Input<'_>) -> bool {
    let inside_a_script = input.environment.filled("npm_lifecycle_event").is_some();
    let mut registries = input
        .config
        .all("registry")
        .map(|entry| entry.value.to_text());
    let (exported, own) = (registries.next(), registries.next());
    inside_a_script && !crate::npm::run::inside_a_publish(input.environment) && exported != own
}
