//! npm looks for a credential twice: in its own check before the PUT, and for each request.

use super::registry::{Settings, home_of};
use super::{PackageConfig, Setting};
use crate::npm::NpmVersion;
use crate::npmrc::config::Config;
use crate::npmrc::credentials::{
    AuthCheck, Credential, EmptyCredential, RequestCredential, UnscopedKey, decode,
};
use crate::npmrc::value::Value;
use crate::npmrc::{nerf_dart, nerf_dart_of};
use crate::origin::Layer;
use crate::registry::url::{NPMJS, RegistryUrl};
use crate::secret::Secret;

impl PackageConfig<'_> {
    /// What npm finds before the PUT (`getCredentialsByURI`): only one key counts, and
    /// publishConfig does not.
    pub fn auth_check(&self, registry: &RegistryUrl) -> AuthCheck {
        let key = nerf_dart(registry.url());
        let entry = |field: &str| self.config.valid(&format!("{key}:{field}"));
        let filled = |field: &str| {
            entry(field)
                .map(|(_, value)| value)
                .filter(Value::is_truthy)
        };
        let has_user = || {
            filled("_auth").is_some_and(|auth| {
                let decoded = decode(&auth.to_text());
                decoded
                    .split(':')
                    .next()
                    .is_some_and(|user| !user.is_empty())
            })
        };
        let has_certificate = || {
            self.config.since(NpmVersion::accepts_client_certificates)
                && filled("certfile").is_some()
                && filled("keyfile").is_some()
        };
        let has_pair = || filled("username").is_some() && filled("_password").is_some();
        if filled("_authToken").is_some() || has_pair() || has_user() || has_certificate() {
            return AuthCheck::Passes { key };
        }
        let fields = ["_authToken", "_auth", "_password", "username"];
        let empty = fields.into_iter().find_map(|field| {
            let (entry, _) = entry(field).filter(|(_, value)| !value.is_truthy())?;
            Some(EmptyCredential {
                key: entry.key.clone(),
                origin: entry.origin.clone(),
                variables: entry.empty.clone(),
            })
        });
        AuthCheck::Fails { key, empty }
    }

    /// The credential that a request to a URL carries (`npm-registry-fetch`, `getAuth`): the
    /// first key with one, starting from the longest path.
    pub fn request_credential(&self, url: &url::Url) -> Option<RequestCredential> {
        find(url, &|key| self.setting(key))
    }

    /// The credential of the PUT for a package of that name: if the URL itself has none, npm
    /// looks up the registry of the package's own scope, or `registry`, if that is on the same
    /// host.
    pub fn put_credential(&self, name: &str, url: &url::Url) -> Option<RequestCredential> {
        let setting = |key: &str| self.setting(key);
        find(url, &setting).or_else(|| at_home(name, url, &setting))
    }

    /// The same for npm's own request before the PUT, which uses nothing of publishConfig
    /// except the registry of the PUT.
    pub fn comparison_credential(&self, name: &str, url: &url::Url) -> Option<RequestCredential> {
        let anew = self.has_own_request_options(name);
        let setting = |key: &str| match key {
            "registry" => self.put_registry(name),
            key => self.compared(key, anew),
        };
        find(url, &setting).or_else(|| at_home(name, url, &setting))
    }

    /// Credentials without a registry, which this npm refuses (ERR_INVALID_AUTH).
    pub fn unscoped(&self) -> Vec<UnscopedKey> {
        self.config.unscoped()
    }
}

impl Config {
    /// Credentials without a registry, which this npm refuses (ERR_INVALID_AUTH).
    pub fn unscoped(&self) -> Vec<UnscopedKey> {
        if !self.since(NpmVersion::refuses_unscoped_credentials) {
            return Vec::new();
        }
        let newest = self
            .version
            .as_ref()
            .is_some_and(NpmVersion::refuses_unscoped_email_and_certificates);
        let nerfed = |layer| {
            let registry = self.registry_at(layer);
            let text = registry.map_or_else(|| NPMJS.to_owned(), |(_, value)| value.to_text());
            nerf_dart_of(&text)
        };
        self.entries()
            .into_iter()
            .filter(|entry| Self::is_file_layer(entry.layer))
            .filter(|entry| self.is_filled_in(entry.layer, &entry.key))
            .filter_map(|entry| {
                let has = |key: &str| self.is_filled_in(entry.layer, key);
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
                let rename_to = renamed.then(|| nerfed(entry.layer)).flatten();
                Some(UnscopedKey {
                    key: entry.key.clone(),
                    origin: entry.origin.clone(),
                    rename_to: rename_to.map(|nerfed| format!("{nerfed}:{}", entry.key)),
                })
            })
            .collect()
    }

    fn is_filled_in(&self, layer: Layer, key: &str) -> bool {
        self.get_in(layer, key)
            .and_then(|entry| self.valid_value(entry))
            .is_some_and(|value| value.is_truthy())
    }
}

fn at_home(name: &str, url: &url::Url, setting: &Settings<'_>) -> Option<RequestCredential> {
    let home = home_of(name, setting)?;
    let home = url::Url::parse(&home.value.to_text()).ok()?;
    let same_host = home.host_str() == url.host_str() && home.port() == url.port();
    find(&home, setting).filter(|_| same_host)
}

fn find(url: &url::Url, setting: &Settings<'_>) -> Option<RequestCredential> {
    let host = url.host_str()?;
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let mut key = format!("//{host}{port}{}", url.path());
    while key.len() > 2 {
        if let Some(found) = at_key(&key, setting) {
            return Some(found);
        }
        // Removes what follows the last slash, or else the slash itself.
        let end = if key.ends_with('/') {
            key.len() - 1
        } else {
            key.rfind('/')? + 1
        };
        key.truncate(end);
    }
    None
}

fn at_key(key: &str, setting: &Settings<'_>) -> Option<RequestCredential> {
    let filled = |field: &str| {
        setting(&format!("{key}:{field}")).filter(|setting| setting.value.is_truthy())
    };
    let secret = |setting: &Setting| Secret::new(setting.value.to_text());
    let found = |field: &str, credential: Credential, of: &[Setting]| RequestCredential {
        key: format!("{key}:{field}"),
        credential,
        origin: of[0].origin.clone(),
        unset_variables: of.iter().flat_map(|it| it.unset.clone()).collect(),
        empty_variables: of.iter().flat_map(|it| it.empty.clone()).collect(),
        certificate: filled("certfile")
            .zip(filled("keyfile"))
            .map(|(certificate, key)| {
                (
                    certificate.value.to_text().into(),
                    key.value.to_text().into(),
                )
            }),
    };
    if let Some(token) = filled("_authToken") {
        let credential = Credential::Token(secret(&token));
        return Some(found("_authToken", credential, &[token]));
    }
    if let Some(auth) = filled("_auth") {
        let credential = Credential::Basic(secret(&auth));
        return Some(found("_auth", credential, &[auth]));
    }
    if let (Some(user), Some(password)) = (filled("username"), filled("_password")) {
        let credential = Credential::UserPassword {
            user: user.value.to_text(),
            password: secret(&password),
        };
        return Some(found("_password", credential, &[password, user]));
    }
    let (certificate, key_file) = (filled("certfile")?, filled("keyfile")?);
    let credential = Credential::Certificate {
        certificate: certificate.value.to_text().into(),
        key: key_file.value.to_text().into(),
    };
    Some(found("certfile", credential, &[certificate, key_file]))
}
