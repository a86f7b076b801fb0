//! npm's layers, resolved: every key with the value that holds, the place
//! that decided it, and the places that lost.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::arguments::CommandLine;
use super::definitions;
use super::field::{Field, Reader, resolve};
use super::ini;
use super::prefix::{self, Prefix};
use super::validate::validated;
use super::value::Value;
use crate::environment::Environment;
use crate::npm::{Npm, NpmVersion};
use crate::origin::{FilePosition, Layer, Origin};

/// A key in one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, its variables replaced.
    pub key: String,
    /// The value, coerced to the key's type, not validated.
    pub value: Value,
    /// What decided it.
    pub origin: Origin,
    /// The layer it stands in.
    pub layer: Layer,
    /// Variables in the value that are not set.
    pub unset: Vec<String>,
    /// Variables in the value that are empty.
    pub empty: Vec<String>,
}

/// A file that npm looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// The layer it makes.
    pub layer: Layer,
    /// Where.
    pub path: PathBuf,
    /// What came of it.
    pub state: FileState,
}

/// What came of looking for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// It was read.
    Read,
    /// It is not there.
    Missing,
    /// It is there and npm, too, goes on without it: a folder, no right, a loop.
    Unreadable(String),
    /// npm does not read it, and why.
    Ignored(&'static str),
}

/// npm's configuration for one run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Every entry of every layer, the strongest layer first.
    entries: Vec<Entry>,
    files: Vec<ConfigFile>,
    prefix: Prefix,
    pub(super) major: u64,
    pub(super) version: Option<NpmVersion>,
    pub(super) cwd: PathBuf,
    command_line: CommandLine,
}

/// npm never reads larger files in practice; more than this is not config.
const LARGEST_FILE: u64 = 64 << 20;

