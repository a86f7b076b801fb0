//! The fields of package.json that decide what is packed, normalised as
//! `@npmcli/package-json` does.

use std::path::Path;

use serde_json::{Map, Value};

use super::Edition;
use super::bins::Bins;
use super::error::PackError;
use crate::manifest::js;

/// The fields that affect packing.
#[derive(Clone, Debug, Default)]
pub(super) struct PackFields {
    /// The elements of `files`; `None` where npm treats it as absent.
    pub(super) files: Option<Vec<String>>,
    /// `main`, converted to a string as JavaScript does.
    pub(super) main: Option<String>,
    pub(super) browser: Option<String>,
    pub(super) bins: Bins,
    /// `bundleDependencies`.
    pub(super) bundled: Vec<String>,
    /// The files of `patchedDependencies`.
    pub(super) patches: Vec<String>,
    pub(super) has_patches: bool,
    pub(super) dependencies: Vec<String>,
    pub(super) optional: Vec<String>,
    pub(super) dev: Vec<String>,
}

impl PackFields {
    /// Reads the fields; `folder` is the package's own, for `directories.bin`.
    pub(super) fn of(
        object: &Map<String, Value>,
        folder: &Path,
        edition: Edition,
    ) -> Result<Self, PackError> {
        let optional = keys(object.get("optionalDependencies"));
        let all_dependencies = keys(object.get("dependencies"));
        let only_here: Vec<String> = all_dependencies
            .iter()
            .filter(|name| !optional.contains(name))
            .cloned()
            .collect();
        // npm 10 removes the optional ones first.
        let of_true = match edition {
            Edition::Npm10 => &only_here,
            Edition::Npm11 | Edition::Npm12 => &all_dependencies,
        };
        let bundled = bundled(object, of_true);
        Ok(Self {
            files: files(object)?,
            main: js::truthy(object, "main").map(template),
            browser: js::truthy(object, "browser").map(template),
            bins: Bins::of(object, folder, edition),
            bundled,
            patches: patches(object),
            has_patches: object.contains_key("patchedDependencies"),
            dependencies: only_here,
            optional,
            dev: keys(object.get("devDependencies")),
        })
    }

    /// Whether npm bundles a dependency of this name: it skips dev and peer dependencies and
    /// unknown names. With `top`, development dependencies count, too.
    pub(super) fn bundles(&self, name: &str, top: bool) -> bool {
        let has = |names: &[String]| names.iter().any(|known| known == name);
        if top && has(&self.dev) {
            return false;
        }
        has(&self.dependencies) || has(&self.optional)
    }
}

/// `${value}`.
fn template(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(_) => "[object Object]".to_owned(),
        Value::Array(items) => {
            let items = items.iter().map(|item| match item {
                Value::Null => String::new(),
                other => template(other),
            });
            items.collect::<Vec<_>>().join(",")
        }
        other => js::to_text(other),
    }
}

fn keys(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Object(object)) => object.keys().cloned().collect(),
        Some(Value::Array(items)) => (0..items.len()).map(|index| index.to_string()).collect(),
        _ => Vec::new(),
    }
}

fn files(object: &Map<String, Value>) -> Result<Option<Vec<String>>, PackError> {
    let Some(value) = js::truthy(object, "files") else {
        return Ok(None);
    };
    let not_iterable = PackError::BadFiles {
        says: "files is not iterable",
    };
    match value {
        // npm iterates over the characters of a string.
        Value::String(text) => Ok(Some(text.chars().map(String::from).collect())),
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                Value::String(text) => Ok(text.clone()),
                Value::Null => Err(PackError::BadFiles {
                    says: "Cannot read properties of null (reading 'startsWith')",
                }),
                _ => Err(PackError::BadFiles {
                    says: "file.startsWith is not a function",
                }),
            })
            .collect::<Result<Vec<_>, _>>()
            .map(Some),
        _ => Err(not_iterable),
    }
}

fn bundled(object: &Map<String, Value>, dependencies: &[String]) -> Vec<String> {
    let value = object
        .get("bundleDependencies")
        .or_else(|| object.get("bundledDependencies"));
    match value {
        Some(Value::Bool(true)) => dependencies.to_vec(),
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        Some(Value::Object(names)) => names.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

fn patches(object: &Map<String, Value>) -> Vec<String> {
    let Some(Value::Object(patches)) = object.get("patchedDependencies") else {
        return Vec::new();
    };
    let path = |value: &Value| {
        let path = value.as_str()?.replace('\\', "/");
        let bare = path
            .strip_prefix("./")
            .or_else(|| path.strip_prefix('/'))
            .unwrap_or(&path)
            .trim_end_matches('/');
        let escapes = bare.starts_with('/')
            || bare == ".."
            || bare.starts_with("../")
            || bare.contains("/../");
        (!bare.is_empty() && !escapes).then(|| bare.to_owned())
    };
    patches.values().filter_map(path).collect()
}
