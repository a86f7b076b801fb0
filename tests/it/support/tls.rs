//! TLS for servers on loopback, for tests and benchmarks.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// Accepts connections as `localhost`, with a self-signed certificate, for one protocol
/// (`http/1.1` or `h2`).
pub(crate) fn acceptor(protocol: &str) -> TlsAcceptor {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("ours");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .expect("a certificate and its key");
    config.alpn_protocols = vec![protocol.into()];
    TlsAcceptor::from(Arc::new(config))
}
