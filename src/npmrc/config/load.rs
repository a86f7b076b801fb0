//! Loads npm's layers in npm's own order (`@npmcli/config`, `load()`).

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::files::{self, ConfigFile, FileState};
use super::problems::{ConfigProblem, ProblemKind, prefix_dependents};
use super::{Config, ConfigLayer, Entry};
use crate::environment::Environment;
use crate::npm::{Npm, NpmVersion};
use crate::npmrc::arguments::CommandLine;
use crate::npmrc::field::{Field, Reader, resolve};
use crate::npmrc::ini;
use crate::npmrc::prefix::{self, Prefix};
use crate::npmrc::settings::is_secret;
use crate::npmrc::unread::Unread;
use crate::npmrc::validate::Context;
use crate::npmrc::value::Value;
use crate::origin::{FilePosition, Layer, Origin};
use crate::secret;

/// The layers that have entries, the strongest first. Of the defaults only `globalconfig` is
/// included.
const LAYERS: [Layer; 7] = [
    Layer::CommandLine,
    Layer::Environment,
    Layer::Project,
    Layer::User,
    Layer::Global,
    Layer::Builtin,
    Layer::Default,
];

/// A key as found.
struct Found {
    key: String,
    value: Value,
    origin: Origin,
}

impl Config {
    /// Loads all layers in npm's order. It never fails: like npm, it notes unreadable files and
    /// skips them, and it continues even where npm would fail ([`ProblemKind::ends_npm`]).
    /// `is_member` tells whether a folder is a workspace member of a root folder.
    pub fn load(
        command_line: CommandLine,
        environment: &Environment,
        npm: Option<&Npm>,
        is_member: &dyn Fn(&Path, &Path) -> bool,
    ) -> Self {
        let version = npm.map(|npm| npm.version.clone());
        let reader = Reader {
            environment,
            major: version.as_ref().map_or(12, NpmVersion::major).clamp(10, 12),
            optional_variables: version
                .as_ref()
                .is_none_or(NpmVersion::knows_optional_variables),
        };
        let mut config = Self {
            layers: LAYERS.into_iter().map(ConfigLayer::new).collect(),
            files: Vec::new(),
            problems: Vec::new(),
            prefix: Prefix::at(&environment.cwd),
            written_secrets: Vec::new(),
            major: reader.major,
            version,
            context: Context::of(environment, reader.major),
            command_line,
        };
        if let Some(npm) = npm {
            config.load_file(Layer::Builtin, npm.root.join("npmrc"), reader);
        }
        config.load_command_line(reader);
        config.load_environment(environment, reader);
        config.load_project(environment, reader, is_member);
        let user = config.user_file(environment);
        config.load_named(Layer::User, user, reader);
        config.note_unused_user_file(environment);
        let global = config.global_file(environment, npm);
        config.load_named(Layer::Global, global, reader);
        config.note_odd_entries();
        config
    }

    /// The user's usual file, if another one is named instead.
    fn note_unused_user_file(&mut self, environment: &Environment) {
        let Some(by) = self.get("userconfig").map(|entry| entry.origin.clone()) else {
            return;
        };
        let Some(home) = &environment.home else {
            return;
        };
        let path = resolve(&environment.cwd, &home.join(".npmrc").to_string_lossy());
        if path.is_file() && !self.files.iter().any(|file| file.path == path) {
            self.ignore(Layer::User, path, Unread::OtherUserFile { by });
        }
    }

    fn user_file(&self, environment: &Environment) -> Option<PathBuf> {
        match self.get("userconfig") {
            Some(_) => self.path("userconfig"),
            None => environment
                .home
                .as_ref()
                .map(|home| resolve(&environment.cwd, &home.join(".npmrc").to_string_lossy())),
        }
    }

    fn global_file(&self, environment: &Environment, npm: Option<&Npm>) -> Option<PathBuf> {
        if self.get("globalconfig").is_some() {
            return self.path("globalconfig");
        }
        Some(self.global_folder(environment, npm).join("etc/npmrc"))
    }

    /// npm's global prefix.
    fn global_folder(&self, environment: &Environment, npm: Option<&Npm>) -> PathBuf {
        let prefix = self
            .path("prefix")
            .unwrap_or_else(|| prefix::global(environment, npm));
        resolve(&environment.cwd, &prefix.to_string_lossy())
    }

    /// The ignore file that npm 12 reads for every package (`global-ignore-file`), whether or
    /// not it exists.
    pub fn global_ignore_file(
        &self,
        environment: &Environment,
        npm: Option<&Npm>,
    ) -> Option<PathBuf> {
        if self.get("global-ignore-file").is_some() {
            return self.path("global-ignore-file");
        }
        Some(self.global_folder(environment, npm).join("etc/npmignore"))
    }

