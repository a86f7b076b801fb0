//! npm's layers, resolved: every key with the effective value, its origin, and the values that
//! it overrides.

mod files;
mod load;
mod problems;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::arguments::CommandLine;
use super::definitions;
use super::field::resolve;
use super::prefix::Prefix;
use super::validate::{Context, clean};
use super::value::Value;
use crate::environment::Environment;
use crate::npm::NpmVersion;
use crate::origin::{Layer, Origin};

pub use files::{ConfigFile, FileState};
pub use problems::{ConfigProblem, ProblemKind};

/// A key in one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, with its variables replaced.
    pub key: String,
    /// The value, coerced to the key's type but not validated.
    pub value: Value,
    /// What set it.
    pub origin: Origin,
    /// The layer that it is in.
    pub layer: Layer,
    /// Variables in the value that are not set.
    pub unset: Vec<String>,
    /// Variables in the value that are empty.
    pub empty: Vec<String>,
    /// Variables whose values are part of the value.
    pub filled: Vec<String>,
}

/// The keys of one layer.
#[derive(Clone, Debug)]
struct ConfigLayer {
    layer: Layer,
    entries: Vec<Entry>,
    at: HashMap<String, usize>,
}

/// npm's configuration for one run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The layers, the strongest first.
    layers: Vec<ConfigLayer>,
    files: Vec<ConfigFile>,
    problems: Vec<ConfigProblem>,
    prefix: Prefix,
    /// The values of keys that hold secrets, whether or not npm reads them.
    written_secrets: Vec<String>,
    pub(super) major: u64,
    pub(super) version: Option<NpmVersion>,
    context: Context,
    command_line: CommandLine,
}

impl Config {
    /// Every entry of every layer, the strongest layer first.
    pub fn entries(&self) -> Vec<&Entry> {
        self.layers
            .iter()
            .flat_map(|layer| &layer.entries)
            .collect()
    }

