//! Errors that end a preflight before it asks any registry: a configuration that npm would fail
//! on, ids and kinds that do not exist.

use crate::environment::Environment;
use crate::error::Error;
use crate::npmrc::Config;
use crate::npmrc::config::FileState;
use crate::registry::kind::RegistryKind;
use crate::settings::{self, Settings};

/// npm silently ignores an .npmrc that it cannot read, and fails on some lines. Neither should
/// first show during the publish.
pub(super) fn usable_configuration(config: &Config) -> Result<(), Error> {
    for file in config.files() {
        // Below something that is not a folder (HOME=/dev/null) no file can exist.
        let has_folder = file.path.parent().is_some_and(std::path::Path::is_dir);
        if let (FileState::Unreadable(reason), true) = (&file.state, has_folder) {
            let doing = format!(
                "reading the {} .npmrc {}",
                file.layer.name(),
                file.path.display()
            );
            return Err(Error::new(doing, reason).next(
                "make it a file that you can read, or \
                remove it; npm would silently ignore it",
            ));
        }
    }
    match config
        .problems()
        .iter()
        .find(|problem| problem.kind.ends_npm() && problem.kind.excludes_provenance().is_none())
    {
        Some(problem) => {
            let doing = format!("reading npm's configuration ({})", problem.origin);
            Err(Error::new(doing, &problem.kind).next("correct that line: npm itself fails on it"))
        }
        None => Ok(()),
    }
}

pub(super) fn allowed_ids(allow: &[String]) -> Result<(), Error> {
    let known = crate::checks::known_ids();
    for id in allow {
        if !known.contains(&id.as_str()) {
            let hint = settings::nearest(id, &known)
                .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return Err(
                Error::new("reading --allow", format!("there is no check `{id}`{hint}"))
                    .next("`safe-publish explain ids` lists them")
                    .wrong_usage(),
            );
        }
    }
    Ok(())
}

/// The kinds of registries that the user states: by the settings, or by the
/// variable, which holds for every URL of the run.
///
/// # Errors
/// When the variable names no kind.
pub fn kind_overrides(
    settings: &Settings,
    environment: &Environment,
) -> Result<Vec<(String, RegistryKind)>, Error> {
    let mut overrides = settings.registry_kinds.clone();
    if let Some(name) = environment.filled("SAFE_PUBLISH_REGISTRY_KIND") {
        let kind = RegistryKind::from_name(name).ok_or_else(|| {
            let names: Vec<_> = RegistryKind::ALL.iter().map(|kind| kind.name()).collect();
            Error::new(
                "reading SAFE_PUBLISH_REGISTRY_KIND",
                format!("`{name}` is not a kind of registry"),
            )
            .next(format!("use one of {}", names.join(", ")))
        })?;
        overrides = vec![(String::new(), kind)];
    }
    Ok(overrides)
}
