//! Registries over TLS: with HTTP/2 one connection serves all requests, with HTTP/1 at most 32
//! do.

use std::convert::Infallible;
use std::fs;
use std::net::TcpListener;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use crate::support::sandbox::{Run, Sandbox};
use crate::support::tls::acceptor;

/// What a server counts.
#[derive(Default)]
struct Seen {
    /// Completed TLS handshakes.
    handshakes: AtomicUsize,
    requests: AtomicUsize,
    /// Connections open now, and the most that were open at once.
    open: AtomicUsize,
    most_open: AtomicUsize,
}

/// The protocols that a server speaks.
#[derive(Clone, Copy)]
enum Speaks {
    Http1,
    /// Each connection ends after this many requests.
    Http2(usize),
}

impl Speaks {
    fn name(self) -> &'static str {
        match self {
            Self::Http1 => "http/1.1",
            Self::Http2(_) => "h2",
        }
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    // Long enough for requests to overlap.
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

/// Serves one connection to its end.
async fn connection(stream: TcpStream, acceptor: TlsAcceptor, seen: &Seen, speaks: Speaks) {
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    seen.handshakes.fetch_add(1, SeqCst);
    let stream = TokioIo::new(stream);
    let served = AtomicUsize::new(0);
    let enough = Notify::new();
    let service = service_fn(|request| {
        seen.requests.fetch_add(1, SeqCst);
        if matches!(speaks, Speaks::Http2(most) if served.fetch_add(1, SeqCst) + 1 >= most) {
            enough.notify_one();
        }
        answer(request)
    });
    match speaks {
        Speaks::Http1 => {
            let server = hyper::server::conn::http1::Builder::new();
            let _ = server.serve_connection(stream, service).await;
        }
        Speaks::Http2(_) => {
            let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            let mut served = pin!(server.serve_connection(stream, service));
            tokio::select! {
                _ = served.as_mut() => return,
                () = enough.notified() => served.as_mut().graceful_shutdown(),
            }
            let _ = served.await;
        }
    }
}

/// Returns its port; it ends with the process.
fn serve(seen: &Arc<Seen>, speaks: Speaks) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("bound").port();
    listener.set_nonblocking(true).expect("ours");
    let seen = Arc::clone(seen);
    let work = async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("ours");
        let acceptor = acceptor(speaks.name());
        while let Ok((stream, _)) = listener.accept().await {
            let (seen, acceptor) = (Arc::clone(&seen), acceptor.clone());
            let open = seen.open.fetch_add(1, SeqCst) + 1;
            seen.most_open.fetch_max(open, SeqCst);
            tokio::task::spawn_local(async move {
                connection(stream, acceptor, &seen, speaks).await;
                seen.open.fetch_sub(1, SeqCst);
            });
        }
    };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let local = tokio::task::LocalSet::new();
        local.block_on(&runtime.expect("a runtime"), work);
    });
    port
}

/// A check of this many packages.
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
fn with_http2_one_connection_serves_all_requests() {
    for packages in [1, 60] {
        let seen = Arc::new(Seen::default());
        let run = check(serve(&seen, Speaks::Http2(usize::MAX)), packages);
        assert_eq!(run.code, Some(0), "{run:?}");
        let requests = seen.requests.load(SeqCst);
        assert!(requests >= packages * 5, "{requests} requests");
        assert_eq!(seen.handshakes.load(SeqCst), 1, "{requests} requests");
    }
}

#[test]
fn an_http2_connection_that_the_server_ends_is_made_again() {
    let seen = Arc::new(Seen::default());
    let run = check(serve(&seen, Speaks::Http2(50)), 60);
    assert_eq!(run.code, Some(0), "{run:?}");
    let handshakes = seen.handshakes.load(SeqCst);
    let requests = seen.requests.load(SeqCst);
    assert!(
        (3..=requests / 20).contains(&handshakes),
        "{handshakes} handshakes for {requests} requests"
    );
}

#[test]
fn with_http1_at_most_32_connections_are_made_in_parallel() {
    for packages in [1, 60] {
        let seen = Arc::new(Seen::default());
        let run = check(serve(&seen, Speaks::Http1), packages);
        assert_eq!(run.code, Some(0), "{run:?}");
        let most = seen.most_open.load(SeqCst);
        assert!((5..=32).contains(&most), "{packages}: {most} connections");
        let handshakes = seen.handshakes.load(SeqCst);
        assert!(handshakes <= 40, "{packages}: {handshakes} handshakes");
    }
}
