//! The user's settings, and everything that must not be printed.

use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::error::Error;
use crate::manifest::Manifest;
use crate::npmrc::Config;
use crate::secret::Scrubber;
use crate::settings::{self as format, Settings};

/// `safe-publish.json` in the platform's settings folder.
fn user_settings(environment: &Environment) -> Option<PathBuf> {
    let folder = environment
        .filled("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute());
    let folder = folder.or_else(|| {
        environment
            .home
            .as_ref()
            .filter(|_| cfg!(target_os = "linux"))
            .map(|home| home.join(".config"))
    });
    Some(
        folder
            .or_else(dirs::config_dir)?
            .join("safe-publish")
            .join("safe-publish.json"),
    )
}

/// Everything that must not reach any output: npm's credentials, and the values of variables
/// whose names indicate a secret.
pub(super) fn scrubber(config: &Config, environment: &Environment) -> Scrubber {
    let mut scrubber = Scrubber::of_variables(&environment.variables);
    for secret in config.secrets() {
        // A reference to a variable that is not set is not a secret.
        if !secret.contains("${") {
            scrubber.add_secret(&secret);
        }
    }
    scrubber
}

/// The user's settings, overridden by those of a project's root.
///
/// # Errors
/// When they cannot be read or understood.
pub fn settings_of(
    root: &Path,
    manifest: Option<&Manifest>,
    environment: &Environment,
) -> Result<Settings, Error> {
    format::load(
        user_settings(environment).as_deref(),
        root,
        manifest.map(|manifest| manifest.object.as_ref()),
        &crate::checks::known_ids(),
    )
    .map_err(|error| {
        Error::new(
            format!("reading the settings in {}", error.place),
            error.problem,
        )
        .next("correct it there; `safe-publish config --schema` prints what is allowed")
    })
}