    /// Loads a file that a setting names; `None` if the setting is not a string.
    fn load_named(&mut self, layer: Layer, path: Option<PathBuf>, reader: Reader<'_>) {
        match path {
            Some(path) => self.load_file(layer, path, reader),
            None => self.files.push(ConfigFile {
                layer,
                path: PathBuf::new(),
                state: FileState::Unreadable("no path is set for it".to_owned()),
            }),
        }
    }

    fn load_command_line(&mut self, reader: Reader<'_>) {
        let found = self.command_line.flags.iter().map(|flag| Found {
            key: flag.key.clone(),
            value: flag.value.clone(),
            origin: Origin::CommandLine {
                flag: flag.written.clone(),
            },
        });
        let found = found.collect();
        self.add_all(Layer::CommandLine, found, reader);
    }

    fn load_environment(&mut self, environment: &Environment, reader: Reader<'_>) {
        let mut all: Vec<Found> = Vec::new();
        let mut at: HashMap<String, usize> = HashMap::new();
        for (name, value) in &environment.variables {
            let Some(key) = variable_key(name).filter(|_| !value.is_empty()) else {
                continue;
            };
            let found = Found {
                key: key.clone(),
                value: Value::Text(value.clone()),
                origin: Origin::Variable { name: name.clone() },
            };
            let Some(&known) = at.get(&key) else {
                at.insert(key, all.len());
                all.push(found);
                continue;
            };
            let before = std::mem::replace(&mut all[known], found);
            if before.value != all[known].value {
                self.note(
                    ProblemKind::TwoVariables {
                        key,
                        other: before.origin.to_string(),
                    },
                    Origin::Variable { name: name.clone() },
                );
            }
        }
        for name in &environment.unreadable_variables {
            if variable_key(name).is_some() {
                let origin = Origin::Variable { name: name.clone() };
                self.note(
                    ProblemKind::UnreadableVariable { name: name.clone() },
                    origin,
                );
            }
        }
        self.add_all(Layer::Environment, all, reader);
    }

    fn load_project(
        &mut self,
        environment: &Environment,
        reader: Reader<'_>,
        is_member: &dyn Fn(&Path, &Path) -> bool,
    ) {
        let value = |key: &str| self.get(key).map(|entry| &entry.value);
        let location = value("location").is_some_and(|value| value.as_text() == Some("global"));
        // Any truthy value stops the search; only `true` stops the reading.
        let is_global = location || value("global").is_some_and(Value::is_truthy);
        let without_file = location || value("global") == Some(&Value::Bool(true));
        let of_flag = |key: &str| {
            self.get_in(Layer::CommandLine, key)
                .map(|entry| &entry.value)
        };
        let no_workspaces = of_flag("workspaces") == Some(&Value::Bool(false));
        let by_flag = of_flag("prefix")
            .and_then(Value::as_text)
            .filter(|prefix| !prefix.is_empty())
            .map(str::to_owned);
        self.prefix = match &by_flag {
            Some(prefix) => Prefix::at(Path::new(prefix)),
            None => prefix::find(&environment.cwd, !is_global && !no_workspaces, is_member),
        };
        let file = self.prefix.folder.join(".npmrc");
        let user = self.user_file(environment);
        if without_file {
            self.ignore(Layer::Project, file, Unread::GlobalMode);
        } else if user.as_ref() == Some(&file) {
            self.ignore(Layer::Project, file, Unread::AlsoTheUsers);
        } else {
            self.load_file(Layer::Project, file, reader);
        }
        if no_workspaces && by_flag.is_none() {
            let root = prefix::find(&environment.cwd, true, is_member).folder;
            if root != self.prefix.folder {
                self.note_ignored(root.join(".npmrc"), Unread::WorkspacesOff);
            }
        }
        for (path, why) in self.prefix.passed_over(&environment.cwd) {
            if user.as_ref() != Some(&path) {
                self.note_ignored(path, why);
            }
        }
    }

    fn ignore(&mut self, layer: Layer, path: PathBuf, why: Unread) {
        let state = FileState::Ignored(why);
        self.files.push(ConfigFile { layer, path, state });
    }

    /// Notes a file that npm does not read although a user may expect it, such as the .npmrc of
    /// the published folder.
    pub fn note_ignored(&mut self, path: PathBuf, why: Unread) {
        if path.is_file() && !self.files.iter().any(|file| file.path == path) {
            self.ignore(Layer::Project, path, why);
        }
    }

