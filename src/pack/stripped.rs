//! npm 12 packs a package.json without its `patchedDependencies`.

use std::path::Path;

use serde::Serialize as _;
use serde_json::{Map, Value};

use super::error::PackError;
use crate::file;
use crate::manifest::MAX_MANIFEST;

/// The size of the rewritten package.json. npm keeps its indentation and line
/// ends.
pub(super) fn size(path: &Path, manifest: &Map<String, Value>) -> Result<u64, PackError> {
    let text =
        file::read_text(path, MAX_MANIFEST).map_err(|error| PackError::of_file(path, &error))?;
    let (newline, indent) = style(text.strip_prefix('\u{feff}').unwrap_or(&text));
    let mut content = manifest.clone();
    content.remove("patchedDependencies");
    let written = if indent.is_empty() {
        serde_json::to_string(&content).unwrap_or_default()
    } else {
        let mut bytes = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
        let _ = content.serialize(&mut serializer);
        String::from_utf8(bytes).unwrap_or_default()
    };
    let text = format!("{written}\n").replace('\n', newline);
    Ok(text.len() as u64)
}

/// The line end and the indentation after the first bracket; both empty where the
/// text is one line.
fn style(text: &str) -> (&str, &str) {
    let body = text.trim_start();
    let Some(rest) = body.strip_prefix(['{', '[']) else {
        return ("", "");
    };
    let lines = rest.trim_start_matches(['\r', '\n']);
    let breaks = &rest[..rest.len() - lines.len()];
    if !breaks.contains('\n') {
        return ("", "");
    }
    let inner = lines.trim_start_matches([' ', '\t']);
    (breaks, &lines[..lines.len() - inner.len()])
}
