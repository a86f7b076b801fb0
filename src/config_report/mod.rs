//! `safe-publish config`: where npm would publish, as whom, with which tag and access, and what
//! set each. Contains no secret.

mod credential;
pub mod human;
pub mod json;
mod place;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use crate::environment::Environment;
use crate::npm::Npm;
use crate::npmrc::Unread;
use crate::npmrc::config::FileState;
use crate::npmrc::value::Value;
use crate::npmrc::{Config, PackageConfig};
use crate::origin::{Layer, Origin, Resolved};
use crate::plan::{PackagePlan, Plan};
use crate::secret::mask;

pub use credential::Masked;
pub use place::SourceOfSetting;

/// Everything that `config` shows.
#[derive(Clone, Debug)]
pub struct ConfigReport {
    /// The npm whose rules apply.
    pub npm: Option<Npm>,
    /// The packages that would be published, in npm's order.
    pub packages: Vec<PackageSettings>,
    /// The files, in the order in which npm reads them, and those that it does not read.
    pub files: Vec<ShownFile>,
    /// Problems in files, variables and flags.
    pub notes: Vec<ConfigNote>,
    /// The working folder and the home, to shorten paths.
    folders: Folders,
}

#[derive(Clone, Debug)]
struct Folders {
    cwd: PathBuf,
    home: Option<PathBuf>,
}

/// The settings for one package.
#[derive(Clone, Debug)]
pub struct PackageSettings {
    /// Its name, if valid.
    pub name: Option<String>,
    /// Its version, if valid.
    pub version: Option<String>,
    /// Its folder, relative to the working folder.
    pub directory: String,
    /// Where the PUT goes.
    pub registry: Row<String>,
    /// The registry that npm's own comparison of versions asks, if it is another one.
    pub compared_with: Option<String>,
    /// The dist-tag that is sent.
    pub tag: Row<String>,
    /// The access level that is sent.
    pub access: Row<String>,
    /// Whether provenance is asked for.
    pub provenance: Row<bool>,
    /// The key that npm looks up for an account before the PUT, and whether it finds one.
    pub account: Account,
    /// What the PUT would carry.
    pub credential: Row<Masked>,
    /// Keys of credentials for other URLs.
    pub elsewhere: Vec<(String, SourceOfSetting)>,
}

/// npm's own lookup of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The key without its last part, e.g. `//host/path/`; empty if there is no usable
    /// registry.
    pub key: String,
    /// Whether there is one.
    pub found: bool,
}

/// A setting, with every layer that sets it.
#[derive(Clone, Debug)]
pub struct Row<T> {
    /// The effective value; `None` if none is set.
    pub value: Option<T>,
    /// Why it cannot be used, or what is wrong with it.
    pub remark: Option<String>,
    /// The deciding key.
    pub key: String,
    /// The deciding origin.
    pub place: SourceOfSetting,
    /// Overridden values, the strongest first.
    pub lost: Vec<Overridden>,
}

/// A value that another one overrides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overridden {
    /// Its key.
    pub key: String,
    /// The value, masked.
    pub value: String,
    /// Where it is.
    pub place: SourceOfSetting,
}

/// A file as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownFile {
    /// The layer that it provides.
    pub layer: Layer,
    /// Where.
    pub path: PathBuf,
    /// Whether it was read.
    pub state: FileState,
}

/// A problem, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigNote {
    /// What.
    pub message: String,
    /// Where.
    pub place: SourceOfSetting,
}

impl ConfigReport {
    /// Collects the settings of every package of a plan.
    pub fn of(config: &Config, plan: &Plan, npm: Option<&Npm>, environment: &Environment) -> Self {
        let folders = Folders {
            cwd: environment.cwd.clone(),
            home: environment.home.clone(),
        };
        let of = |package: &PackagePlan| {
            let layered = config.for_package(&package.manifest);
            package_settings(package, &layered)
        };
        Self {
            npm: npm.cloned(),
            packages: plan.packages.iter().map(of).collect(),
            files: files(config, plan),
            notes: notes(config),
            folders,
        }
    }
}

fn package_settings(package: &PackagePlan, config: &PackageConfig<'_>) -> PackageSettings {
    let name = package.name.as_str();
    let compared = package.comparison.as_ref();
    PackageSettings {
        name: name.map(str::to_owned),
        version: package.version.as_ref().ok().map(ToString::to_string),
        directory: package.directory.clone(),
        registry: registry(package, config),
        compared_with: compared.map(|other| other.registry.to_string()),
        tag: tag(package, config),
        access: access(package, config),
        provenance: provenance(package, config),
        account: credential::account(package),
        credential: credential::row(package, config),
        elsewhere: credential::elsewhere(package),
    }
}

