//! What the hook may send. A commit may come from anybody, so a registry that only the commit
//! names gets no credential and no variable's value, and no credential is sent through a proxy
//! or with certificates that the commit chose.

use std::collections::BTreeSet;
use std::path::Path;

use crate::environment::Environment;
use crate::npmrc::Config;
use crate::npmrc::config::Entry;
use crate::npmrc::credentials::RequestCredential;
use crate::npmrc::settings::is_secret;
use crate::origin::{Layer, Origin};
use crate::plan::PackagePlan;
use crate::plan::variables::{entries_of_credential, entries_of_url, is_for_registries};
use crate::preflight::Prepared;
use crate::registry::Network;
use crate::registry::url::{NPMJS, RegistryUrl};

/// Settings for the connection to a registry.
const NETWORK_SETTINGS: [&str; 5] = ["ca", "cafile", "https-proxy", "proxy", "strict-ssl"];

/// Removes from a prepared preflight what must not be sent. Returns a note for each package
/// that is therefore not checked.
pub(super) fn restrict(prepared: &mut Prepared, root: &Path) -> Vec<String> {
    let rules = Rules {
        config: &prepared.config,
        root,
        trusted: trusted_hosts(&prepared.config, root),
    };
    let mut notes = Vec::new();
    prepared.plan.packages.retain_mut(|package| {
        let unasked = rules.restrict(package);
        let name = package.name.as_str().unwrap_or("a package");
        let why = "the URL of its registry contains a variable, and only the commit names that \
            host";
        notes.extend(unasked.then(|| format!("{name} is not checked: {why}")));
        !unasked
    });
    notes
}

/// How to connect: without a proxy that the commit names with a variable in it.
pub(super) fn network(config: &Config, environment: &Environment, root: &Path) -> Network {
    let network = config.network(environment);
    let mut proxies = ["https-proxy", "proxy"]
        .iter()
        .filter_map(|key| config.get(key));
    let is_unsafe =
        proxies.any(|entry| is_committed(&entry.origin, root) && !entry.filled.is_empty());
    Network {
        proxy: network.proxy.filter(|_| !is_unsafe),
        ..network
    }
}

struct Rules<'a> {
    config: &'a Config,
    root: &'a Path,
    /// Hosts (with ports, and the scheme if it is http) that not only the commit names.
    trusted: BTreeSet<String>,
}

impl Rules<'_> {
    /// Whether the package's registry must not be asked at all.
    fn restrict(&self, package: &mut PackagePlan) -> bool {
        let must_not_be_asked = |registry: &RegistryUrl| {
            let of_url = entries_of_url(self.config, registry);
            let mut committed = of_url.iter().filter(|entry| self.is_committed(entry));
            !self.is_trusted(registry) && committed.any(|entry| !entry.filled.is_empty())
        };
        package
            .dependencies
            .retain(|one| !must_not_be_asked(&one.registry));
        let comparison = package.comparison.take();
        package.comparison = comparison.filter(|other| !must_not_be_asked(&other.registry));
        for one in &mut package.dependencies {
            self.withhold(&one.registry, &mut one.credential);
        }
        if let Some(other) = &mut package.comparison {
            self.withhold(&other.registry, &mut other.credential);
        }
        let Ok(registry) = &package.registry else {
            return false;
        };
        self.withhold(&registry.value, &mut package.credential.request);
        must_not_be_asked(&registry.value)
    }

    /// Drops a credential that must not go to a registry.
    fn withhold(&self, registry: &RegistryUrl, credential: &mut Option<RequestCredential>) {
        let Some(own) = credential else { return };
        let entries = entries_of_credential(self.config, own);
        let is_foreign = |entry: &&Entry| {
            let mut filled = entry.filled.iter();
            self.is_committed(entry) && filled.any(|name| !is_for_registries(name))
        };
        // A literal one is masked in the folder of the commit (`mask.rs`).
        let is_literal = |entry: &&Entry| {
            self.is_committed(entry) && is_secret(&entry.key) && entry.filled.is_empty()
        };
        // This also applies to the machine's own credentials: the commit may name the same host over http.
        let may_go = self.is_trusted(registry)
            && !matches!(own.origin, Origin::Manifest { .. })
            && !entries.iter().any(is_literal)
            && !entries.iter().any(is_foreign)
            && !self.commit_chooses_route();
        if !may_go {
            *credential = None;
        }
    }

    fn commit_chooses_route(&self) -> bool {
        let mut entries = NETWORK_SETTINGS
            .iter()
            .filter_map(|key| self.config.get(key));
        entries.any(|entry| {
            self.is_committed(entry) && entry.value.is_truthy() != (entry.key == "strict-ssl")
        })
    }

    fn is_trusted(&self, registry: &RegistryUrl) -> bool {
        self.trusted.contains(&host_of(registry))
    }

    fn is_committed(&self, entry: &Entry) -> bool {
        is_committed(&entry.origin, self.root)
    }
}

/// A file in the commit's temporary folder, whichever layer it provides: the commit may name
/// one of its own files as `userconfig`.
fn is_committed(origin: &Origin, root: &Path) -> bool {
    match origin {
        Origin::File(at) => at.layer == Layer::Project || at.path.starts_with(root),
        Origin::Manifest { .. } => true,
        _ => false,
    }
}

/// The hosts of npm's default registry, and of the registries and credentials
/// that this machine's settings name.
fn trusted_hosts(config: &Config, root: &Path) -> BTreeSet<String> {
    let own = config.entries().into_iter();
    let own = own.filter(|entry| !is_committed(&entry.origin, root));
    let named = own.filter_map(|entry| {
        let key = entry.key.as_str();
        if let Some(rest) = key.strip_prefix("//") {
            let host = rest.split(['/']).next()?;
            return RegistryUrl::parse(&format!("https://{host}"));
        }
        let is_registry = key == "registry" || key.ends_with(":registry");
        RegistryUrl::parse(&entry.value.to_text()).filter(|_| is_registry)
    });
    let default = RegistryUrl::parse(NPMJS);
    default
        .into_iter()
        .chain(named)
        .map(|url| host_of(&url))
        .collect()
}

/// Host and port; with the scheme if others could read the connection.
fn host_of(registry: &RegistryUrl) -> String {
    let port = registry.url().port_or_known_default().unwrap_or_default();
    let is_open = registry.url().scheme() == "http" && !registry.is_loopback();
    let scheme = if is_open { "http://" } else { "" };
    format!("{scheme}{}:{port}", registry.host())
}
