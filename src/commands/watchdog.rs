//! Ends the process if it does not end by itself. Between two awaits, signals and deadlines are
//! not noticed, so a separate thread waits for both.

use std::future::Future;
use std::io::Write as _;
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::interrupts::Interrupts;
use crate::error::{Error, exit_code};
use crate::private;

/// Most runs end before this. Only a longer one pays for a second runtime.
const DELAY: Duration = Duration::from_millis(100);
/// After a signal, the process has this much time to end cleanly.
const GRACE: Duration = Duration::from_millis(500);
/// How much longer than twice its `--timeout` a run may take. That option only limits the
/// registries' answers; files are read meanwhile, and everything is judged afterwards.
const MARGIN: Duration = Duration::from_secs(10);

/// The same for a rehearsal, whose folders hold installed packages.
const LONG_GRACE: Duration = Duration::from_secs(10);

/// Watches until it is dropped.
#[derive(Debug)]
pub(super) struct Watchdog {
    /// Whether the deadline still holds. Dropping it stops the watch.
    has_deadline: Option<watch::Sender<bool>>,
    thread: Thread,
}

/// What a watchdog waits for.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// The run's `--timeout`; `None` where it may take any time.
    timeout: Option<Duration>,
    grace: Duration,
    /// The code of a run that takes too long.
    late_code: u8,
}

/// Why a run has to be ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It did not end after a signal; with the code for that.
    Signal(i32),
    /// It took too long.
    Late,
}

impl Watchdog {
    /// Ends the process soon after a signal, and also if it takes far longer than the
    /// `timeout`, if there is one.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(super) fn start(timeout: Option<Duration>) -> Result<Self, Error> {
        Self::with(Limits {
            timeout,
            grace: GRACE,
            late_code: exit_code::COULD_NOT_WORK,
        })
    }

    /// The same for the hook: a push that took too long to check goes on, unless
    /// `strict`.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub(super) fn of_hook(timeout: Duration, strict: bool) -> Result<Self, Error> {
        Self::with(Limits {
            timeout: Some(timeout),
            grace: GRACE,
            late_code: if strict {
                exit_code::COULD_NOT_WORK
            } else {
                exit_code::READY
            },
        })
    }

    /// The same for a rehearsal, which may take any time.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub(super) fn of_rehearsal() -> Result<Self, Error> {
        Self::with(Limits {
            timeout: None,
            grace: LONG_GRACE,
            late_code: exit_code::COULD_NOT_WORK,
        })
    }

    fn with(limits: Limits) -> Result<Self, Error> {
        let (has_deadline, stopped) = watch::channel(true);
        let watch = move || {
            thread::park_timeout(DELAY);
            if stopped.has_changed().is_err() {
                return;
            }
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(watch(limits, stopped));
            }
        };
        let thread = thread::Builder::new().spawn(watch).map_err(|error| {
            Error::new("starting a thread", error).next("check the limits on processes")
        })?;
        Ok(Self {
            has_deadline: Some(has_deadline),
            thread: thread.thread().clone(),
        })
    }

    /// The work is done and is printed: whoever reads it (`less`) may take any time. Signals
    /// end the process as before.
    pub(super) fn lift_deadline(&self) {
        if let Some(has_deadline) = &self.has_deadline {
            has_deadline.send_replace(false);
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.has_deadline.take());
        self.thread.unpark();
    }
}

async fn watch(limits: Limits, stopped: watch::Receiver<bool>) {
    let Ok(mut interrupts) = Interrupts::listen() else {
        return;
    };
    let Some(end) = wait(limits, stopped, interrupts.next()).await else {
        return;
    };
    let code = match end {
        End::Signal(code) => code,
        End::Late => {
            say_late(limits).await;
            limits.late_code.into()
        }
    };
    private::remove_temporary_folders();
    std::process::exit(code);
}

