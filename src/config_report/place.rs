//! The origin of a setting, as people and programs read it.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Folders;
use crate::manifest::Manifest;
use crate::origin::Origin;

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceOfSetting {
    /// A flag, as written.
    Flag(String),
    /// A variable, by its name.
    Variable(String),
    /// A line of an .npmrc or of package.json.
    File {
        /// The file.
        path: PathBuf,
        /// Line and column, from 1; `None` if not known.
        at: Option<(usize, usize)>,
        /// The key in package.json, e.g. `publishConfig.tag`.
        key: Option<String>,
    },
    /// npm's own default.
    Default,
}

impl SourceOfSetting {
    /// Converts an origin; a key of package.json gets its line from the manifest.
    pub fn of(origin: &Origin, manifest: Option<&Manifest>) -> Self {
        match origin {
            Origin::CommandLine { flag } => Self::Flag(flag.clone()),
            Origin::Variable { name } => Self::Variable(name.clone()),
            Origin::File(position) => Self::File {
                path: position.path.clone(),
                at: Some((position.line, position.column)),
                key: None,
            },
            Origin::Manifest { path, pointer } => {
                let parts = pointer.trim_start_matches('/').split('/');
                let parts: Vec<_> = parts
                    .map(|part| part.replace("~1", "/").replace("~0", "~"))
                    .collect();
                Self::File {
                    path: path.clone(),
                    at: manifest.and_then(|manifest| {
                        let span = manifest.locate(pointer)?;
                        Some(manifest.line_and_column(span.start))
                    }),
                    key: Some(parts.join(".")),
                }
            }
            Origin::Default => Self::Default,
        }
    }

    /// A short text with shortened paths.
    pub(super) fn brief(&self, folders: &Folders) -> String {
        match self {
            Self::Flag(flag) => format!("flag {flag}"),
            Self::Variable(name) => format!("variable {name}"),
            Self::File { path, at, key } => {
                let path = short(path, folders);
                let path = match at {
                    Some((line, column)) => format!("{path}:{line}:{column}"),
                    None => path,
                };
                match key {
                    Some(key) => format!("{path} ({key})"),
                    None => path,
                }
            }
            Self::Default => "npm's default".to_owned(),
        }
    }

    pub(super) fn document(&self) -> Document {
        let document = |kind| Document {
            kind,
            name: None,
            file: None,
            line: None,
            column: None,
        };
        match self {
            Self::Flag(flag) => Document {
                name: Some(flag.clone()),
                ..document("flag")
            },
            Self::Variable(name) => Document {
                name: Some(name.clone()),
                ..document("variable")
            },
            Self::File { path, at, key } => Document {
                name: key.clone(),
                file: Some(path.display().to_string()),
                line: at.map(|(line, _)| line),
                column: at.map(|(_, column)| column),
                ..document(if key.is_some() { "manifest" } else { "file" })
            },
            Self::Default => document("default"),
        }
    }
}

/// A place in JSON.
#[derive(Serialize)]
pub(super) struct Document {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

/// A path relative to the working folder or the home.
pub(super) fn short(path: &Path, folders: &Folders) -> String {
    let text = |path: &Path| path.display().to_string().replace('\\', "/");
    if let Ok(below) = path.strip_prefix(&folders.cwd) {
        return text(below);
    }
    let below = folders
        .home
        .as_ref()
        .and_then(|home| path.strip_prefix(home).ok());
    below.map_or_else(|| text(path), |below| format!("~/{}", text(below)))
}
