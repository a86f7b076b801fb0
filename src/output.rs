//! The only place that writes: every byte of ours passes the scrubber, and text
//! for people holds no command for GitHub's runner.

use std::cell::RefCell;
use std::io::{self, Write as _};

use ring::rand::SecureRandom as _;

use crate::cli::Color;
use crate::environment::Environment;
use crate::report::github;
use crate::report::style::Style;
use crate::secret::Scrubber;

/// Our two streams, and how they look.
#[derive(Debug)]
pub struct Output {
    scrubber: Scrubber,
    /// In GitHub Actions, a word that no text of others can hold.
    fence: Option<String>,
    /// Why standard output could not be written.
    trouble: RefCell<Option<String>>,
    /// The looks of standard output.
    pub stdout: Style,
    /// The looks of standard error.
    pub stderr: Style,
}

impl Output {
    /// Output that knows no secrets yet.
    pub fn new(color: Color, environment: &Environment) -> Self {
        Self {
            scrubber: Scrubber::default(),
            fence: in_actions(environment).then(fence),
            trouble: RefCell::default(),
            stdout: Style::choose(color, environment, environment.terminals.stdout),
            stderr: Style::choose(color, environment, environment.terminals.stderr),
        }
    }

    /// Takes the reader for GitHub's runner, wherever this runs.
    pub fn fence_in(&mut self) {
        self.fence.get_or_insert_with(fence);
    }

    /// Learns what must not be printed.
    pub fn hide(&mut self, scrubber: Scrubber) {
        self.scrubber = scrubber;
    }

    /// Writes a document to standard output. A reader that went away is no error.
    pub fn out(&self, text: &str) {
        let mut stdout = io::stdout();
        let written = stdout
            .write_all(self.scrubber.scrub(text).as_bytes())
            .and_then(|()| stdout.flush());
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            *self.trouble.borrow_mut() = Some(error.to_string());
        }
    }

    /// Why standard output could not be written, if so.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.borrow().clone()
    }

    /// Writes text for people to standard output.
    pub fn say(&self, text: &str) {
        self.out(&self.fenced(text));
    }

    /// Writes commands for GitHub's runner to standard error.
    pub fn command(&self, text: &str) {
        let _ = io::stderr().write_all(self.scrubber.scrub(text).as_bytes());
    }

    /// The runner reads its commands from both streams, wherever a line begins with
    /// one; what others wrote must not become one.
    fn fenced(&self, text: &str) -> String {
        match &self.fence {
            Some(fence) => github::fenced(text, fence),
            None => text.to_owned(),
        }
    }

    /// Appends to a file, such as a step summary.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn append(&self, path: &std::path::Path, text: &str) -> io::Result<()> {
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?;
        file.write_all(self.scrubber.scrub(text).as_bytes())
    }

    /// Writes text for people to standard error.
    pub fn err(&self, text: &str) {
        self.command(&self.fenced(text));
    }
}

/// Whether GitHub's runner reads what we print.
pub fn in_actions(environment: &Environment) -> bool {
    environment.filled("GITHUB_ACTIONS") == Some("true")
}

fn fence() -> String {
    let mut bytes = [0; 16];
    // Without randomness a fixed word still fences what is not meant as harm.
    let _ = ring::rand::SystemRandom::new().fill(&mut bytes);
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("safe-publish-{}", digits.concat())
}
