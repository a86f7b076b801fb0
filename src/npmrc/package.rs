//! The configuration of one package: publishConfig laid over npm's layers.

use serde_json::Map;

use super::config::{Config, Entry};
use super::credentials::{Credential, EmptyCredential, Gate, RequestCredential, UnscopedKey};
use super::nerf_dart;
use super::value::Value;
use crate::manifest::Manifest;
use crate::npm::NpmVersion;
use crate::origin::{Layer, Origin, Resolved};
use crate::plan::{RegistryProblem, TagPlan};
use crate::registry::url::{NPMJS, RegistryUrl};
use crate::secret::mask_known_shapes;

/// npm's configuration as it holds for one package.
#[derive(Clone, Debug)]
pub struct PackageConfig<'a> {
    config: &'a Config,
    manifest: &'a Manifest,
    publish_config: Option<&'a Map<String, serde_json::Value>>,
}

/// A setting that holds: from publishConfig or from a layer.
struct Setting {
    value: Value,
    origin: Origin,
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
}

impl<'a> PackageConfig<'a> {
    /// The object itself.
    pub(super) fn publish_config(&self) -> Option<&'a Map<String, serde_json::Value>> {
        self.publish_config
    }

    /// The layers below publishConfig.
    pub fn config(&self) -> &'a Config {
        self.config
    }

    /// What npm's options hold for a key: publishConfig, unless a flag names
    /// the same key (which counts since npm 10.5.2); else the strongest layer.
    /// Values of files and variables are used as they are, valid or not.
    fn setting(&self, key: &str) -> Option<Setting> {
        let flags_win = self
            .config
            .version
            .as_ref()
            .is_none_or(NpmVersion::flags_beat_publish_config);
        let by_flag = self
            .config
            .get(key)
            .is_some_and(|entry| entry.layer == Layer::CommandLine);
        match self.publish_config.and_then(|object| object.get(key)) {
            Some(value) if !(flags_win && by_flag) => Some(Setting {
                value: Value::from_json(value),
                origin: self.pointer(key),
                unset: Vec::new(),
                empty: Vec::new(),
            }),
            _ => self.config.get(key).map(plain),
        }
    }

    fn pointer(&self, key: &str) -> Origin {
        let key = key.replace('~', "~0").replace('/', "~1");
        Origin::Manifest {
            path: self.manifest.path.clone(),
            pointer: format!("/publishConfig/{key}"),
        }
    }

    /// Where the PUT goes (`npm-registry-fetch`, `pickRegistry`): the scope's
    /// registry, else the registry of the scope that `scope` names, else
    /// `registry`.
    ///
    /// # Errors
    /// When that is no absolute http(s) URL.
    pub fn registry(&self, name: &str) -> Result<Resolved<RegistryUrl>, RegistryProblem> {
        let setting = self.scoped_registry(name, &|key| self.setting(key));
        let setting = setting.or_else(|| {
            self.setting("registry")
                .filter(|setting| setting.value.is_truthy())
        });
        let empty = self
            .config
            .get("registry")
            .filter(|entry| !entry.value.is_truthy());
        match (setting, empty) {
            (Some(setting), _) => parsed(&setting),
            // An empty `registry=` in a file is no URL; an empty one in
            // publishConfig falls back to npm's built-in default.
            (None, Some(entry))
                if self
                    .setting("registry")
                    .is_none_or(|s| s.origin == entry.origin) =>
            {
                parsed(&plain(entry))
            }
            (None, _) => Ok(Resolved::default_value(npmjs())),
        }
    }

    /// The registry that npm 11 and later ask for the versions that are there.
    /// npm does not look at publishConfig's scopes there, and falls back to
    /// the registry of the PUT.
    pub fn comparison_registry(&self, name: &str) -> Option<RegistryUrl> {
        let plain_setting = |key: &str| self.config.get(key).map(plain);
        match self.scoped_registry(name, &plain_setting) {
            Some(setting) => parsed(&setting).ok().map(|resolved| resolved.value),
            None => self.registry(name).ok().map(|resolved| resolved.value),
        }
    }

    fn scoped_registry(
        &self,
        name: &str,
        setting: &dyn Fn(&str) -> Option<Setting>,
    ) -> Option<Setting> {
        let of_scope = |scope: &str| {
            let scope = scope.strip_prefix('@').unwrap_or(scope);
            setting(&format!("@{scope}:registry")).filter(|setting| setting.value.is_truthy())
        };
        let scope = name
            .strip_prefix('@')
            .and_then(|name| name.split_once('/'))
            .map(|(scope, _)| scope);
        scope.and_then(of_scope).or_else(|| {
            let scope = setting("scope").filter(|setting| setting.value.is_truthy())?;
            of_scope(&scope.value.to_text())
        })
    }

    /// A `--registry` that npm drops with a warning because it is no URL.
    pub fn dropped_registry(&self) -> Option<Resolved<String>> {
        let (written, value) = self.config.command_line().dropped("registry")?;
        Some(Resolved::new(
            mask_known_shapes(value),
            Origin::CommandLine {
                flag: written.to_owned(),
            },
        ))
    }

    /// The dist-tag: what npm's own rules look at, and what is sent.
    pub fn tag(&self) -> TagPlan {
        let configured = self.config.valid("tag").map_or_else(
            || Resolved::default_value("latest".to_owned()),
            |(entry, value)| Resolved::new(value.to_text(), entry.origin.clone()),
        );
        let own = self
            .publish_config
            .and_then(|object| object.get("tag"))
            .map(Value::from_json);
        let top_level = self
            .manifest
            .object
            .get("tag")
            .map(Value::from_json)
            .filter(Value::is_truthy);
        let sent = match (top_level, self.setting("tag")) {
            (Some(tag), _) => {
                let path = self.manifest.path.clone();
                Resolved::new(
                    tag.to_text(),
                    Origin::Manifest {
                        path,
                        pointer: "/tag".to_owned(),
                    },
                )
            }
            (None, Some(setting)) if matches!(setting.origin, Origin::Manifest { .. }) => {
                Resolved::new(setting.value.to_text(), setting.origin)
            }
            _ => configured.clone(),
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
            .filter(|setting| setting.value != Value::Null)?;
        let text = setting.value.to_text();
        let alias = text == "private" && !matches!(setting.origin, Origin::Manifest { .. });
        Some(Resolved::new(
            if alias { "restricted".to_owned() } else { text },
            setting.origin,
        ))
    }

    /// Whether provenance is asked for, where anybody says so.
    pub fn provenance(&self) -> Option<Resolved<bool>> {
        let setting = self.setting("provenance")?;
        Some(Resolved::new(setting.value.is_truthy(), setting.origin))
    }

    /// Whether a one-time password is configured.
    pub fn has_otp(&self) -> bool {
        self.setting("otp")
            .is_some_and(|setting| setting.value.is_truthy())
    }

    /// npm's look before the PUT (`getCredentialsByURI`): exactly one key
    /// counts, publishConfig does not.
    pub fn gate(&self, registry: &RegistryUrl) -> Gate {
        let key = nerf_dart(registry.url());
        let entry = |field: &str| self.config.get(&format!("{key}:{field}"));
        let filled = |field: &str| entry(field).is_some_and(|entry| entry.value.is_truthy());
        let basic = || {
            let user = entry("_auth")
                .filter(|entry| entry.value.is_truthy())
                .map(|entry| {
                    let decoded = super::credentials::decode(&entry.value.to_text());
                    decoded.split(':').next().unwrap_or_default().to_owned()
                });
            user.is_some_and(|user| !user.is_empty())
        };
        let certificate = || {
            let known = self
                .config
                .version
                .as_ref()
                .is_none_or(NpmVersion::accepts_client_certificates);
            known && filled("certfile") && filled("keyfile")
        };
        if filled("_authToken")
            || (filled("username") && filled("_password"))
            || basic()
            || certificate()
        {
            return Gate::Open { key };
        }
        let empty = ["_authToken", "_auth", "_password", "username"]
            .into_iter()
            .find_map(|field| {
                let entry = entry(field).filter(|entry| !entry.value.is_truthy())?;
                Some(EmptyCredential {
                    key: entry.key.clone(),
                    origin: entry.origin.clone(),
                    variables: entry.empty.clone(),
                })
            });
        Gate::Closed { key, empty }
    }

    /// The credential that a request to a URL carries (`npm-registry-fetch`,
    /// `getAuth`): from the longest path on, the first key with any.
    pub fn request_credential(&self, url: &url::Url) -> Option<RequestCredential> {
        find_credential(url, &|key| self.setting(key))
    }

    /// The same for npm's own question before the PUT, which does not look at
    /// publishConfig.
    pub fn comparison_credential(&self, url: &url::Url) -> Option<RequestCredential> {
        find_credential(url, &|key| self.config.get(key).map(plain))
    }

    /// Credentials without a registry, which this npm refuses (ERR_INVALID_AUTH).
    pub fn unscoped(&self) -> Vec<UnscopedKey> {
        let version = self.config.version.as_ref();
        if !version.is_none_or(NpmVersion::refuses_unscoped_credentials) {
            return Vec::new();
        }
        let newest = version.is_some_and(NpmVersion::refuses_unscoped_email_and_certificates);
        let registry = self
            .config
            .get("registry")
            .map_or_else(|| NPMJS.to_owned(), |entry| entry.value.to_text());
        let nerfed = url::Url::parse(&registry).map(|url| nerf_dart(&url)).ok();
        let files = [Layer::Project, Layer::User, Layer::Global];
        let entries = self.config.entries().iter();
        entries
            .filter(|entry| files.contains(&entry.layer) && entry.value.is_truthy())
            .filter_map(|entry| {
                let has = |key: &str| {
                    let mut others = self.config.all(key);
                    others.any(|other| other.layer == entry.layer && other.value.is_truthy())
                };
                let renamed = match entry.key.as_str() {
                    "_authtoken" | "-authtoken" => false,
                    "_auth" | "_authToken" => true,
                    "username" => has("_password"),
                    "_password" => has("username"),
                    "email" if newest => true,
                    "certfile" if newest => has("keyfile"),
                    "keyfile" if newest => has("certfile"),
                    _ => return None,
                };
                let rename_to = nerfed.as_ref().filter(|_| renamed);
                Some(UnscopedKey {
                    key: entry.key.clone(),
                    origin: entry.origin.clone(),
                    rename_to: rename_to.map(|nerfed| format!("{nerfed}:{}", entry.key)),
                })
            })
            .collect()
    }
}

