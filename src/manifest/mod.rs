//! package.json as npm reads it, with its bytes for snippets.
//!
//! One thing that npm does is not supported: if package.json cannot be read, npm looks for a
//! `/**package … **/` comment in index.js.

mod alias;
pub(crate) mod archive;
pub(crate) mod collate;
pub mod dev_engines;
mod error;
mod fields;
pub mod glob;
pub(crate) mod gunzip;
mod hosted;
pub(crate) mod js;
pub(crate) mod json;
pub mod name;
mod order;
pub mod overrides;
pub mod packer;
mod paths;
pub(crate) mod place;
pub mod range;
pub mod spec;
pub(crate) mod tarball;
pub mod version;
pub mod version_tag;
pub mod workspaces;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

pub use alias::named_package;
pub use error::{ErrorLocation, MAX_MANIFEST, ManifestError};
pub use fields::{Dependency, DependencyField, Entry, EntryKind, License, Repository};
pub use json::Span;
pub use tarball::read_tarball;

use json::Problem;

use crate::file::{self, FileError};

/// A package.json: its text, and the object that it contains.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Where it was read: the file, or the tarball that contains it.
    pub path: PathBuf,
    /// The text as it is on disk, a byte order mark included; invalid UTF-8 is
    /// replaced as Node does.
    pub text: Arc<str>,
    /// The object; of a duplicate key, the last value.
    pub object: Arc<Map<String, Value>>,
}

impl Manifest {
    /// Reads a package.json.
    ///
    /// # Errors
    /// When it does not exist, or npm could not use it: see [`ManifestError`].
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        let mut bytes = Vec::new();
        open(path)?
            .take(MAX_MANIFEST + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(path, &error))?;
        Self::parse(path, &bytes)
    }

    /// Parses the content of `path`.
    ///
    /// # Errors
    /// When npm could not use it: see [`ManifestError`].
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, ManifestError> {
        let owned = || path.to_owned();
        if bytes.len() as u64 > MAX_MANIFEST {
            return Err(ManifestError::TooLarge { path: owned() });
        }
        if is_utf16(bytes) {
            return Err(ManifestError::Utf16 { path: owned() });
        }
        let text: Arc<str> = String::from_utf8_lossy(bytes).into();
        match json::parse(&text) {
            Ok(Value::Object(object)) => Ok(Self {
                path: owned(),
                text,
                object: Arc::new(object),
            }),
            Ok(other) => Err(ManifestError::NotAnObject {
                path: owned(),
                found: kind_of(&other),
            }),
            Err(Problem::TooDeep) => Err(ManifestError::TooDeep { path: owned() }),
            Err(Problem::TooMuch) => Err(ManifestError::TooMuch { path: owned() }),
            Err(Problem::Syntax(offset, reason)) => Err(not_json(path, &text, offset, reason)),
        }
    }

    /// A manifest with this object, as `package.json` would hold it. For tests.
    ///
    /// # Panics
    /// When the value is not an object.
    pub fn from_json(value: Value) -> Self {
        let text = serde_json::to_string_pretty(&value).expect("a value can be written");
        let Value::Object(object) = value else {
            panic!("a manifest is an object, not {text}");
        };
        Self {
            path: PathBuf::from("package.json"),
            text: text.into(),
            object: Arc::new(object),
        }
    }

    /// The value of a JSON pointer (RFC 6901).
    pub fn pointer(&self, pointer: &str) -> Option<&Value> {
        let rest = pointer.strip_prefix('/')?;
        let (first, rest) = match rest.split_once('/') {
            Some((first, _)) => (first, &rest[first.len()..]),
            None => (rest, ""),
        };
        let key = first.replace("~1", "/").replace("~0", "~");
        self.object.get(&key)?.pointer(rest)
    }

    /// Where the value of a JSON pointer is in [`Manifest::text`], in
    /// bytes. `""` is the whole object.
    pub fn locate(&self, pointer: &str) -> Option<Span> {
        json::locate(&self.text, pointer).map(|(_, value)| value)
    }

    /// See [`json::each_object`].
    pub(crate) fn each_object(&self, pointer: &str, seen: &mut dyn FnMut(&[String], &[String])) {
        json::each_object(&self.text, pointer, seen);
    }

    /// The line and column of a byte, both from 1; the column counts characters, and a byte
    /// order mark does not count.
    pub fn line_and_column(&self, offset: usize) -> (usize, usize) {
        json::line_and_column(&self.text, offset)
    }
}

/// Opens a file, but nothing that could make us wait, such as a pipe.
fn open(path: &Path) -> Result<std::fs::File, ManifestError> {
    file::open(path).map_err(|error| match error {
        FileError::Io(error) => unreadable(path, &error),
        other => ManifestError::Unreadable {
            path: path.to_owned(),
            reason: other.to_string(),
        },
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> ManifestError {
    match error.kind() {
        std::io::ErrorKind::NotFound => ManifestError::Missing {
            path: path.to_owned(),
        },
        _ => ManifestError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    }
}

/// Escapes a member's name for a JSON pointer.
pub(crate) fn escape_pointer(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Whether it starts with a UTF-16 byte order mark, or an ASCII character in UTF-16.
fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
        || matches!(bytes, [0, b'{' | b'\r' | b'\n' | b' ', ..])
        || matches!(bytes, [b'{' | b'\r' | b'\n' | b' ', 0, ..])
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn not_json(path: &Path, text: &Arc<str>, offset: usize, reason: &'static str) -> ManifestError {
    if text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .trim()
        .is_empty()
    {
        return ManifestError::Empty {
            path: path.to_owned(),
        };
    }
    if let Some(marker) = conflict(text) {
        return ManifestError::MergeConflict {
            at: Box::new(ErrorLocation::new(path, text, marker)),
        };
    }
    ManifestError::Syntax {
        at: Box::new(ErrorLocation::new(path, text, offset)),
        reason,
    }
}

/// The byte of Git's first conflict marker, if all three are present.
fn conflict(text: &str) -> Option<usize> {
    let find = |marker: &str| {
        text.match_indices(marker)
            .map(|(at, _)| at)
            .find(|&at| at == 0 || text.as_bytes()[at - 1] == b'\n')
    };
    let first = find("<<<<<<< ")?;
    let middle = find("=======")?;
    let last = find(">>>>>>> ")?;
    (first < middle && middle < last).then_some(first)
}

#[cfg(test)]
mod tests;
