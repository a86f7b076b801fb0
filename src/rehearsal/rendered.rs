//! Large documents, rendered and compressed once: serving a packument of 10 MB would cost its
//! reader more in this process than on any network.

use std::collections::BTreeMap;
use std::io::Write as _;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use hyper::Response;
use hyper::body::Body as _;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use hyper::http::response::Parts;

use super::answer::{Body, whole};

/// Smaller bodies are sent uncompressed.
const MIN_COMPRESSED: u64 = 1 << 10;
/// Smaller bodies are rendered each time.
const MIN_CACHED: usize = 64 << 10;
/// At most this many are kept.
const MAX_ANSWERS: usize = 16;

/// Rendered answers, by everything they depend on. A write discards all of them.
#[derive(Debug, Default)]
pub(super) struct Rendered(BTreeMap<String, (Parts, Bytes)>);

impl Rendered {
    /// A body that was rendered before.
    pub(super) fn get(&self, key: &str) -> Option<Response<Body>> {
        let (head, body) = self.0.get(key)?;
        Some(Response::from_parts(head.clone(), whole(body.clone())))
    }

    /// Compresses an answer if its reader accepts that, and keeps it if it is large.
    pub(super) fn keep(
        &mut self,
        key: String,
        answer: Response<Body>,
        gzip: bool,
    ) -> Response<Body> {
        let is_json = answer
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind == "application/json");
        let size = answer.body().size_hint().exact().unwrap_or(0);
        if !is_json || size < MIN_COMPRESSED {
            return answer;
        }
        let (mut head, body) = answer.into_parts();
        let Some(Ok(body)) = body.collect().now_or_never() else {
            return Response::from_parts(head, whole(Bytes::new()));
        };
        let body = body.to_bytes();
        let keeps = body.len() >= MIN_CACHED && self.0.len() < MAX_ANSWERS;
        let body = if gzip {
            head.headers
                .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            pack(&body)
        } else {
            body
        };
        if keeps {
            self.0.insert(key, (head.clone(), body.clone()));
        }
        Response::from_parts(head, whole(body))
    }
}

fn pack(bytes: &[u8]) -> Bytes {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let packed = packer.write_all(bytes).and_then(|()| packer.finish());
    Bytes::from(packed.expect("writing into memory does not fail"))
}
