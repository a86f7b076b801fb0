//! Ctrl-C and the other signals that ask us to end. Once a process listens for a signal, that
//! signal no longer ends it: npm's run listens, so everything after it has to listen, too.

use std::future::Future;

use crate::error::Error;
use crate::output::Output;

/// The message after Ctrl-C before the first upload of a release.
pub(super) const NOTHING_SENT: &str = "interrupted: nothing was sent\n";

/// Awaits work that precedes npm. A signal ends it before anything is sent, and gives the exit
/// code.
pub(super) async fn before_npm<T>(
    work: impl Future<Output = Result<T, Error>>,
    output: &Output,
) -> Result<Result<T, i32>, Error> {
    match Interrupts::listen()?.race(work).await {
        Ok(done) => done.map(Ok),
        Err(code) => {
            nothing_was_sent(output);
            Ok(Err(code))
        }
    }
}

/// The message after Ctrl-C before npm was started.
pub(super) fn nothing_was_sent(output: &Output) {
    output.err("interrupted: nothing was sent, and npm was not started\n");
}

/// The signals that end us cleanly. A signal after [`Interrupts::listen`] is remembered, even
/// while npm is running.
pub(super) struct Interrupts {
    #[cfg(unix)]
    signals: [(i32, tokio::signal::unix::Signal); 3],
}

impl Interrupts {
    #[cfg(unix)]
    pub(super) fn listen() -> Result<Self, Error> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind: SignalKind| signal(kind).map(|on| (128 + kind.as_raw_value(), on));
        let all = || {
            Ok([
                listen(SignalKind::interrupt())?,
                listen(SignalKind::terminate())?,
                listen(SignalKind::hangup())?,
            ])
        };
        match all() {
            Ok(signals) => Ok(Self { signals }),
            Err(error) => Err(cannot_listen(&error)),
        }
    }

    #[cfg(not(unix))]
    pub(super) fn listen() -> Result<Self, Error> {
        Ok(Self {})
    }

    /// Awaits `work` until a signal comes, also one that came before. It drops the work, with
    /// the lines of its progress, and gives the code to end with.
    pub(super) async fn race<T>(&mut self, work: impl Future<Output = T>) -> Result<T, i32> {
        let work = std::pin::pin!(work);
        tokio::select! {
            biased;
            code = self.next() => Err(code),
            done = work => Ok(done),
        }
    }

    /// Waits for a signal; returns the exit code.
    #[cfg(unix)]
    pub(super) async fn next(&mut self) -> i32 {
        let [(first, interrupt), (second, terminate), (third, hangup)] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => *first,
            _ = terminate.recv() => *second,
            _ = hangup.recv() => *third,
        }
    }

    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) -> i32 {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        130
    }
}

#[cfg(unix)]
fn cannot_listen(error: &std::io::Error) -> Error {
    Error::new("listening to signals", error).next("check the limits on open files")
}
