//! Which failures are retried, and when.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::RETRY_AFTER;
use tokio::sync::MutexGuard;
use tokio::time::Instant;

use super::headers::header;
use super::hosts::Host;
use super::request_failure::REFUSED;
use super::request_log::Pending;
use super::{Client, Question, Reply};
use crate::finding::{Gap, RequestFailure};

/// The pause before the first retry. npm waits ten seconds, too long for a preflight with one
/// deadline; the number of tries is npm's.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

impl Client {
    /// Retries as `make-fetch-happen` does: network errors and 408, 420, 429 and 5xx, as often
    /// as `fetch-retries` allows. A host that answers other requests meanwhile is only
    /// overloaded: it is asked more slowly, and as often as necessary. While a host refuses
    /// every connection, one question tries again for all.
    pub(super) async fn ask_often(
        &self,
        question: &Question,
        pending: &Pending<'_>,
    ) -> Result<Reply, Gap> {
        let host = self.hosts.of(&question.url);
        let mut pause = FIRST_PAUSE.min(self.network.retry_pause);
        let mut tries = 0;
        let mut served = host.served();
        let mut turn = Turn(None);
        loop {
            let slot = host.slot().await;
            pending.sent();
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
                // Since this question was last sent or refused: of requests that leave
                // together, one may be refused before any is served.
                let before = std::mem::replace(&mut served, host.served());
                if served > before {
                    continue;
                }
            }
            if tries >= self.network.retries {
                turn.give_up();
                return Err(failed.gap);
            }
            tries += 1;
            match turn.after(&failed, &host).await {
                Next::GiveUp => return Err(failed.gap),
                Next::AtOnce => continue,
                Next::Later => {}
            }
            tokio::time::sleep(pause.max(failed.after.unwrap_or_default())).await;
            pause = (pause * 4).min(self.network.retry_pause);
        }
    }

    /// Whether such a wait would end after the deadline.
    fn is_too_late(&self, after: Option<Duration>) -> bool {
        after.is_some_and(|after| Instant::now() + after >= self.deadline)
    }
}

/// How a question goes on after a failed try.
enum Next {
    /// Another question has found that the host is not there.
    GiveUp,
    /// Another question was answered meanwhile.
    AtOnce,
    Later,
}

/// Whether this question is the one that tries a host again which has refused every connection.
struct Turn<'h>(Option<MutexGuard<'h, bool>>);

impl<'h> Turn<'h> {
    /// Waits while another question tries.
    async fn after(&mut self, failed: &FailedTry, host: &'h Host) -> Next {
        if !failed.is_refused() || host.served() > 0 {
            self.0 = None;
            return Next::Later;
        }
        if self.0.is_some() {
            return Next::Later;
        }
        let own = host.turn().await;
        if *own {
            return Next::GiveUp;
        }
        if host.served() > 0 {
            return Next::AtOnce;
        }
        self.0 = Some(own);
        Next::Later
    }

    /// After all tries of this question the others need none.
    fn give_up(&mut self) {
        if let Some(gave_up) = &mut self.0 {
            **gave_up = true;
        }
    }
}

/// A try that got no answer, and how long the server wants us to wait.
pub(super) struct FailedTry {
    pub(super) gap: Gap,
    after: Option<Duration>,
}

impl From<Gap> for FailedTry {
    fn from(gap: Gap) -> Self {
        Self { gap, after: None }
    }
}

impl FailedTry {
    fn failure(&self) -> Option<RequestFailure> {
        match &self.gap {
            Gap::NoAnswer { failure, .. } => Some(*failure),
            _ => None,
        }
    }

    /// Another try would fail the same way.
    fn is_final(&self) -> bool {
        matches!(
            self.failure(),
            Some(RequestFailure::Tls | RequestFailure::Redirect | RequestFailure::Proxy)
        )
    }

    /// Nothing listens there, or it takes no more connections.
    fn is_refused(&self) -> bool {
        matches!(
            &self.gap,
            Gap::NoAnswer { failure: RequestFailure::Connection, reason, .. } if reason == REFUSED
        )
    }

    /// The server may be overloaded.
    fn is_overload(&self) -> bool {
        match self.failure() {
            Some(RequestFailure::RateLimited | RequestFailure::Connection) => true,
            Some(RequestFailure::Server) => self.after.is_some(),
            _ => false,
        }
    }
}

pub(super) fn worth_another_try(question: &Question, response: &Response) -> Option<FailedTry> {
    let status = response.status().as_u16();
    let wanted = header(response.headers(), &RETRY_AFTER);
    let (failure, reason) = match status {
        429 | 420 => {
            let after = wanted.as_deref().map_or(String::new(), |after| {
                format!(", to be asked again after {} s", question.quote(after, 40))
            });
            let reason = format!("{status}, too many requests{after}");
            (RequestFailure::RateLimited, reason)
        }
        408 | 500..=510 | 512..=599 => {
            let name = response.status().canonical_reason();
            let reason = format!("{status} {}", name.unwrap_or("server error"));
            (RequestFailure::Server, reason)
        }
        407 | 511 => {
            let reason = format!("{status}, the proxy or network requires a login");
            (RequestFailure::Proxy, reason)
        }
        _ => return None,
    };
    Some(FailedTry {
        gap: question.no_answer(failure, reason),
        after: wanted.as_deref().and_then(retry_after),
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

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use futures_util::future::{join, join_all};

    use super::*;
    use crate::registry::Network;

    const QUESTIONS: usize = 10;

    /// Where nothing listens.
    fn closed_port() -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.local_addr().unwrap().port()
    }

    fn client(retries: u32) -> Client {
        let network = Network {
            retries,
            retry_pause: Duration::from_millis(5),
            ..Network::default()
        };
        Client::new(network, Duration::from_secs(600))
    }

    async fn ask_all(client: &Client, port: u16) -> Vec<Result<Reply, Gap>> {
        let questions: Vec<Question> = (0..QUESTIONS)
            .map(|at| Question::new(format!("http://127.0.0.1:{port}/{at}")))
            .collect();
        join_all(questions.iter().map(|question| client.ask(question))).await
    }

    fn tries(client: &Client) -> usize {
        client.log().iter().map(|record| record.tries).sum()
    }

    #[tokio::test]
    async fn at_a_host_that_refuses_one_question_tries_again_for_all() {
        let client = client(2);
        let port = closed_port();
        for round in 1..=2 {
            let answers = ask_all(&client, port).await;
            assert!(answers.iter().all(Result::is_err));
            assert_eq!(tries(&client), round * QUESTIONS + 2);
        }
    }

    /// Answers this many requests, each over its own connection.
    fn serve(port: u16) {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        for stream in listener.incoming().take(QUESTIONS) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            stream.write_all(answer).unwrap();
        }
    }

    #[tokio::test]
    async fn all_questions_are_answered_by_a_host_that_refused_at_first() {
        let client = client(10_000);
        let port = closed_port();
        let opens = async {
            while tries(&client) <= QUESTIONS {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            std::thread::spawn(move || serve(port))
        };
        let (answers, server) = join(ask_all(&client, port), opens).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        server.join().unwrap();
    }
}
