//! Whatever registries send, a run stays within its memory budget, and ends.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::rehearsal;
use crate::support::bounded;
use crate::support::sandbox::{Run, Sandbox};

/// The limit that SECURITY.md promises.
const MAX_MEMORY: u64 = 128 << 20;

/// What a server sends for every package after the headers.
#[derive(Clone)]
enum Sends {
    /// One document.
    Document(Arc<Vec<u8>>),
    /// The first piece, then the second one again and again.
    Endless(&'static str, String),
}

fn serve(sends: Sends) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let host = listener.local_addr().expect("bound").to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let sends = sends.clone();
            std::thread::spawn(move || while answer(&stream, &sends).is_some() {});
        }
    });
    host
}

/// Answers one request; `None` if the client has gone.
fn answer(stream: &TcpStream, sends: &Sends) -> Option<()> {
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    if reader.read_line(&mut first).ok()? == 0 {
        return None;
    }
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    let mut stream = stream;
    let mut send = |head: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {head}\r\ncontent-type: application/json\r\n");
        stream.write_all(head.as_bytes()).ok()?;
        let length = format!("content-length: {}\r\n\r\n", body.len());
        stream.write_all(length.as_bytes()).ok()?;
        stream.write_all(body).ok()
    };
    if first.contains("whoami") {
        return send("200 OK", br#"{"username":"alice"}"#);
    }
    match sends {
        _ if first.starts_with("GET /-/") => send("404 Not Found", b"{}"),
        Sends::Document(body) => send("200 OK", body),
        Sends::Endless(begin, then) => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
            stream.write_all(head.as_bytes()).ok()?;
            stream.write_all(begin.as_bytes()).ok()?;
            while stream.write_all(then.as_bytes()).is_ok() {}
            None
        }
    }
}

