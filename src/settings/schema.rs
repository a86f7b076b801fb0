//! The JSON schema of the settings, generated from the code.

use serde_json::{Map, Value, json};

use crate::finding::{Level, Packer};
use crate::registry::kind::RegistryKind;

/// The schema's data about one check.
#[derive(Clone, Copy, Debug)]
pub struct CheckEntry {
    /// Its id.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// The default level of its findings.
    pub level: Level,
}

/// The schema (draft 2020-12), pretty-printed, with a final newline.
pub fn schema(checks: &[CheckEntry]) -> String {
    let mut document = object(
        "Settings of safe-publish: safe-publish.json, or \"safe-publish\" in package.json",
        &json!({
            "$schema": { "type": "string" },
            "checks": object("The level of each check's findings", &levels(checks)),
            "licenses": licenses(),
            "registries": registries(),
            "branches": strings("Branches to release from"),
            "confirm": { "type": "boolean", "description": "Ask once before npm starts, on a terminal and outside CI" },
            "contents": contents(),
            "release": release(),
            "hook": hook(),
        }),
    );
    document["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// An object that has only these properties.
fn object(about: &str, properties: &Value) -> Value {
    json!({ "type": "object", "description": about, "properties": properties, "additionalProperties": false })
}

fn strings(about: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": about })
}

fn levels(checks: &[CheckEntry]) -> Value {
    let level = |check: &CheckEntry| json!({ "enum": ["error", "warning", "note", "off"], "description": check.summary, "default": check.level.name() });
    let levels: Map<String, Value> = checks
        .iter()
        .map(|check| (check.id.to_owned(), level(check)))
        .collect();
    levels.into()
}

fn licenses() -> Value {
    object(
        "Which licences may be published",
        &json!({
            "allow": strings("Only these SPDX identifiers"),
            "deny": strings("None of these SPDX identifiers"),
        }),
    )
}

fn registries() -> Value {
    let kinds: Vec<&str> = RegistryKind::ALL.iter().map(|kind| kind.name()).collect();
    object(
        "Which registries packages may go to, and their kinds",
        &json!({
            "allow": strings("Prefixes of the URLs that packages may go to"),
            "kinds": {
                "type": "object",
                "description": "URL prefix to the kind of registry that answers there",
                "additionalProperties": { "enum": kinds },
            },
        }),
    )
}

fn contents() -> Value {
    object(
        "Limits on what is packed",
        &json!({
            "maxSize": { "type": "integer", "minimum": 0, "description": "Most bytes of the \
                packed tarball" },
            "allow": strings("Files that the contents checks ignore; globs"),
        }),
    )
}

fn release() -> Value {
    object(
        "How `safe-publish release` packs and publishes",
        &json!({
            "packer": { "enum": Packer::NAMES, "description": "The tool that packs, instead of \
                the one that the repository names" },
            "tag": { "type": "string", "minLength": 1, "description": "The dist-tag, if the \
                command line names none" },
            "access": { "enum": ["public", "restricted"], "description": "The access level, if \
                the command line names none" },
        }),
    )
}

fn hook() -> Value {
    object(
        "What the git hook checks",
        &json!({
            "tags": strings("Patterns of tags that name a version, with {version} and, in a \
                repository of several packages, {name}; instead of v{version}, {version} and \
                {name}@{version}"),
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks;

    fn schema() -> String {
        super::schema(&checks::entries())
    }

    #[test]
    fn the_schema_in_the_repository_is_the_codes() {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/settings/schema.json");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, schema()).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text == schema(),
            "stale; run: UPDATE=1 cargo test --locked schema"
        );
    }

    #[test]
    fn every_check_is_listed() {
        let document: Value = serde_json::from_str(&schema()).unwrap();
        for check in checks::ALL {
            let pointer = format!("/properties/checks/properties/{}/default", check.id);
            assert_eq!(document.pointer(&pointer).unwrap(), check.level.name());
        }
    }
}
