//! Ctrl-C and its kin. Once anybody listens to a signal it ends no process by
//! itself any more, and somebody has to listen to the end: npm's run listens, and so
//! does whatever comes after it.

/// The signals that end us in good order. One that comes after [`Interrupts::listen`]
/// is remembered, also while npm is running.
pub(super) struct Interrupts {
    #[cfg(unix)]
    signals: [(i32, tokio::signal::unix::Signal); 3],
}

impl Interrupts {
    #[cfg(unix)]
    pub(super) fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind: SignalKind| signal(kind).map(|on| (128 + kind.as_raw_value(), on));
        Ok(Self {
            signals: [
                listen(SignalKind::interrupt())?,
                listen(SignalKind::terminate())?,
                listen(SignalKind::hangup())?,
            ],
        })
    }

    #[cfg(not(unix))]
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for one; gives the code to end with.
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