/// A packument with this many versions.
fn packument(versions: usize) -> Sends {
    let each = |value: &str| -> String {
        let entries: Vec<String> = (0..versions)
            .map(|number| format!("\"1.0.0-x{number:033}\":{value}"))
            .collect();
        entries.join(",")
    };
    let about = each("{}");
    let times = each(r#""2026-01-01T00:00:00.000Z""#);
    let text = format!(
        r#"{{"name":"x","dist-tags":{{"latest":"1.0.1"}},"versions":{{{about}}},"time":{{{times}}}}}"#
    );
    Sends::Document(Arc::new(text.into_bytes()))
}

/// A check of this many packages.
fn check(host: &str, packages: usize, seconds: &str) -> (Run, u64) {
    let sandbox = Sandbox::new();
    let npmrc = format!("registry=http://{host}/\n//{host}/:_authToken=x\n");
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    sandbox.write_workspace(packages, "2.0.0");
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    let args = ["check", "--workspaces", "--quiet", "--timeout", seconds];
    bounded::run(command.args(args))
}

/// A rehearsal of a package with this many dependencies.
fn rehearse(host: &str, dependencies: usize) -> (Run, u64) {
    let sandbox = rehearsal::sandbox(&format!("http://{host}/"));
    let names: BTreeMap<String, &str> = (0..dependencies)
        .map(|number| (format!("dep-{number}"), "*"))
        .collect();
    let package = json!({ "name": "cat", "version": "1.0.0", "dependencies": names });
    rehearsal::manifest(&sandbox, &package);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    bounded::run(command.args(["rehearse", "--allow-undecided", "--format=json"]))
}

#[test]
fn a_rehearsal_keeps_nothing_of_what_it_mirrors() {
    let endless = Sends::Endless(r#"{"versions":{"x":""#, "x".repeat(1 << 16));
    for (sends, dependencies) in [(packument(50_000), 8), (endless, 3)] {
        let (run, peak) = rehearse(&serve(sends), dependencies);
        assert!(matches!(run.code, Some(0 | 100)), "{run:?}");
        assert_eq!(run.json()["packages"][0]["name"], "cat", "{run:?}");
        assert!(peak < MAX_MEMORY, "{peak} bytes");
    }
}

#[test]
fn many_packages_with_ninety_thousand_versions_stay_within_the_budget() {
    let host = serve(packument(90_000));
    let (run, peak) = check(&host, 16, "100");
    // Whatever does not fit is undecided.
    assert!(matches!(run.code, Some(0 | 101)), "{run:?}");
    assert!(peak < MAX_MEMORY, "{peak} bytes");
}

#[test]
fn a_million_versions_are_refused_and_cost_little() {
    let host = serve(packument(1_000_000));
    let (run, peak) = check(&host, 2, "300");
    assert_eq!(run.code, Some(101), "{run:?}");
    assert!(run.stdout.contains("not a packument"), "{run:?}");
    assert!(peak < MAX_MEMORY / 2, "{peak} bytes");
}

#[test]
fn bodies_without_an_end_cost_little_and_end_with_the_deadline() {
    let text = "x".repeat(1 << 16);
    let versions = r#""1.0.0":{"deprecated":"x"},"#.repeat(1000);
    for (begin, then) in [
        (r#"{"versions":""#, text.clone()),
        (r#"{"versions":{""#, text),
        (r#"{"versions":{"#, versions),
        (r#"{"x":["#, "[[]],".repeat(1000)),
    ] {
        let host = serve(Sends::Endless(begin, then));
        let begin_at = Instant::now();
        let (run, peak) = check(&host, 8, "4");
        assert_eq!(run.code, Some(101), "{begin}: {run:?}");
        assert!(peak < MAX_MEMORY, "{begin}: {peak} bytes");
        assert!(begin_at.elapsed() < Duration::from_secs(60), "{begin}");
    }
}

/// A gzipped tar with this many empty files, and one file of this many zeros.
fn bomb(files: usize, zeros: usize) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(gzip);
    let mut add = |path: &str, size: usize| {
        let mut header = tar::Header::new_gnu();
        header.set_size(size as u64);
        let bytes = std::io::Read::take(std::io::repeat(0), size as u64);
        builder
            .append_data(&mut header, path, bytes)
            .expect("memory");
    };
    for number in 0..files {
        add(&format!("package/{number}"), 0);
    }
    add("package/zeros", zeros);
    let gzip = builder.into_inner().expect("memory");
    gzip.finish().expect("memory")
}

#[test]
fn tarballs_that_grow_without_measure_are_not_looked_into() {
    for tarball in [bomb(300_000, 0), bomb(0, 1200 << 20)] {
        let sandbox = Sandbox::new();
        std::fs::write(sandbox.project().join("x.tgz"), &tarball).expect("writable");
        let registry = "--registry=http://127.0.0.1:9/";
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
        let (run, peak) = bounded::run(command.args(["check", "./x.tgz", "--timeout=1", registry]));
        assert!(matches!(run.code, Some(2 | 100..=102)), "{run:?}");
        assert!(peak < MAX_MEMORY, "{peak} bytes");
        let (run, peak) = compare(tarball);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stdout.contains("unpacks to too many bytes"), "{run:?}");
        assert!(peak < MAX_MEMORY, "{peak} bytes");
    }
}

/// `check --compare` if the last version has this tarball.
fn compare(tarball: Vec<u8>) -> (Run, u64) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let host = listener.local_addr().expect("bound").to_string();
    let address = format!("http://{host}/cat/-/cat-1.0.0.tgz");
    let version = json!({ "name": "cat", "version": "1.0.0", "dist": { "tarball": address } });
    let document = json!({ "dist-tags": { "latest": "1.0.0" }, "versions": { "1.0.0": version } });
    let (document, version) = (document.to_string(), version.to_string());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut line = String::new();
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let _ = reader.read_line(&mut line);
            let path = line.split(' ').nth(1).unwrap_or_default();
            let (status, body): (_, &[u8]) = match path {
                path if path.contains("/-/cat-") => ("200 OK", &tarball),
                path if path.starts_with("/cat/1.0.0") => ("200 OK", version.as_bytes()),
                path if path.starts_with("/cat") => ("200 OK", document.as_bytes()),
                "/-/whoami" => ("200 OK", br#"{"username":"alice"}"#),
                _ => ("404 Not Found", b"{}"),
            };
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
            );
            let _ = (&stream).write_all(head.as_bytes());
            let _ = (&stream).write_all(body);
        }
    });
    let sandbox = Sandbox::new();
    let npmrc = format!("registry=http://{host}/\n//{host}/:_authToken=x\n");
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.1.0","license":"MIT"}"#,
    );
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    bounded::run(command.args(["check", "--compare", "--timeout", "60"]))
}
