//! The one-time password of a release: asked for once and used for every upload; asked for
//! again only when npm reports that the registry did not accept it.

use std::cell::{Cell, RefCell};

use tokio::sync::{Mutex, MutexGuard, oneshot};

use super::stop::Stop;
use crate::output::Output;

/// How often a password is asked for, per package.
pub(crate) const MAX_QUESTIONS: usize = 3;

/// Reads a line that a person types.
pub(crate) type ReadLine = fn() -> oneshot::Receiver<String>;

/// The password, and whether a person can be asked for one.
#[derive(Debug)]
pub(crate) struct OneTimePassword {
    code: RefCell<Option<String>>,
    /// `None` where there is no terminal.
    read_line: Option<ReadLine>,
    was_wanted: Cell<bool>,
    /// Held by the upload that asks, or whose npm does.
    terminal: Mutex<()>,
}

impl OneTimePassword {
    /// With the one that npm's configuration holds.
    pub(crate) fn new(configured: Option<String>, read_line: Option<ReadLine>) -> Self {
        Self {
            code: RefCell::new(configured),
            read_line,
            was_wanted: Cell::new(false),
            terminal: Mutex::new(()),
        }
    }

    /// The password to send now.
    pub(crate) fn code(&self) -> Option<String> {
        self.code.borrow().clone()
    }

    /// Whether a person can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        self.read_line.is_some()
    }

    /// Whether a person may have to be asked for one although an upload has gone well: the
    /// registry wanted one in this run, or the one that is sent becomes stale.
    pub(crate) fn may_be_wanted(&self) -> bool {
        self.was_wanted.get() || self.code.borrow().is_some()
    }

    /// The registry wants a person, and does not take what was sent. What somebody has typed
    /// meanwhile stays.
    pub(crate) fn refuse(&self, sent: Option<&str>) {
        self.was_wanted.set(true);
        let mut code = self.code.borrow_mut();
        if code.as_deref() == sent {
            *code = None;
        }
    }

    /// Waits until no other upload has the terminal.
    pub(super) async fn terminal(&self) -> MutexGuard<'_, ()> {
        self.terminal.lock().await
    }

    /// Asks for one. `None`: nothing was typed, nothing more is to be sent, or there is nobody.
    pub(super) async fn ask(&self, question: &str, output: &Output, stop: &Stop) -> Option<String> {
        let read_line = self.read_line.filter(|_| !stop.is_set())?;
        output.err(question);
        let line = tokio::select! {
            biased;
            () = stop.wait() => return None,
            line = read_line() => line.ok()?,
        };
        let typed = Some(line.trim()).filter(|code| !code.is_empty());
        *self.code.borrow_mut() = typed.map(str::to_owned);
        self.code()
    }
}