impl Config {
    /// Loads all layers in npm's order. Files that cannot be read are noted
    /// and left out, as npm does. `is_member` says whether a folder is a
    /// workspace member of a root folder.
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
            entries: Vec::new(),
            files: Vec::new(),
            prefix: Prefix::at(&environment.cwd),
            major: reader.major,
            version,
            cwd: environment.cwd.clone(),
            command_line: command_line.clone(),
        };
        config.load_command_line(&command_line, reader);
        config.load_environment(environment, reader);
        if let Some(npm) = npm {
            config.load_file(Layer::Builtin, npm.root.join("npmrc"), reader);
        }
        config.load_project(environment, reader, is_member);
        let user = config
            .path("userconfig")
            .or_else(|| environment.home.as_ref().map(|home| home.join(".npmrc")));
        if let Some(user) = user {
            config.load_file(Layer::User, user, reader);
        }
        let global = config.path("globalconfig").unwrap_or_else(|| {
            let prefix = config
                .path("prefix")
                .unwrap_or_else(|| prefix::global(environment, npm));
            prefix.join("etc/npmrc")
        });
        config.load_file(Layer::Global, global, reader);
        config
    }

    fn load_command_line(&mut self, command_line: &CommandLine, reader: Reader<'_>) {
        for flag in &command_line.flags {
            let origin = Origin::CommandLine {
                flag: flag.written.clone(),
            };
            self.add(
                Layer::CommandLine,
                &flag.key,
                flag.value.clone(),
                origin,
                reader,
            );
        }
    }

    fn load_environment(&mut self, environment: &Environment, reader: Reader<'_>) {
        for (name, value) in &environment.variables {
            let is_npms = name
                .get(..11)
                .is_some_and(|start| start.eq_ignore_ascii_case("npm_config_"));
            if !is_npms || value.is_empty() {
                continue;
            }
            let origin = Origin::Variable { name: name.clone() };
            self.add(
                Layer::Environment,
                &variable_key(&name[11..]),
                Value::Text(value.clone()),
                origin,
                reader,
            );
        }
    }

    fn load_project(
        &mut self,
        environment: &Environment,
        reader: Reader<'_>,
        is_member: &dyn Fn(&Path, &Path) -> bool,
    ) {
        let global = self.flag("global") || self.text("location").as_deref() == Some("global");
        let by_flag = self
            .find_in(Layer::CommandLine, "prefix")
            .and_then(|entry| entry.value.as_text());
        let no_workspaces = self
            .find_in(Layer::CommandLine, "workspaces")
            .is_some_and(|entry| !entry.value.as_flag());
        self.prefix = match by_flag {
            Some(prefix) => Prefix::at(Path::new(prefix)),
            None => prefix::find(&environment.cwd, !global && !no_workspaces, is_member),
        };
        let file = self.prefix.folder.join(".npmrc");
        let user = self
            .path("userconfig")
            .or_else(|| environment.home.as_ref().map(|home| home.join(".npmrc")));
        let ignored = if global {
            Some("npm runs in global mode")
        } else if user.as_ref() == Some(&file) {
            Some("it is the user's file, too, and read as that")
        } else {
            None
        };
        match ignored {
            Some(why) => self.ignore(Layer::Project, file, why),
            None => self.load_file(Layer::Project, file, reader),
        }
        for (path, why) in self.prefix.passed_over(&environment.cwd) {
            let known =
                self.files.iter().any(|file| file.path == path) || user.as_ref() == Some(&path);
            if !known && path.is_file() {
                self.ignore(Layer::Project, path, why);
            }
        }
    }

    fn ignore(&mut self, layer: Layer, path: PathBuf, why: &'static str) {
        self.files.push(ConfigFile {
            layer,
            path,
            state: FileState::Ignored(why),
        });
    }

    /// Notes a file that npm does not read although a user may think it does.
    pub fn note_ignored(&mut self, path: PathBuf, why: &'static str) {
        if path.is_file() && !self.files.iter().any(|file| file.path == path) {
            self.ignore(Layer::Project, path, why);
        }
    }

    fn load_file(&mut self, layer: Layer, path: PathBuf, reader: Reader<'_>) {
        let state = match read(&path) {
            Ok(text) => {
                for entry in ini::parse(&text) {
                    let position = FilePosition {
                        layer,
                        path: path.clone(),
                        line: entry.line,
                        column: entry.column,
                    };
                    self.add(
                        layer,
                        &entry.key,
                        entry.value,
                        Origin::File(position),
                        reader,
                    );
                }
                FileState::Read
            }
            Err(error) if error.kind() == ErrorKind::NotFound => FileState::Missing,
            Err(error) => FileState::Unreadable(error.to_string()),
        };
        self.files.push(ConfigFile { layer, path, state });
        self.entries.sort_by_key(|entry| entry.layer);
    }

    fn add(&mut self, layer: Layer, key: &str, value: Value, origin: Origin, reader: Reader<'_>) {
        let key = reader.expand(key).text;
        let Field {
            value,
            unset,
            empty,
        } = reader.field(&key, value);
        // Two spellings of one variable: npm takes the one that comes last.
        self.entries
            .retain(|entry| !(entry.layer == layer && entry.key == key));
        self.entries.push(Entry {
            key,
            value,
            origin,
            layer,
            unset,
            empty,
        });
        self.entries.sort_by_key(|entry| entry.layer);
    }

    /// Every entry of every layer, the strongest layer first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All entries of a key: the one that holds first, then those that lost.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Entry> + 'a {
        self.entries.iter().filter(move |entry| entry.key == key)
    }

    /// The entry of a key that holds.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn find_in(&self, layer: Layer, key: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.layer == layer && entry.key == key)
    }

    /// The strongest entry whose value the key takes: what npm's own
    /// `config.get` gives after it has dropped the invalid ones.
    pub fn valid(&self, key: &str) -> Option<(&Entry, Value)> {
        let definition = definitions::find(key, self.major);
        self.entries
            .iter()
            .filter(|entry| entry.key == key)
            .find_map(|entry| {
                let value = validated(definition, entry.value.clone()).ok()?;
                Some((entry, value))
            })
    }

    /// A switch; false where nobody sets it.
    pub fn flag(&self, key: &str) -> bool {
        self.valid(key).is_some_and(|(_, value)| value.as_flag())
    }

    /// A text, where somebody sets one.
    pub fn text(&self, key: &str) -> Option<String> {
        self.valid(key)
            .and_then(|(_, value)| value.as_text().map(str::to_owned))
    }

    /// Several texts.
    pub fn list(&self, key: &str) -> Vec<String> {
        match self.valid(key).map(|(_, value)| value) {
            Some(Value::List(values)) => values.iter().map(Value::to_text).collect(),
            Some(Value::Text(text)) => vec![text],
            _ => Vec::new(),
        }
    }

    /// A number, where somebody sets one.
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.valid(key)?.1 {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// A path, where somebody sets one.
    pub fn path(&self, key: &str) -> Option<PathBuf> {
        let text = self.get(key)?.value.as_text()?.to_owned();
        Some(resolve(&self.cwd, &text))
    }

    /// npm's `localPrefix`: the folder of the project's .npmrc and of the
    /// workspaces' root.
    pub fn local_prefix(&self) -> &Path {
        &self.prefix.folder
    }

    /// The workspace member that the working folder lies in, where npm takes
    /// it for the chosen workspace by itself.
    pub fn implicit_workspace(&self) -> Option<&Path> {
        self.prefix.member.as_deref()
    }

    /// The files, in the order in which npm reads them, and those it does not.
    pub fn files(&self) -> &[ConfigFile] {
        &self.files
    }

    /// The command line that the strongest layer was made of.
    pub fn command_line(&self) -> &CommandLine {
        &self.command_line
    }
}

/// From the rest of a variable's name to the key: nerf-darted keys as they
/// are; elsewhere lower case, and hyphens for all but a leading underscore.
fn variable_key(rest: &str) -> String {
    if rest.starts_with("//") {
        return rest.to_owned();
    }
    let (first, others) = rest.split_at(rest.chars().next().map_or(0, char::len_utf8));
    format!("{first}{}", others.replace('_', "-")).to_lowercase()
}

fn read(path: &Path) -> std::io::Result<String> {
    let size = fs::metadata(path)?.len();
    if size > LARGEST_FILE {
        return Err(std::io::Error::other("larger than 64 MiB"));
    }
    Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_lose_their_underscores_but_for_the_first() {
        assert_eq!(variable_key("FETCH_RETRIES"), "fetch-retries");
        assert_eq!(variable_key("_authToken"), "_authtoken");
        assert_eq!(variable_key("@My_Scope:registry"), "@my-scope:registry");
        assert_eq!(variable_key("//H.x/:_authToken"), "//H.x/:_authToken");
    }
}
