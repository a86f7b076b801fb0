//! Where npm sends a package (`npm-registry-fetch`, `pickRegistry`).

use super::{PackageConfig, RegistryProblem, Setting};
use crate::npmrc::config::{Config, Entry};
use crate::npmrc::value::Value;
use crate::npmrc::{nerf_dart, nerf_dart_of};
use crate::origin::{Layer, Origin, Resolved};
use crate::registry::url::{NPMJS, RegistryUrl};
use crate::secret::mask_known_shapes;

/// The value of a key, for one kind of request.
pub(super) type Settings<'a> = dyn Fn(&str) -> Option<Setting> + 'a;

impl PackageConfig<'_> {
    /// Where the PUT goes: the scope's registry, else the registry of the
    /// scope that `scope` names, else `registry`.
    ///
    /// # Errors
    /// When that is not an absolute http(s) URL, or when npm's own `registry` is
    /// not a URL at all: npm fails even if another one is used.
    pub fn registry(&self, name: &str) -> Result<Resolved<RegistryUrl>, RegistryProblem> {
        if let Some(problem) = self.config.unusable_registry() {
            return Err(problem);
        }
        self.put_registry(name)
            .map_or_else(|| Ok(Resolved::default_value(npmjs())), |it| parsed(&it))
    }

    /// What decides where the PUT goes; `None` for npm's default.
    pub(super) fn put_registry(&self, name: &str) -> Option<Setting> {
        picked(name, &|key| self.setting(key)).or_else(|| {
            self.setting("registry")
                .filter(|setting| setting.value.is_truthy())
        })
    }

    /// The registry that npm 11 and later ask for the existing versions. npm does not use
    /// publishConfig's scopes there, and falls back to the registry of the PUT.
    pub fn comparison_registry(&self, name: &str) -> Option<RegistryUrl> {
        let anew = self.has_own_request_options(name);
        match picked(name, &|key| self.compared(key, anew)) {
            Some(setting) => parsed(&setting).ok().map(|resolved| resolved.value),
            None => self.registry(name).ok().map(|resolved| resolved.value),
        }
    }

    /// npm's own option when it asks for the existing versions.
    pub(super) fn compared(&self, key: &str, anew: bool) -> Option<Setting> {
        if anew {
            let (entry, value) = self.config.valid(key)?;
            return Some(Setting::of(entry, value));
        }
        self.config.plain(key)
    }

    /// npm up to 11 copies an `email` of its own registry while it looks for a credential; from
    /// then on its options contain only valid values.
    pub(super) fn has_own_request_options(&self, name: &str) -> bool {
        let filled = |key: &str| {
            let found = self.config.valid(key);
            found.is_some_and(|(_, value)| value.is_truthy())
        };
        let own = self.config.valid("registry");
        let own = own.map_or_else(|| NPMJS.to_owned(), |(_, value)| value.to_text());
        let target = self.registry(name).ok();
        let key = target.map(|target| nerf_dart(target.value.url()));
        key.is_some_and(|key| {
            self.config.major < 12
                && (filled("email") || filled(&format!("{key}:email")))
                && nerf_dart_of(&own) == Some(key)
        })
    }

    /// The key that decides the registry, `@scope:registry` or `registry`, for
    /// a package of that name.
    pub fn registry_key(&self, name: &str) -> String {
        let scopes = [scope_of(name).map(str::to_owned), self.scope_setting()];
        let keys = scopes.into_iter().flatten().map(|scope| scope_key(&scope));
        let mut filled = keys.filter(|key| is_filled(self.setting(key).as_ref()));
        filled.next().unwrap_or_else(|| "registry".to_owned())
    }

    fn scope_setting(&self) -> Option<String> {
        let setting = self.setting("scope")?;
        setting.value.is_truthy().then(|| setting.value.to_text())
    }

    /// A `--registry` that npm drops with a warning because it is not a URL.
    pub fn dropped_registry(&self) -> Option<Resolved<String>> {
        let (written, value) = self.config.command_line().dropped("registry")?;
        Some(Resolved::new(
            mask_known_shapes(value),
            Origin::CommandLine {
                flag: written.to_owned(),
            },
        ))
    }
}

/// The files' layers, in the order in which npm validates them.
const VALIDATED: [Layer; 3] = [Layer::Global, Layer::User, Layer::Project];

impl Config {
    /// npm's own `registry`, if npm fails on it (ERR_INVALID_URL) before anything else: npm
    /// parses it as a URL while it validates its layers, from the global one to the project's.
    pub fn unusable_registry(&self) -> Option<RegistryProblem> {
        let seen = VALIDATED
            .iter()
            .filter_map(|&layer| self.registry_at(layer));
        let mut unusable = seen.filter(|(_, value)| nerf_dart_of(&value.to_text()).is_none());
        unusable.next().map(|(entry, value)| RegistryProblem {
            value: mask_known_shapes(&value.to_text()),
            origin: entry.origin.clone(),
        })
    }

    /// npm's own `registry` as npm sees it while it validates a layer: this layer and those
    /// before it are validated, the rest not yet.
    pub(super) fn registry_at(&self, layer: Layer) -> Option<(&Entry, Value)> {
        let done = VALIDATED.iter().position(|&it| it == layer).unwrap_or(0);
        self.all("registry").find_map(|entry| {
            let value = if VALIDATED[..=done].contains(&entry.layer) {
                self.valid_value(entry)?
            } else {
                entry.value.clone()
            };
            Some((entry, value))
        })
    }
}

/// The registry of a scope: the package's own, else the one `scope` names.
fn picked(name: &str, setting: &Settings<'_>) -> Option<Setting> {
    let of_scope =
        |scope: &str| setting(&scope_key(scope)).filter(|setting| setting.value.is_truthy());
    scope_of(name).and_then(of_scope).or_else(|| {
        let scope = setting("scope").filter(|setting| setting.value.is_truthy())?;
        of_scope(&scope.value.to_text())
    })
}

/// The registry of the package's own scope, else `registry`: where npm looks
/// for a credential once more (`npm-registry-fetch`, `getRegistry`).
pub(super) fn home_of(name: &str, setting: &Settings<'_>) -> Option<Setting> {
    scope_of(name)
        .and_then(|scope| setting(&scope_key(scope)))
        .filter(|setting| setting.value.is_truthy())
        .or_else(|| setting("registry"))
}

fn is_filled(setting: Option<&Setting>) -> bool {
    setting.is_some_and(|setting| setting.value.is_truthy())
}

fn scope_key(scope: &str) -> String {
    format!("@{}:registry", scope.strip_prefix('@').unwrap_or(scope))
}

/// The scope of a package's name, without its `@`.
fn scope_of(name: &str) -> Option<&str> {
    let (scope, _) = name.strip_prefix('@')?.split_once('/')?;
    Some(scope)
}

fn npmjs() -> RegistryUrl {
    RegistryUrl::parse(NPMJS).expect("npm's default registry is a URL")
}

fn parsed(setting: &Setting) -> Result<Resolved<RegistryUrl>, RegistryProblem> {
    // npm trims it, which only works for strings.
    let url = match &setting.value {
        Value::Text(text) => RegistryUrl::parse(text),
        _ => None,
    };
    url.map(|url| Resolved::new(url, setting.origin.clone()))
        .ok_or_else(|| RegistryProblem {
            value: mask_known_shapes(&setting.value.to_text()),
            origin: setting.origin.clone(),
        })
}
