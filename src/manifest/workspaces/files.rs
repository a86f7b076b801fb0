//! The patterns in pnpm's and lerna's own files.

use std::path::Path;

use saphyr::Yaml;
use serde_json::Value;

use super::{Manifest, WorkspaceError};
use crate::file;
use crate::yaml;

/// pnpm's file.
pub(super) const PNPM_FILE: &str = "pnpm-workspace.yaml";
/// lerna's file.
pub(super) const LERNA_FILE: &str = "lerna.json";

/// The other tool's file that lists the packages of a repository in which npm sees no
/// workspaces.
pub fn foreign_file(root: &Path, manifest: &Manifest) -> Option<&'static str> {
    if manifest.object.contains_key("workspaces") {
        return None;
    }
    let names_some = |patterns: Result<Option<Vec<String>>, WorkspaceError>| {
        patterns.is_ok_and(|patterns| patterns.is_some_and(|patterns| !patterns.is_empty()))
    };
    if names_some(pnpm_patterns(root)) {
        return Some(PNPM_FILE);
    }
    names_some(lerna_patterns(root)).then_some(LERNA_FILE)
}

/// The patterns of pnpm-workspace.yaml at a root: `None` if there is no such file, empty if it
/// only has settings.
///
/// # Errors
/// When pnpm could not read the file either.
pub fn pnpm_patterns(root: &Path) -> Result<Option<Vec<String>>, WorkspaceError> {
    let path = root.join(PNPM_FILE);
    let Some(text) = read(&path)? else {
        return Ok(None);
    };
    let bad = |problem| WorkspaceError::BadFile {
        path: path.clone(),
        problem,
    };
    if text.trim().is_empty() {
        return Ok(Some(Vec::new()));
    }
    let document = yaml::load(&text).ok_or_else(|| bad("is not valid YAML"))?;
    let Some(packages) = document.as_mapping_get("packages") else {
        return Ok(Some(Vec::new()));
    };
    let text_of = |pattern: &Yaml<'_>| pattern.as_str().map(str::to_owned);
    let patterns = packages
        .as_sequence()
        .and_then(|packages| packages.iter().map(text_of).collect());
    match patterns {
        Some(patterns) => Ok(Some(patterns)),
        None if packages.is_null() => Ok(Some(Vec::new())),
        None => Err(bad("must have a list of patterns as `packages`")),
    }
}

/// The patterns of lerna.json at a root; `None` if it does not exist or lists none itself.
///
/// # Errors
/// When lerna could not read the file either.
pub fn lerna_patterns(root: &Path) -> Result<Option<Vec<String>>, WorkspaceError> {
    let path = root.join(LERNA_FILE);
    let Some(text) = read(&path)? else {
        return Ok(None);
    };
    let bad = |problem| WorkspaceError::BadFile {
        path: path.clone(),
        problem,
    };
    // lerna also accepts comments and trailing commas, so text that is not JSON proves nothing.
    let Ok(document) = serde_json::from_str::<Value>(&text) else {
        return Ok(None);
    };
    let Some(packages) = document.get("packages") else {
        return Ok(None);
    };
    let text_of = |pattern: &Value| pattern.as_str().map(str::to_owned);
    let patterns = packages
        .as_array()
        .and_then(|packages| packages.iter().map(text_of).collect());
    patterns
        .map(Some)
        .ok_or_else(|| bad("must have a list of patterns as `packages`"))
}

fn read(path: &Path) -> Result<Option<String>, WorkspaceError> {
    match file::read_text(path, file::limit::SMALL) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_missing() => Ok(None),
        Err(_) => Err(WorkspaceError::BadFile {
            path: path.to_owned(),
            problem: "cannot be read",
        }),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    /// A repository with these files.
    pub(in super::super) fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn what_npm_does_not_see_is_in_another_tools_file() {
        let pnpms = ("pnpm-workspace.yaml", "packages: [a/*]");
        let lernas = ("lerna.json", r#"{"packages":["p/*"]}"#);
        for (files, found) in [
            (vec![pnpms], Some("pnpm-workspace.yaml")),
            (vec![lernas], Some("lerna.json")),
            (vec![("pnpm-workspace.yaml", "catalog: {}")], None),
            (vec![], None),
        ] {
            let folder = repository(&files);
            let none = Manifest::from_json(json!({}));
            assert_eq!(foreign_file(folder.path(), &none), found);
            let own = Manifest::from_json(json!({ "workspaces": ["a"] }));
            assert_eq!(foreign_file(folder.path(), &own), None);
        }
    }

    #[test]
    fn block_and_flow_lists_of_pnpm_are_read() {
        let read = |text: &str| {
            let folder = repository(&[("pnpm-workspace.yaml", text)]);
            pnpm_patterns(folder.path()).unwrap().unwrap()
        };
        let block = "# ours\npackages:\n  - 'packages/*'\n  # all\n  - \"apps/*\" # too\n  - docs # plain\n\n  - '!**/test/**'\ncatalog:\n  - x\n";
        assert_eq!(read(block), ["packages/*", "apps/*", "docs", "!**/test/**"]);
        for flow in [
            "packages: ['a/*', \"b\"]\n",
            "{ packages: [a/*, b] }",
            "packages:\n- a/*\n- b",
        ] {
            assert_eq!(read(flow), ["a/*", "b"], "{flow}");
        }
        for none in ["catalog: {}\n", "packages:\n", ""] {
            assert_eq!(read(none), [""; 0], "{none}");
        }
    }
}
