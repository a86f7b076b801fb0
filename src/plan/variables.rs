//! Variables whose values would be sent to a registry because a file of the project refers to
//! them, in a credential or in the registry's URL.

use crate::npmrc::Config;
use crate::npmrc::config::Entry;
use crate::npmrc::credentials::RequestCredential;
use crate::origin::{Layer, Origin};
use crate::plan::PackagePlan;
use crate::registry::url::RegistryUrl;

/// A variable whose value would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentVariable {
    /// Its name.
    pub name: String,
    /// The line of the project that refers to it.
    pub origin: Origin,
    /// The host that would get its value; `None` if the value is part of the registry's URL.
    pub host: Option<String>,
}

/// Words in the names of variables that conventionally hold a registry's token.
const REGISTRY_WORDS: [&str; 38] = [
    "ADO",
    "ARTIFACT",
    "ARTIFACTORY",
    "ARTIFACTS",
    "AZURE",
    "BUN",
    "CI",
    "CLOUDSMITH",
    "CODEARTIFACT",
    "DEVOPS",
    "FEED",
    "FORGEJO",
    "GEMFURY",
    "GH",
    "GITEA",
    "GITHUB",
    "GITLAB",
    "GL",
    "JFROG",
    "JSR",
    "NEXUS",
    "NODE",
    "NPM",
    "NPMJS",
    "NPMRC",
    "PACKAGE",
    "PACKAGES",
    "PKG",
    "PNPM",
    "REGISTRIES",
    "REGISTRY",
    "SONATYPE",
    "SYSTEM",
    "VERDACCIO",
    "VSS",
    "VSTS",
    "YARN",
    "YARNPKG",
];

/// Whether a variable's name suggests that it is for a registry.
pub fn is_for_registries(name: &str) -> bool {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(str::to_ascii_uppercase)
        .any(|word| REGISTRY_WORDS.contains(&word.as_str()))
}

/// All variables that the project's files would send with the requests about a package.
pub fn sent_variables(config: &Config, package: &PackagePlan) -> Vec<SentVariable> {
    let mut sent = Vec::new();
    let mut add = |entry: &Entry, host: Option<&str>| {
        for name in entry.filled.iter().filter(|_| is_of_project(entry)) {
            let variable = SentVariable {
                name: name.clone(),
                origin: entry.origin.clone(),
                host: host.map(str::to_owned),
            };
            if !sent.contains(&variable) {
                sent.push(variable);
            }
        }
    };
    for (registry, credential) in targets(package) {
        let of_url = entries_of_url(config, registry);
        let in_url = of_url.iter().any(|entry| !entry.filled.is_empty());
        for entry in of_url {
            add(entry, None);
        }
        let host = Some(registry.host()).filter(|_| !in_url);
        for entry in credential
            .into_iter()
            .flat_map(|own| entries_of_credential(config, own))
        {
            add(entry, host);
        }
    }
    sent
}

/// The registries that are asked about a package, and with which credentials.
fn targets(
    package: &PackagePlan,
) -> impl Iterator<Item = (&RegistryUrl, Option<&RequestCredential>)> {
    let own = package.registry.as_ref().ok();
    let own = own.map(|own| (&own.value, package.credential.request.as_ref()));
    let comparison = package.comparison.as_ref();
    let comparison = comparison.map(|other| (&other.registry, other.credential.as_ref()));
    let dependencies = package.dependencies.iter();
    let dependencies = dependencies.map(|one| (&one.registry, one.credential.as_ref()));
    own.into_iter().chain(comparison).chain(dependencies)
}

fn is_of_project(entry: &Entry) -> bool {
    matches!(&entry.origin, Origin::File(at) if at.layer == Layer::Project)
}

/// The entries that set a registry's URL.
pub fn entries_of_url<'a>(config: &'a Config, registry: &RegistryUrl) -> Vec<&'a Entry> {
    let names_it = |entry: &&Entry| {
        let key = entry.key.as_str();
        (key == "registry" || key.ends_with(":registry"))
            && RegistryUrl::parse(&entry.value.to_text()).is_some_and(|url| url == *registry)
    };
    config.entries().into_iter().filter(names_it).collect()
}

/// The entries that make up a credential: all those under its key.
pub fn entries_of_credential<'a>(
    config: &'a Config,
    credential: &RequestCredential,
) -> Vec<&'a Entry> {
    let Some((base, _)) = credential.key.rsplit_once(':') else {
        return Vec::new();
    };
    let is_part = |entry: &&Entry| {
        entry
            .key
            .rsplit_once(':')
            .is_some_and(|(own, _)| own == base)
    };
    config.entries().into_iter().filter(is_part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_registries_tokens_are_known() {
        let is_known = is_for_registries;
        for name in [
            "NPM_TOKEN",
            "NODE_AUTH_TOKEN",
            "CI_JOB_TOKEN",
            "npm_config_x",
            "GH_PAT",
        ] {
            assert!(is_known(name), "{name}");
        }
        for name in [
            "AWS_SECRET_ACCESS_KEY",
            "HOME",
            "DATABASE_URL",
            "STRIPE_TOKEN",
            "OPENAI_KEY",
        ] {
            assert!(!is_known(name), "{name}");
        }
    }
}
