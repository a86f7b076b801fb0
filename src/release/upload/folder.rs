//! The folder that npm is started in: private, with only the tarball and the project's .npmrc.
//! npm makes the tarball's path public (`_resolved`), and would enforce the repository's
//! `devEngines`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::file;
use crate::npmrc::Config;
use crate::npmrc::config::FileState;
use crate::npmrc::definitions::{self, Type};
use crate::origin::{Layer, Origin};
use crate::private;

/// What npm reads in the project's folder, adapted to another one.
#[derive(Clone, Debug)]
pub(crate) struct ProjectConfig {
    /// The text of the project's .npmrc, with relative paths made absolute.
    npmrc: Option<String>,
    /// Variables that replace paths which variables or the user's file give relative to the
    /// working folder.
    pub(crate) variables: Vec<(String, PathBuf)>,
}

impl ProjectConfig {
    /// Reads it. `cwd` is what npm resolves relative paths against, and `major` is npm's
    /// version.
    ///
    /// # Errors
    /// When an .npmrc that existed before cannot be read any more.
    pub(crate) fn read(config: &Config, cwd: &Path, major: u64) -> io::Result<Self> {
        let mut files = config.files().iter();
        let project =
            files.find(|file| file.layer == Layer::Project && file.state == FileState::Read);
        let npmrc = match project {
            Some(found) => {
                let text = file::read_text(&found.path, file::limit::CONFIG)?;
                Some(with_absolute_paths(&text, config, cwd, major))
            }
            None => None,
        };
        Ok(Self {
            npmrc,
            variables: path_variables(config, major),
        })
    }

    /// Prepares the folder of a tarball for npm.
    ///
    /// # Errors
    /// When it cannot be written to.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        // Without it, npm would take a folder above as the project if that has a package.json
        // or node_modules.
        private::create_folders(&folder.join("node_modules"))?;
        match &self.npmrc {
            Some(text) => private::write(&folder.join(".npmrc"), text),
            None => Ok(()),
        }
    }

    /// Removes the .npmrc: it may hold credentials.
    pub(super) fn remove(folder: &Path) {
        let _ = fs::remove_file(folder.join(".npmrc"));
    }
}

/// Whether the value of a key is a path: by npm's definitions, or as a client certificate of a
/// registry.
fn is_path(key: &str, major: u64) -> bool {
    definitions::find(key, major).is_some_and(|definition| definition.takes(Type::Path))
        || (key.starts_with("//") && (key.ends_with(":certfile") || key.ends_with(":keyfile")))
}

/// The text with each relative path that takes effect made absolute, in its own line.
fn with_absolute_paths(text: &str, config: &Config, cwd: &Path, major: u64) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for entry in config.entries() {
        let (Layer::Project, Origin::File(place)) = (entry.layer, &entry.origin) else {
            continue;
        };
        let path = entry.value.as_text().filter(|path| !path.is_empty());
        let (Some(path), true) = (path, is_path(&entry.key, major)) else {
            continue;
        };
        if let Some(line) = lines.get_mut(place.line - 1)
            && let Some((key, _)) = line.split_once('=')
        {
            let path = cwd.join(path).display().to_string();
            // npm's ini reads a quoted value as JSON.
            let value = serde_json::Value::String(path);
            *line = format!("{key}={value}");
        }
    }
    lines.join("\n") + "\n"
}

/// Variables that replace relative paths in variables or the user's file: npm resolves those
/// against its working folder, which is now another one.
fn path_variables(config: &Config, major: u64) -> Vec<(String, PathBuf)> {
    let paths = definitions::all(major).filter(|definition| definition.takes(Type::Path));
    paths
        .filter_map(|definition| {
            let entry = config.get(definition.key)?;
            let is_moved = matches!(entry.layer, Layer::Environment | Layer::User);
            let path = config.path(definition.key).filter(|_| is_moved)?;
            let name = format!("npm_config_{}", definition.key.replace('-', "_"));
            Some((name, path))
        })
        .collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::npm::{Npm, NpmVersion};
    use crate::npmrc::CommandLine;

    #[test]
    fn relative_paths_still_lead_to_the_same_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("package.json"), "{}").unwrap();
        let npmrc = "; cafile=./comment.pem\ncafile = ./ca.pem ; mine\n//h/:certfile=c.pem\n//h/:_authToken=${TOKEN}\ntag=next\nlogs-dir=/var/logs\n";
        fs::write(root.join(".npmrc"), npmrc).unwrap();
        let environment = Environment::bare(&root).with("npm_config_cache", "./cache");
        let npm = Npm {
            path: PathBuf::from("/bin/npm"),
            version: NpmVersion::new(11, 0, 0),
            root: root.clone(),
        };
        let line = CommandLine::default();
        let config = Config::load(line, &environment, Some(&npm), &|_, _| false);
        let project = ProjectConfig::read(&config, &root, 11).unwrap();
        let at = root.display();
        assert_eq!(
            project.npmrc.as_deref().unwrap(),
            format!(
                "; cafile=./comment.pem\ncafile =\"{at}/ca.pem\"\n//h/:certfile=\"{at}/c.pem\"\n//h/:_authToken=${{TOKEN}}\ntag=next\nlogs-dir=\"/var/logs\"\n"
            )
        );
        let cache = ("npm_config_cache".to_owned(), root.join("cache"));
        assert_eq!(project.variables, [cache]);

        let neutral = folder.path().join("neutral");
        project.write(&neutral).unwrap();
        let mode = |path: &Path| {
            use std::os::unix::fs::PermissionsExt as _;
            fs::metadata(path).unwrap().permissions().mode() & 0o777
        };
        assert_eq!(mode(&neutral), 0o700);
        assert_eq!(mode(&neutral.join(".npmrc")), 0o600);
        ProjectConfig::remove(&neutral);
        assert!(!neutral.join(".npmrc").exists());
    }
}
