//! npm's own modules for packing, one Node for each npm. Some trees make npm
//! end the whole process, or search for a match until it is killed; then another
//! one is started.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::npm_versions::{NpmInstall, npm};

/// An answer takes some milliseconds. After so long npm is in a regular expression that
/// takes exponential time.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What npm does with a tree.
pub(super) enum Answer {
    /// It packs, or fails with a message.
    Given(Value),
    /// It does not end.
    Hangs,
}

/// A running Node.
struct Running {
    child: Child,
    answers: Receiver<String>,
}

impl Running {
    fn ask(&mut self, question: &str) -> Result<Value, RecvTimeoutError> {
        let input = self.child.stdin.as_mut().unwrap();
        let sent = input.write_all(question.as_bytes());
        sent.map_err(|_| RecvTimeoutError::Disconnected)?;
        let answer = self.answers.recv_timeout(TIMEOUT)?;
        serde_json::from_str(&answer).map_err(|_| RecvTimeoutError::Disconnected)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// npm of one major version, ready to answer.
pub(super) struct Oracle {
    npm: NpmInstall,
    home: PathBuf,
    running: Option<Running>,
}

impl Oracle {
    pub(super) fn new(major: u32, home: &Path) -> Self {
        Self {
            npm: npm(major),
            home: home.to_owned(),
            running: None,
        }
    }

    fn start(&self) -> Running {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/packing_oracle.mjs");
        let root = self.npm.cli.ancestors().nth(2).unwrap();
        let mut child = Command::new(&self.npm.node)
            .arg("--no-deprecation")
            .arg(script)
            .arg(root)
            .env_clear()
            .env("HOME", &self.home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, answers) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Running { child, answers }
    }

    /// What npm packs, or that it fails.
    pub(super) fn ask(&mut self, question: &Value) -> Answer {
        let question = format!("{question}\n");
        let used = self
            .running
            .take()
            .map(|running| self.ask_of(running, &question));
        if let Some(Ok(answer)) = used {
            return answer;
        }
        // Perhaps it died of the question before, after it had answered.
        let fresh = self.ask_of(self.start(), &question);
        fresh.unwrap_or_else(|()| Answer::Given(json!({"error": "npm crashed"})))
    }

    fn ask_of(&mut self, mut running: Running, question: &str) -> Result<Answer, ()> {
        match running.ask(question) {
            Ok(answer) => {
                self.running = Some(running);
                Ok(Answer::Given(answer))
            }
            Err(RecvTimeoutError::Timeout) => Ok(Answer::Hangs),
            Err(RecvTimeoutError::Disconnected) => Err(()),
        }
    }
}
