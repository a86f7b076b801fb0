//! Turns the place of a finding into a file, a line, a column, and the surrounding text that a
//! snippet shows.

use std::ops::Range;
use std::path::Path;

use crate::file;
use crate::finding::{Finding, Place};
use crate::manifest::Manifest;
use crate::npmrc::placeholder::Placeholder;
use crate::npmrc::settings::is_secret;
use crate::origin::{FilePosition, Origin};
use crate::secret::{MASK, Scrubber};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Relative to the working folder if below it; with `/`.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// Its line.
    pub excerpt: Option<Excerpt>,
}

/// A line of a file, with the relevant part marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The text of the line.
    pub text: String,
    /// The marked bytes in `text`.
    pub span: Range<usize>,
}

impl Excerpt {
    /// The line as it is shown: without secrets, and of a very long line only the part around
    /// the span. A secret that was cut first would not be recognised.
    pub(super) fn shown(&self, secrets: &Scrubber) -> Self {
        let blanked = secrets.blank(&self.text);
        let text = blanked.as_deref().unwrap_or(&self.text);
        let boundary = |mut at: usize| {
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (mut start, mut end) = (0, text.len());
        if text.len() > MAX_LINE {
            start = boundary(self.span.start.saturating_sub(60));
            end = boundary((start + MAX_LINE).min(text.len()));
        }
        Self {
            text: text[start..end].to_owned(),
            span: self.span.start - start..self.span.end.min(end) - start,
        }
    }
}

/// Lines longer than this are cut around the span.
const MAX_LINE: usize = 400;
/// An .npmrc is read up to this size to show one of its lines.
const MAX_FILE: u64 = 1 << 20;

/// Where a finding is, if in a file.
pub fn locate(finding: &Finding, manifest: Option<&Manifest>, cwd: &Path) -> Option<Location> {
    match finding.place.as_ref()? {
        Place::Manifest(pointer) => in_manifest(manifest?, pointer, cwd),
        Place::Setting(Origin::Manifest { path, pointer }) => {
            match manifest.filter(|manifest| manifest.path == *path) {
                Some(manifest) => in_manifest(manifest, pointer, cwd),
                None => in_manifest(&Manifest::read(path).ok()?, pointer, cwd),
            }
        }
        Place::Setting(Origin::File(position)) => Some(Location {
            excerpt: line_of(&position.path, position.line)
                .and_then(|text| excerpt_to_end(masked_line(&text), position.column)),
            ..at(position, cwd)
        }),
        Place::Setting(_) => None,
    }
}

/// Where a setting was decided, if in a file, without the line itself.
pub(super) fn locate_origin(origin: &Origin, cwd: &Path) -> Option<Location> {
    match origin {
        Origin::File(position) => Some(at(position, cwd)),
        _ => None,
    }
}

fn at(position: &FilePosition, cwd: &Path) -> Location {
    Location {
        file: shown(&position.path, cwd),
        line: position.line,
        column: position.column,
        excerpt: None,
    }
}

/// Where the value of a JSON pointer is in a package.json.
pub(super) fn in_manifest(manifest: &Manifest, pointer: &str, cwd: &Path) -> Option<Location> {
    let span = manifest.locate(pointer)?;
    let (line, column) = manifest.line_and_column(span.start);
    let text: &str = &manifest.text;
    let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[span.start..]
        .find('\n')
        .map_or(text.len(), |at| span.start + at);
    let within = span.start - start..span.end.min(end) - start;
    let quoted = masked_json(text[start..end].trim_end_matches('\r'));
    Some(Location {
        file: shown(&manifest.path, cwd),
        line,
        column,
        excerpt: Some(Excerpt {
            span: within.start.min(quoted.len())..within.end.min(quoted.len()),
            text: quoted,
        }),
    })
}

/// A line of an .npmrc without the secret in it, however short it is and however its key is
/// written. A reference to a variable is not a secret.
fn masked_line(line: &str) -> String {
    let Some((key, value)) = line.split_once('=') else {
        return line.to_owned();
    };
    let value = value.trim();
    let names_a_variable = value.starts_with("${") && value.find('}') == value.len().checked_sub(1);
    let placeholder = Placeholder::of(value).is_some();
    let bare = key.trim().trim_end_matches("[]").trim_matches(['"', '\'']);
    let lower = key.to_ascii_lowercase();
    let is_credential = is_secret(bare)
        || ["_auth", "_password", "authtoken"]
            .iter()
            .any(|part| lower.contains(part));
    if !is_credential || value.is_empty() || names_a_variable || placeholder {
        return line.to_owned();
    }
    line.replace(value, MASK)
}

/// A line of JSON without the values of credentials; each of their bytes is replaced by one, so
/// that columns stay correct.
fn masked_json(line: &str) -> String {
    let mut masked = line.to_owned();
    for field in ["_authToken\"", "_auth\"", "_password\""] {
        let mut from = 0;
        while let Some(at) = masked[from..].find(field).map(|at| from + at + field.len()) {
            from = at;
            let rest = &masked[at..];
            let value = rest.trim_start_matches([' ', '\t', ':']);
            let Some(value) = value.strip_prefix('"') else {
                continue;
            };
            let start = masked.len() - value.len();
            let end = start + value.find('"').unwrap_or(value.len());
            masked.replace_range(start..end, &"*".repeat(end - start));
        }
    }
    masked
}

/// A path as shown: relative to the working folder if possible.
pub fn shown(path: &Path, cwd: &Path) -> String {
    let path = path.strip_prefix(cwd).unwrap_or(path);
    path.display().to_string().replace('\\', "/")
}

fn line_of(path: &Path, line: usize) -> Option<String> {
    let bytes = file::read_head(path, MAX_FILE).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    text.lines().nth(line.checked_sub(1)?).map(str::to_owned)
}

/// From a column to the end of the line's text.
fn excerpt_to_end(text: String, column: usize) -> Option<Excerpt> {
    let start = text
        .char_indices()
        .nth(column.checked_sub(1)?)
        .map(|(at, _)| at)?;
    let span = start..text.trim_end().len().max(start);
    Some(Excerpt { text, span })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_however_short_and_what_names_a_variable_is_shown() {
        assert_eq!(masked_line("//h/:_authToken=dead"), "//h/:_authToken=****");
        assert_eq!(masked_line("_password = x"), "_password = ****");
        for shown in [
            "//h/:_authToken=${NPM_TOKEN}",
            "//h/:_authToken=",
            "registry=https://h/",
            "always-auth",
        ] {
            assert_eq!(masked_line(shown), shown);
        }
        assert_eq!(masked_line("//h/:_authToken=${A}b"), "//h/:_authToken=****");
        for key in [
            "\"//h/:_authToken\"",
            "'//h/:_authToken'",
            "//h/:_authToken[]",
            "//h/:_AUTH",
        ] {
            let masked = masked_line(&format!("{key}=\"dead\""));
            assert_eq!(masked, format!("{key}=****"));
        }
    }

    #[test]
    fn a_line_is_cut_after_known_secrets_are_hidden() {
        let mut secrets = Scrubber::default();
        secrets.add_secret("tokenQ7tokenQ7works");
        for before in 0..MAX_LINE {
            // Characters of two bytes, so that cuts meet boundaries.
            let text = format!(
                "{}=tokenQ7tokenQ7works{}",
                "\u{e4}".repeat(before),
                "x".repeat(9)
            );
            let excerpt = excerpt_to_end(text, before / 2 + 1).unwrap();
            let shown = excerpt.shown(&secrets);
            assert!(!shown.text.contains("oken"), "{before}: {}", shown.text);
            assert!(shown.text.get(shown.span).is_some(), "{before}");
        }
    }

    #[test]
    fn credentials_in_json_are_masked_in_place() {
        let line = r#"{"//h/:_authToken": "dead", "//h/:_auth":"x", "name": "dead"}"#;
        assert_eq!(
            masked_json(line),
            r#"{"//h/:_authToken": "****", "//h/:_auth":"*", "name": "dead"}"#
        );
        assert_eq!(masked_json(r#"{"_authToken": tr"#), r#"{"_authToken": tr"#);
    }
}
