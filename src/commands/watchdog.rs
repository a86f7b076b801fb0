//! Ends the process where it does not end by itself. Between two awaits nobody hears of a
//! signal, and no deadline passes: a thread of its own waits for both.

use std::io::Write as _;
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::interrupts::Interrupts;
use crate::error::{Error, exit_code};

/// In this time whoever hears of a signal has ended in good order.
const GRACE: Duration = Duration::from_millis(500);
/// What a run may take beyond twice its `--timeout`, which is about the registries'
/// answers alone: files are read meanwhile, and everything is judged afterwards.
const MARGIN: Duration = Duration::from_secs(10);

/// Watches until it is dropped.
#[derive(Debug)]
pub(super) struct Watchdog {
    /// Dropping it is the sign to stop.
    _stop: oneshot::Sender<()>,
}

impl Watchdog {
    /// Ends the process soon after a signal, and when it takes far longer than the
    /// `timeout`, where there is one.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(timeout: Option<Duration>) -> Result<Self, Error> {
        let (stop, stopped) = oneshot::channel();
        let (begin, begun) = mpsc::channel();
        let watch = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(watch(timeout, stopped, &begin));
            }
        };
        std::thread::Builder::new().spawn(watch).map_err(|error| {
            Error::new("starting a thread", error).next("check the limits on processes")
        })?;
        // An error means that nobody listens: then signals do what they always do.
        let _ = begun.recv();
        Ok(Self { _stop: stop })
    }
}

async fn watch(
    timeout: Option<Duration>,
    mut stopped: oneshot::Receiver<()>,
    begin: &mpsc::Sender<()>,
) {
    let Ok(mut interrupts) = Interrupts::listen() else {
        return;
    };
    let _ = begin.send(());
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
                "error: checking what would be published: it goes on long after --timeout ({seconds} s)\nhelp: give it more time with --timeout, or make package.json and the number of files smaller"
            );
            std::process::exit(exit_code::COULD_NOT_WORK.into());
        }
    };
    if tokio::time::timeout(GRACE, stopped).await.is_err() {
        std::process::exit(code);
    }
}
