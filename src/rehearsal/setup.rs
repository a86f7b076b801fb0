//! The temporary folder of a rehearsal: npm's cache, its .npmrc files without
//! their credentials, and the guard that every Node process loads.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use super::words::{self, Here};
use crate::environment::Environment;
use crate::manifest::Manifest;
use crate::npmrc::Config;
use crate::origin::Layer;
use crate::registry::url::{NPMJS, RegistryUrl};

/// See the file itself.
const GUARD: &str = include_str!("guard.cjs");

/// Public registries that take packages, whatever any setting says.
const PUBLIC: [&str; 3] = [
    NPMJS,
    "https://registry.yarnpkg.com/",
    "https://npm.pkg.github.com/",
];

/// Where the embedded registry is, and who may publish there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address<'a> {
    /// Its URL, with a slash at its end.
    pub(super) url: &'a str,
    /// Host and port.
    pub(super) host: &'a str,
    /// The token of the account that may publish.
    pub(super) token: &'a str,
}

/// Fills the folder.
///
/// # Errors
/// When it cannot be written.
pub(super) fn fill<'a>(
    folder: &TempDir,
    address: Address<'_>,
    config: &Config,
    environment: &Environment,
    manifests: impl Iterator<Item = &'a Manifest>,
) -> io::Result<Here> {
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("guard.cjs"), GUARD)?;
    let settings = json!({
        "here": address.host,
        "registries": registries(config, manifests),
        "log": path("refused.log"),
    });
    std::fs::write(path("guard.json"), settings.to_string())?;
    for (layer, name) in [(Layer::User, "npmrc"), (Layer::Global, "global-npmrc")] {
        let text = file_of(config, layer).and_then(|file| std::fs::read(file).ok());
        let text = text.unwrap_or_default();
        let mut kept = words::without_credentials(&String::from_utf8_lossy(&text));
        if layer == Layer::User {
            // For an npm in a script whose shell lost the variable. In front:
            // the file may end in a section.
            let line = format!("//{}/:_authToken={}\n", address.host, address.token);
            kept.insert_str(0, &line);
        }
        std::fs::write(path(name), kept)?;
    }
    let shown = |name: &str| path(name).display().to_string();
    Ok(Here {
        url: address.url.to_owned(),
        host: address.host.to_owned(),
        token: address.token.to_owned(),
        cache: shown("cache"),
        userconfig: shown("npmrc"),
        globalconfig: shown("global-npmrc"),
        node_options: node_options(config, environment, &path("guard.cjs")),
    })
}

/// What the guard turned away so far, a line each.
pub(super) fn turned_away(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("refused.log")).unwrap_or_default();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.dedup();
    lines
}

fn file_of(config: &Config, layer: Layer) -> Option<PathBuf> {
    let mut files = config.files().iter();
    files
        .find(|file| file.layer == layer)
        .map(|file| file.path.clone())
}

/// Scripts get npm's `node-options` where somebody set it, in place of the
/// variable (`@npmcli/config`, `set-envs.js`).
fn node_options(config: &Config, environment: &Environment, guard: &Path) -> String {
    let given = config
        .text("node-options")
        .or_else(|| environment.filled("NODE_OPTIONS").map(str::to_owned));
    // Within quotes Node takes a backslash for an escape; a slash does on
    // every platform.
    let guard = guard.display().to_string().replace('\\', "/");
    let own = format!("--require=\"{}\"", guard.replace('"', "\\\""));
    match given {
        Some(given) => format!("{given} {own}"),
        None => own,
    }
}

/// Host and port of every registry that anything mentions.
fn registries<'a>(
    config: &Config,
    manifests: impl Iterator<Item = &'a Manifest>,
) -> BTreeSet<String> {
    let is_registry = |key: &str| key == "registry" || key.ends_with(":registry");
    let mut urls: Vec<String> = PUBLIC.iter().map(|&url| url.to_owned()).collect();
    for entry in config.entries() {
        if is_registry(&entry.key) {
            urls.push(entry.value.to_text());
        } else if let Some((place, _)) = entry.key.strip_prefix("//").and_then(|key| {
            // A credential's key is a registry's address without its scheme.
            key.rsplit_once(':')
        }) {
            urls.push(format!("https://{place}"));
            urls.push(format!("http://{place}"));
        }
    }
    for manifest in manifests {
        for (key, value) in manifest.publish_config().into_iter().flatten() {
            if is_registry(key) {
                urls.extend(value.as_str().map(str::to_owned));
            }
        }
    }
    let address = |url: &String| {
        let registry = RegistryUrl::parse(url)?;
        let port = registry.url().port_or_known_default()?;
        Some(format!("{}:{port}", registry.host()))
    };
    urls.iter().filter_map(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_for_node_are_kept_and_the_guard_comes_last() {
        let environment = Environment::bare("/").with("NODE_OPTIONS", "--no-warnings");
        let config = Config::load(
            crate::npmrc::CommandLine::default(),
            &environment,
            None,
            &|_, _| false,
        );
        assert_eq!(
            node_options(&config, &environment, Path::new("/a b/guard.cjs")),
            "--no-warnings --require=\"/a b/guard.cjs\""
        );
    }

    #[test]
    fn registries_are_known_by_settings_credentials_and_manifests() {
        let environment = Environment::bare("/")
            .with("npm_config_registry", "http://a.example/npm/")
            .with("npm_config_//b.example/x/:_authToken", "t");
        let config = Config::load(
            crate::npmrc::CommandLine::default(),
            &environment,
            None,
            &|_, _| false,
        );
        let manifest = Manifest::from_json(
            json!({ "publishConfig": { "@s:registry": "https://c.example:8443" } }),
        );
        let known = registries(&config, std::iter::once(&manifest));
        for wanted in [
            "a.example:80",
            "b.example:443",
            "c.example:8443",
            "registry.npmjs.org:443",
        ] {
            assert!(known.contains(wanted), "{wanted} in {known:?}");
        }
    }
}
