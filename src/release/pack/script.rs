//! Runs a lifecycle script of a package as npm's own publish does: its text through a shell,
//! with npm's variables, and without the `pre…` and `post…` scripts that `npm run` would add.
//! No packer's `pack` runs these scripts.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;

use super::tool::Tool;
use crate::environment::Environment;
use crate::manifest::Manifest;
use crate::npm::Npm;
use crate::npmrc::Config;
use crate::npmrc::settings::is_secret;

/// What all scripts of a release have in common.
#[derive(Debug)]
pub(crate) struct Scripts<'a> {
    tool: &'a Tool,
    environment: &'a Environment,
    /// npm's `script-shell`.
    shell: Option<PathBuf>,
    /// Switched off by npm's `ignore-scripts`.
    pub(super) ignored: bool,
    /// `npm_config_…` variables for npm's settings.
    settings: BTreeMap<String, String>,
    node: Option<PathBuf>,
    prefix: PathBuf,
}

impl<'a> Scripts<'a> {
    /// Reads npm's settings for scripts.
    pub(crate) fn new(
        tool: &'a Tool,
        config: &Config,
        npm: &Npm,
        environment: &'a Environment,
    ) -> Self {
        let node = npm.path.with_file_name("node");
        Self {
            tool,
            environment,
            shell: config.text("script-shell").map(PathBuf::from),
            ignored: config.flag("ignore-scripts"),
            settings: exported_settings(config, npm),
            node: node.is_file().then_some(node),
            prefix: config.local_prefix().to_owned(),
        }
    }

    /// The script of a package, ready to run; `None` if it has none.
    pub(super) fn command(
        &self,
        name: &str,
        folder: &Path,
        manifest: &Manifest,
    ) -> Option<Command> {
        let text = text(manifest, name)?;
        let mut command = shell(self.shell.as_deref(), text);
        command
            .current_dir(folder)
            .env_clear()
            .envs(super::inherited(self.environment))
            .envs(&self.settings)
            .envs(package_variables(manifest))
            .env("npm_command", "publish")
            .env("npm_lifecycle_event", name)
            .env("npm_lifecycle_script", text)
            .env("npm_package_json", folder.join("package.json"))
            .env("npm_config_user_agent", self.tool.user_agent())
            .env("npm_config_local_prefix", &self.prefix)
            .env("npm_execpath", self.tool.exec_path())
            .env("INIT_CWD", &self.environment.cwd)
            .env("PATH", self.path(folder));
        if let Some(node) = &self.node {
            command.env("NODE", node).env("npm_node_execpath", node);
        }
        Some(command)
    }

    /// `node_modules/.bin` of the folder and of every one above it, then PATH.
    fn path(&self, folder: &Path) -> OsString {
        let bins = folder.ancestors().map(|at| at.join("node_modules/.bin"));
        let path = self.environment.variable("PATH").unwrap_or_default();
        let all: Vec<PathBuf> = bins.chain(std::env::split_paths(path)).collect();
        // A folder with a colon in its name cannot be in PATH.
        std::env::join_paths(all).unwrap_or_else(|_| path.into())
    }
}

/// The text of a script.
pub(super) fn text<'m>(manifest: &'m Manifest, name: &str) -> Option<&'m str> {
    let text = manifest.object.get("scripts")?.get(name)?.as_str()?;
    (!text.trim().is_empty()).then_some(text)
}

/// The shell that npm would choose.
fn shell(chosen: Option<&Path>, text: &str) -> Command {
    let usual = if cfg!(windows) { "cmd" } else { "sh" };
    let program = chosen.map_or(OsStr::new(usual), Path::as_os_str);
    let is_cmd = cfg!(windows)
        && Path::new(program)
            .file_stem()
            .is_some_and(|name| name.eq_ignore_ascii_case("cmd"));
    let mut command = Command::new(program);
    if is_cmd {
        command.args(["/d", "/s", "/c"]);
        // cmd.exe parses what follows `/c` by its own rules.
        #[cfg(windows)]
        command.raw_arg(format!("\"{text}\""));
    } else {
        command.arg("-c").arg(text);
    }
    command
}

/// npm's settings as it hands them to scripts (`@npmcli/config`, set-envs.js): those of the
/// command line and of all files. Credentials, the one-time password and what chooses packages
/// are left out.
fn exported_settings(config: &Config, npm: &Npm) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    // From the weakest layer to the strongest, which overrides.
    for entry in config.entries().into_iter().rev() {
        let key = entry.key.as_str();
        if key.starts_with(['/', '@', '_']) || is_secret(key) {
            continue;
        }
        let key = key.to_ascii_lowercase().replace('-', "_");
        variables.insert(format!("npm_config_{key}"), entry.value.to_text());
    }
    variables.retain(|name, _| !super::DROPPED.contains(&name.as_str()));
    let version = npm.version.to_string();
    variables.insert("npm_config_npm_version".to_owned(), version);
    variables
}

/// `npm_package_name` and the like (`@npmcli/run-script`, package-envs.js).
fn package_variables(manifest: &Manifest) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for key in ["name", "version", "config", "engines", "bin"] {
        if let Some(value) = manifest.object.get(key) {
            flatten(&format!("npm_package_{key}"), value, &mut variables);
        }
    }
    variables
}

fn flatten(name: &str, value: &Value, into: &mut Vec<(String, String)>) {
    let is_usable = !name.contains(['=', '\0']);
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                flatten(&format!("{name}_{key}"), value, into);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                flatten(&format!("{name}_{at}"), value, into);
            }
        }
        Value::Null | Value::Bool(false) if is_usable => {
            into.push((name.to_owned(), String::new()));
        }
        Value::String(text) if is_usable && !text.contains('\0') => {
            into.push((name.to_owned(), text.clone()));
        }
        Value::Number(number) if is_usable => into.push((name.to_owned(), number.to_string())),
        Value::Bool(true) if is_usable => into.push((name.to_owned(), "true".to_owned())),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_variables_of_a_package_are_npms() {
        let manifest = Manifest::from_json(json!({
            "name": "cat", "version": "1.0.0", "description": "not handed on",
            "config": { "port": 80, "off": false, "on": true, "list": ["a", { "b": null }] },
            "engines": { "node": ">=20" },
        }));
        let variables = package_variables(&manifest);
        let text: Vec<String> = variables
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let wanted = [
            "npm_package_name=cat",
            "npm_package_version=1.0.0",
            "npm_package_config_port=80",
            "npm_package_config_off=",
            "npm_package_config_on=true",
            "npm_package_config_list_0=a",
            "npm_package_config_list_1_b=",
            "npm_package_engines_node=>=20",
        ];
        assert_eq!(text.len(), wanted.len());
        assert!(
            wanted.iter().all(|line| text.iter().any(|own| own == line)),
            "{text:?}"
        );
    }

    #[test]
    fn an_empty_script_is_not_a_script() {
        let manifest = Manifest::from_json(json!({ "scripts": { "a": "x", "b": " ", "c": 1 } }));
        assert_eq!(text(&manifest, "a"), Some("x"));
        assert_eq!(text(&manifest, "b"), None);
        assert_eq!(text(&manifest, "c"), None);
        assert_eq!(text(&manifest, "d"), None);
    }
}
