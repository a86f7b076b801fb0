//! Parses a large packument while it arrives, on a separate thread: its body is never held, and
//! what is kept of it is small.

use std::io::{self, BufReader, Read};
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

use crate::registry::documents::Packument;
use crate::registry::read;

/// How many chunks wait for the reader.
const MAX_WAITING: usize = 4;
const BUFFER: usize = 64 << 10;
/// No string in a packument is longer, in bytes; a README has at most 64 KB.
const MAX_TEXT: usize = 1 << 20;

/// A packument that is being read as it arrives.
pub(super) struct Stream {
    chunks: Sender<Bytes>,
    reader: io::Result<JoinHandle<Option<Packument>>>,
    ended: oneshot::Receiver<()>,
}

impl Stream {
    /// Starts to read what will be pushed.
    pub(super) fn start() -> Self {
        let (chunks, coming) = channel(MAX_WAITING);
        let (end, ended) = oneshot::channel();
        let body = Chunks {
            coming,
            chunk: Bytes::new(),
            text: Text::default(),
        };
        let read = move || {
            let read = read::packument_from(BufReader::with_capacity(BUFFER, body));
            let _ = end.send(());
            read
        };
        Self {
            chunks,
            reader: thread::Builder::new().spawn(read),
            ended,
        }
    }

    /// Passes on the next bytes. False if the reader has ended: the document is broken, or
    /// larger than any real one.
    pub(super) async fn push(&self, chunk: Bytes) -> bool {
        self.chunks.send(chunk).await.is_ok()
    }

    /// The document, if everything pushed is a complete one. Waits for the thread to end: each
    /// live thread has memory that it does not give back.
    pub(super) async fn end(self) -> Option<Packument> {
        drop(self.chunks);
        // An error also means that it has ended.
        let _ = self.ended.await;
        self.reader.ok()?.join().ok().flatten()
    }
}

/// The chunks as a reader sees them. It ends when the sender is dropped.
struct Chunks {
    coming: Receiver<Bytes>,
    chunk: Bytes,
    text: Text,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.coming.blocking_recv() {
                Some(chunk) => self.chunk = chunk,
                None => return Ok(0),
            }
        }
        let part = self.chunk.split_to(buffer.len().min(self.chunk.len()));
        if !self.text.is_short(&part) {
            return Err(io::Error::other("a string is too long"));
        }
        buffer[..part.len()].copy_from_slice(&part);
        Ok(part.len())
    }
}

/// Whether the bytes so far end within a JSON string, and how long that is: the reader holds a
/// string until its end.
#[derive(Default)]
struct Text {
    is_open: bool,
    is_escaped: bool,
    length: usize,
}

impl Text {
    /// Whether no string is too long up to the end of these bytes.
    fn is_short(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'"' => {
                    *self = Self {
                        is_open: !self.is_open,
                        ..Self::default()
                    }
                }
                b'\\' => self.is_escaped = self.is_open,
                _ => {}
            }
            self.length += usize::from(self.is_open);
            if self.length > MAX_TEXT {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn a_document_is_read_in_pieces_and_a_broken_one_is_refused() {
        let text = r#"{"dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"deprecated":"ü"}}}"#;
        for size in [1, 3, 100] {
            let stream = Stream::start();
            for piece in text.as_bytes().chunks(size) {
                assert!(stream.push(Bytes::copy_from_slice(piece)).await);
            }
            let read = stream.end().await.unwrap();
            assert_eq!(Some(read), read::packument(text.as_bytes()));
        }
        let stream = Stream::start();
        assert!(stream.push(Bytes::from_static(b"{\"versions\":{")).await);
        assert_eq!(stream.end().await, None);
    }

    #[test]
    fn a_text_is_counted_from_its_quote_to_the_next_one() {
        let long = "x".repeat(MAX_TEXT);
        let short = |pieces: &[&str]| {
            let mut text = Text::default();
            pieces.iter().all(|piece| text.is_short(piece.as_bytes()))
        };
        assert!(short(&[&long, &long, "\"", &long[3..], "\"", &long]));
        assert!(!short(&["\"", &long, "\""]));
        assert!(
            !short(&["\"", &long[9..], r#"\"abcdefghijk"#]),
            "an escaped quote"
        );
        assert!(
            short(&["\"", &long[9..], r#"\\"abcdefghijk"#]),
            "an escaped backslash"
        );
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_document_without_an_end_is_not_read_for_ever() {
        let stream = Stream::start();
        stream.push(Bytes::from_static(b"{\"versions\":{")).await;
        let mut number = 0;
        while stream
            .push(Bytes::from(format!("\"{number}\":{{}},").repeat(100)))
            .await
        {
            number += 1;
            assert!(number < 10_000, "a hundred thousand versions are enough");
        }
        assert_eq!(stream.end().await, None);
    }
}
