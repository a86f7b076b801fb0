//! Which credentials npm has for a package, and where others are set.

use std::path::PathBuf;

use super::elsewhere::Elsewhere;
use super::{CredentialPlan, Exposed, Input, Spec, exposed};
use crate::manifest::name::Name;
use crate::npmrc::PackageConfig;
use crate::npmrc::config::FileState;
use crate::npmrc::credentials::{AuthCheck, Credential, RequestCredential};
use crate::registry::url::escaped_name;

pub(super) fn exposed(input: Input<'_>, spec: &Spec) -> Vec<Exposed> {
    match spec {
        Spec::Tarball => Vec::new(),
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
    let auth_check = registry.map_or(
        AuthCheck::Fails {
            key: String::new(),
            empty: None,
        },
        |registry| config.auth_check(&registry),
    );
    let key = match &auth_check {
        AuthCheck::Passes { key } | AuthCheck::Fails { key, .. } => key.clone(),
    };
    let is_usable = request.as_ref().is_some_and(RequestCredential::is_usable);
    let name = name.as_str().unwrap_or_default();
    let elsewhere = Elsewhere::of(input, config, name, &key, is_usable);
    CredentialPlan {
        auth_check,
        is_github_token: is_github_token(input, request.as_ref()),
        request,
        unscoped: config.unscoped(),
        elsewhere,
        exposed: Vec::new(),
        files: configuration_files(input),
        oidc_possible: match input.npm {
            Some(npm) => input.ci.exchanges(&npm.version),
            None => input.ci.has_id_token,
        },
    }
}

/// Whether the credential is GITHUB_TOKEN's value; `None` if that is not set.
fn is_github_token(input: Input<'_>, request: Option<&RequestCredential>) -> Option<bool> {
    let token = input.environment.filled("GITHUB_TOKEN")?;
    Some(request.is_some_and(
        |request| matches!(&request.credential, Credential::Token(own) if own.expose() == token),
    ))
}

/// The files that may hold credentials, and whether each was read.
fn configuration_files(input: Input<'_>) -> Vec<(PathBuf, bool)> {
    let files = input.config.files().iter();
    files
        .filter(|file| !matches!(file.state, FileState::Ignored(_)))
        .map(|file| (file.path.clone(), file.state == FileState::Read))
        .collect()
}
