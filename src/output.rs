//! The only place that writes: every byte of ours passes the scrubber.

use std::io::{self, Write as _};

use crate::cli::Color;
use crate::environment::Environment;
use crate::report::style::Style;
use crate::secret::Scrubber;

/// Our two streams, and how they look.
#[derive(Debug)]
pub struct Output {
    scrubber: Scrubber,
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
            stdout: Style::choose(color, environment, environment.terminals.stdout),
            stderr: Style::choose(color, environment, environment.terminals.stderr),
        }
    }

    /// Learns what must not be printed.
    pub fn hide(&mut self, scrubber: Scrubber) {
        self.scrubber = scrubber;
    }

    /// Writes to standard output. A reader that went away is no error.
    pub fn out(&self, text: &str) {
        let _ = io::stdout().write_all(self.scrubber.scrub(text).as_bytes());
        let _ = io::stdout().flush();
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

    /// Writes to standard error.
    pub fn err(&self, text: &str) {
        let _ = io::stderr().write_all(self.scrubber.scrub(text).as_bytes());
    }
}
