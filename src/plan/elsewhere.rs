//! Settings that suggest another registry than the one npm uses: credentials elsewhere, and
//! registries that npm does not use.

use std::path::{Path, PathBuf};

use super::Input;
use super::tools::{self, Tool, Value};
use crate::npmrc::Unread;
use crate::npmrc::arguments::ArgumentProblem;
use crate::npmrc::config::FileState;
use crate::npmrc::{PackageConfig, ini};
use crate::origin::{FilePosition, Layer, Origin};
use crate::secret::{Secret, mask_known_shapes};

/// Settings that exist but that npm does not use for a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Credentials under other keys, in files that npm does not read, or of other
    /// tools.
    pub credentials: Vec<OtherCredential>,
    /// Registries that npm does not use for this package.
    pub registries: Vec<OtherRegistry>,
}

/// A credential that npm does not use for this package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherCredential {
    /// The whole key: `//host/path/:_authToken`, or the name of another tool's
    /// setting.
    pub key: String,
    /// Where it is.
    pub origin: Origin,
    /// Why npm does not use it.
    pub why: Unused,
    /// Its value, kept so that no output shows it.
    pub value: Secret,
}

/// A registry that npm does not use for this package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherRegistry {
    /// `registry`, `@acme:registry`, or the name of another tool's setting.
    pub key: String,
    /// The value, masked.
    pub url: String,
    /// Where it is.
    pub origin: Origin,
    /// Why npm does not use it.
    pub why: Unused,
}

/// Why npm does not use a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unused {
    /// It is under another key than the one npm looks up.
    OtherKey,
    /// npm does not read the file.
    Unread(Unread),
    /// A line for the package's scope wins over it.
    BeatenByScope,
    /// An exported variable wins over it.
    BeatenByVariable,
    /// The option and its value are one argument, so npm does not see an option.
    OneArgument,
    /// It is another tool's setting.
    OfTool(Tool),
}

impl Elsewhere {
    /// What is set elsewhere for a package of that name. `wanted` is the key that npm looks up,
    /// without its last part. Files that npm does not read are opened only if npm has no usable
    /// credential.
    pub(super) fn of(
        input: Input<'_>,
        config: &PackageConfig<'_>,
        name: &str,
        wanted: &str,
        has_credential: bool,
    ) -> Self {
        let mut found = Self::default();
        found.add_other_keys(input, wanted);
        if has_credential {
            return found;
        }
        found.add_overridden(config, name);
        found.add_one_arguments(input, name);
        found.add_unread(input, config, name);
        for setting in tools::settings(input) {
            found.add_of_tool(setting);
        }
        found
    }

    fn add_other_keys(&mut self, input: Input<'_>, wanted: &str) {
        let base = |key: &str| key.rsplit_once(':').map(|(base, _)| base.to_owned());
        let entries = input.config.entries().into_iter();
        let others = entries
            .filter(|entry| is_credential(&entry.key) && entry.value.is_truthy())
            .filter(|entry| base(&entry.key).is_some_and(|base| base != wanted));
        self.credentials.extend(others.map(|entry| OtherCredential {
            key: entry.key.clone(),
            origin: entry.origin.clone(),
            why: Unused::OtherKey,
            value: Secret::new(entry.value.to_text()),
        }));
    }

    /// A `--registry` that a scope's line overrides, and a file's registry that an exported
    /// variable overrides.
    fn add_overridden(&mut self, config: &PackageConfig<'_>, name: &str) {
        let key = config.registry_key(name);
        let Ok(effective) = config.registry(name) else {
            return;
        };
        let beaten_by_scope = key != "registry";
        for layer in config.layers("registry") {
            let url = layer.value.to_text();
            let is_flag = matches!(layer.origin, Origin::CommandLine { .. });
            let is_variable = matches!(effective.origin, Origin::Variable { .. });
            let is_other =
                url.trim_end_matches('/') != effective.value.to_string().trim_end_matches('/');
            let why = match (beaten_by_scope && is_flag, is_variable && !beaten_by_scope) {
                (true, _) => Unused::BeatenByScope,
                (_, true) => Unused::BeatenByVariable,
                _ => continue,
            };
            if is_other {
                self.registries.push(OtherRegistry {
                    key: "registry".to_owned(),
                    url: mask_known_shapes(&url),
                    origin: layer.origin.clone(),
                    why,
                });
            }
        }
    }

