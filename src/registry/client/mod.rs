//! The only module that talks to registries. One connection pool per TLS
//! setting, a limit of requests per host, one deadline and one budget of memory for
//! the run, every failure a [`Gap`] with a reason.

mod connect;
mod hosts;
mod memory;
pub mod request_log;
mod trouble;

pub(crate) use trouble::title;

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION,
    RETRY_AFTER,
};
use reqwest::{Response, StatusCode};
use tokio::time::Instant;
use url::Url;

use crate::finding::{Gap, Trouble};
use crate::registry::Network;
use crate::registry::url::NPMJS_HOST;
use crate::secret::{Scrubber, Secret, excerpt, mask_known_shapes};
use connect::Pools;
use hosts::{Hosts, MAX_CONNECTIONS};
use memory::{FREE_BODY, Leave, MAX_DOCUMENT, MAX_PACKUMENT, Memory};

pub use request_log::RequestRecord;

/// The pause before the first retry. npm waits ten seconds, which a preflight
/// within one deadline cannot; the number of tries is npm's.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Asks registries within one deadline, and remembers what it asked.
#[derive(Debug)]
pub struct Client {
    pools: Pools,
    hosts: Hosts,
    memory: Memory,
    network: Network,
    deadline: Instant,
    timeout: Duration,
    log: Mutex<Vec<RequestRecord>>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The whole URL.
    pub url: String,
    /// The abbreviated packument is wanted, not the full document.
    pub abbreviated: bool,
    /// The `authorization` header that npm would send to this very URL.
    pub authorization: Option<Secret>,
    /// Certificate and key files (PEM) for the TLS handshake.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// Its answer is no packument and no tarball, and so never large.
    pub is_small: bool,
}

impl Question {
    /// A question without a credential.
    pub fn new(url: String) -> Self {
        Self {
            url,
            abbreviated: false,
            authorization: None,
            certificate: None,
            is_small: false,
        }
    }

    /// What a server said, to be quoted: one line of at most so many characters,
    /// without the credential that it was sent, in whatever form it comes back.
    pub fn quote(&self, text: &str, most: usize) -> String {
        let mut scrubber = Scrubber::default();
        if let Some(secret) = &self.authorization {
            scrubber.learn(secret.expose());
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        excerpt(&scrubber.scrub(&words.join(" ")), most)
    }

    /// The question as reports show it.
    pub fn shown(&self) -> String {
        format!("GET {}", mask_known_shapes(&self.url))
    }
}

/// An answer, not yet understood.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status, below 500 and none of those that are tried again.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The decoded body.
    pub body: Vec<u8>,
    /// While a large body is held, no other one is read.
    _leave: Option<Leave>,
}

impl Client {
    /// A client whose answers must all be in after `timeout`.
    pub fn new(network: Network, timeout: Duration) -> Self {
        Self {
            pools: Pools::default(),
            hosts: Hosts::new(network.max_sockets.unwrap_or(MAX_CONNECTIONS)),
            memory: Memory::default(),
            network,
            deadline: Instant::now() + timeout,
            timeout,
            log: Mutex::default(),
        }
    }

    /// Asks, and asks again where npm would.
    ///
    /// # Errors
    /// [`Gap::NoAnswer`] when nobody answers in time, or not with a document.
    pub async fn ask(&self, question: &Question) -> Result<Reply, Gap> {
        let begin = Instant::now();
        let asked = Asked {
            client: self,
            at: self.record(question),
            begin,
            settled: false,
        };
        let answer = match tokio::time::timeout_at(self.deadline, self.ask_often(question)).await {
            Ok(answer) => answer,
            Err(_) => Err(gap(
                question,
                Trouble::Timeout,
                format!("no answer within {} s", self.timeout.as_secs_f64()),
            )),
        };
        asked.settle(answer.as_ref().ok().map(|reply| reply.status));
        answer
    }

    /// What was asked so far, in the order of asking.
    pub fn log(&self) -> Vec<RequestRecord> {
        self.log.lock().map(|log| log.clone()).unwrap_or_default()
    }

    fn record(&self, question: &Question) -> usize {
        let Ok(mut log) = self.log.lock() else {
            return 0;
        };
        log.push(RequestRecord {
            method: "GET",
            url: mask_known_shapes(&question.url),
            status: None,
            given_up: false,
            milliseconds: 0,
        });
        log.len() - 1
    }

    /// Notes that so many bytes of an answer stay until the end of the run.
    ///
    /// # Errors
    /// [`Gap::NoAnswer`] where the registries' answers together are too large.
    pub fn keep(&self, question: &Question, bytes: usize) -> Result<(), Gap> {
        if self.memory.keep(bytes) {
            return Ok(());
        }
        let reason = "the registries' answers are too large together; check fewer packages at once";
        Err(gap(question, Trouble::Garbage, reason.to_owned()))
    }