fn plain(entry: &Entry) -> Setting {
    Setting {
        value: entry.value.clone(),
        origin: entry.origin.clone(),
        unset: entry.unset.clone(),
        empty: entry.empty.clone(),
    }
}

fn npmjs() -> RegistryUrl {
    RegistryUrl::parse(NPMJS).expect("npm's default registry is a URL")
}

fn parsed(setting: &Setting) -> Result<Resolved<RegistryUrl>, RegistryProblem> {
    let text = setting.value.to_text();
    match RegistryUrl::parse(&text) {
        Some(url) => Ok(Resolved::new(url, setting.origin.clone())),
        None => Err(RegistryProblem {
            value: mask_known_shapes(&text),
            origin: setting.origin.clone(),
        }),
    }
}

fn find_credential(
    url: &url::Url,
    setting: &dyn Fn(&str) -> Option<Setting>,
) -> Option<RequestCredential> {
    let filled = |key: &str, field: &str| {
        setting(&format!("{key}:{field}")).filter(|setting| setting.value.is_truthy())
    };
    let host = url.host_str()?;
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let mut key = format!("//{host}{port}{}", url.path());
    while key.len() > 2 {
        if let Some(found) = credential_at(&key, &filled) {
            return Some(found);
        }
        // Takes off what is behind the last slash, or else the slash itself.
        let end = if key.ends_with('/') {
            key.len() - 1
        } else {
            key.rfind('/')? + 1
        };
        key.truncate(end);
    }
    None
}

