//! A running Node with npm's own modules for configuration.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use safe_publish::npm::{Npm, NpmVersion};
use serde_json::Value;

use super::npm_versions::NpmInstall;

/// An npm that answers questions. It ends when its standard input does.
pub(crate) struct NpmOracle {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// The npm to ask: the one on PATH, or the folder that
/// SAFE_PUBLISH_DIFFERENTIAL_NPM names.
pub(crate) fn npm() -> Npm {
    let root = npm_root();
    let text = std::fs::read_to_string(root.join("package.json")).unwrap();
    let package: Value = serde_json::from_str(&text).unwrap();
    Npm {
        path: root.join("bin/npm-cli.js"),
        version: NpmVersion::parse(package["version"].as_str().unwrap()).unwrap(),
        root,
    }
}

fn npm_root() -> PathBuf {
    if let Some(root) = std::env::var_os("SAFE_PUBLISH_DIFFERENTIAL_NPM") {
        return PathBuf::from(root);
    }
    let npm = which::which("npm").expect("the differential tests need an npm on PATH");
    let npm = npm.canonicalize().expect("npm on PATH can be resolved");
    npm.ancestors()
        .flat_map(|folder| [folder.to_owned(), folder.join("node_modules/npm")])
        .find(|folder| folder.join("lib/npm.js").is_file())
        .expect("npm's own folder is above its executable")
}

impl NpmOracle {
    pub(crate) fn new() -> Self {
        Self::start(Path::new("node"), &npm_root())
    }

    /// One of the pinned versions of npm.
    pub(crate) fn of(npm: &NpmInstall) -> Self {
        let root = npm
            .cli
            .ancestors()
            .nth(2)
            .expect("bin/npm-cli.js below npm");
        Self::start(&npm.node, root)
    }

    fn start(node: &Path, root: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/npm_oracle.mjs");
        let mut child = Command::new(node)
            .arg("--no-deprecation")
            .arg(script)
            .arg(root)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the differential tests need a node on PATH");
        Self {
            questions: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// npm's answers to questions, in their order.
    pub(crate) fn ask(&mut self, questions: &[Value]) -> Vec<Value> {
        let line = serde_json::to_string(questions).unwrap();
        // Node treats these as line ends.
        let line = line.replace('\u{2028}', "\\u2028");
        let line = line.replace('\u{2029}', "\\u2029") + "\n";
        let mut stdin = self.questions.take().unwrap();
        // Another thread writes, so that neither side waits for the other.
        let writer = std::thread::spawn(move || {
            stdin.write_all(line.as_bytes()).unwrap();
            stdin
        });
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        self.questions = Some(writer.join().unwrap());
        serde_json::from_str(&answer).expect("an array of answers")
    }
}

impl Drop for NpmOracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
