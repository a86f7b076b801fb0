//! Registries that allow few requests, or send much: we become slower, but never wrong, and
//! stay within our limits of connections, memory and time.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use crate::support::sandbox::{Run, Sandbox};

/// A counter and its maximum.
#[derive(Default)]
struct Gauge {
    now: AtomicUsize,
    peak: AtomicUsize,
}

impl Gauge {
    fn up(&self) -> usize {
        let now = self.now.fetch_add(1, SeqCst) + 1;
        self.peak.fetch_max(now, SeqCst);
        now
    }

    fn down(&self) {
        self.now.fetch_sub(1, SeqCst);
    }
}

/// A registry without packages, where alice is logged in.
#[derive(Default)]
struct Busy {
    connections: Gauge,
    requests: Gauge,
    refused: AtomicUsize,
}

/// How it reacts to too many requests.
#[derive(Clone, Copy)]
enum Bears {
    /// 429 above this many requests at once, with a `Retry-After`.
    Requests(usize),
    /// Closes every connection above this many.
    Connections(usize),
}

impl Busy {
    /// Its address; it ends with the process.
    fn start(self: &Arc<Self>, bears: Bears) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let host = listener.local_addr().expect("bound").to_string();
        let busy = Arc::clone(self);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let busy = Arc::clone(&busy);
                std::thread::spawn(move || {
                    let connections = busy.connections.up();
                    match bears {
                        Bears::Connections(most) if connections > most => {
                            busy.refused.fetch_add(1, SeqCst);
                        }
                        _ => busy.serve(stream, bears),
                    }
                    busy.connections.down();
                });
            }
        });
        host
    }

    fn serve(&self, mut stream: TcpStream, bears: Bears) {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
        let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
        loop {
            let mut first = String::new();
            if reader.read_line(&mut first).unwrap_or(0) == 0 {
                return;
            }
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap_or(0) > 2 {
                line.clear();
            }
            let requests = self.requests.up();
            // Long enough for others to arrive meanwhile.
            std::thread::sleep(Duration::from_millis(5));
            let answer = match bears {
                Bears::Requests(most) if requests > most => {
                    self.refused.fetch_add(1, SeqCst);
                    answer("429 Too Many Requests\r\nretry-after: 1", "{}")
                }
                _ if first.contains("/-/whoami") => answer("200 OK", r#"{"username":"alice"}"#),
                _ => answer("404 Not Found", "{}"),
            };
            self.requests.down();
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// A check of this many packages.
fn check(host: &str, packages: usize, settings: &str) -> Run {
    let sandbox = Sandbox::new();
    let npmrc = format!("registry=http://{host}/\n//{host}/:_authToken=x\n{settings}");
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    sandbox.write_workspace(packages, "1.0.0");
    sandbox.run(&["check", "--workspaces", "--quiet", "--timeout", "120"])
}

#[test]
fn a_registry_that_bears_few_requests_is_asked_more_slowly() {
    for (most, packages) in [(50, 1000), (16, 1000), (3, 60)] {
        let busy = Arc::new(Busy::default());
        let host = busy.start(Bears::Requests(most));
        let run = check(&host, packages, "");
        assert_eq!(run.code, Some(0), "{most}: {}{}", run.stdout, run.stderr);
        let refused = busy.refused.load(SeqCst);
        assert_eq!(refused > 0, most < 32, "{most}: {refused} were refused");
        assert!(refused < 100, "{most}: it learns: {refused} were refused");
        let peak = busy.connections.peak.load(SeqCst);
        assert!(peak <= 32, "{most}: {peak} connections");
    }
}

#[test]
fn a_registry_that_bears_few_connections_is_served_with_few() {
    let busy = Arc::new(Busy::default());
    let host = busy.start(Bears::Connections(10));
    let run = check(&host, 60, "");
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(busy.refused.load(SeqCst) > 0, "it was too much at first");
}

#[test]
fn connections_are_limited_by_us_and_by_maxsockets() {
    for (settings, most) in [("", 32), ("maxsockets=3\n", 3)] {
        let busy = Arc::new(Busy::default());
        let host = busy.start(Bears::Requests(1000));
        let run = check(&host, 60, settings);
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
        let peak = busy.connections.peak.load(SeqCst);
        assert!(peak <= most, "{settings}{peak} connections");
        assert!(busy.requests.peak.load(SeqCst) <= most, "{settings}");
    }
}

/// A server that answers every request with the same text again and again.
fn flood(first: &'static [u8], then: &'static [u8]) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let host = listener.local_addr().expect("bound").to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
                let mut line = String::new();
                while reader.read_line(&mut line).unwrap_or(0) > 2 {
                    line.clear();
                }
                let _ = stream.set_write_timeout(Some(Duration::from_secs(5)));
                let mut open = stream.write_all(first).is_ok();
                // Ends when the client does, or with the process.
                while open {
                    open = stream.write_all(then).is_ok();
                }
            });
        }
    });
    host
}

#[test]
fn nothing_that_a_server_says_outlives_the_deadline() {
    let floods: [(&[u8], &[u8]); 4] = [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"x-header: value\r\n"),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            b"1;ext=1\r\n \r\n",
        ),
    ];
    for (first, then) in floods {
        let host = flood(first, then);
        let sandbox = Sandbox::new();
        let npmrc = format!("registry=http://{host}/\n//{host}/:_authToken=x\n");
        fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
        sandbox.write("package.json", r#"{"name":"cat","version":"1.0.0"}"#);
        let begin = std::time::Instant::now();
        let run = sandbox.run(&["check", "--timeout", "2"]);
        let then = String::from_utf8_lossy(then);
        // On a busy machine the watchdog may end it first, with 102.
        let has_ended = matches!(run.code, Some(101 | 102));
        assert!(has_ended, "{then}: {run:?}");
        // A machine may be busy, but following the flood would never end.
        assert!(begin.elapsed() < Duration::from_secs(60), "{then}");
    }
}
