//! The rehearsal registry's misbehaviour, as set in its state.

use bytes::Bytes;
use hyper::Response;

use super::answer::{
    Body, bytes_answer, endless_answer, json_answer, redirect_answer, truncated_answer,
};
use super::state::FaultKind;

/// No answer: the connection must be closed.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on purpose")]
pub(super) struct ConnectionClosed;

/// The effect of a fault.
pub(super) enum FaultEffect {
    /// This answer, immediately.
    Answer(Box<Response<Body>>),
    /// This status, after the write is done.
    AfterWriting(u16),
}

pub(super) async fn apply_misbehaviour(with: FaultKind) -> Result<FaultEffect, ConnectionClosed> {
    let answer = match with {
        FaultKind::Status {
            status,
            body,
            headers,
        } => {
            let mut answer = json_answer(status, &body);
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) =
                    (name.parse::<hyper::header::HeaderName>(), value.parse())
                {
                    answer.headers_mut().insert(name, value);
                }
            }
            answer
        }
        FaultKind::Html(title) => {
            let page = format!("<!DOCTYPE html><html><head><title>{title}</title></head></html>");
            bytes_answer(200, "text/html", Bytes::from(page))
        }
        FaultKind::Reset => return Err(ConnectionClosed),
        FaultKind::Hang => std::future::pending().await,
        FaultKind::Redirect(to) => redirect_answer(&to),
        FaultKind::TruncatedGzip => truncated_answer(),
        FaultKind::Endless => endless_answer(),
        FaultKind::AfterWriting(status) => return Ok(FaultEffect::AfterWriting(status)),
    };
    Ok(FaultEffect::Answer(Box::new(answer)))
}