fn registry(package: &PackagePlan, config: &PackageConfig<'_>) -> Row<String> {
    let key = config.registry_key(package.name.as_str().unwrap_or_default());
    let mut lost = overridden(&key, package, config);
    if key != "registry" {
        // The scope's registry beats everything set for `registry`.
        let all = config.layers("registry");
        lost.extend(
            all.iter()
                .map(|it| shown_overridden("registry", it, package)),
        );
    }
    let (value, remark, origin) = match &package.registry {
        Ok(registry) => (registry.value.to_string(), None, &registry.origin),
        Err(problem) => (
            problem.value.clone(),
            Some("not an absolute http(s) URL".to_owned()),
            &problem.origin,
        ),
    };
    let dropped = package.dropped_registry.as_ref().map(|dropped| {
        format!(
            "npm ignores {} {}: not a URL",
            dropped.origin, dropped.value
        )
    });
    Row {
        value: Some(value),
        remark: remark.or(dropped),
        key,
        place: SourceOfSetting::of(origin, Some(&package.manifest)),
        lost,
    }
}

fn tag(package: &PackagePlan, config: &PackageConfig<'_>) -> Row<String> {
    let sent = &package.tag.sent;
    let configured = &package.tag.configured;
    let mut row = row("tag", sent.value.clone(), &sent.origin, package, config);
    if sent.origin != configured.origin && sent.value != configured.value {
        row.remark = Some(format!("npm's own notice says {}", configured.value));
    }
    let is_top_level =
        matches!(&sent.origin, Origin::Manifest { pointer, .. } if pointer == "/tag");
    if is_top_level {
        let all = config.layers("tag");
        row.lost = all
            .iter()
            .map(|it| shown_overridden("tag", it, package))
            .collect();
    }
    row
}

fn access(package: &PackagePlan, config: &PackageConfig<'_>) -> Row<String> {
    match &package.access {
        Some(access) => row(
            "access",
            access.value.clone(),
            &access.origin,
            package,
            config,
        ),
        None => unset("access", "the registry decides", package, config),
    }
}

fn provenance(package: &PackagePlan, config: &PackageConfig<'_>) -> Row<bool> {
    match config.provenance() {
        Some(it) => row("provenance", it.value, &it.origin, package, config),
        None => unset("provenance", "not asked for", package, config),
    }
}

fn row<T>(
    key: &str,
    value: T,
    origin: &Origin,
    package: &PackagePlan,
    config: &PackageConfig<'_>,
) -> Row<T> {
    Row {
        value: Some(value),
        remark: None,
        key: key.to_owned(),
        place: SourceOfSetting::of(origin, Some(&package.manifest)),
        lost: overridden(key, package, config),
    }
}

fn unset<T>(key: &str, means: &str, package: &PackagePlan, config: &PackageConfig<'_>) -> Row<T> {
    Row {
        value: None,
        remark: Some(means.to_owned()),
        key: key.to_owned(),
        place: SourceOfSetting::Default,
        lost: overridden(key, package, config),
    }
}

/// The values that the effective one overrides.
fn overridden(key: &str, package: &PackagePlan, config: &PackageConfig<'_>) -> Vec<Overridden> {
    let all = config.layers(key);
    let behind = all.iter().skip(1);
    behind
        .map(|it| shown_overridden(key, it, package))
        .collect()
}

fn shown_overridden(key: &str, it: &Resolved<Value>, package: &PackagePlan) -> Overridden {
    Overridden {
        key: key.to_owned(),
        value: mask(&it.value.to_text()),
        place: SourceOfSetting::of(&it.origin, Some(&package.manifest)),
    }
}

/// npm's files, and those of the published folders, which npm does not read.
fn files(config: &Config, plan: &Plan) -> Vec<ShownFile> {
    let known = config.files().iter().map(|file| ShownFile {
        layer: file.layer,
        path: file.path.clone(),
        state: file.state.clone(),
    });
    let mut all: Vec<_> = known.collect();
    for package in &plan.packages {
        let Some(folder) = package.manifest.path.parent() else {
            continue;
        };
        let path = folder.join(".npmrc");
        if path.is_file() && !all.iter().any(|file| file.path == path) {
            all.push(ShownFile {
                layer: Layer::Project,
                path,
                state: FileState::Ignored(Unread::InPublishedFolder),
            });
        }
    }
    all
}

fn notes(config: &Config) -> Vec<ConfigNote> {
    let flags = config
        .command_line()
        .problems
        .iter()
        .map(|problem| ConfigNote {
            message: mask(&problem.to_string()),
            place: SourceOfSetting::Flag(problem.written().to_owned()),
        });
    let settings = config.problems().iter().map(|problem| ConfigNote {
        message: mask(&problem.kind.to_string()),
        place: SourceOfSetting::of(&problem.origin, None),
    });
    flags.chain(settings).collect()
}