    fn load_file(&mut self, layer: Layer, path: PathBuf, reader: Reader<'_>) {
        let read_for = |file: &&ConfigFile| !matches!(file.state, FileState::Ignored(_));
        let mut known = self.files.iter().filter(read_for);
        let ended_before = layer == Layer::Global && self.has_no_global_path();
        let known = known.find(|file| file.path == path && !ended_before);
        if let Some(first) = known.map(|file| file.layer) {
            let kind = ProblemKind::DoubleLoaded {
                path: path.clone(),
                first,
            };
            self.note(kind, at(layer, &path, 1, 1));
            return;
        }
        let state = match files::read(&path) {
            Ok((text, is_utf8)) => {
                if !is_utf8 {
                    self.note(ProblemKind::NotUtf8, at(layer, &path, 1, 1));
                }
                self.take_file(layer, &path, &text, reader);
                FileState::Read
            }
            Err(state) => state,
        };
        self.files.push(ConfigFile { layer, path, state });
    }

    fn take_file(&mut self, layer: Layer, path: &Path, text: &str, reader: Reader<'_>) {
        let ini = ini::parse(text);
        // Also what npm reads as something else: `//h/:_authToken SECRET`.
        self.written_secrets.extend(secret::values(text));
        if let Some(line) = ini.crash {
            self.note(ProblemKind::Crash, at(layer, path, line, 1));
        }
        for lost in ini.lost {
            if is_secret(&lost.key) {
                self.written_secrets.push(lost.written);
            }
            let kind = ProblemKind::InSection {
                key: lost.key,
                section: lost.section,
            };
            self.note(kind, at(layer, path, lost.line, lost.column));
        }
        let mut all = Vec::with_capacity(ini.entries.len());
        for entry in ini.entries {
            let origin = at(layer, path, entry.line, entry.column);
            if is_secret(&entry.key) {
                self.written_secrets.extend(entry.written);
            }
            if layer == Layer::Project && entry.key == "prefix" && entry.value.is_truthy() {
                self.note(ProblemKind::PrefixInProject, origin.clone());
            }
            all.push(Found {
                key: entry.key,
                value: entry.value,
                origin,
            });
        }
        self.add_all(layer, all, reader);
    }

    fn note(&mut self, kind: ProblemKind, origin: Origin) {
        self.problems.push(ConfigProblem { kind, origin });
    }

    /// Adds the entries of one layer (`#loadObject`).
    fn add_all(&mut self, layer: Layer, all: Vec<Found>, reader: Reader<'_>) {
        for found in all {
            if let Some(other) = self.excluded_by(&found.key) {
                let by_flag = self.get_in(Layer::CommandLine, other).is_some();
                if layer == Layer::Environment && by_flag && self.major > 10 {
                    continue;
                }
                let kind = ProblemKind::Exclusive {
                    key: found.key.clone(),
                    other: other.to_owned(),
                };
                self.note(kind, found.origin.clone());
            }
            let key = reader.expand(&found.key).text;
            let Field {
                value,
                unset,
                empty,
                filled,
            } = reader.field(&key, found.value);
            // npm's default for such a key is a property with a setter: the first layer that
            // sets it changes the default, which is the weakest layer.
            let has_setter = prefix_dependents(self.major).contains(&key.as_str());
            let is_default = has_setter && self.get(&key).is_none();
            self.add(Entry {
                key,
                value,
                origin: found.origin,
                layer: if is_default { Layer::Default } else { layer },
                unset,
                empty,
                filled,
            });
        }
    }

    fn add(&mut self, entry: Entry) {
        let mut layers = self.layers.iter_mut();
        if let Some(layer) = layers.find(|layer| layer.layer == entry.layer) {
            layer.add(entry);
        }
    }
}

fn at(layer: Layer, path: &Path, line: usize, column: usize) -> Origin {
    Origin::File(FilePosition {
        layer,
        path: path.to_path_buf(),
        line,
        column,
    })
}

/// The key that one of npm's variables sets: nerf-darted keys unchanged; otherwise in lower
/// case, with hyphens for all but a leading underscore.
pub(super) fn variable_key(name: &str) -> Option<String> {
    const PREFIX: &str = "npm_config_";
    let start = name.get(..PREFIX.len())?;
    if !start.eq_ignore_ascii_case(PREFIX) {
        return None;
    }
    let rest = &name[PREFIX.len()..];
    if rest.starts_with("//") {
        return Some(rest.to_owned());
    }
    let (first, others) = rest.split_at(rest.chars().next().map_or(0, char::len_utf8));
    Some(format!("{first}{}", others.replace('_', "-")).to_lowercase())
}