/// Waits until the run has ended, or has to be ended.
async fn wait(
    limits: Limits,
    mut stopped: watch::Receiver<bool>,
    signal: impl Future<Output = i32>,
) -> Option<End> {
    let late = async {
        match limits.timeout {
            Some(timeout) => tokio::time::sleep(timeout * 2 + MARGIN).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(late, signal);
    let code = loop {
        let has_deadline = *stopped.borrow_and_update();
        tokio::select! {
            biased;
            changed = stopped.changed() => if changed.is_err() {
                return None;
            },
            code = &mut signal => break code,
            () = &mut late, if has_deadline => return Some(End::Late),
        }
    };
    let ended = async { while stopped.changed().await.is_ok() {} };
    let ended = tokio::time::timeout(limits.grace, ended).await;
    ended.is_err().then_some(End::Signal(code))
}

/// Says why, in a thread of its own: nobody may read standard error, and that must not keep the
/// process alive.
async fn say_late(limits: Limits) {
    let (said, done) = oneshot::channel();
    let say = move || {
        write_late(limits);
        let _ = said.send(());
    };
    if thread::Builder::new().spawn(say).is_ok() {
        let _ = tokio::time::timeout(limits.grace, done).await;
    }
}

fn write_late(limits: Limits) {
    let seconds = limits.timeout.unwrap_or_default().as_secs_f64();
    let _ = writeln!(
        std::io::stderr(),
        "error: checking what would be published took far longer than --timeout ({seconds} s)\nhelp: allow more time with --timeout, or make package.json or the number of files smaller"
    );
    if limits.late_code == exit_code::READY {
        let _ = writeln!(std::io::stderr(), "note: the push goes on without a check");
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::time::{Instant, sleep};

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(30);

    fn limits(timeout: Option<Duration>) -> Limits {
        Limits {
            timeout,
            grace: GRACE,
            late_code: exit_code::COULD_NOT_WORK,
        }
    }

    /// What a run comes to that ends by itself after so long, and when that is known.
    async fn run(
        limits: Limits,
        ends_after: Option<Duration>,
        signal: impl Future<Output = i32>,
    ) -> (Option<End>, Duration) {
        let (stop, stopped) = watch::channel(true);
        let begin = Instant::now();
        let work = async {
            match ends_after {
                Some(time) => sleep(time).await,
                None => pending().await,
            }
            drop(stop);
            pending::<()>().await;
        };
        tokio::select! {
            end = wait(limits, stopped, signal) => (end, begin.elapsed()),
            () = work => unreachable!("it never ends"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_that_ends_is_not_ended() {
        let time = Duration::from_secs(60);
        let (end, after) = run(limits(Some(TIMEOUT)), Some(time), pending()).await;
        assert_eq!((end, after), (None, time));
        // Without a timeout it may take any time.
        let time = Duration::from_secs(1_000_000);
        let (end, _) = run(limits(None), Some(time), pending()).await;
        assert_eq!(end, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_that_goes_on_is_ended_after_twice_its_timeout_and_ten_seconds() {
        let (end, after) = run(limits(Some(TIMEOUT)), None, pending()).await;
        assert_eq!((end, after), (Some(End::Late), Duration::from_secs(70)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_printed_has_no_deadline_and_obeys_signals() {
        let (has_deadline, stopped) = watch::channel(true);
        let signal = async {
            sleep(Duration::from_secs(5_000)).await;
            143
        };
        let begin = Instant::now();
        has_deadline.send_replace(false);
        let end = wait(limits(Some(TIMEOUT)), stopped, signal).await;
        assert_eq!(end, Some(End::Signal(143)));
        assert_eq!(begin.elapsed(), Duration::from_secs(5_000) + GRACE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_signal_ends_what_does_not_end_by_itself_soon() {
        let signal = async {
            sleep(Duration::from_secs(5)).await;
            143
        };
        let (end, after) = run(limits(Some(TIMEOUT)), None, signal).await;
        assert_eq!(
            (end, after),
            (Some(End::Signal(143)), Duration::from_millis(5500))
        );
        // In good order.
        let (end, _) = run(limits(None), Some(GRACE / 2), ready(130)).await;
        assert_eq!(end, None);
        let patient = Limits {
            grace: LONG_GRACE,
            ..limits(None)
        };
        let (end, _) = run(patient, Some(GRACE * 2), ready(130)).await;
        assert_eq!(end, None);
    }
}
