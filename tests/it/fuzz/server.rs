//! A registry on loopback that answers with the bytes that it was given.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, OnceLock, PoisonError};

/// What it answers for the packument, for the account, and for all the rest.
static ANSWERS: Mutex<[Vec<u8>; 3]> = Mutex::new([Vec::new(), Vec::new(), Vec::new()]);
static HOST: OnceLock<String> = OnceLock::new();

/// Gives it other answers; returns its host.
pub fn with(bytes: &[u8]) -> &'static str {
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let answers = [(); 3].map(|()| parts.next().unwrap_or_default().to_vec());
    *ANSWERS.lock().unwrap_or_else(PoisonError::into_inner) = answers;
    HOST.get_or_init(|| {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let host = listener.local_addr().expect("bound").to_string();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Where the client has gone, the next one comes.
                let _ = answer(&stream);
            }
        });
        host
    })
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let path = first.split(' ').nth(1).unwrap_or_default();
    let (part, status) = match path.rsplit('/').next() {
        Some("cat") => (0, "200 OK"),
        Some("whoami") => (1, "200 OK"),
        _ => (2, "403 Forbidden"),
    };
    let body = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner)[part].clone();
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}
