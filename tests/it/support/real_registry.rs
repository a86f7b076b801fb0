//! A server that acts as "the real registry": it accepts every write, and records every
//! request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request, or whatever else came over a connection.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// The first line: method and target.
    pub(crate) line: String,
    /// All header lines, lower-cased names.
    pub(crate) headers: Vec<(String, String)>,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The server. It runs until the process ends.
#[derive(Debug)]
pub(crate) struct RealRegistry {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl RealRegistry {
    /// Starts on a free loopback port.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound listener");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || serve(&stream, &shared));
            }
        });
        Self { address, heard }
    }

    /// Its URL, with a trailing slash.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Host and port.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// Everything that arrived.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("nobody panics with it").clone()
    }

    /// Only our own reads may have arrived, whether it was used as a registry or as a proxy: no
    /// write, nothing from npm or a script, and so no credential except with one of our reads.
    pub(crate) fn assert_only_read(&self, what: &str) {
        for request in self.heard() {
            let ours = request
                .header("user-agent")
                .is_some_and(|agent| agent.starts_with("safe-publish/"));
            let reads = request.line.starts_with("GET ");
            assert!(reads && ours, "{what}: the real registry heard {request:?}");
        }
    }
}

/// Answers as an empty registry that accepts every write.
fn serve(stream: &TcpStream, heard: &Mutex<Vec<Heard>>) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        match reader.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) if line.is_empty() => return,
            _ => {}
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            match reader.read_line(&mut header) {
                Ok(0) | Err(_) => break,
                Ok(_) if header.trim_end().is_empty() => break,
                Ok(_) => {
                    let (name, value) = header.split_once(':').unwrap_or((&header, ""));
                    headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
                }
            }
        }
        let is_read = line.starts_with("GET ") || line.starts_with("HEAD ");
        let request = Heard { line, headers };
        let length = request
            .header("content-length")
            .and_then(|length| length.parse::<u64>().ok());
        heard.lock().expect("nobody panics with it").push(request);
        let mut body = Vec::new();
        let _ = (&mut reader)
            .take(length.unwrap_or(0).min(1 << 20))
            .read_to_end(&mut body);
        let (status, body) = if is_read {
            ("404 Not Found", "{\"error\":\"Not found\"}")
        } else {
            ("201 Created", "{\"success\":true}")
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        if (&mut &*stream).write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}