    /// `"--registry URL"` as one argument, as some tools pass it on.
    fn add_one_arguments(&mut self, input: Input<'_>, name: &str) {
        for problem in &input.config.command_line().problems {
            let ArgumentProblem::Unknown { written } = problem else {
                continue;
            };
            let Some((flag, value)) = written.split_once(char::is_whitespace) else {
                continue;
            };
            let key = flag.trim_start_matches('-');
            if flag.starts_with('-') && is_registry_of(key, name) {
                self.registries.push(OtherRegistry {
                    key: key.to_owned(),
                    url: mask_known_shapes(value.trim()),
                    origin: Origin::CommandLine {
                        flag: mask_known_shapes(written),
                    },
                    why: Unused::OneArgument,
                });
            }
        }
    }

    /// The .npmrc files that npm does not read, including one next to the package.
    fn add_unread(&mut self, input: Input<'_>, config: &PackageConfig<'_>, name: &str) {
        let mut files: Vec<(Layer, PathBuf, Unread)> = Vec::new();
        for file in input.config.files() {
            if let FileState::Ignored(why) = &file.state
                && *why != Unread::AlsoTheUsers
            {
                files.push((file.layer, file.path.clone(), why.clone()));
            }
        }
        let beside = config.manifest().path.with_file_name(".npmrc");
        let is_known = input.config.files().iter().any(|file| file.path == beside);
        if !is_known && config.manifest().path.ends_with("package.json") {
            files.push((Layer::Project, beside, Unread::InPublishedFolder));
        }
        for (layer, path, why) in files {
            self.add_unread_file(layer, &path, &why, name);
        }
    }

    fn add_unread_file(&mut self, layer: Layer, path: &Path, why: &Unread, name: &str) {
        let Some(text) = tools::read(path) else {
            return;
        };
        for entry in ini::parse(&text).entries {
            let origin = Origin::File(FilePosition {
                layer,
                path: path.to_path_buf(),
                line: entry.line,
                column: entry.column,
            });
            let why = Unused::Unread(why.clone());
            if is_credential(&entry.key) && entry.value.is_truthy() {
                self.credentials.push(OtherCredential {
                    value: Secret::new(entry.value.to_text()),
                    key: entry.key,
                    origin,
                    why,
                });
            } else if is_registry_of(&entry.key, name) && entry.value.is_truthy() {
                self.registries.push(OtherRegistry {
                    key: entry.key,
                    url: mask_known_shapes(&entry.value.to_text()),
                    origin,
                    why,
                });
            }
        }
    }

    fn add_of_tool(&mut self, setting: tools::Setting) {
        let why = Unused::OfTool(setting.tool);
        match setting.value {
            Value::Credential(value) => self.credentials.push(OtherCredential {
                key: setting.key,
                origin: setting.origin,
                why,
                value,
            }),
            Value::Registry(url) => self.registries.push(OtherRegistry {
                key: setting.key,
                url: mask_known_shapes(&url),
                origin: setting.origin,
                why,
            }),
        }
    }
}

/// The last parts of keys that hold a credential.
const FIELDS: [&str; 3] = ["_authToken", "_auth", "_password"];

fn is_credential(key: &str) -> bool {
    let field = key.rsplit(':').next();
    key.starts_with("//") && field.is_some_and(|field| FIELDS.contains(&field))
}

/// Whether a key sets the registry of a package of that name.
fn is_registry_of(key: &str, name: &str) -> bool {
    let scope = name.split_once('/').map(|(scope, _)| scope);
    key == "registry" || scope.is_some_and(|scope| key == format!("{scope}:registry"))
}
