//! npm's own modules for packing, one Node for each npm. Some trees make npm
//! end the whole process, or search for a match until it is killed; then another
//! one is started.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::npm_versions::{NpmInstall, npm};

/// An answer takes 15 ms of computing. After so many hundredths of a second npm is in a
/// regular expression that takes exponential time. Time on a busy machine does not count.
const MAX_TICKS: u64 = 300;
/// How often that is looked at.
const PAUSE: Duration = Duration::from_millis(200);
/// A Node that neither computes nor answers for so long never will.
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
    /// What it had computed before the last question.
    ticks: u64,
}

impl Running {
    /// A Node that has died says so when its answer is waited for.
    fn send(&mut self, question: &str) {
        self.ticks = self.computed();
        let input = self.child.stdin.as_mut().unwrap();
        let _ = input.write_all(question.as_bytes());
    }

    fn answer(&mut self) -> Result<Value, RecvTimeoutError> {
        let begin = Instant::now();
        loop {
            match self.answers.recv_timeout(PAUSE) {
                Ok(answer) => {
                    return serde_json::from_str(&answer)
                        .map_err(|_| RecvTimeoutError::Disconnected);
                }
                Err(RecvTimeoutError::Timeout)
                    if self.computed() - self.ticks < MAX_TICKS && begin.elapsed() < TIMEOUT => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The processor time that it has used, in hundredths of a second (`proc_pid_stat(5)`).
    fn computed(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.unwrap_or_default();
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let times = fields.split_whitespace().skip(11).take(2);
        times.filter_map(|field| field.parse::<u64>().ok()).sum()
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
    question: String,
}

impl Oracle {
    pub(super) fn new(major: u32, home: &Path) -> Self {
        Self {
            npm: npm(major),
            home: home.to_owned(),
            running: None,
            question: String::new(),
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
            // Folders are read one after the other: npm's choice between two files for one
            // command depends on which is read last.
            .env("UV_THREADPOOL_SIZE", "1")
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
        Running {
            child,
            answers,
            ticks: 0,
        }
    }

    /// Asks what npm packs; [`Oracle::answer`] waits for the answer.
    pub(super) fn send(&mut self, question: &Value) {
        self.question = format!("{question}\n");
        if let Some(running) = &mut self.running {
            running.send(&self.question);
        }
    }

    /// What npm packs, or that it fails.
    pub(super) fn answer(&mut self) -> Answer {
        let used = self.running.take().map(|running| self.answer_of(running));
        if let Some(Ok(answer)) = used {
            return answer;
        }
        // Perhaps it died of the question before, after it had answered.
        let mut fresh = self.start();
        fresh.send(&self.question);
        let answer = self.answer_of(fresh);
        answer.unwrap_or_else(|()| Answer::Given(json!({"error": "npm crashed"})))
    }

    fn answer_of(&mut self, mut running: Running) -> Result<Answer, ()> {
        match running.answer() {
            Ok(answer) => {
                self.running = Some(running);
                Ok(Answer::Given(answer))
            }
            Err(RecvTimeoutError::Timeout) => Ok(Answer::Hangs),
            Err(RecvTimeoutError::Disconnected) => Err(()),
        }
    }
}
