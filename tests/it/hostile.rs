//! Registries that misbehave: always a clear answer within the deadline, bounded memory,
//! undecided if nothing is known, and no credential for another host.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

const TOKEN: &str = "token-of-alice-0123456789";

fn server(fault: &Value) -> Server {
    let state = json!({
        "users": { "alice": {} },
        "tokens": { TOKEN: { "user": "alice", "kind": "session" } },
        "packages": { "cat": { "versions": { "1.0.0": {} }, "maintainers": ["alice"] } },
        "faults": [fault],
    });
    Server::start(serde_json::from_value(state).expect("a state"))
}

fn check(url: &str, host: &str, seconds: &str) -> Run {
    let sandbox = Sandbox::new();
    let npmrc =
        format!("registry={url}\n//{host}/:_authToken={TOKEN}\nfetch-retry-mintimeout=10\n");
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    sandbox.write("package.json", r#"{"name":"cat","version":"1.1.0"}"#);
    let begin = Instant::now();
    let run = sandbox.run(&["check", "--timeout", seconds]);
    let patience = seconds.parse::<f64>().expect("a number") + 10.0;
    assert!(
        begin.elapsed() < Duration::from_secs_f64(patience),
        "it ends soon after its deadline"
    );
    run
}

#[test]
fn every_misbehaviour_is_undecided_with_a_reason() {
    let cases = [
        (
            json!({ "status": { "status": 500 } }),
            "500 Internal Server Error",
        ),
        (
            json!({ "status": { "status": 503 } }),
            "503 Service Unavailable",
        ),
        (
            json!({ "status": { "status": 429, "headers": { "retry-after": "1934" } } }),
            "asked again after 1934 s",
        ),
        (
            json!({ "html": "Corporate \u{1b}[31mGateway" }),
            "a web page titled \"Corporate [31mGateway\"",
        ),
        (json!("reset"), "the connection was closed"),
        (json!("hang"), "no answer within"),
        (json!("truncatedGzip"), "damaged"),
        (json!("endless"), "more than 64 MB"),
        (
            json!({ "redirect": "http://127.0.0.1:9/elsewhere" }),
            "302 to http://127.0.0.1:9/elsewhere, which is not followed",
        ),
        (
            json!({ "status": { "status": 200, "body": [1, 2] } }),
            "the answer is not a packument",
        ),
        (
            json!({ "status": { "status": 200, "body": "text" } }),
            "the answer is not a packument",
        ),
    ];
    for (with, reason) in cases {
        let server = server(&json!({ "path": "/cat", "with": with }));
        // 64 MB take a busy machine some seconds.
        let seconds = if with == "endless" { "60" } else { "3" };
        let run = check(&server.url(), &server.host(), seconds);
        assert_eq!(run.code, Some(101), "{with}: {}{}", run.stdout, run.stderr);
        let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(reason), "{with}: {text}");
        assert!(
            !run.stdout.contains('\x1b'),
            "{with}: no escape reaches the terminal"
        );
    }
}

#[test]
fn a_registry_that_stumbles_once_is_asked_again() {
    for with in [
        json!({ "status": { "status": 503 } }),
        json!({ "status": { "status": 429 } }),
        json!("reset"),
    ] {
        let server = server(&json!({ "path": "/cat", "times": 1, "with": with }));
        let run = check(&server.url(), &server.host(), "10");
        assert_eq!(run.code, Some(0), "{with}: {}", run.stdout);
    }
}

#[test]
fn a_whoami_that_stumbles_leaves_it_undecided_and_a_search_that_does_not() {
    let server = server(&json!({ "path": "/-/whoami", "with": { "status": { "status": 502 } } }));
    assert_eq!(check(&server.url(), &server.host(), "5").code, Some(101));
    for path in ["/-/npm/v1/user", "collaborators", "/-/v1/search"] {
        let server =
            self::server(&json!({ "path": path, "with": { "status": { "status": 502 } } }));
        let run = check(&server.url(), &server.host(), "5");
        assert_eq!(run.code, Some(0), "{path}: {}", run.stdout);
    }
}

#[test]
fn no_credential_follows_a_redirect_to_another_host() {
    let elsewhere = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = elsewhere.local_addr().expect("bound").port();
    let contacted = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&contacted);
    std::thread::spawn(move || {
        for stream in elsewhere.incoming().flatten() {
            drop(stream);
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    let to = format!("http://127.0.0.1:{port}/stolen");
    let server = server(&json!({ "path": "", "with": { "redirect": to } }));
    assert_eq!(check(&server.url(), &server.host(), "3").code, Some(101));
    assert_eq!(
        contacted.load(Ordering::SeqCst),
        0,
        "the other host was never asked"
    );
}

/// A server that sends a few bytes a second, endlessly.
#[test]
fn a_trickle_ends_with_the_deadline() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let host = listener.local_addr().expect("bound").to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{");
                // Ends when the client does, or after ten seconds.
                for _ in 0..100 {
                    if stream.write_all(b" ").is_err() {
                        return;
                    }
                    std::thread::sleep(Duration::from_millis(100));
                }
            });
        }
    });
    let run = check(&format!("http://{host}/"), &host, "1");
    assert_eq!(run.code, Some(101), "{}", run.stdout);
    assert!(run.stdout.contains("answer within 1 s"), "{}", run.stdout);
}

/// TLS to a plain port, and plain HTTP to a closed one.
#[test]
fn trouble_with_tls_and_names_is_distinguished() {
    let server = server(&json!({ "path": "never", "with": "hang" }));
    let run = check(&format!("https://{}/", server.host()), &server.host(), "5");
    assert_eq!(run.code, Some(101), "{}", run.stdout);
    assert!(run.stdout.contains("does not speak TLS"), "{}", run.stdout);
    let run = check("http://no-such-host.invalid/", "no-such-host.invalid", "5");
    assert_eq!(run.code, Some(101), "{}", run.stdout);
    let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    // A resolver without an answer takes longer than our deadline.
    let shown = text.contains("does not resolve") || text.contains("no answer within 5 s");
    assert!(shown, "{text}");
}

#[test]
fn a_proxy_is_used_and_a_malformed_one_is_named() {
    let real = server(&json!({ "path": "never", "with": "hang" }));
    let sandbox = Sandbox::new();
    sandbox.write("package.json", r#"{"name":"cat","version":"1.1.0"}"#);
    // The embedded registry refuses requests of a client that uses it as a proxy.
    let npmrc = format!(
        "registry=http://registry.example/\n//registry.example/:_authToken={TOKEN}\nproxy={}\n",
        real.url()
    );
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    let run = sandbox.run(&["check", "--timeout", "5"]);
    assert!(
        real.refused()
            .iter()
            .any(|request| request.contains("registry.example/cat")),
        "{:?}: {}",
        real.refused(),
        run.stdout
    );
    for (proxy, words) in [
        ("localhost:3128", "is neither http nor https"),
        ("proxy.pac", "is not a URL"),
    ] {
        let npmrc =
            format!("registry=http://registry.example/\n//registry.example/:_authToken={TOKEN}\n");
        fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
        let run = Run::of(
            sandbox
                .command(env!("CARGO_BIN_EXE_safe-publish"))
                .arg("check")
                .env("HTTP_PROXY", proxy),
        );
        assert_eq!(run.code, Some(101), "{}", run.stdout);
        let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(words), "{proxy}: {text}");
    }
}
