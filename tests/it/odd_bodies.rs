//! Malformed answers that npm reads anyway.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::support::sandbox::{Run, Sandbox};

/// A registry that answers with this packument and this header.
fn serve(header: &'static str, body: Vec<u8>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let host = listener.local_addr().expect("bound").to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let body = body.clone();
            std::thread::spawn(move || answer(&stream, header, &body));
        }
    });
    host
}

fn answer(stream: &TcpStream, header: &str, body: &[u8]) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    while !lines.next()?.ok()?.is_empty() {}
    let (status, header, body) = if first.starts_with("GET /cat?") || first.starts_with("GET /cat ")
    {
        ("200 OK", header, body)
    } else if first.contains("whoami") {
        ("200 OK", "", &br#"{"username":"alice"}"#[..])
    } else {
        ("404 Not Found", "", &b"{}"[..])
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{header}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()
}

fn check(host: &str, version: &str) -> Run {
    let sandbox = Sandbox::new();
    let npmrc = format!("registry=http://{host}/\n//{host}/:_authToken=x\n");
    std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    let manifest = format!(r#"{{"name":"cat","version":"{version}"}}"#);
    sandbox.write("package.json", &manifest);
    sandbox.write("index.js", "");
    sandbox.run(&["check", "--timeout", "10"])
}

fn packument(description: &[u8]) -> Vec<u8> {
    let begin =
        br#"{"name":"cat","versions":{"1.0.0":{}},"dist-tags":{"latest":"1.0.0"},"description":""#;
    [&begin[..], description, &b"\"}"[..]].concat()
}

/// The published version is recognised, and a new one is ready.
fn is_read(header: &'static str, body: Vec<u8>) {
    let host = serve(header, body);
    let taken = check(&host, "1.0.0");
    assert!(taken.stdout.contains("registry-overwrites"), "{taken:?}");
    let free = check(&host, "1.0.1");
    assert_eq!(free.code, Some(0), "{free:?}");
    assert!(!free.stdout.contains("registry-overwrites"), "{free:?}");
}

#[test]
fn half_a_surrogate_pair_and_invalid_utf8_are_tolerated() {
    is_read("", packument(br"a cat \ud83d"));
    is_read("", packument(b"a cat \xff\xfe"));
}

#[test]
fn unrequested_deflate_is_read() {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&packument(b"a cat")).expect("in memory");
    let packed = encoder.finish().expect("in memory");
    is_read("content-encoding: deflate\r\n", packed);
}

#[test]
fn an_empty_answer_decides_nothing() {
    let run = check(&serve("", Vec::new()), "1.0.0");
    assert_eq!(run.code, Some(0), "{run:?}");
}