    /// As `make-fetch-happen` decides it: network errors and 408, 420, 429 and
    /// 5xx are worth another try, as often as `fetch-retries` says. A host that
    /// answers others meanwhile only has too much to do: it is asked more slowly,
    /// and as often as it takes.
    async fn ask_often(&self, question: &Question) -> Result<Reply, Gap> {
        let host = self.hosts.of(&question.url);
        let mut pause = FIRST_PAUSE.min(self.network.retry_pause);
        let mut tries = 0;
        loop {
            let slot = host.slot().await;
            let served = host.served();
            let failed = match self.try_once(question).await {
                Ok(reply) => {
                    host.note_served();
                    return Ok(reply);
                }
                Err(failed) => failed,
            };
            let since = slot.since;
            drop(slot);
            if failed.is_final() || self.is_too_late(failed.after) {
                return Err(failed.gap);
            }
            if failed.is_overload() && host.served() > 0 {
                host.slow_down(since, failed.after);
                if host.served() > served {
                    continue;
                }
            }
            if tries >= self.network.retries {
                return Err(failed.gap);
            }
            tokio::time::sleep(pause.max(failed.after.unwrap_or_default())).await;
            pause = (pause * 4).min(self.network.retry_pause);
            tries += 1;
        }
    }

    /// Whether that long a wait ends after the deadline.
    fn is_too_late(&self, after: Option<Duration>) -> bool {
        after.is_some_and(|after| Instant::now() + after >= self.deadline)
    }

    async fn try_once(&self, question: &Question) -> Result<Reply, Failed> {
        let pool = self
            .pools
            .for_question(question, &self.network)
            .map_err(|refused| gap(question, refused.trouble, refused.reason))?;
        let mut request = pool
            .get(&question.url)
            .header(ACCEPT, accept(question.abbreviated));
        if let Some(secret) = &question.authorization {
            let header = HeaderValue::from_str(secret.expose()).map(|mut header| {
                header.set_sensitive(true);
                header
            });
            let header = header.map_err(|_| {
                gap(
                    question,
                    Trouble::Garbage,
                    "the credential cannot be sent in a header".to_owned(),
                )
            })?;
            request = request.header(AUTHORIZATION, header);
        }
        let response = request.send().await.map_err(|error| {
            let (trouble, reason) = trouble::of(&error);
            let (trouble, reason) = self.of_proxy(question, trouble, reason);
            gap(question, trouble, reason)
        })?;
        self.read(question, response).await
    }

    /// Who cannot be reached through a proxy is the proxy.
    fn of_proxy(&self, question: &Question, trouble: Trouble, reason: String) -> (Trouble, String) {
        let unreached = matches!(trouble, Trouble::Connection | Trouble::Dns)
            && (reason == trouble::REFUSED || trouble == Trouble::Dns);
        let url = Url::parse(&question.url).ok();
        match url.as_ref().and_then(|url| self.network.proxy_for(url)) {
            Some(proxy) if unreached => {
                let shown = mask_known_shapes(proxy);
                let way = "mend `proxy`, `https-proxy` or the variables HTTPS_PROXY and HTTP_PROXY, or take them away";
                (
                    Trouble::Proxy,
                    format!("the proxy {shown}: {reason}; {way}"),
                )
            }
            _ => (trouble, reason),
        }
    }

