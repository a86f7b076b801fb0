//! What npm knows of credentials for a package, and where else they stand.

use super::{CredentialPlan, Exposed, ForeignCredential, Input, Spec, UnreadCredential, exposed};
use crate::manifest::Manifest;
use crate::manifest::name::Name;
use crate::npmrc::config::FileState;
use crate::npmrc::credentials::{Credential, Gate};
use crate::npmrc::{Config, PackageConfig};
use crate::origin::{FilePosition, Origin};
use crate::registry::url::escaped_name;

pub(super) fn exposed(input: Input<'_>, spec: &Spec, manifest: &Manifest) -> Vec<Exposed> {
    match spec {
        Spec::Tarball => exposed::packed(&manifest.path),
        Spec::Folder | Spec::Remote { .. } => exposed::tracked(input.config),
    }
}

pub(super) fn credential(
    input: Input<'_>,
    config: &PackageConfig<'_>,
    name: &Name,
) -> CredentialPlan {
    let registry = config
        .registry(name.as_str().unwrap_or_default())
        .ok()
        .map(|registry| registry.value);
    let request = registry.as_ref().and_then(|registry| {
        let url = url::Url::parse(&registry.join(&escaped_name(name.as_str().unwrap_or_default())))
            .ok()?;
        config.put_credential(name.as_str().unwrap_or_default(), &url)
    });
    let gate = registry.map_or(
        Gate::Closed {
            key: String::new(),
            empty: None,
        },
        |registry| config.gate(&registry),
    );
    let files = input.config.files().iter();
    let key = match &gate {
        Gate::Open { key } | Gate::Closed { key, .. } => key.clone(),
    };
    let is_github_token = input.environment.filled("GITHUB_TOKEN").map(|token| {
        request.as_ref().is_some_and(|request| {
            matches!(&request.credential, Credential::Token(own) if own.expose() == token)
        })
    });
    CredentialPlan {
        gate,
        request,
        is_github_token,
        unscoped: config.unscoped(),
        elsewhere: elsewhere(input.config, &key),
        not_read: not_read(input.config, &key),
        exposed: Vec::new(),
        files: files
            .filter(|file| !matches!(file.state, FileState::Ignored(_)))
            .map(|file| (file.path.clone(), file.state == FileState::Read))
            .collect(),
        oidc_possible: match input.npm {
            Some(npm) => input.ci.exchanges(&npm.version),
            None => input.ci.has_id_token,
        },
    }
}

/// The last parts of keys that make a credential.
const FIELDS: [&str; 3] = ["_authToken", "_auth", "_password"];

fn is_credential(key: &str) -> bool {
    key.starts_with("//")
        && key
            .rsplit(':')
            .next()
            .is_some_and(|field| FIELDS.contains(&field))
}

fn elsewhere(config: &Config, wanted: &str) -> Vec<ForeignCredential> {
    let entries = config
        .entries()
        .into_iter()
        .filter(|entry| is_credential(&entry.key) && entry.value.is_truthy());
    entries
        .filter(|entry| {
            entry
                .key
                .rsplit_once(':')
                .is_some_and(|(base, _)| base != wanted)
        })
        .map(|entry| ForeignCredential {
            key: entry.key.clone(),
            origin: entry.origin.clone(),
        })
        .collect()
}

/// Looks into the .npmrc files that npm passes over, for the very key.
fn not_read(config: &Config, wanted: &str) -> Vec<UnreadCredential> {
    let mut found = Vec::new();
    for file in config.files() {
        let FileState::Ignored(why) = file.state else {
            continue;
        };
        let text = std::fs::read(&file.path).unwrap_or_default();
        for entry in crate::npmrc::ini::parse(&String::from_utf8_lossy(&text)).entries {
            if is_credential(&entry.key) && entry.key.starts_with(wanted) {
                let origin = Origin::File(FilePosition {
                    layer: file.layer,
                    path: file.path.clone(),
                    line: entry.line,
                    column: entry.column,
                });
                found.push(UnreadCredential {
                    key: entry.key,
                    origin,
                    why,
                });
            }
        }
    }
    found
}
