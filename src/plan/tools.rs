//! Registries and credentials in the files of yarn, pnpm and bun, which npm
//! does not read.

use std::fmt;
use std::path::{Path, PathBuf};

use saphyr::Yaml;

use super::Input;
use crate::environment::Environment;
use crate::file;
use crate::npmrc::ini;
use crate::origin::{FilePosition, Layer, Origin};
use crate::secret::Secret;
use crate::yaml;

/// Larger configuration files are not read.
const MAX_FILE: u64 = 1 << 20;

/// A tool with a configuration of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// yarn 2 and later: `.yarnrc.yml`.
    Yarn,
    /// pnpm: `auth.ini` in its configuration folder.
    Pnpm,
    /// bun: `bunfig.toml`.
    Bun,
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yarn => "yarn",
            Self::Pnpm => "pnpm",
            Self::Bun => "bun",
        })
    }
}

/// One setting of another tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) tool: Tool,
    pub(super) key: String,
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// The value of another tool's setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// The URL of a registry.
    Registry(String),
    /// A credential, kept so that no output shows it.
    Credential(Secret),
}

/// Every registry and credential in the other tools' files, of the project and of
/// the user.
pub(super) fn settings(input: Input<'_>) -> Vec<Setting> {
    let folders = [
        Some(input.config.local_prefix().to_path_buf()),
        input.environment.home.clone(),
    ];
    let folders = || folders.iter().flatten();
    let mut found = Vec::new();
    for folder in folders() {
        found.extend(yarn(&folder.join(".yarnrc.yml")));
    }
    for folder in folders() {
        found.extend(bun(&folder.join("bunfig.toml")));
        found.extend(bun(&folder.join(".bunfig.toml")));
    }
    found.extend(
        pnpm_folder(input.environment)
            .into_iter()
            .flat_map(|folder| pnpm(&folder)),
    );
    found
}

/// The text of a regular file, up to a size.
pub(super) fn read(path: &Path) -> Option<String> {
    file::read_text(path, MAX_FILE).ok()
}

/// The first place of a word in a text.
fn origin(path: &Path, text: &str, word: &str) -> Origin {
    let found = text.lines().enumerate().find_map(|(index, line)| {
        let at = line.find(word)?;
        Some((index + 1, line[..at].chars().count() + 1))
    });
    let (line, column) = found.unwrap_or((1, 1));
    Origin::File(FilePosition {
        layer: Layer::Project,
        path: path.to_path_buf(),
        line,
        column,
    })
}

/// yarn's settings that name a registry, and those that hold a credential
/// (yarnpkg.com/configuration/yarnrc).
const YARN_REGISTRIES: [&str; 2] = ["npmPublishRegistry", "npmRegistryServer"];
const YARN_CREDENTIALS: [&str; 2] = ["npmAuthToken", "npmAuthIdent"];

fn yarn(path: &Path) -> Vec<Setting> {
    let Some(text) = read(path) else {
        return Vec::new();
    };
    let Some(document) = yaml::load(&text) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let top = [(String::new(), &document)];
    let nested = ["npmRegistries", "npmScopes"].into_iter().flat_map(|key| {
        let map = document.as_mapping_get(key).and_then(Yaml::as_mapping);
        let entries = map.into_iter().flat_map(|map| map.iter());
        entries.filter_map(|(name, value)| Some((format!("{} ", name.as_str()?), value)))
    });
    for (prefix, map) in top.into_iter().chain(nested) {
        let text_of = |key: &str| map.as_mapping_get(key).and_then(Yaml::as_str);
        let registries = YARN_REGISTRIES.iter().filter_map(|key| {
            let url = text_of(key)?;
            Some((key, Value::Registry(url.to_owned())))
        });
        let credentials = YARN_CREDENTIALS.iter().filter_map(|key| {
            let value = text_of(key).filter(|value| !value.is_empty())?;
            Some((key, Value::Credential(Secret::new(value))))
        });
        found.extend(registries.chain(credentials).map(|(key, value)| Setting {
            tool: Tool::Yarn,
            key: format!("{prefix}{key}"),
            value,
            origin: origin(path, &text, key),
        }));
    }
    found
}

/// bun's file is TOML; it matters only whether it has a token.
fn bun(path: &Path) -> Option<Setting> {
    let text = read(path)?;
    let pair = |line: &str| {
        let parts = line.split(['{', ',', '}']);
        let mut pairs = parts.filter_map(|part| {
            let (key, value) = part.split_once('=')?;
            let value = value.trim().trim_matches(['"', '\'']);
            Some((key.trim().to_owned(), value.to_owned()))
        });
        pairs.find(|(key, _)| key == "token" || key == "password")
    };
    let install = text
        .lines()
        .skip_while(|line| !line.trim_start().starts_with("[install"));
    let (key, value) = install
        .filter(|line| !line.trim_start().starts_with('#'))
        .find_map(pair)?;
    Some(Setting {
        tool: Tool::Bun,
        origin: origin(path, &text, &key),
        key,
        value: Value::Credential(Secret::new(value)),
    })
}

