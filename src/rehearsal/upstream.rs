//! The registry behind the rehearsal registry: read-only, for the packages
//! that the rehearsed one depends on.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::npmrc::credentials::RequestCredential;
use crate::registry::Network;
use crate::registry::client::{Client, Question};
use crate::registry::url::{RegistryUrl, escaped_name};

/// How long one question may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// How long a registry may be kept running.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// Asks the configured registries, with the credentials npm would send them.
#[derive(Debug)]
pub struct Upstream {
    usual: RegistryUrl,
    /// Scope (without `@`) to the registry that a setting names for it.
    scopes: BTreeMap<String, RegistryUrl>,
    credentials: Vec<RequestCredential>,
    client: Client,
}

/// A document with the addresses of the tarballs in it.
pub(super) struct Found {
    pub(super) status: u16,
    pub(super) document: Value,
    pub(super) tarballs: Vec<String>,
}

impl Upstream {
    /// An upstream registry.
    pub fn new(
        registry: RegistryUrl,
        credential: Option<RequestCredential>,
        network: Network,
    ) -> Self {
        // One try each: npm itself asks us again.
        let network = Network {
            retries: 0,
            ..network
        };
        Self {
            usual: registry,
            scopes: BTreeMap::new(),
            credentials: credential.into_iter().collect(),
            client: Client::new(network, LIFETIME),
        }
    }

    /// With a registry of a scope's own.
    #[must_use]
    pub fn with_scope(
        mut self,
        scope: &str,
        registry: RegistryUrl,
        credential: Option<RequestCredential>,
    ) -> Self {
        self.scopes.insert(scope.to_owned(), registry);
        self.credentials.extend(credential);
        self
    }

    fn question(&self, url: String) -> Question {
        // The longest key wins, as for npm.
        let credential = self
            .credentials
            .iter()
            .filter(|credential| credential.covers(&url))
            .max_by_key(|credential| credential.key.len());
        Question {
            authorization: credential.and_then(RequestCredential::header),
            certificate: credential.and_then(|credential| credential.certificate.clone()),
            ..Question::new(url)
        }
    }

    /// A package's document, its tarballs' addresses turned into ours.
    pub(super) async fn document(
        &self,
        path: &str,
        abbreviated: bool,
        base: &str,
    ) -> Result<Found, String> {
        let url = self.registry_of(path).join(&if path.starts_with('@') {
            escaped_name(path)
        } else {
            path.to_owned()
        });
        let question = Question {
            abbreviated,
            ..self.question(url)
        };
        let reply = tokio::time::timeout(TIMEOUT, self.client.ask(&question))
            .await
            .map_err(|_| format!("{}: no answer in time", question.shown()))?
            .map_err(|gap| gap.to_string())?;
        let mut document: Value =
            serde_json::from_slice(&reply.body).map_err(|error| error.to_string())?;
        let mut tarballs = Vec::new();
        if let Some(versions) = document.get_mut("versions").and_then(Value::as_object_mut) {
            for version in versions.values_mut() {
                tarballs.extend(redirect(version, base));
            }
        } else {
            tarballs.extend(redirect(&mut document, base));
        }
        Ok(Found {
            status: reply.status,
            document,
            tarballs,
        })
    }

    fn registry_of(&self, name: &str) -> &RegistryUrl {
        super::rights::scope_of(name)
            .and_then(|scope| self.scopes.get(scope))
            .unwrap_or(&self.usual)
    }

    /// The address of a file below a package: `-/name-1.0.0.tgz`.
    pub(super) fn address(&self, name: &str, file: &str) -> String {
        self.registry_of(name).join(&format!("{name}/{file}"))
    }

    /// A tarball that a document named.
    pub(super) async fn tarball(&self, address: &str) -> Result<(u16, Vec<u8>), String> {
        let question = self.question(address.to_owned());
        let reply = tokio::time::timeout(TIMEOUT, self.client.ask(&question))
            .await
            .map_err(|_| format!("{}: no answer in time", question.shown()))?
            .map_err(|gap| gap.to_string())?;
        Ok((reply.status, reply.body))
    }
}

/// Points a manifest's tarball at us; gives its own address.
fn redirect(manifest: &mut Value, base: &str) -> Option<String> {
    let tarball = manifest.pointer_mut("/dist/tarball")?;
    let address = tarball.as_str()?.to_owned();
    let encoded: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
    *tarball = Value::String(format!("{base}-/upstream/{encoded}"));
    Some(address)
}
