//! What is done with hostile bytes, and what must hold then: it ends, no panic, no planted
//! secret in the output, valid documents, text that no terminal obeys. `cargo fuzz` and
//! the tests use the same functions.

#![allow(
    unreachable_pub,
    reason = "the crate in fuzz/ takes these in by its path and exports them"
)]

#[path = "printed.rs"]
mod printed;
#[path = "server.rs"]
mod server;

use std::ffi::OsString;
use std::io::Cursor;
use std::path::Path;

use safe_publish::cli::{Invocation, push};
use safe_publish::environment::Environment;
use safe_publish::escape::{is_unsafe_to_print, visible};
use safe_publish::explain::{self, Log};
use safe_publish::hook::run::look;
use safe_publish::manifest::glob::{Glob, MatchOptions};
use safe_publish::manifest::workspaces::Workspaces;
use safe_publish::manifest::{Manifest, range, read_tarball, spec};
use safe_publish::npmrc::{CommandLine, expand, ini};
use safe_publish::output::Syntax;
use safe_publish::registry::read;
use safe_publish::report::{explanation, style::Style};
use safe_publish::secret::{Scrubber, mask};

use printed::{NOBODY, Project, SECRET, is_safe, is_safe_error};

type Target = fn(&[u8]);

/// Every target by its name; each has a file in `fuzz/fuzz_targets`.
pub const ALL: [(&str, Target); 15] = [
    ("manifest", manifest),
    ("checked", checked),
    ("npmrc", npmrc),
    ("arguments", arguments),
    ("answers", answers),
    ("registries", registries),
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
    match Manifest::parse(path, bytes) {
        Ok(manifest) => {
            let _ = Workspaces::read(Path::new("/nowhere"), &manifest);
            let _ = manifest.locate("/version");
        }
        Err(error) => is_printable(&error.to_string()),
    }
}

/// A package.json, checked, and everything that is printed of it.
pub fn checked(bytes: &[u8]) {
    let project = Project::new(NOBODY);
    project.write("package.json", bytes).check(&[]);
}

/// An .npmrc: read, expanded, and its secrets known; then a check with it.
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
    // Here no variable gives the secret away.
    let project = Project::new(NOBODY).with("NPM_TOKEN", "");
    project.write(".npmrc", text).write("package.json", CAT);
    project.check(&[]);
}

/// A command line, one word per line.
pub fn arguments(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let planted = format!("--//h/:_authToken={SECRET}");
    let args: Vec<&str> = text.lines().chain([planted.as_str()]).collect();
    CommandLine::parse(
        &args.iter().copied().map(str::to_owned).collect::<Vec<_>>(),
        None,
    );
    let project = Project::new(NOBODY).with("NPM_TOKEN", "");
    project.write("package.json", CAT).check(&args);
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

/// What registries answer to a check: a packument, an account and the rest, each up to
/// the next zero byte.
pub fn registries(bytes: &[u8]) {
    let project = Project::new(server::with(bytes)).patient();
    project.write("package.json", CAT).check(&[]);
}

/// Whether the input itself has the planted secret. Where only its place tells that it is one,
/// it is a word like others elsewhere.
fn holds_the_secret(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).contains(SECRET)
}

/// A log, explained for people and for programs.
pub fn logs(bytes: &[u8]) {
    if holds_the_secret(bytes) {
        return;
    }
    let planted = format!("npm error //h/:_authToken={SECRET}\n");
    let log = [planted.as_bytes(), bytes].concat();
    let Ok(log) = Log::read(Cursor::new(log)) else {
        return;
    };
    let explanation = explain::explain_text(&log);
    let text = explanation::human(&explanation, true, Style::PLAIN);
    // What is known of a log is masked before it is printed.
    let nothing = Scrubber::default();
    is_safe(&text, Syntax::Text, &nothing);
    is_safe(&explanation::json(&explanation), Syntax::Json, &nothing);
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

/// A tarball: its package.json, and a check of it.
pub fn tarballs(bytes: &[u8]) {
    let project = Project::new(NOBODY);
    project.write("cat.tgz", bytes);
    if let Err(error) = read_tarball(&project.root().join("cat.tgz")) {
        is_printable(&error.to_string());
    }
    project.check(&["./cat.tgz"]);
}

/// A GitHub workflow, which decides where a job's token is used.
pub fn workflows(bytes: &[u8]) {
    let project = Project::new("npm.pkg.github.com");
    let root = project.root().display().to_string();
    let npmrc = "registry=https://npm.pkg.github.com/\n//npm.pkg.github.com/:_authToken=ghs_0123456789abcdefghijABCDEFGHIJ012345\n";
    project.write(".npmrc", npmrc).write("x.yml", bytes);
    project.write("package.json", r#"{"name":"@acme/cat","version":"1.0.0"}"#);
    let project = project
        .with("GITHUB_ACTIONS", "true")
        .with("GITHUB_WORKSPACE", &root)
        .with("GITHUB_REPOSITORY", "acme/cat")
        .with("GITHUB_WORKFLOW_REF", "acme/cat/x.yml@refs/heads/main")
        .with("GITHUB_JOB", "release");
    project.check(&[]);
}

/// A pnpm-workspace.yaml next to two packages: what would be published.
pub fn pnpm_workspaces(bytes: &[u8]) {
    let project = workspace();
    project.write("pnpm-workspace.yaml", bytes);
    project.check(&["--workspaces"]);
}

/// A safe-publish.json.
pub fn settings(bytes: &[u8]) {
    let project = workspace();
    project.write("safe-publish.json", bytes);
    project.check(&["--workspaces"]);
}

/// A package without faults.
const CAT: &str = r#"{"name":"cat","version":"1.0.0","license":"MIT"}"#;

/// A root and two packages below it.
fn workspace() -> Project {
    let project = Project::new(NOBODY);
    for (path, name) in [
        ("", "root"),
        ("packages/cat/", "cat"),
        ("packages/dog/", "dog"),
    ] {
        let manifest = serde_json::json!({ "name": name, "version": "1.0.0", "private": name == "root",
            "workspaces": ["packages/*"], "packageManager": "pnpm@10.0.0",
            "dependencies": { "dog": "workspace:*", "cat": "catalog:" } });
        project.write(&format!("{path}package.json"), manifest.to_string());
    }
    project
}

/// What git writes to the hook, where there is no git that knows the tags.
pub fn pushed(bytes: &[u8]) {
    let tags = push::read(Cursor::new(bytes)).expect("bytes can be read");
    if tags.is_empty() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let invocation = Invocation::parse(["hook", "run"].map(OsString::from));
    let options = invocation.expect("a command line").options;
    let nothing = Scrubber::default();
    for (names, found) in runtime.block_on(look(&tags, &options, &Environment::bare("/"))) {
        is_printable(&names);
        if let Err(error) = found {
            is_safe_error(error, &nothing);
        }
    }
}

/// Looks at text that is printed without anything that is known to be secret.
fn is_printable(text: &str) {
    let shown = visible(text, false);
    assert!(!shown.chars().any(is_unsafe_to_print), "{shown:?}");
}

/// Text around a secret on a separate line, and the escaping after it.
pub fn masking(bytes: &[u8]) {
    if holds_the_secret(bytes) {
        return;
    }
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
    is_printable(&masked);
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