/// pnpm's configuration folder (pnpm.io/cli/config).
fn pnpm_folder(environment: &Environment) -> Option<PathBuf> {
    if let Some(folder) = environment.filled("XDG_CONFIG_HOME") {
        return Some(Path::new(folder).join("pnpm"));
    }
    let home = environment.home.as_ref()?;
    if cfg!(windows) {
        let data = environment.filled("LOCALAPPDATA").map(PathBuf::from);
        return Some(
            data.unwrap_or_else(|| home.join(".config"))
                .join("pnpm/config"),
        );
    }
    if cfg!(target_os = "macos") {
        return Some(home.join("Library/Preferences/pnpm"));
    }
    Some(home.join(".config/pnpm"))
}

fn pnpm(folder: &Path) -> Vec<Setting> {
    let path = folder.join("auth.ini");
    let Some(text) = read(&path) else {
        return Vec::new();
    };
    let of = |entry: ini::Entry| {
        let is_registry = entry.key == "registry" || entry.key.ends_with(":registry");
        let is_credential = entry.key.starts_with("//")
            && [":_authToken", ":_auth", ":_password"]
                .iter()
                .any(|end| entry.key.ends_with(end));
        (is_registry || is_credential).then(|| Setting {
            tool: Tool::Pnpm,
            value: if is_registry {
                Value::Registry(entry.value.to_text())
            } else {
                Value::Credential(Secret::new(entry.value.to_text()))
            },
            origin: Origin::File(FilePosition {
                layer: Layer::User,
                path: path.clone(),
                line: entry.line,
                column: entry.column,
            }),
            key: entry.key,
        })
    };
    ini::parse(&text)
        .entries
        .into_iter()
        .filter_map(of)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    fn shown(settings: &[Setting]) -> Vec<(&str, Option<&str>)> {
        let each = settings.iter();
        each.map(|setting| match &setting.value {
            Value::Registry(url) => (setting.key.as_str(), Some(url.as_str())),
            Value::Credential(secret) => {
                assert!(!secret.is_empty());
                (setting.key.as_str(), None)
            }
        })
        .collect()
    }

    #[test]
    fn yarns_registries_and_credentials_are_named_with_their_lines() {
        let text = "npmPublishRegistry: \"https://a.example\"\nnpmAuthToken: secret\nnpmScopes:\n  acme:\n    npmRegistryServer: https://b.example\n    npmAuthIdent: \"u:p\"\n";
        let (_folder, path) = written(".yarnrc.yml", text);
        let found = yarn(&path);
        assert_eq!(
            shown(&found),
            [
                ("npmPublishRegistry", Some("https://a.example")),
                ("npmAuthToken", None),
                ("acme npmRegistryServer", Some("https://b.example")),
                ("acme npmAuthIdent", None),
            ]
        );
        let Origin::File(position) = &found[2].origin else {
            panic!("a file");
        };
        assert_eq!((position.line, position.column), (5, 5));
    }

    #[test]
    fn pnpms_and_buns_credentials_are_named() {
        let (folder, _path) = written(
            "auth.ini",
            "//a.example/:_authToken=secret\n@acme:registry=https://a.example/\ncolor=true\n",
        );
        let found = pnpm(folder.path());
        assert_eq!(
            shown(&found),
            [
                ("//a.example/:_authToken", None),
                ("@acme:registry", Some("https://a.example/")),
            ]
        );
        for text in [
            "[install]\nregistry = { url = \"https://a.example\", token = \"$T\" }\n",
            "[install.scopes]\n\"@acme\" = { password = \"x\", url = \"https://a\" }\n",
            "[install]\ntoken = \"x\"\n",
        ] {
            let (_folder, path) = written("bunfig.toml", text);
            assert!(bun(&path).is_some(), "{text}");
        }
        for text in [
            "[install]\nregistry = \"https://a.example\"\n",
            "# [install]\n# token = \"x\"\n",
            "[test]\ntoken = \"x\"\n",
        ] {
            let (_folder, path) = written("bunfig.toml", text);
            assert_eq!(bun(&path), None, "{text}");
        }
    }

    #[test]
    fn only_regular_files_are_read() {
        let (folder, path) = written("big", "");
        std::fs::File::create(&path)
            .unwrap()
            .set_len(MAX_FILE + 1)
            .unwrap();
        assert_eq!(read(&path), None);
        assert_eq!(read(folder.path()), None);
        assert_eq!(read(Path::new("/dev/zero")), None);
    }
}
