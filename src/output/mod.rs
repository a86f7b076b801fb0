//! The only place that writes. All output passes the scrubber, loses its control characters,
//! and, as text for people, contains no command for GitHub's runner.

mod syntax;

use std::cell::RefCell;
use std::io::{self, Write as _};
use std::time::Duration;

use ring::rand::SecureRandom as _;
use tokio::sync::oneshot;

use crate::cli::Color;
use crate::environment::Environment;
use crate::error::Error;
use crate::escape;
use crate::file;
use crate::report::github;
use crate::report::style::Style;
use crate::secret::{Scrubber, mask_known_shapes};

pub use syntax::Syntax;

/// How long a typed line is held back. The terminal raises the signal of a Ctrl-C before it hands
/// over what is typed after it, but the signal takes longer to its listener.
const SIGNALS_FIRST: Duration = Duration::from_millis(50);

/// A line from standard input, empty at its end. A Ctrl-C that was typed before the line is heard
/// before it. The thread that reads does not keep the process from ending: a signal does not
/// interrupt a read.
pub fn read_line() -> oneshot::Receiver<String> {
    let (send, receive) = oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = io::stdin().read_line(&mut line);
        std::thread::sleep(SIGNALS_FIRST);
        let _ = send.send(line);
    });
    receive
}

/// Our two streams, and their styles.
#[derive(Debug)]
pub struct Output {
    scrubber: Scrubber,
    /// In GitHub Actions, a word that no outside text can contain.
    fence: Option<String>,
    /// Why standard output could not be written.
    write_error: RefCell<Option<String>>,
    /// The style of standard output.
    pub stdout: Style,
    /// The style of standard error.
    pub stderr: Style,
}

impl Output {
    /// Output that knows the secrets of the environment's variables.
    pub fn new(color: Color, environment: &Environment) -> Self {
        Self {
            scrubber: Scrubber::of_variables(&environment.variables),
            fence: in_actions(environment).then(random_word),
            write_error: RefCell::default(),
            stdout: Style::choose(color, environment, environment.terminals.stdout),
            stderr: Style::choose(color, environment, environment.terminals.stderr),
        }
    }

    /// Writes for GitHub's runner, even elsewhere.
    pub fn fence(&mut self) {
        self.fence.get_or_insert_with(random_word);
    }

    /// Adds secrets that must not be printed.
    pub fn add_secrets(&mut self, scrubber: &Scrubber) {
        self.scrubber.extend(scrubber);
    }

    /// Writes plain text to standard output. A closed pipe is not an error.
    pub fn out(&self, text: &str) {
        self.document(text, Syntax::Text);
    }

    /// Writes a JSON document to standard output.
    pub fn json(&self, document: &str) {
        self.document(document, Syntax::Json);
    }

    /// Writes a document to standard output.
    pub fn document(&self, document: &str, syntax: Syntax) {
        let text = self.safe(document, syntax, self.stdout);
        let mut stdout = io::stdout();
        let written = stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush());
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            *self.write_error.borrow_mut() = Some(error.to_string());
        }
    }

    /// Why standard output could not be written; `None` if it could.
    pub fn write_error(&self) -> Option<String> {
        self.write_error.borrow().clone()
    }

    /// Writes text for people to standard output.
    pub fn say(&self, text: &str) {
        self.out(&self.fenced(&self.stdout.fit(text)));
    }

    /// Writes text for people to standard error.
    pub fn err(&self, text: &str) {
        let text = self.stderr.fit(text);
        let text = self.safe(&self.fenced(&text), Syntax::Text, self.stderr);
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Writes an error to standard error; secrets are removed before its excerpt is cut.
    pub fn error(&self, error: Error) {
        let error = error.reworded(|text| self.scrubber.scrub(&mask_known_shapes(text)));
        self.err(&format!("{error}\n"));
    }

    /// Writes commands for GitHub's runner to standard error.
    pub fn err_unfenced(&self, commands: &str) {
        let text = self.safe(commands, Syntax::Commands, self.stderr);
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Appends text to a regular file, such as a step summary.
    ///
    /// # Errors
    /// When it is not a regular file, or cannot be written.
    pub fn append(&self, path: &std::path::Path, text: &str) -> io::Result<()> {
        let text = self.safe(text, Syntax::Text, Style::PLAIN);
        file::append(path, text.as_bytes())
    }

    fn safe(&self, text: &str, syntax: Syntax, style: Style) -> String {
        syntax.safe(text, &self.scrubber, style.is_coloured())
    }

    /// The runner reads commands from both streams, wherever a line starts with one; outside
    /// text must not become one.
    fn fenced(&self, text: &str) -> String {
        match &self.fence {
            Some(fence) => github::fenced(text, fence),
            None => text.to_owned(),
        }
    }
}

/// Whether GitHub's runner reads what we print.
pub fn in_actions(environment: &Environment) -> bool {
    environment.filled("GITHUB_ACTIONS") == Some("true")
}

fn random_word() -> String {
    let mut bytes = [0; 16];
    // Without randomness, a fixed word still protects against accidents.
    let _ = ring::rand::SystemRandom::new().fill(&mut bytes);
    format!("safe-publish-{}", escape::hex(&bytes))
}
