//! Answers of the rehearsal registry.

use std::io;

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::Response;
use hyper::body::Frame;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use serde_json::{Value, json};

use super::rules::Rejection;
use crate::registry::kinds::npmjs::REHEARSAL_HEADER;

/// A body: complete, or produced while it is sent. An error closes the connection.
pub(super) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// A complete body.
pub(super) fn whole(body: Bytes) -> Body {
    Full::new(body)
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// JSON with a status.
pub(super) fn json_answer(status: u16, body: &Value) -> Response<Body> {
    bytes_answer(status, "application/json", Bytes::from(body.to_string()))
}

/// `{"error": …}` with a status.
pub(super) fn error_answer(status: u16, text: &str) -> Response<Body> {
    json_answer(status, &json!({ "error": text }))
}

/// A refusal of a publish.
pub(super) fn refusal_answer(refusal: &Rejection) -> Response<Body> {
    let mut answer = error_answer(refusal.status, &refusal.text);
    if let Some(kind) = refusal.authenticate {
        answer
            .headers_mut()
            .insert("www-authenticate", HeaderValue::from_static(kind));
    }
    answer
}

/// Bytes, with a status and a content type.
pub(super) fn bytes_answer(status: u16, kind: &'static str, body: Bytes) -> Response<Body> {
    let mut answer = Response::new(whole(body));
    *answer.status_mut() =
        hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.headers_mut().insert(
        HeaderName::from_static(REHEARSAL_HEADER),
        HeaderValue::from_static("npmjs"),
    );
    answer
}

/// A body that is produced while it is sent, with a status and a content type.
pub(super) fn stream_answer(
    status: u16,
    kind: &'static str,
    body: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Response<Body> {
    let mut answer = bytes_answer(status, kind, Bytes::new());
    *answer.body_mut() = StreamBody::new(body.map_ok(Frame::data)).boxed_unsync();
    answer
}

/// A redirect.
pub(super) fn redirect_answer(to: &str) -> Response<Body> {
    let mut answer = error_answer(302, "moved");
    if let Ok(to) = HeaderValue::from_str(to) {
        answer.headers_mut().insert(LOCATION, to);
    }
    answer
}

/// A gzip body that ends within its header.
pub(super) fn truncated_answer() -> Response<Body> {
    let mut answer = bytes_answer(
        200,
        "application/json",
        Bytes::from_static(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab"),
    );
    answer
        .headers_mut()
        .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    answer
}

/// An endless sequence of spaces.
pub(super) fn endless_answer() -> Response<Body> {
    let chunk = Bytes::from(vec![b' '; 16 << 10]);
    let stream = futures_util::stream::repeat_with(move || Ok(chunk.clone()));
    stream_answer(200, "application/json", stream)
}
