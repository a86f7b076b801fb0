//! The upstream registry of the rehearsal registry: read-only, for the dependencies of the
//! rehearsed packages. Its answers are passed through, never held.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{Stream, try_unfold};
use ring::hmac;

use super::addresses::Addresses;
use super::seed::random_text;
use crate::escape;
use crate::npmrc::credentials::RequestCredential;
use crate::registry::Network;
use crate::registry::client::{Bounds, Client, Open, Question};
use crate::registry::url::{RegistryUrl, escaped_name};

/// For a package's document.
const DOCUMENT: Bounds = Bounds {
    bytes: 64 << 20,
    head: Duration::from_secs(20),
    // As long as npm itself waits.
    whole: Duration::from_secs(300),
};
/// For a tarball.
const TARBALL: Bounds = Bounds {
    bytes: 512 << 20,
    ..DOCUMENT
};
/// How long a rehearsal registry may be kept running.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// Asks the configured registries, with the credentials that npm would send.
#[derive(Debug)]
pub struct Upstream {
    usual: RegistryUrl,
    /// The registry that a setting names for each scope (without `@`).
    scopes: BTreeMap<String, RegistryUrl>,
    credentials: Vec<RequestCredential>,
    client: Client,
    /// The key that signs the URLs in documents: only signed ones are fetched.
    key: hmac::Key,
}

/// What a registry answers.
pub(super) struct Mirrored {
    pub(super) status: u16,
    /// The body. An error states why it ends early.
    pub(super) body: Pin<Box<dyn Stream<Item = Result<Bytes, String>> + Send>>,
}

impl Upstream {
    /// An upstream registry.
    pub fn new(
        registry: RegistryUrl,
        credential: Option<RequestCredential>,
        network: Network,
    ) -> Self {
        // One try each, since npm itself retries.
        let network = Network {
            retries: 0,
            ..network
        };
        Self {
            usual: registry,
            scopes: BTreeMap::new(),
            credentials: credential.into_iter().collect(),
            client: Client::new(network, LIFETIME),
            key: hmac::Key::new(hmac::HMAC_SHA256, random_text().as_bytes()),
        }
    }

    /// Adds a scope's own registry.
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

    /// A package's document, with its tarball URLs replaced by ours.
    pub(super) async fn document(
        &self,
        path: &str,
        abbreviated: bool,
        base: &str,
    ) -> Result<Mirrored, String> {
        let url = self.registry_of(path).join(&if path.starts_with('@') {
            escaped_name(path)
        } else {
            path.to_owned()
        });
        let question = Question {
            abbreviated,
            ..self.question(url)
        };
        let (key, base) = (self.key.clone(), base.to_owned());
        let addresses = Addresses::new(move |address: &str| ours(&key, &base, address));
        let open = self.open(&question, DOCUMENT).await?;
        let mut document = Document {
            open,
            addresses,
            is_begun: false,
        };
        let status = document.open.status;
        // The first bytes show whether it is a web page: npm then gets an error instead of a
        // document that breaks off.
        let first = document.next().await?;
        let rest = try_unfold(document, |mut document| async move {
            let piece = document.next().await?;
            Ok(piece.map(|piece| (piece, document)))
        });
        let first = futures_util::stream::iter(first.map(Ok));
        let body = Box::pin(futures_util::StreamExt::chain(first, rest));
        Ok(Mirrored { status, body })
    }

    async fn open(&self, question: &Question, bounds: Bounds) -> Result<Open, String> {
        let opened = self.client.open(question, bounds).await;
        opened.map_err(|gap| gap.to_string())
    }

    fn registry_of(&self, name: &str) -> &RegistryUrl {
        super::rights::scope_of(name)
            .and_then(|scope| self.scopes.get(scope))
            .unwrap_or(&self.usual)
    }

    /// The URL of a file below a package: `-/name-1.0.0.tgz`.
    pub(super) fn address(&self, name: &str, file: &str) -> String {
        self.registry_of(name).join(&format!("{name}/{file}"))
    }

    /// A tarball from a document, by the path that we gave it there.
    pub(super) async fn named(&self, path: &str) -> Option<Result<Mirrored, String>> {
        let (signature, address) = path.split_once('/')?;
        if signature != sign(&self.key, address) {
            return None;
        }
        Some(self.tarball(address).await)
    }

    /// A tarball at its registry's own URL.
    pub(super) async fn tarball(&self, address: &str) -> Result<Mirrored, String> {
        let open = self
            .open(&self.question(address.to_owned()), TARBALL)
            .await?;
        let status = open.status;
        let body = Box::pin(try_unfold(open, |mut open| async move {
            let chunk = open.chunk().await.map_err(|gap| gap.to_string())?;
            Ok(chunk.map(|chunk| (chunk, open)))
        }));
        Ok(Mirrored { status, body })
    }
}

/// A document that is being read.
struct Document<F> {
    open: Open,
    addresses: Addresses<F>,
    is_begun: bool,
}

impl<F: Fn(&str) -> String> Document<F> {
    async fn next(&mut self) -> Result<Option<Bytes>, String> {
        let Some(chunk) = self.open.chunk().await.map_err(|gap| gap.to_string())? else {
            let is_whole = self.addresses.is_whole();
            return is_whole
                .then_some(None)
                .ok_or_else(|| self.broken("it breaks off"));
        };
        if !std::mem::replace(&mut self.is_begun, true)
            && chunk.trim_ascii_start().starts_with(b"<")
        {
            return Err(self.broken("a web page instead of JSON"));
        }
        Ok(Some(self.addresses.pass(&chunk).into()))
    }

    fn broken(&self, what: &str) -> String {
        format!("{}: {what}", self.open.shown())
    }
}

/// Our URL for another registry's tarball.
fn ours(key: &hmac::Key, base: &str, address: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
    format!("{base}-/upstream/{}/{encoded}", sign(key, address))
}

fn sign(key: &hmac::Key, address: &str) -> String {
    escape::hex(&hmac::sign(key, address.as_bytes()).as_ref()[..16])
}
