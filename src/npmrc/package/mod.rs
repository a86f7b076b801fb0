//! The configuration of one package: publishConfig laid over npm's layers.

mod credential;
mod layers;
mod registry;

use serde_json::Map;

use super::config::{Config, Entry};
use super::value::Value;
use crate::manifest::Manifest;
use crate::npm::NpmVersion;
use crate::origin::{Origin, Resolved};

/// npm's configuration as it applies to one package.
#[derive(Clone, Debug)]
pub struct PackageConfig<'a> {
    config: &'a Config,
    manifest: &'a Manifest,
    publish_config: Option<&'a Map<String, serde_json::Value>>,
}

/// Why the effective registry cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryProblem {
    /// The value, masked.
    pub value: String,
    /// What set it.
    pub origin: Origin,
}

/// The dist-tag: npm checks one and may send another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagPlan {
    /// The tag in npm's config (flag, variable, .npmrc, default `latest`):
    /// what npm's own rules look at.
    pub configured: Resolved<String>,
    /// The tag that is sent: package.json's top-level `tag`, else
    /// publishConfig's, else the configured one.
    pub sent: Resolved<String>,
    /// Whether any layer or publishConfig names a tag. npm 11 refuses to move `latest` silently
    /// only if none does.
    pub explicit: bool,
}

/// An effective setting, from publishConfig or from a layer.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) value: Value,
    pub(super) origin: Origin,
    unset: Vec<String>,
    empty: Vec<String>,
}

impl Config {
    /// The configuration of one package.
    pub fn for_package<'a>(&'a self, manifest: &'a Manifest) -> PackageConfig<'a> {
        let publish_config = manifest
            .object
            .get("publishConfig")
            .and_then(serde_json::Value::as_object);
        PackageConfig {
            config: self,
            manifest,
            publish_config,
        }
    }

    /// npm's own option, without any package's publishConfig.
    fn plain(&self, key: &str) -> Option<Setting> {
        self.option(key)
            .map(|(entry, value)| Setting::of(entry, value))
    }

    fn since(&self, rule: impl Fn(&NpmVersion) -> bool) -> bool {
        self.version.as_ref().is_none_or(rule)
    }
}

impl Setting {
    fn of(entry: &Entry, value: Value) -> Self {
        Self {
            value,
            origin: entry.origin.clone(),
            unset: entry.unset.clone(),
            empty: entry.empty.clone(),
        }
    }
}

impl<'a> PackageConfig<'a> {
    /// publishConfig itself.
    pub(super) fn publish_config(&self) -> Option<&'a Map<String, serde_json::Value>> {
        self.publish_config
    }

    /// The layers below publishConfig.
    pub fn config(&self) -> &'a Config {
        self.config
    }

    /// The package's manifest.
    pub fn manifest(&self) -> &'a Manifest {
        self.manifest
    }

    /// What npm's options contain for a key: publishConfig, unless a flag sets the same key
    /// (which counts since npm 10.5.2); otherwise the strongest layer. Values of files,
    /// variables and publishConfig are used as written, valid or not.
    pub(super) fn setting(&self, key: &str) -> Option<Setting> {
        match self.published(key) {
            Some(setting) => Some(setting),
            None => self.config.plain(key),
        }
    }

    /// The value in publishConfig, if it counts.
    pub(super) fn published(&self, key: &str) -> Option<Setting> {
        let flags_win = self.config.since(NpmVersion::flags_beat_publish_config);
        let by_flag = self.config.command_line().get(key).is_some();
        let value = self.publish_config?.get(key)?;
        (!(flags_win && by_flag)).then(|| Setting {
            value: Value::from_json(value),
            origin: self.pointer(&["publishConfig", key]),
            unset: Vec::new(),
            empty: Vec::new(),
        })
    }

    fn pointer(&self, path: &[&str]) -> Origin {
        let escaped = |key: &&str| format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        Origin::Manifest {
            path: self.manifest.path.clone(),
            pointer: path.iter().map(escaped).collect(),
        }
    }

    /// What npm's options contain for a key, as a string; `None` if no layer sets one.
    pub fn text_option(&self, key: &str) -> Option<Resolved<String>> {
        let setting = self.setting(key)?;
        let value = setting.value.is_truthy().then(|| setting.value.to_text())?;
        Some(Resolved::new(value, setting.origin))
    }

    /// The dist-tag: the one that npm's own rules use, and the one that is sent.
    pub fn tag(&self) -> TagPlan {
        let configured = self.config.valid("tag").map_or_else(
            || Resolved::default_value("latest".to_owned()),
            |(entry, value)| Resolved::new(value.to_text(), entry.origin.clone()),
        );
        let own = self
            .publish_config
            .and_then(|object| object.get("tag"))
            .map(Value::from_json);
        let top_level = self.manifest.object.get("tag").map(Value::from_json);
        let sent = match top_level.filter(Value::is_truthy) {
            Some(tag) => Resolved::new(tag.to_text(), self.pointer(&["tag"])),
            None => self.setting("tag").map_or_else(
                || Resolved::default_value("latest".to_owned()),
                |setting| Resolved::new(setting.value.to_text(), setting.origin),
            ),
        };
        TagPlan {
            explicit: self.config.get("tag").is_some() || own.is_some_and(|tag| tag.is_truthy()),
            configured,
            sent,
        }
    }

    /// The access level as npm sends it; `None` is npm's `null`.
    pub fn access(&self) -> Option<Resolved<String>> {
        let setting = self
            .setting("access")
            .filter(|setting| !matches!(setting.value, Value::Null | Value::Undefined))?;
        let text = setting.value.to_text();
        let is_alias = text == "private" && self.config.since(NpmVersion::knows_private_access);
        let sent = if is_alias {
            "restricted".to_owned()
        } else {
            text
        };
        Some(Resolved::new(sent, setting.origin))
    }

    /// Whether provenance is requested; `None` if nothing sets it. Only `true` itself requests
    /// it: `provenance=yes` in a file and `"true"` in publishConfig do not.
    pub fn provenance(&self) -> Option<Resolved<bool>> {
        let setting = self.setting("provenance")?;
        Some(Resolved::new(
            setting.value == Value::Bool(true),
            setting.origin,
        ))
    }

    /// Whether a one-time password is configured.
    pub fn has_otp(&self) -> bool {
        self.setting("otp")
            .is_some_and(|setting| setting.value.is_truthy())
    }
}