fn credential_at(
    key: &str,
    filled: &dyn Fn(&str, &str) -> Option<Setting>,
) -> Option<RequestCredential> {
    use crate::secret::Secret;
    let found = |field: &str, credential: Credential, of: Vec<Setting>| RequestCredential {
        key: format!("{key}:{field}"),
        credential,
        origin: of[0].origin.clone(),
        unset_variables: of
            .iter()
            .flat_map(|setting| setting.unset.clone())
            .collect(),
        empty_variables: of
            .iter()
            .flat_map(|setting| setting.empty.clone())
            .collect(),
    };
    if let Some(token) = filled(key, "_authToken") {
        return Some(found(
            "_authToken",
            Credential::Token(Secret::new(token.value.to_text())),
            vec![token],
        ));
    }
    if let Some(auth) = filled(key, "_auth") {
        return Some(found(
            "_auth",
            Credential::Basic(Secret::new(auth.value.to_text())),
            vec![auth],
        ));
    }
    if let (Some(user), Some(password)) = (filled(key, "username"), filled(key, "_password")) {
        let credential = Credential::UserPassword {
            user: user.value.to_text(),
            password: Secret::new(password.value.to_text()),
        };
        return Some(found("_password", credential, vec![password, user]));
    }
    let (certificate, private_key) = (filled(key, "certfile")?, filled(key, "keyfile")?);
    let credential = Credential::Certificate {
        certificate: certificate.value.to_text().into(),
        key: private_key.value.to_text().into(),
    };
    Some(found(
        "certfile",
        credential,
        vec![certificate, private_key],
    ))
}
