//! The only module that talks to registries. One connection pool per TLS setting, a limit of
//! requests per host, one deadline and one budget of memory for the run. Every failure is a
//! [`Gap`] with a reason.

mod connect;
mod download;
mod headers;
mod hosts;
mod memory;
mod open;
mod protocol;
mod question;
mod reply;
mod request_failure;
pub mod request_log;
mod retry;
mod stream;
mod trust;

pub(crate) use request_failure::title;

use std::sync::Mutex;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use tokio::time::Instant;
use url::Url;

use crate::finding::{Gap, RequestFailure};
use crate::registry::Network;
use crate::secret::mask_known_shapes;
use connect::Pools;
use hosts::Hosts;
use memory::MemoryBudget;
use request_log::Pending;
use retry::FailedTry;

pub use download::Download;
pub use open::{Bounds, Open};
pub use question::Question;
pub use reply::Reply;
pub use request_log::RequestRecord;

/// Asks registries within one deadline, and remembers every request.
#[derive(Debug)]
pub struct Client {
    pools: Pools,
    hosts: Hosts,
    memory: MemoryBudget,
    network: Network,
    deadline: Instant,
    timeout: Duration,
    log: Mutex<Vec<RequestRecord>>,
}

impl Client {
    /// A client whose answers must all arrive within `timeout`.
    pub fn new(network: Network, timeout: Duration) -> Self {
        Self {
            pools: Pools::default(),
            hosts: Hosts::new(network.max_sockets),
            memory: MemoryBudget::default(),
            network,
            deadline: Instant::now() + timeout,
            timeout,
            log: Mutex::default(),
        }
    }

    /// Asks, and retries where npm would.
    ///
    /// # Errors
    /// [`Gap::NoAnswer`] if no answer comes in time, or it is not a document.
    pub async fn ask(&self, question: &Question) -> Result<Reply, Gap> {
        let pending = Pending::new(self, question);
        let answer = match tokio::time::timeout_at(
            self.deadline,
            self.ask_often(question, &pending),
        )
        .await
        {
            Ok(answer) => answer,
            Err(_) => Err(question.no_answer(
                RequestFailure::Timeout,
                format!("no answer within {} s", self.timeout.as_secs_f64()),
            )),
        };
        pending.answer(answer.as_ref().ok().map(|reply| reply.status));
        answer
    }

    /// The requests sent so far, in order.
    pub fn sent(&self) -> Vec<RequestRecord> {
        let mut all = self.log();
        all.retain(|record| record.tries > 0);
        all
    }

    /// All requests so far, in order, sent or not.
    pub fn log(&self) -> Vec<RequestRecord> {
        self.log.lock().map(|log| log.clone()).unwrap_or_default()
    }

    /// Notes that this many bytes of an answer are kept until the end of the run.
    ///
    /// # Errors
    /// [`Gap::NoAnswer`] if the registries' answers together are too large.
    pub fn keep(&self, question: &Question, bytes: usize) -> Result<(), Gap> {
        if self.memory.keep(bytes) {
            return Ok(());
        }
        let reason = "the registries' answers are too large together; check fewer packages at once";
        Err(question.no_answer(RequestFailure::Garbage, reason.to_owned()))
    }

    async fn try_once(&self, question: &Question) -> Result<Reply, FailedTry> {
        let response = self.send(question).await?;
        self.read(question, response).await
    }

    async fn send(&self, question: &Question) -> Result<Response, FailedTry> {
        let pool = self
            .pools
            .for_question(question, &self.network)
            .map_err(|refused| question.no_answer(refused.failure, refused.reason))?;
        let mut request = pool.get(&question.url).header(ACCEPT, question.accept());
        if let Some(secret) = &question.authorization {
            let header = HeaderValue::from_str(secret.expose()).map(|mut header| {
                header.set_sensitive(true);
                header
            });
            let header = header.map_err(|_| {
                question.no_answer(
                    RequestFailure::Garbage,
                    "the credential cannot be sent in a header".to_owned(),
                )
            })?;
            request = request.header(AUTHORIZATION, header);
        }
        let protocol = &self.hosts.of(&question.url).protocol;
        let sent = protocol.send(request.send()).await.map_err(|error| {
            let (failure, reason) = request_failure::of(&error);
            let (failure, reason) = self.of_proxy(question, failure, reason);
            question.no_answer(failure, reason)
        });
        Ok(sent?)
    }

    /// A host that cannot be reached through a proxy: the proxy is the trouble.
    fn of_proxy(
        &self,
        question: &Question,
        failure: RequestFailure,
        reason: String,
    ) -> (RequestFailure, String) {
        let unreached = matches!(failure, RequestFailure::Connection | RequestFailure::Dns)
            && (reason == request_failure::REFUSED || failure == RequestFailure::Dns);
        let url = Url::parse(&question.url).ok();
        match url.as_ref().and_then(|url| self.network.proxy_for(url)) {
            Some(proxy) if unreached => {
                let shown = mask_known_shapes(proxy);
                let way = "correct or remove `proxy`, `https-proxy` or the variables HTTPS_PROXY and HTTP_PROXY";
                (
                    RequestFailure::Proxy,
                    format!("the proxy {shown}: {reason}; {way}"),
                )
            }
            _ => (failure, reason),
        }
    }
}
