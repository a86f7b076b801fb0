//! Paths among npm's arguments.

use std::path::{Path, PathBuf};

use super::{SpecKind, is_tarball};
use crate::manifest::paths::resolved;

/// The path that npm would open for a [`SpecKind::Folder`] or [`SpecKind::Tarball`]: `~/` is
/// the home folder, the rest is relative to the working folder. `..` is resolved by text, as in
/// Node.
pub fn absolute(path: &Path, cwd: &Path, home: Option<&Path>) -> PathBuf {
    let path = match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => cwd.join(path),
    };
    resolved(&path)
}

/// `fromFile`: npm turns a path into a `file:` URL, so the rules of URLs apply.
pub(super) fn path(spec: &str, windows: bool) -> SpecKind {
    // npm accepts `file:` in any case, but removes it only in lower case.
    let bare = without_slashes(spec.strip_prefix("file:").unwrap_or(spec));
    let resolved = resolve_dots(bare);
    let path = if let Some(rest) = resolved.strip_prefix("/~/") {
        if rest.starts_with('/') {
            rest.to_owned()
        } else {
            format!("~/{rest}")
        }
    } else if resolved == "/~" {
        "~".to_owned()
    } else if !windows && has_drive(bare) {
        // URLs recognise drives on every system: elsewhere `C:/x` is `/C:/x`.
        format!("/{bare}")
    } else if bare.starts_with("~/") || (bare.contains("//") && bare.contains("..")) {
        without_dots(bare)
    } else {
        bare.to_owned()
    };
    if is_tarball(spec) {
        SpecKind::Tarball(PathBuf::from(path))
    } else {
        SpecKind::Folder(PathBuf::from(path))
    }
}

/// Two leading slashes become one, and up to three before `.` or `..` none.
fn without_slashes(path: &str) -> &str {
    let tail = path.trim_start_matches('/');
    let slashes = path.len() - tail.len();
    let first = tail.split('/').next().unwrap_or_default();
    match slashes {
        1..=3 if matches!(first, "." | "..") => tail,
        0 | 1 => path,
        _ => &path[slashes - 1..],
    }
}

/// The path below `/` after its dots are resolved as in a URL, where the empty text between two
/// slashes is also a part, which `..` removes.
fn resolve_dots(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.strip_prefix('/').unwrap_or(path).split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." => {}
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The same for a path that need not start with `/`.
fn without_dots(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            // Nothing precedes the first slash of an absolute path.
            ("..", Some(&last)) if last != ".." && !(parts.len() == 1 && last.is_empty()) => {
                parts.pop();
            }
            (".", _) => {}
            _ => parts.push(part),
        }
    }
    match parts.join("/") {
        short if short.is_empty() => ".".to_owned(),
        rest if rest.starts_with('/') && !path.starts_with('/') => format!(".{rest}"),
        whole => whole,
    }
}

/// `C:` alone, or with a slash.
fn has_drive(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.get(1) == Some(&b':')
        && matches!(bytes.get(2), None | Some(b'/'))
}
