//! A registry that only gives recorded answers, on loopback, until it is dropped.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

/// Which credential a request carries.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Credential {
    Good,
    Bad,
    None,
}

/// The `authorization` header that is [`Credential::Good`].
pub(crate) const GOOD_TOKEN: &str = "recorded-good";
/// A token that no registry accepts.
pub(crate) const BAD_TOKEN: &str = "recorded-bad";

/// One answer, as recorded by hand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorded {
    /// The path: from the host's root if it starts with a slash, otherwise below the registry.
    /// Queries are ignored.
    pub(crate) path: String,
    /// Only for requests with this credential; for all if omitted.
    #[serde(default)]
    pub(crate) credential: Option<Credential>,
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// JSON, or a text that is sent unchanged.
    #[serde(default)]
    pub(crate) body: Value,
}

/// A received request.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) credential: Credential,
    /// Which of the recorded answers it got; `None` for the default.
    pub(crate) answer: Option<usize>,
}

struct Shared {
    answers: Vec<Recorded>,
    otherwise: Recorded,
    came: Mutex<Vec<Came>>,
    stop: AtomicBool,
}

/// The server.
pub(crate) struct AnswerServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl AnswerServer {
    /// Starts on a free port. Gives the first answer that fits a request, or `otherwise`.
    pub(crate) fn start(answers: Vec<Recorded>, otherwise: Recorded) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound listener");
        let shared = Arc::new(Shared {
            answers,
            otherwise,
            came: Mutex::default(),
            stop: AtomicBool::new(false),
        });
        let served = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if served.stop.load(Ordering::SeqCst) {
                    return;
                }
                let served = Arc::clone(&served);
                std::thread::spawn(move || serve(&stream, &served));
            }
        });
        Self {
            address,
            shared,
            thread: Some(thread),
        }
    }

    /// Host and port.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// All received requests.
    pub(crate) fn came(&self) -> Vec<Came> {
        let came = self.shared.came.lock();
        came.expect("nobody panics with it").clone()
    }
}

impl Drop for AnswerServer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers one request and closes the connection.
fn serve(stream: &TcpStream, shared: &Shared) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else {
        return;
    };
    let mut credential = Credential::None;
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        if name.eq_ignore_ascii_case("authorization") {
            credential = if value.contains(GOOD_TOKEN) {
                Credential::Good
            } else {
                Credential::Bad
            };
        }
    }
    let mut words = first.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default().to_owned();
    let found = shared.answers.iter().position(|answer| {
        answer.path == path && answer.credential.is_none_or(|wanted| wanted == credential)
    });
    let answer = found.map_or(&shared.otherwise, |at| &shared.answers[at]);
    if let Ok(mut came) = shared.came.lock() {
        came.push(Came {
            method,
            path,
            credential,
            answer: found,
        });
    }
    let _ = (&mut &*stream).write_all(&bytes(answer));
}

fn bytes(answer: &Recorded) -> Vec<u8> {
    let (kind, body) = match &answer.body {
        Value::String(text) => ("text/plain", text.clone()),
        json => ("application/json", json.to_string()),
    };
    let mut head = format!(
        "HTTP/1.1 {} Recorded\r\ncontent-length: {}\r\nconnection: close\r\n",
        answer.status,
        body.len()
    );
    let typed = answer.headers.keys();
    if !typed.into_iter().any(|name| name == "content-type") {
        head += &format!("content-type: {kind}\r\n");
    }
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    (head + "\r\n" + &body).into_bytes()
}
