//! npm's own modules for packing, one Node for each npm. Some trees make npm
//! end the whole process; then another one is started.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::support::npm_versions::{NpmInstall, npm};

/// A running Node.
struct Running {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
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
        Running {
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// What npm packs, or that it fails.
    pub(super) fn ask(&mut self, question: &Value) -> Value {
        let mut running = self.running.take().unwrap_or_else(|| self.start());
        let mut line = question.to_string();
        line.push('\n');
        let input = running.child.stdin.as_mut().unwrap();
        let mut answer = String::new();
        let sent = input.write_all(line.as_bytes());
        let read = sent.and_then(|()| running.answers.read_line(&mut answer));
        match serde_json::from_str(&answer) {
            Ok(answer) if read.is_ok() => {
                self.running = Some(running);
                answer
            }
            _ => {
                let _ = running.child.kill();
                let _ = running.child.wait();
                json!({"error": "npm crashed"})
            }
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }
}
