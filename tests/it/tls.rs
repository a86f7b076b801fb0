//! TLS: which servers are trusted, and which client certificate is sent, by npm's settings.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::support::sandbox::{Run, Sandbox};

/// An authority, and a server's and a client's certificate signed by it.
struct Authority {
    own: Certificate,
    server: (Certificate, KeyPair),
    client: (Certificate, KeyPair),
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::<String>::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = params.self_signed(&key).expect("a certificate");
        let issuer = Issuer::new(params, key);
        let sign = |name: &str| {
            let key = KeyPair::generate().expect("a key");
            let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
            (params.signed_by(&key, &issuer).expect("a certificate"), key)
        };
        let (server, client) = (sign("localhost"), sign("client"));
        Self {
            own,
            server,
            client,
        }
    }

    /// A server with a self-signed certificate, as `openssl req -x509` makes them.
    fn self_signed(name: &str, valid_until: i32) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_after = rcgen::date_time_ymd(valid_until, 1, 1);
        let own = params.self_signed(&key).expect("a certificate");
        let server = (own.clone(), key);
        Self {
            own,
            server,
            client: Self::new().client,
        }
    }

    /// A server that answers everything with 404; with `mutual` it accepts only the client's
    /// certificate. Returns its port.
    fn serve(&self, mutual: bool) -> u16 {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.server.1.serialize_der()));
        let builder = ServerConfig::builder();
        let builder = if mutual {
            let mut roots = RootCertStore::empty();
            roots
                .add(self.own.der().clone())
                .expect("our own authority");
            let verifier = WebPkiClientVerifier::builder(Arc::new(roots))
                .build()
                .expect("a verifier");
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        let chain = vec![self.server.0.der().clone()];
        let config = Arc::new(
            builder
                .with_single_cert(chain, key)
                .expect("a certificate and its key"),
        );
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("bound").port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let config = Arc::clone(&config);
                std::thread::spawn(move || {
                    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                    let Ok(connection) = ServerConnection::new(config) else {
                        return;
                    };
                    let mut stream = StreamOwned::new(connection, stream);
                    let mut request = [0; 4096];
                    while let Ok(1..) = stream.read(&mut request) {
                        let answer = b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
                        if stream.write_all(answer).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        port
    }
}

/// Runs a check against the port, with additional lines in the user's .npmrc.
fn check(port: u16, lines: &str, variables: &[(&str, &str)], files: &[(&str, String)]) -> Run {
    let mut sandbox = Sandbox::new();
    for (name, text) in files {
        fs::write(sandbox.home().join(name), text).expect("writable");
    }
    let home = sandbox.home().display().to_string();
    let fill = |text: &str| {
        text.replace("{home}", &home)
            .replace("{port}", &port.to_string())
    };
    let npmrc = format!(
        "registry=https://localhost:{port}/\n//localhost:{port}/:_authToken=x\n{}",
        fill(lines)
    );
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    sandbox.write("package.json", r#"{"name":"cat","version":"1.0.0"}"#);
    for (name, value) in variables {
        sandbox.set(name, &fill(value));
    }
    sandbox.run(&["check", "--timeout", "5"])
}

#[test]
fn an_authority_is_trusted_where_npms_settings_name_it() {
    let authority = Authority::new();
    let port = authority.serve(false);
    let ca = [("ca.pem", authority.own.pem())];
    let untrusted = check(port, "", &[], &ca);
    assert_eq!(untrusted.code, Some(101), "{}", untrusted.stdout);
    let text = untrusted
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        text.contains("not signed by an authority that this machine trusts"),
        "{text}"
    );

    assert_eq!(
        check(port, "cafile={home}/ca.pem\n", &[], &ca).code,
        Some(0)
    );
    let inline = format!(
        "ca=\"{}\"\n",
        authority
            .own
            .pem()
            .trim_end()
            .replace('\n', "\\n")
            .replace('\r', "")
    );
    assert_eq!(check(port, &inline, &[], &ca).code, Some(0));
    assert_eq!(check(port, "strict-ssl=false\n", &[], &ca).code, Some(0));
    assert_eq!(
        check(port, "", &[("NODE_EXTRA_CA_CERTS", "{home}/ca.pem")], &ca).code,
        Some(0)
    );
    // Another authority's file replaces all roots.
    let other = [("ca.pem", Authority::new().own.pem())];
    assert_eq!(
        check(port, "cafile={home}/ca.pem\n", &[], &other).code,
        Some(101)
    );
}

/// Measured with Node 20: it accepts such a server if its own certificate is listed, but still
/// checks the name and the dates.
#[test]
fn a_server_that_signed_itself_is_trusted_where_its_certificate_is_listed() {
    let line = "cafile={home}/ca.pem\n";
    let own = Authority::self_signed("localhost", 2100);
    let listed = [("ca.pem", own.own.pem())];
    let trusted = check(own.serve(false), line, &[], &listed);
    assert_eq!(trusted.code, Some(0), "{}", trusted.stdout);
    // Another certificate with the same name does not count.
    let other = Authority::self_signed("localhost", 2100);
    assert_eq!(
        check(other.serve(false), line, &[], &listed).code,
        Some(101)
    );
    for refused in [
        Authority::self_signed("elsewhere.example", 2100),
        Authority::self_signed("localhost", 2000),
    ] {
        let listed = [("ca.pem", refused.own.pem())];
        let run = check(refused.serve(false), line, &[], &listed);
        assert_eq!(run.code, Some(101), "{}", run.stdout);
    }
}

#[test]
fn a_client_certificate_is_shown_where_its_key_fits() {
    let authority = Authority::new();
    let port = authority.serve(true);
    let files = [
        ("ca.pem", authority.own.pem()),
        ("client.pem", authority.client.0.pem()),
        ("client.key", authority.client.1.serialize_pem()),
    ];
    let without = check(port, "cafile={home}/ca.pem\n", &[], &files);
    assert_eq!(without.code, Some(101), "{}", without.stdout);
    let with = "cafile={home}/ca.pem\n//localhost:{port}/:certfile={home}/client.pem\n//localhost:{port}/:keyfile={home}/client.key\n";
    let shown = check(port, with, &[], &files);
    assert_eq!(shown.code, Some(0), "{}", shown.stdout);
}