    /// All entries of a key: the effective one first, then those that it overrides.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Entry> + 'a {
        self.layers.iter().filter_map(|layer| layer.get(key))
    }

    /// The effective entry of a key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.layers.iter().find_map(|layer| layer.get(key))
    }

    /// The entry of a key in one layer.
    pub fn get_in(&self, layer: Layer, key: &str) -> Option<&Entry> {
        self.layers
            .iter()
            .find(|of_layer| of_layer.layer == layer)
            .and_then(|layer| layer.get(key))
    }

    /// The strongest entry with a valid value: what npm's own `config.get` returns after it has
    /// dropped the invalid ones.
    pub fn valid(&self, key: &str) -> Option<(&Entry, Value)> {
        let entries = self.layers.iter().filter_map(|layer| layer.get(key));
        let mut valid = entries.filter_map(|entry| Some((entry, self.valid_value(entry)?)));
        valid.next()
    }

    /// The value of an entry after npm's validation; `None` if it is dropped.
    pub fn valid_value(&self, entry: &Entry) -> Option<Value> {
        self.judged(entry).0
    }

    /// The same, and whether any of it is invalid. npm validates flags as it reads them, and
    /// does not validate its builtin file.
    fn judged(&self, entry: &Entry) -> (Option<Value>, bool) {
        if matches!(
            entry.layer,
            Layer::CommandLine | Layer::Builtin | Layer::Default
        ) {
            return (Some(entry.value.clone()), false);
        }
        let definition = definitions::find(&entry.key, self.major);
        let mut refused = Vec::new();
        let value = clean(definition, entry.value.clone(), &self.context, &mut refused);
        (value, !refused.is_empty())
    }

    /// What npm's options contain for a key, and so what is sent: the strongest entry as
    /// written, valid or not. npm builds its options before it validates, and only if `scope`
    /// lacks its `@` builds them again afterwards.
    pub fn option(&self, key: &str) -> Option<(&Entry, Value)> {
        if self.validates_options() {
            return self.valid(key);
        }
        self.get(key).map(|entry| (entry, entry.value.clone()))
    }

    fn validates_options(&self) -> bool {
        self.get("scope")
            .is_some_and(|entry| entry.value.is_truthy() && !entry.value.to_text().starts_with('@'))
    }

    /// A switch; false if it is not set. npm's builtin file is not validated, so there any text
    /// is true, even `0`.
    pub fn flag(&self, key: &str) -> bool {
        self.valid(key).is_some_and(|(_, value)| value.is_truthy())
    }

    /// A string, if set.
    pub fn text(&self, key: &str) -> Option<String> {
        self.valid(key)
            .and_then(|(_, value)| value.as_text().map(str::to_owned))
    }

    /// Several strings.
    pub fn list(&self, key: &str) -> Vec<String> {
        match self.valid(key).map(|(_, value)| value) {
            Some(Value::List(values)) => values.iter().map(Value::to_text).collect(),
            Some(Value::Text(text)) => vec![text],
            _ => Vec::new(),
        }
    }

    /// A number, if set.
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.valid(key)?.1 {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// A path, if set.
    pub fn path(&self, key: &str) -> Option<PathBuf> {
        self.path_of(self.get(key)?)
    }

    /// The folder that npm writes its debug logs to: `logs-dir`, else `_logs` in
    /// its cache.
    pub fn logs_folder(&self, environment: &Environment) -> Option<PathBuf> {
        if let Some(folder) = self.path("logs-dir") {
            return Some(folder);
        }
        let cache = self.path("cache").or_else(|| {
            if cfg!(windows) {
                let data = environment.filled("LocalAppData").map(PathBuf::from);
                return data.map(|data| data.join("npm-cache"));
            }
            environment.home.as_ref().map(|home| home.join(".npm"))
        });
        Some(cache?.join("_logs"))
    }

    pub(super) fn path_of(&self, entry: &Entry) -> Option<PathBuf> {
        let text = entry.value.as_text().filter(|text| !text.is_empty())?;
        Some(resolve(&self.context.cwd, text))
    }

    /// Global mode: npm ignores the project's file and workspaces.
    pub fn is_global(&self) -> bool {
        self.flag("global") || self.text("location").as_deref() == Some("global")
    }

    /// `--no-workspaces` together with a chosen workspace: npm fails.
    pub fn workspaces_clash(&self) -> bool {
        let off = self.valid("workspaces").map(|(_, value)| value) == Some(Value::Bool(false));
        let chosen = match self.valid("workspace") {
            Some((_, Value::List(values))) => !values.is_empty(),
            Some((_, Value::Text(text))) => !text.is_empty(),
            // npm asks for its length, which other values do not have.
            Some(_) => false,
            None => self.implicit_workspace().is_some(),
        };
        off && chosen
    }

    /// npm's `localPrefix`: the folder of the project's .npmrc and of the
    /// workspaces' root.
    pub fn local_prefix(&self) -> &Path {
        &self.prefix.folder
    }

    /// The workspace member that the working folder is in, if npm chooses that workspace
    /// because of it.
    pub fn implicit_workspace(&self) -> Option<&Path> {
        self.prefix.member.as_deref()
    }

    /// Folders above the project whose package.json npm reads to find a workspace root, but
    /// which do not list the project.
    pub fn no_workspace_roots(&self) -> &[PathBuf] {
        &self.prefix.no_roots
    }

    /// The files, in the order in which npm reads them, and those that it does not read.
    pub fn files(&self) -> &[ConfigFile] {
        &self.files
    }

    /// Problems in the files and variables, in the order in which npm reads them.
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.problems
    }

    /// The command line that makes up the strongest layer.
    pub fn command_line(&self) -> &CommandLine {
        &self.command_line
    }

    pub(super) fn written_secrets(&self) -> &[String] {
        &self.written_secrets
    }
}

impl ConfigLayer {
    fn new(layer: Layer) -> Self {
        Self {
            layer,
            entries: Vec::new(),
            at: HashMap::new(),
        }
    }

    fn get(&self, key: &str) -> Option<&Entry> {
        self.at.get(key).map(|&at| &self.entries[at])
    }

    /// Adds an entry; of a duplicate key the last one counts.
    fn add(&mut self, entry: Entry) {
        if let Some(&at) = self.at.get(&entry.key) {
            self.entries[at] = entry;
            return;
        }
        self.at.insert(entry.key.clone(), self.entries.len());
        self.entries.push(entry);
    }
}
