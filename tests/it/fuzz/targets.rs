//! What is done with hostile bytes, and what must hold: no panic, no planted secret in the
//! output, valid documents, no text that a terminal obeys. `cargo fuzz` and the tests use the
//! same functions.

#![allow(
    unreachable_pub,
    reason = "the crate in fuzz/ takes these in by its path and exports them"
)]

use std::ffi::OsString;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use safe_publish::ci;
use safe_publish::cli::{Invocation, push};
use safe_publish::environment::Environment;
use safe_publish::escape::{is_unsafe_to_print, visible};
use safe_publish::explain::{self, Log};
use safe_publish::manifest::glob::{Glob, MatchOptions};
use safe_publish::manifest::workspaces::Workspaces;
use safe_publish::manifest::{Manifest, range, read_tarball, spec};
use safe_publish::npmrc::{CommandLine, expand, ini};
use safe_publish::plan::Launch;
use safe_publish::preflight;
use safe_publish::registry::read;
use safe_publish::report::{explanation, style::Style};
use safe_publish::secret::{Scrubber, mask};

/// A secret of no known format, so only its place gives it away.
const SECRET: &str = "pl4nted-s3cret";

type Target = fn(&[u8]);

/// Every target by name; each has a file in `fuzz/fuzz_targets`.
pub const ALL: [(&str, Target); 13] = [
    ("manifest", manifest),
    ("npmrc", npmrc),
    ("arguments", arguments),
    ("answers", answers),
    ("logs", logs),
    ("patterns", patterns),
    ("tarballs", tarballs),
    ("workflows", workflows),
    ("pnpm_workspaces", pnpm_workspaces),
    ("settings", settings),
    ("pushed", pushed),
    ("masking", masking),
    ("ranges", ranges),
];

/// A package.json, with its workspaces.
pub fn manifest(bytes: &[u8]) {
    let path = Path::new("/nowhere/package.json");
    if let Ok(manifest) = Manifest::parse(path, bytes) {
        let _ = Workspaces::read(Path::new("/nowhere"), &manifest);
        let _ = manifest.locate("/version");
    }
}

/// An .npmrc: parsed and expanded, with its secrets known.
pub fn npmrc(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let text = format!("//h/:_authToken={SECRET}\n{text}");
    let environment = Environment::bare("/").with("SET", "value");
    for entry in ini::parse(&text).entries {
        expand::expand(&entry.key, &environment, true);
        expand::expand(&entry.value.to_text(), &environment, true);
    }
    let mut scrubber = Scrubber::default();
    scrubber.add_from_text(&text);
    assert!(!scrubber.scrub(&text).contains(SECRET));
}

/// A command line, one word per line.
pub fn arguments(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let args: Vec<String> = text.lines().map(str::to_owned).collect();
    CommandLine::parse(&args, None);
    let _ = Invocation::parse(args.into_iter().map(OsString::from));
}

/// The answers of registries.
pub fn answers(bytes: &[u8]) {
    read::packument(bytes);
    read::version(bytes);
    read::username(bytes);
    read::rights(bytes);
    read::texts(bytes);
    read::profile(bytes);
    read::repository(bytes);
    read::is_public(bytes);
    read::found_names(bytes);
    read::refusal(bytes);
    read::own_token(bytes, "npm_0123456789abcdefghijABCDEFGHIJ012345");
    read::token_of_whoami(bytes);
}

/// A log, explained for people and for programs.
pub fn logs(bytes: &[u8]) {
    let planted = format!("npm error //h/:_authToken={SECRET}\n");
    let log = [planted.as_bytes(), bytes].concat();
    let Ok(log) = Log::read(Cursor::new(log)) else {
        return;
    };
    let explanation = explain::explain_text(&log);
    let text = explanation::human(&explanation, true, Style::PLAIN);
    let shown = visible(&text, false);
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(!shown.chars().any(is_unsafe_to_print), "{shown:?}");
    let document = explanation::json(&explanation);
    assert!(!document.contains(SECRET), "{document}");
    serde_json::from_str::<serde_json::Value>(&visible(&document, false)).expect("valid JSON");
}

/// A pattern, and paths on the lines below it.
pub fn patterns(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let glob = Glob::new(lines.next().unwrap_or_default());
    for path in lines.take(4) {
        let how = MatchOptions {
            partial: path.len() % 2 == 1,
            dot: path.len() % 3 == 1,
        };
        glob.matches(path, how);
    }
}

/// A tarball.
pub fn tarballs(bytes: &[u8]) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), bytes).expect("writable");
    let _ = read_tarball(file.path());
}

/// A GitHub workflow.
pub fn workflows(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("x.yml"), bytes).expect("writable");
    let root = folder.path().display().to_string();
    let environment = Environment::bare(folder.path())
        .with("GITHUB_ACTIONS", "true")
        .with("GITHUB_WORKSPACE", &root)
        .with("GITHUB_REPOSITORY", "acme/cat")
        .with("GITHUB_WORKFLOW_REF", "acme/cat/x.yml@refs/heads/main")
        .with("GITHUB_JOB", "release");
    ci::packages(&environment);
}

/// A pnpm-workspace.yaml next to two packages: what would be published.
pub fn pnpm_workspaces(bytes: &[u8]) {
    let folder = project();
    fs::write(folder.path().join("pnpm-workspace.yaml"), bytes).expect("writable");
    prepare(folder.path());
}

/// A safe-publish.json.
pub fn settings(bytes: &[u8]) {
    let folder = project();
    fs::write(folder.path().join("safe-publish.json"), bytes).expect("writable");
    prepare(folder.path());
}

/// A root and two packages below it.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, name) in [
        ("", "root"),
        ("packages/cat", "cat"),
        ("packages/dog", "dog"),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(&path).expect("writable");
        let manifest = serde_json::json!({ "name": name, "version": "1.0.0", "private": name == "root",
            "packageManager": "pnpm@10.0.0", "dependencies": { "dog": "workspace:*", "cat": "catalog:" } });
        fs::write(path.join("package.json"), manifest.to_string()).expect("writable");
    }
    folder
}

/// Everything before the first request to a registry. Its errors show no control characters.
fn prepare(folder: &Path) {
    let args = ["check", "--workspaces"].map(OsString::from);
    let invocation = Invocation::parse(args).expect("a command line");
    let environment = Environment::bare(folder);
    if let Err(error) = preflight::prepare(&invocation.npm, &environment, Launch::Elsewhere) {
        let text = error.to_string();
        let shown = visible(&text, false);
        assert!(!shown.chars().any(is_unsafe_to_print), "{shown:?}");
    }
}

/// What git writes to the hook.
pub fn pushed(bytes: &[u8]) {
    let _ = push::read(Cursor::new(bytes));
}

/// Text around a secret on a separate line, and the escaping after it.
pub fn masking(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let middle = text.len() / 2;
    let middle = (0..=middle)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or_default();
    let (before, after) = text.split_at(middle);
    let text = format!("{before}\nNPM_TOKEN: {SECRET}\n{after}");
    let masked = mask(&text);
    assert!(!masked.contains(SECRET), "{masked}");
    let shown = visible(&masked, false);
    assert!(!shown.chars().any(is_unsafe_to_print), "{shown:?}");
}

/// A version, and ranges and specs on the lines below it.
pub fn ranges(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let version = lines.next().unwrap_or_default();
    for line in lines.take(4) {
        range::satisfies(version, line, true);
        spec::classify(line);
    }
}
