//! A registry that speaks HTTP/2: all requests share what the first ones opened.

use std::convert::Infallible;
use std::fs;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::support::sandbox::{Run, Sandbox};

/// What a server saw.
#[derive(Default)]
struct Seen {
    handshakes: AtomicUsize,
    requests: AtomicUsize,
}

fn acceptor() -> TlsAcceptor {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("ours");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .expect("a certificate and its key");
    config.alpn_protocols = vec![b"h2".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    // So long that requests meet.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let (status, body) = if request.uri().path().ends_with("/whoami") {
        (200, r#"{"username":"alice"}"#)
    } else {
        (404, "{}")
    };
    let answer = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    Ok(answer.body(Full::from(body)).expect("an answer"))
}

/// Gives its port; it ends with the process.
fn serve(seen: &Arc<Seen>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("bound").port();
    listener.set_nonblocking(true).expect("ours");
    let seen = Arc::clone(seen);
    let work = async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("ours");
        let acceptor = acceptor();
        while let Ok((stream, _)) = listener.accept().await {
            let (seen, acceptor) = (Arc::clone(&seen), acceptor.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                seen.handshakes.fetch_add(1, SeqCst);
                let service = service_fn(|request| {
                    seen.requests.fetch_add(1, SeqCst);
                    answer(request)
                });
                let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(work);
    });
    port
}

/// A check of so many packages.
fn check(port: u16, packages: usize) -> Run {
    let sandbox = Sandbox::new();
    let npmrc = format!(
        "registry=https://localhost:{port}/\n//localhost:{port}/:_authToken=x\nstrict-ssl=false\n"
    );
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    sandbox.write_workspace(packages, "1.0.0");
    sandbox.run(&["check", "--workspaces", "--quiet", "--timeout", "60"])
}

#[test]
fn connections_are_opened_at_the_start_only_and_then_shared() {
    let seen = Arc::new(Seen::default());
    let run = check(serve(&seen), 60);
    assert_eq!(run.code, Some(0), "{run:?}");
    let handshakes = seen.handshakes.load(SeqCst);
    let requests = seen.requests.load(SeqCst);
    assert!(requests > 400, "{requests} requests");
    // Those that leave before the first answer know nothing of each other.
    assert!(
        handshakes <= 32,
        "{handshakes} handshakes for {requests} requests"
    );
}
