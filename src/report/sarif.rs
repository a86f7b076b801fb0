//! `--format sarif`: SARIF 2.1.0, as code scanning services read it. Every check is a rule, its
//! documentation the rule's help.
//!
//! An undecided check is not a result: SARIF's kind `open` would fit, but the readers that
//! matter show it as an alert. So it is a notification of the tool's run.

use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use super::item::{FileLocation, Item, items, spec};
use super::json::pretty;
use super::{PackageReport, Report, markdown};
use crate::checks::ALL;
use crate::checks::check::Check;
use crate::finding::Level;

#[derive(Serialize)]
struct Document {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Value; 1],
}

/// The document.
pub fn write(report: &Report, root: &Path) -> String {
    let results: Vec<Value> = items(report, root)
        .iter()
        .map(|item| result(item, report, root))
        .collect();
    let notifications: Vec<Value> = report.packages.iter().flat_map(undecided).collect();
    let run = json!({
        "tool": { "driver": {
            "name": "safe-publish",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": ALL.iter().map(rule).collect::<Vec<_>>(),
        }},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": { "SRCROOT": { "description": { "text": "the repository's root" } } },
        "invocations": [{
            "executionSuccessful": true,
            "toolExecutionNotifications": notifications,
        }],
        "results": results,
    });
    pretty(&Document {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [run],
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn rule(check: &Check) -> Value {
    let blocks = markdown::blocks(&check.documentation());
    let text: Vec<String> = blocks.iter().map(|lines| lines.join("\n")).collect();
    json!({
        "id": check.id,
        "shortDescription": { "text": check.summary },
        "fullDescription": { "text": text.first() },
        "help": { "text": text.join("\n\n"), "markdown": text.join("\n\n") },
        "defaultConfiguration": { "level": level(check.level) },
    })
}

fn result(item: &Item<'_>, report: &Report, root: &Path) -> Value {
    let rule = ALL.iter().position(|check| check.id == item.reported.check);
    let mut location = json!({});
    if let Some(place) = item.place_or_manifest(report, root) {
        location["physicalLocation"] = physical(&place);
    }
    if let Some(package) = item.package {
        location["logicalLocations"] = json!([{
            "kind": "module",
            "name": package.name.as_deref().unwrap_or(&package.directory),
            "fullyQualifiedName": spec(package),
        }]);
    }
    let mut result = json!({
        "ruleId": item.reported.check,
        "level": level(item.reported.level),
        "message": { "text": item.text() },
        "locations": [location],
        "partialFingerprints": { "safePublishFinding/v1": item.fingerprint() },
    });
    if let Some(rule) = rule {
        result["ruleIndex"] = json!(rule);
    }
    if item.reported.allowed {
        result["suppressions"] = json!([{ "kind": "external", "justification": "--allow" }]);
    }
    result
}

fn physical(place: &FileLocation) -> Value {
    json!({
        "artifactLocation": { "uri": uri(&place.file), "uriBaseId": "SRCROOT" },
        "region": { "startLine": place.line, "startColumn": place.column },
    })
}

/// A relative path as a URI reference: other characters are percent-encoded.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

fn undecided(package: &PackageReport) -> Vec<Value> {
    let undecided_checks = package
        .undecided
        .iter()
        .filter(|undecided| undecided.gap.is_shown());
    undecided_checks.map(|undecided| {
        let mut notification = json!({
            "level": if undecided.gap.is_silence() { "warning" } else { "note" },
            "message": { "text": format!("{}: {} is undecided: {}", spec(package), undecided.check, undecided.gap) },
        });
        if let Some(rule) = ALL.iter().position(|check| check.id == undecided.check) {
            notification["associatedRule"] = json!({ "id": undecided.check, "index": rule });
        }
        notification
    })
    .collect()
}
