//! Literal credentials in files that others can read: a project's .npmrc
//! that git tracks.

use std::path::Path;

use super::Exposed;
use crate::file;
use crate::git::index::Tracked;
use crate::npmrc::Config;
use crate::npmrc::config::FileState;
use crate::npmrc::ini;
use crate::origin::{FilePosition, Layer, Origin};

/// The last parts of keys that hold a credential.
const FIELDS: [&str; 3] = ["_authToken", "_auth", "_password"];

/// Credentials in the project's own .npmrc, if git tracks that file.
pub(super) fn tracked(config: &Config) -> Vec<Exposed> {
    of_project(config, |file| {
        let folder = file.parent();
        folder
            .and_then(Tracked::around)
            .is_some_and(|tracked| tracked.has(file))
    })
}

/// Credentials in the project's own .npmrc, if it belongs to a commit whose files are below a
/// folder.
pub(crate) fn committed(config: &Config, root: &Path) -> Vec<Exposed> {
    of_project(config, |file| file.starts_with(root))
}

fn of_project(config: &Config, is_seen: impl Fn(&Path) -> bool) -> Vec<Exposed> {
    let files = config.files().iter();
    let project =
        files.filter(|file| file.layer == Layer::Project && file.state == FileState::Read);
    let mut found = Vec::new();
    for file in project {
        let text = file::read_text(&file.path, file::limit::CONFIG).unwrap_or_default();
        let literal = literals(&text);
        if literal.is_empty() || !is_seen(&file.path) {
            continue;
        }
        found.extend(literal.into_iter().map(|(key, line, column)| Exposed {
            key,
            origin: Origin::File(FilePosition {
                layer: file.layer,
                path: file.path.clone(),
                line,
                column,
            }),
        }));
    }
    found
}

/// Keys with a literal credential, with their places.
pub(crate) fn literals(text: &str) -> Vec<(String, usize, usize)> {
    let entries = ini::parse(text).entries.into_iter();
    entries
        .filter(|entry| {
            entry
                .key
                .rsplit(':')
                .next()
                .is_some_and(|field| FIELDS.contains(&field))
        })
        .filter(|entry| entry.value.is_truthy() && !entry.value.to_text().contains("${"))
        .map(|entry| (entry.key, entry.line, entry.column))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_to_a_variable_is_not_a_literal() {
        let text = "//h/:_authToken=${TOKEN}\n//h/:_password=abc\n//h/:username=bob\nregistry=https://h/\n";
        assert_eq!(literals(text), [("//h/:_password".to_owned(), 2, 16)]);
    }
}
