//! `--format gitlab`: GitLab's code quality report, a list of issues. GitLab
//! compares the fingerprints of two branches, so they must not depend on line numbers.
//! Source: GitLab's documentation, "Code Quality report format".

use std::collections::HashMap;
use std::path::Path;

use serde::Serialize;

use super::Report;
use super::item::{FileLocation, items, manifest_place, sha256, silent, spec};
use super::json::pretty;
use crate::finding::{Level, Reported};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// The document. Every issue needs a file: a finding outside the repository is shown at the
/// package's package.json.
pub fn write(report: &Report, root: &Path) -> String {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut issues: Vec<Issue> = items(report, root)
        .iter()
        .map(|item| {
            let place = item
                .place_or_manifest(report, root)
                .unwrap_or_else(FileLocation::somewhere);
            let fingerprint = item.fingerprint();
            let count = seen.entry(fingerprint.clone()).or_default();
            *count += 1;
            Issue {
                description: format!("{}: {}", item.spec(), item.text()),
                check_name: item.reported.check,
                fingerprint: match count {
                    1 => fingerprint,
                    _ => sha256(&format!("{fingerprint}{count}")),
                },
                severity: severity(item.reported),
                location: Location {
                    path: place.file,
                    lines: Lines { begin: place.line },
                },
            }
        })
        .collect();
    issues.extend(silent(report).map(|(package, why)| Issue {
        description: format!("{} is undecided: {why}", spec(package)),
        check_name: "undecided",
        fingerprint: sha256(&format!("undecided\n{}", spec(package))),
        severity: "major",
        location: Location {
            path: manifest_place(package, report, root).file,
            lines: Lines { begin: 1 },
        },
    }));
    pretty(&issues)
}

fn severity(found: &Reported) -> &'static str {
    match (found.level, found.allowed) {
        (_, true) | (Level::Note, _) => "info",
        (Level::Error, _) => "blocker",
        (Level::Warning, _) => "minor",
    }
}
