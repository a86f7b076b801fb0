//! The one-time password of a release: asked for once and used for every upload; asked for
//! again only when npm reports that the registry did not accept it.

use std::cell::{Cell, RefCell};
use std::io::BufRead as _;

use crate::output::Output;

/// How often a password is asked for, per package.
pub(crate) const MAX_QUESTIONS: usize = 3;

/// The password, and whether a person can be asked for one.
#[derive(Debug)]
pub(crate) struct OneTimePassword {
    code: RefCell<Option<String>>,
    can_ask: bool,
    was_wanted: Cell<bool>,
}

impl OneTimePassword {
    /// Starts with the one from npm's configuration.
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

    /// Whether the registry asked for one in this run.
    pub(crate) fn was_wanted(&self) -> bool {
        self.was_wanted.get()
    }

    /// Drops the password: the registry did not accept it, or wants a person.
    pub(crate) fn forget(&self) {
        self.was_wanted.set(true);
        self.code.take();
    }

    /// Asks for one. `None` if nothing was typed, or nobody can be asked.
    pub(crate) async fn ask(&self, question: &str, output: &Output) -> Option<String> {
        if !self.can_ask {
            return None;
        }
        output.err(question);
        // Its own thread: reading from a terminal cannot be interrupted.
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
