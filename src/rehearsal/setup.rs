//! The temporary folder of a rehearsal: npm's cache, the user's harmless settings, an empty
//! home folder, and the guard that every Node process loads.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use super::args::Redirect;
use super::input::Input;
use super::kept::kept_settings;

use crate::environment::Environment;
use crate::manifest::Manifest;
use crate::npmrc::Config;
use crate::origin::Layer;
use crate::private;
use crate::registry::url::{NPMJS, RegistryUrl};

/// The guard that every Node process loads; the file explains itself.
const GUARD: &str = include_str!("guard.cjs");

/// Public registries that accept packages, guarded whatever the settings are.
const PUBLIC: [&str; 3] = [
    NPMJS,
    "https://registry.yarnpkg.com/",
    "https://npm.pkg.github.com/",
];

/// Where the embedded registry is, and who may publish there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address<'a> {
    /// Its URL, with a trailing slash.
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
pub(super) fn fill(
    folder: &TempDir,
    address: Address<'_>,
    input: Input<'_>,
) -> io::Result<Redirect> {
    let Input {
        config,
        environment,
        manifests,
    } = input;
    let path = |name: &str| folder.path().join(name);
    private::write(&path("guard.cjs"), GUARD)?;
    let settings = json!({
        "here": address.host,
        "registries": registries(config, manifests.iter()),
        "log": path("refused.log"),
    });
    private::write(&path("guard.json"), settings.to_string())?;
    let shown = |name: &str| path(name).display().to_string();
    let redirect = Redirect {
        url: address.url.to_owned(),
        host: address.host.to_owned(),
        token: address.token.to_owned(),
        cache: shown("cache"),
        userconfig: shown("npmrc"),
        globalconfig: shown("global-npmrc"),
        home: shown("home"),
        node_options: node_options(config, environment, &path("guard.cjs")),
    };
    // For an npm in a script whose shell dropped the variables.
    let [with_key, without_key] = redirect.token_keys();
    let (url, token) = (&redirect.url, &redirect.token);
    let own = format!("registry={url}\n{with_key}={token}\n{without_key}={token}\n");
    let user = own + &kept_settings(config, Layer::User);
    private::write(&path("npmrc"), &user)?;
    private::write(&path("global-npmrc"), kept_settings(config, Layer::Global))?;
    private::create_folders(&path("home"))?;
    private::write(&path("home").join(".npmrc"), &user)?;
    Ok(redirect)
}

/// What the guard has refused so far, one line each.
pub(super) fn refused(folder: &Path) -> Vec<String> {
    let text = crate::file::read_text(&folder.join("refused.log"), crate::file::limit::SMALL)
        .unwrap_or_default();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.dedup();
    lines
}

/// Scripts get npm's `node-options`, if set, instead of the variable (`@npmcli/config`,
/// `set-envs.js`).
fn node_options(config: &Config, environment: &Environment, guard: &Path) -> String {
    let given = config
        .text("node-options")
        .or_else(|| environment.filled("NODE_OPTIONS").map(str::to_owned));
    // Within quotes Node reads a backslash as an escape; a slash works on every platform.
    let guard = guard.display().to_string().replace('\\', "/");
    let own = format!("--require=\"{}\"", guard.replace('"', "\\\""));
    match given {
        Some(given) => format!("{given} {own}"),
        None => own,
    }
}

/// Host and port of every registry that is mentioned anywhere.
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
            // A credential's key is a registry's URL without its scheme.
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
