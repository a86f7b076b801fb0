//! Connection pools, with the root certificates, proxies and client certificates that npm would
//! use.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once};
use std::time::Duration;

use reqwest::{Certificate, ClientBuilder, Identity, Proxy, redirect};
use url::Url;

use super::Question;
use super::hosts::MAX_CONNECTIONS;
use super::protocol::ConnectInTurn;
use super::trust;
use crate::file;
use crate::finding::RequestFailure;
use crate::registry::Network;
use crate::secret::mask_known_shapes;

/// How long connecting may take: a host that does not even accept is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Within one origin.
const MAX_REDIRECTS: usize = 5;

/// A pool for each kind of connection, made when first needed.
#[derive(Debug, Default)]
pub(super) struct Pools {
    made: Mutex<HashMap<Pool, reqwest::Client>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Pool {
    secure: bool,
    certificate: Option<(PathBuf, PathBuf)>,
}

/// Why no connection can even be attempted.
pub(super) struct Refused {
    pub(super) failure: RequestFailure,
    pub(super) reason: String,
}

impl Pools {
    pub(super) fn for_question(
        &self,
        question: &Question,
        network: &Network,
    ) -> Result<reqwest::Client, Refused> {
        let url =
            Url::parse(&question.url).map_err(|error| refused(RequestFailure::Garbage, error))?;
        let proxy = network.proxy_for(&url);
        if let Some(proxy) = proxy {
            check_proxy(proxy)?;
        }
        let secure =
            url.scheme() == "https" || proxy.is_some_and(|proxy| proxy.starts_with("https:"));
        // A certificate file that does not exist is not sent, as with npm.
        let certificate = question
            .certificate
            .clone()
            .filter(|(certificate, key)| secure && certificate.is_file() && key.is_file());
        let pool = Pool {
            secure,
            certificate,
        };
        let mut made = self
            .made
            .lock()
            .map_err(|error| refused(RequestFailure::Connection, error))?;
        if let Some(client) = made.get(&pool) {
            return Ok(client.clone());
        }
        let client = build(&pool, network)?;
        made.insert(pool, client.clone());
        Ok(client)
    }
}

fn build(pool: &Pool, network: &Network) -> Result<reqwest::Client, Refused> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Fails only if a provider was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("safe-publish/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_max_idle_per_host(network.max_sockets.unwrap_or(MAX_CONNECTIONS))
        .redirect(redirect::Policy::custom(within_origin))
        .connector_layer(ConnectInTurn);
    let identity = pool.certificate.as_ref().map(identity).transpose()?;
    let listed = listed(network).filter(|_| pool.secure);
    if let Some(pem) = &listed {
        let config = trust::only(pem, identity.as_deref());
        let config = config.map_err(|error| refused(RequestFailure::Tls, error))?;
        builder = builder.tls_backend_preconfigured(config);
    } else if pool.secure {
        builder = roots(builder, network)?;
    } else {
        // This client never sees an https URL; the setting only avoids loading root
        // certificates.
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    let proxies = network.clone();
    builder = builder.proxy(Proxy::custom(move |url| {
        proxies.proxy_for(url).map(str::to_owned)
    }));
    if let Some(pem) = identity.filter(|_| listed.is_none()) {
        builder = builder.identity(
            Identity::from_pem(&pem).map_err(|error| refused(RequestFailure::Tls, error))?,
        );
    }
    builder
        .build()
        .map_err(|error| refused(RequestFailure::Tls, error))
}

/// A client's certificate and its key, in PEM.
fn identity((certificate, key): &(PathBuf, PathBuf)) -> Result<Vec<u8>, Refused> {
    let mut pem = read(certificate)?;
    pem.push(b'\n');
    pem.extend(read(key)?);
    Ok(pem)
}

/// The certificates that npm trusts instead of all others, in PEM: `cafile`, else `ca`. npm
/// warns about a missing file and continues without it.
fn listed(network: &Network) -> Option<Vec<u8>> {
    if !network.strict_ssl {
        return None;
    }
    if let Some(file) = &network.cafile {
        return file::read(file, file::limit::CERTIFICATES).ok();
    }
    (!network.ca.is_empty()).then(|| network.ca.join("\n").into_bytes())
}

/// The system's roots and `NODE_EXTRA_CA_CERTS`; none if `strict-ssl` is off.
fn roots(builder: ClientBuilder, network: &Network) -> Result<ClientBuilder, Refused> {
    if !network.strict_ssl {
        return Ok(builder
            .tls_danger_accept_invalid_certs(true)
            .tls_danger_accept_invalid_hostnames(true));
    }
    let bundle = |pem: &[u8]| {
        Certificate::from_pem_bundle(pem).map_err(|error| refused(RequestFailure::Tls, error))
    };
    if network.cafile.is_some() {
        return Ok(builder);
    }
    match network
        .extra_ca
        .as_ref()
        .map(|path| file::read(path, file::limit::CERTIFICATES))
    {
        Some(Ok(pem)) => Ok(builder.tls_certs_merge(bundle(&pem)?)),
        _ => Ok(builder),
    }
}

/// Follows a redirect within the same origin; any other is returned as the answer.
fn within_origin(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let same = attempt
        .previous()
        .first()
        .is_some_and(|first| first.origin() == attempt.url().origin());
    if same && attempt.previous().len() <= MAX_REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

fn check_proxy(proxy: &str) -> Result<(), Refused> {
    let shown = mask_known_shapes(proxy);
    let wrong = |why: &str| Refused {
        failure: RequestFailure::Proxy,
        reason: format!(
            "the proxy `{shown}` {why}; set `proxy`, `https-proxy` or HTTPS_PROXY to http://host:port"
        ),
    };
    let url = Url::parse(proxy).map_err(|_| wrong("is not a URL"))?;
    match url.scheme() {
        "http" | "https" if url.host().is_some() => Ok(()),
        "http" | "https" => Err(wrong("has no host")),
        "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => Err(wrong(
            "is a SOCKS proxy, which npm supports but safe-publish does not",
        )),
        _ => Err(wrong("is neither http nor https")),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Refused> {
    file::read(path, file::limit::CERTIFICATES).map_err(|error| Refused {
        failure: RequestFailure::Tls,
        reason: format!("reading {}: {error}", path.display()),
    })
}

fn refused(failure: RequestFailure, error: impl std::fmt::Display) -> Refused {
    Refused {
        failure,
        reason: error.to_string(),
    }
}
