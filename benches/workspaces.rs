#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
//! What the preflight of a large repository costs: `cargo bench --bench workspaces`. The
//! registry is on loopback and answers each request after 100 ms, like a distant npmjs. npm's
//! own dry run is measured for comparison.

mod measure;
#[path = "../tests/it/support/tls.rs"]
mod tls;

use std::convert::Infallible;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio_rustls::TlsAcceptor;

use measure::{is_asked_for, megabytes, peak_memory, timed};

const PACKAGES: u32 = 1_000;
/// npm asks about one package after another, so it gets a tenth of them.
const FOR_NPM: u32 = PACKAGES / 10;
const LATENCY: Duration = Duration::from_millis(100);
/// The most connections to a host over HTTP/1.1.
const CONNECTIONS: u32 = 32;

fn main() {
    if !is_asked_for() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let repository = Repository {
        folder: folder.path(),
    };
    fs::create_dir(folder.path().join("home")).expect("writable");
    let floor = LATENCY.as_secs_f64() * f64::from(PACKAGES) / f64::from(CONNECTIONS);
    println!("{PACKAGES} packages, {} ms latency", LATENCY.as_millis());
    for (protocol, is_tls, bar) in [("HTTP/1.1", false, 1.5 * floor), ("HTTP/2", true, 3.0)] {
        let seen = serve(is_tls);
        repository.write(&seen, PACKAGES);
        let time = timed(&mut repository.release());
        let (requests, connections) = (seen.requests.load(SeqCst), seen.connections.load(SeqCst));
        let memory = megabytes(peak_memory(&mut repository.release()));
        println!("{protocol}");
        println!(
            "  release --dry-run {:>12.2} s (bar: {bar:.1})",
            time.as_secs_f64()
        );
        println!("  requests          {requests:>12}");
        println!("  connections       {connections:>12}");
        println!("  peak memory       {memory:>12.1} MB (bar: 64)");
    }
    let seen = serve(false);
    repository.write(&seen, FOR_NPM);
    if let Ok(npm) = which::which("npm") {
        let mut command = repository.command(npm);
        let time = timed(command.args(["publish", "--workspaces", "--dry-run"]));
        println!("npm publish --workspaces --dry-run, {FOR_NPM} of them");
        println!("  time              {:>12.2} s", time.as_secs_f64());
    }
}

/// A repository in its own folder.
struct Repository<'a> {
    folder: &'a Path,
}

impl Repository<'_> {
    /// Writes this many packages, and the settings that name the registry.
    fn write(&self, seen: &Seen, packages: u32) {
        let (scheme, port) = (seen.scheme, seen.port);
        let npmrc = format!(
            "registry={scheme}://localhost:{port}/\n//localhost:{port}/:_authToken=x\nstrict-ssl=false\n"
        );
        fs::write(self.folder.join("home/.npmrc"), npmrc).expect("writable");
        let members: Vec<String> = (0..packages).map(|number| format!("p/{number}")).collect();
        let root = json!({ "name": "root", "private": true, "workspaces": members });
        fs::write(self.folder.join("package.json"), root.to_string()).expect("writable");
        for number in 0..packages {
            let before = number.saturating_sub(1);
            let manifest = json!({
                "name": name(number), "version": "1.1.0", "license": "MIT",
                "dependencies": { name(before): "^1.0.0" },
            });
            let folder = self.folder.join(format!("p/{number}"));
            fs::create_dir_all(&folder).expect("writable");
            fs::write(folder.join("package.json"), manifest.to_string()).expect("writable");
        }
    }

    fn release(&self) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_safe-publish"));
        command.args(["release", "--dry-run", "--timeout", "120"]);
        command
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.folder.join("home"))
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("SAFE_PUBLISH_REGISTRY_KIND", "npmjs")
            .current_dir(self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

fn name(number: u32) -> String {
    format!("@acme/pkg-{number}")
}

/// A registry, and the requests that it saw.
struct Seen {
    scheme: &'static str,
    port: u16,
    requests: AtomicUsize,
    connections: AtomicUsize,
}

/// Starts a registry on a separate thread; it ends with the process.
fn serve(is_tls: bool) -> Arc<Seen> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.set_nonblocking(true).expect("ours");
    let seen = Arc::new(Seen {
        scheme: if is_tls { "https" } else { "http" },
        port: listener.local_addr().expect("bound").port(),
        requests: AtomicUsize::new(0),
        connections: AtomicUsize::new(0),
    });
    let own = Arc::clone(&seen);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(accept(listener, is_tls.then(|| tls::acceptor("h2")), own));
    });
    seen
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, seen: Arc<Seen>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("ours");
    while let Ok((stream, _)) = listener.accept().await {
        seen.connections.fetch_add(1, SeqCst);
        let (seen, tls) = (Arc::clone(&seen), tls.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&seen)));
            let Some(tls) = tls else {
                let server = http1::Builder::new();
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
                return;
            };
            if let Ok(stream) = tls.accept(stream).await {
                let server = http2::Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            }
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    seen: Arc<Seen>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    seen.requests.fetch_add(1, SeqCst);
    tokio::time::sleep(LATENCY).await;
    let (status, body) = document(request.uri().path());
    let answer = Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Full::from(body.to_string()));
    Ok(answer.expect("an answer"))
}

/// The answers of alice's registry.
fn document(path: &str) -> (u16, Value) {
    match path {
        "/-/whoami" => (200, json!({ "username": "alice" })),
        "/-/npm/v1/user" => (
            200,
            json!({ "name": "alice", "tfa": null, "email_verified": true }),
        ),
        "/-/npm/v1/tokens" => (200, json!({ "objects": [] })),
        "/-/stage" => (200, json!({ "items": [] })),
        "/-/user/alice/package" => {
            let rights = (0..PACKAGES).map(|number| (name(number), json!("write")));
            (200, Value::Object(rights.collect()))
        }
        _ => match path.strip_prefix("/@acme%2fpkg-") {
            Some(number) if !number.contains('/') => (200, packument(number)),
            _ => (404, json!({ "error": "Not found" })),
        },
    }
}

/// Fifty versions, as npm writes them.
fn packument(number: &str) -> Value {
    let mut versions = serde_json::Map::new();
    let mut time = serde_json::Map::new();
    for minor in 0..50 {
        let version = format!("0.{minor}.0");
        let document = json!({
            "name": format!("@acme/pkg-{number}"), "version": version,
            "dependencies": { "left-pad": "^1.3.0" },
            "dist": { "integrity": format!("sha512-{}", "A".repeat(86)), "shasum": "a".repeat(40) },
        });
        time.insert(version.clone(), json!("2026-01-02T03:04:05.000Z"));
        versions.insert(version, document);
    }
    json!({
        "name": format!("@acme/pkg-{number}"), "dist-tags": { "latest": "0.49.0" },
        "versions": versions, "time": time, "maintainers": [{ "name": "alice" }],
    })
}
