//! The one-time password of a release: asked for once, used for every upload, and
//! asked for again only when npm says that the registry does not take it.

use std::cell::{Cell, RefCell};
use std::io::BufRead as _;

use crate::output::Output;

/// So often a password is asked for, for one package.
pub(crate) const MAX_QUESTIONS: usize = 3;

/// The password, and whether a person can be asked for one.
#[derive(Debug)]
pub(crate) struct OneTimePassword {
    code: RefCell<Option<String>>,
    can_ask: bool,
    was_wanted: Cell<bool>,
}

impl OneTimePassword {
    /// With the one that npm's configuration holds.
    pub(crate) fn new(configured: Option<String>, can_ask: bool) -> Self {
        Self {
            code: RefCell::new(configured),
            can_ask,
            was_wanted: Cell::new(false),
        }
    }

    /// The password to send now.
    pub(crate) fn code(&self) -> Option<String> {
        self.code.borrow().clone()
    }

    /// Whether a person can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        self.can_ask
    }

    /// Whether the registry wanted one in this run.
    pub(crate) fn was_wanted(&self) -> bool {
        self.was_wanted.get()
    }

    /// The registry wants a person, and does not take what was sent.
    pub(crate) fn forget(&self) {
        self.was_wanted.set(true);
        self.code.take();
    }

    /// Asks for one. `None`: nothing was typed, or there is nobody.
    pub(crate) async fn ask(&self, question: &str, output: &Output) -> Option<String> {
        if !self.can_ask {
            return None;
        }
        output.err(question);
        // A thread of its own: reading a terminal cannot be interrupted.
        let typed = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).map(|_| line)
        });
        let line = typed.await.ok()?.ok()?;
        let typed = Some(line.trim()).filter(|code| !code.is_empty());
        *self.code.borrow_mut() = typed.map(str::to_owned);
        self.code()
    }
}
