//! Ends the process if it does not end by itself. Between two awaits, signals and deadlines are
//! not noticed, so a separate thread waits for both.

use std::io::Write as _;
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::sync::oneshot;

use super::interrupts::Interrupts;
use crate::error::{Error, exit_code};

/// Most runs end before this. Only a longer one pays for a second runtime.
const DELAY: Duration = Duration::from_millis(100);
/// After a signal, the process has this much time to end cleanly.
const GRACE: Duration = Duration::from_millis(500);
/// How much longer than twice its `--timeout` a run may take. That option only limits the
/// registries' answers; files are read meanwhile, and everything is judged afterwards.
const MARGIN: Duration = Duration::from_secs(10);

/// Watches until it is dropped.
#[derive(Debug)]
pub(super) struct Watchdog {
    /// Dropping it stops the watch.
    stop: Option<oneshot::Sender<()>>,
    thread: Thread,
}

impl Watchdog {
    /// Ends the process soon after a signal, and also if it takes far longer than the
    /// `timeout`, if there is one.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(super) fn start(timeout: Option<Duration>) -> Result<Self, Error> {
        let (stop, mut stopped) = oneshot::channel();
        let watch = move || {
            thread::park_timeout(DELAY);
            if stopped.try_recv() == Err(oneshot::error::TryRecvError::Closed) {
                return;
            }
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(watch(timeout, stopped));
            }
        };
        let thread = thread::Builder::new().spawn(watch).map_err(|error| {
            Error::new("starting a thread", error).next("check the limits on processes")
        })?;
        Ok(Self {
            stop: Some(stop),
            thread: thread.thread().clone(),
        })
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.stop.take());
        self.thread.unpark();
    }
}

async fn watch(timeout: Option<Duration>, mut stopped: oneshot::Receiver<()>) {
    let Ok(mut interrupts) = Interrupts::listen() else {
        return;
    };
    let end = async {
        match timeout {
            Some(timeout) => tokio::time::sleep(timeout * 2 + MARGIN).await,
            None => std::future::pending().await,
        }
    };
    let code = tokio::select! {
        biased;
        _ = &mut stopped => return,
        code = interrupts.next() => code,
        () = end => {
            let seconds = timeout.unwrap_or_default().as_secs_f64();
            let _ = writeln!(
                std::io::stderr(),
                "error: checking what would be published took far longer than --timeout ({seconds} s)\nhelp: allow more time with --timeout, or make package.json or the number of files smaller"
            );
            std::process::exit(exit_code::COULD_NOT_WORK.into());
        }
    };
    if tokio::time::timeout(GRACE, stopped).await.is_err() {
        std::process::exit(code);
    }
}
