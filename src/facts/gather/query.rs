//! Which package is asked about, and with which credential.

use crate::npmrc::credentials::RequestCredential;
use crate::registry::client::Question;
use crate::registry::kinds::Traits;
use crate::registry::url::RegistryUrl;

/// One package at one registry.
pub(super) struct PackageQuery<'a> {
    pub(super) registry: &'a RegistryUrl,
    pub(super) name: &'a str,
    pub(super) version: Option<String>,
    pub(super) credential: Option<&'a RequestCredential>,
    pub(super) traits: &'static Traits,
    /// npm would ask whether the package is public.
    pub(super) wants_visibility: bool,
    /// The version would be staged.
    pub(super) is_staged: bool,
}

impl PackageQuery<'_> {
    pub(super) fn scope(&self) -> Option<&str> {
        let (scope, _) = self.name.strip_prefix('@')?.split_once('/')?;
        Some(scope)
    }

    pub(super) fn question(&self, path: &str) -> Question {
        question(self.registry.join(path), self.credential)
    }
}

pub(super) fn question(url: String, credential: Option<&RequestCredential>) -> Question {
    let credential = credential.filter(|credential| credential.covers(&url));
    Question {
        authorization: credential.and_then(RequestCredential::header),
        certificate: credential.and_then(|credential| credential.certificate.clone()),
        ..Question::new(url)
    }
}
