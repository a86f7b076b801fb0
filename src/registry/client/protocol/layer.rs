//! The layer in reqwest's connector where connections wait for their turn.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::Connection;
use tower_layer::Layer;
use tower_service::Service;

use super::{HOST, connect};

/// For reqwest's connector: each connection waits for its turn.
#[derive(Clone)]
pub(in super::super) struct ConnectInTurn;

impl<S> Layer<S> for ConnectInTurn {
    type Service = InTurn<S>;

    fn layer(&self, connector: S) -> InTurn<S> {
        InTurn(connector)
    }
}

/// See [`ConnectInTurn`].
#[derive(Clone)]
pub(in super::super) struct InTurn<S>(S);

impl<S, R> Service<R> for InTurn<S>
where
    S: Service<R>,
    S::Response: Connection,
    S::Error: From<io::Error>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let connection = self.0.call(request);
        match HOST.try_with(Arc::clone) {
            Ok(host) => Box::pin(async move { connect(&host, connection).await }),
            Err(_) => Box::pin(connection),
        }
    }
}