    async fn read(&self, question: &Question, response: Response) -> Result<Reply, Failed> {
        let status = response.status();
        if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
            let to = header(response.headers(), &LOCATION).unwrap_or_default();
            let forwarded = Url::parse(&to).is_ok_and(|to| to.host_str() == Some(NPMJS_HOST));
            let to = question.quote(&to, 80);
            return Err(gap(
                question,
                if forwarded {
                    Trouble::Forwarded
                } else {
                    Trouble::Redirect
                },
                format!("{} to {to}, which is not followed", status.as_u16()),
            )
            .into());
        }
        if let Some(failed) = worth_another_try(question, &response) {
            return Err(failed);
        }
        let headers = response.headers().clone();
        let (body, leave) = self.body(question, response).await?;
        let is_page = header(&headers, &CONTENT_TYPE)
            .is_some_and(|kind| kind.contains("text/html"))
            || body.trim_ascii_start().starts_with(b"<");
        if is_page && status.is_success() {
            let title = trouble::title(&body).map_or(String::new(), |title| {
                format!(" titled \"{}\"", question.quote(&title, 80))
            });
            let reason =
                format!("a web page{title} instead of JSON; a proxy or gateway seems to answer");
            return Err(gap(question, Trouble::Proxy, reason).into());
        }
        Ok(Reply {
            status: status.as_u16(),
            headers,
            body,
            _leave: leave,
        })
    }

    async fn body(
        &self,
        question: &Question,
        mut response: Response,
    ) -> Result<(Vec<u8>, Option<Leave>), Gap> {
        let most = if question.is_small {
            MAX_DOCUMENT
        } else {
            MAX_PACKUMENT
        };
        let known = header(response.headers(), &CONTENT_LENGTH)
            .and_then(|length| length.parse::<usize>().ok());
        let mut body = Vec::with_capacity(known.unwrap_or(16 << 10).min(FREE_BODY));
        let mut leave = None;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > most => {
                    let reason = format!("more than {} MB, which no document is", most >> 20);
                    return Err(gap(question, Trouble::Garbage, reason));
                }
                Ok(Some(chunk)) => {
                    if body.len() + chunk.len() > FREE_BODY && leave.is_none() {
                        leave = self.memory.leave().await;
                    }
                    body.extend_from_slice(&chunk);
                }
                // What is small is kept, and hinders no other.
                Ok(None) => return Ok((body, leave.filter(|_| !question.is_small))),
                Err(error) => {
                    let (trouble, reason) = trouble::of(&error);
                    return Err(gap(question, trouble, reason));
                }
            }
        }
    }
}

/// A try without an answer, and how long the server wants to be left alone.
struct Failed {
    gap: Gap,
    after: Option<Duration>,
}

impl From<Gap> for Failed {
    fn from(gap: Gap) -> Self {
        Self { gap, after: None }
    }
}

impl Failed {
    fn trouble(&self) -> Option<Trouble> {
        match &self.gap {
            Gap::NoAnswer { trouble, .. } => Some(*trouble),
            _ => None,
        }
    }

    /// Another try would end the same way.
    fn is_final(&self) -> bool {
        matches!(
            self.trouble(),
            Some(Trouble::Tls | Trouble::Redirect | Trouble::Forwarded | Trouble::Proxy)
        )
    }

    /// The server may have too much to do.
    fn is_overload(&self) -> bool {
        match self.trouble() {
            Some(Trouble::RateLimited | Trouble::Connection) => true,
            Some(Trouble::Server) => self.after.is_some(),
            _ => false,
        }
    }
}

fn worth_another_try(question: &Question, response: &Response) -> Option<Failed> {
    let status = response.status().as_u16();
    let told = header(response.headers(), &RETRY_AFTER);
    let (trouble, reason) = match status {
        429 | 420 => {
            let after = told.as_deref().map_or(String::new(), |after| {
                format!(", to be asked again after {} s", question.quote(after, 40))
            });
            let reason = format!("{status}, too many requests{after}");
            (Trouble::RateLimited, reason)
        }
        408 | 500..=510 | 512..=599 => {
            let name = response.status().canonical_reason();
            let reason = format!("{status} {}", name.unwrap_or("server error"));
            (Trouble::Server, reason)
        }
        407 | 511 => {
            let reason = format!("{status}, the proxy or network wants a login of its own");
            (Trouble::Proxy, reason)
        }
        _ => return None,
    };
    Some(Failed {
        gap: gap(question, trouble, reason),
        after: told.as_deref().and_then(retry_after),
    })
}

/// `Retry-After`: seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse::<u32>() {
        return Some(Duration::from_secs(u64::from(seconds)));
    }
    let date = jiff::fmt::rfc2822::parse(value.trim()).ok()?;
    let rest = date.timestamp().duration_since(jiff::Timestamp::now());
    Some(Duration::try_from(rest).unwrap_or_default())
}

fn gap(question: &Question, trouble: Trouble, reason: String) -> Gap {
    Gap::NoAnswer {
        request: question.shown(),
        reason,
        trouble,
    }
}

/// A question that is out. Where nobody waits for it any more, that is noted.
struct Asked<'a> {
    client: &'a Client,
    at: usize,
    begin: Instant,
    settled: bool,
}

impl Asked<'_> {
    fn settle(mut self, status: Option<u16>) {
        self.settled = true;
        self.note(status);
    }

    fn note(&self, status: Option<u16>) {
        if let Ok(mut log) = self.client.log.lock()
            && let Some(record) = log.get_mut(self.at)
        {
            record.status = status;
            record.given_up = !self.settled;
            record.milliseconds =
                u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        }
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.note(None);
        }
    }
}

/// npm's own `accept` headers.
fn accept(abbreviated: bool) -> &'static str {
    if abbreviated {
        "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"
    } else {
        "application/json"
    }
}

fn header(headers: &HeaderMap, name: &reqwest::header::HeaderName) -> Option<String> {
    headers
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
