//! A running Node with npm's own modules.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use safe_publish::npm::NpmVersion;
use serde_json::Value;

pub(super) struct Oracle(Child);

/// The folder of the npm to ask.
fn npm_root() -> PathBuf {
    if let Some(root) = std::env::var_os("SAFE_PUBLISH_DIFFERENTIAL_NPM") {
        return PathBuf::from(root);
    }
    let npm = which::which("npm").expect("the tests need an npm on PATH");
    let npm = npm.canonicalize().expect("npm on PATH can be resolved");
    npm.ancestors()
        .flat_map(|folder| [folder.to_owned(), folder.join("node_modules/npm")])
        .find(|folder| folder.join("lib/utils/get-workspaces.js").is_file())
        .expect("npm's own folder is above its executable")
}

pub(super) fn npm_version() -> NpmVersion {
    let text = std::fs::read_to_string(npm_root().join("package.json")).unwrap();
    let package: Value = serde_json::from_str(&text).unwrap();
    NpmVersion::parse(package["version"].as_str().unwrap()).unwrap()
}

/// Whether this npm is one whose reading of ranges, arguments, repositories and globs we
/// follow. Older ones accept some ranges with `x` out of order (`1.x.2`), decode unusual
/// characters in paths, and write one host differently.
pub(super) fn is_recent() -> bool {
    npm_version() >= NpmVersion::new(11, 19, 0)
}

impl Oracle {
    pub(super) fn new() -> Self {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/manifest_oracle.cjs");
        let child = Command::new("node")
            .arg(script)
            .arg(npm_root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the tests need a node on PATH");
        Self(child)
    }

    /// npm's answers to questions, in their order.
    pub(super) fn ask(mut self, questions: &[Value]) -> Vec<Value> {
        let mut line = serde_json::to_string(questions).unwrap();
        line.push('\n');
        let mut stdin = self.0.stdin.take().unwrap();
        // Another thread writes, so that neither side waits for the other.
        let writer = std::thread::spawn(move || stdin.write_all(line.as_bytes()));
        let mut answer = String::new();
        BufReader::new(self.0.stdout.take().unwrap())
            .read_line(&mut answer)
            .unwrap();
        writer.join().unwrap().unwrap();
        serde_json::from_str(&answer).expect("an array of answers")
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // It ends when its standard input does; this is for a failed test.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether JavaScript treats two values as the same: its numbers are floats, and it writes
/// infinity as `null`.
pub(super) fn same(ours: &Value, npms: &Value) -> bool {
    match (ours, npms) {
        (Value::Number(ours), Value::Number(npms)) => ours.as_f64() == npms.as_f64(),
        (Value::Number(ours), Value::Null) => ours.as_f64().is_some_and(|it| it.abs() >= f64::MAX),
        (Value::Array(ours), Value::Array(npms)) => {
            ours.len() == npms.len() && ours.iter().zip(npms).all(|(a, b)| same(a, b))
        }
        (Value::Object(ours), Value::Object(npms)) => {
            ours.len() == npms.len()
                && ours
                    .iter()
                    .all(|(key, a)| npms.get(key).is_some_and(|b| same(a, b)))
        }
        _ => ours == npms,
    }
}

/// The position of a mistake as we and npm see it, in UTF-16 units; `None` if V8 names none, as
/// for a stray token. The wording depends on Node's version.
pub(super) fn npms_place(message: &str) -> Option<usize> {
    let (_, tail) = message.split_once(" in JSON at position ")?;
    let end = tail
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(tail.len());
    tail[..end].parse().ok()
}
