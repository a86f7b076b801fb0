//! `--format json`: the contract `safe-publish/report@1`. These structs are
//! frozen copies, not the internal types, so that those may change.

use std::path::Path;

use serde::Serialize;

use super::comparison::{Compared, comparison};
use super::contents::{Contents, contents};
use super::{PackageReport, Report};
use crate::finding::Reported;
use crate::manifest::Manifest;
use crate::registry::client::RequestRecord;
use crate::report::locate;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema: &'static str,
    verdict: &'static str,
    npm: Option<Npm>,
    packages: Vec<PackageEntry<'a>>,
    findings: Vec<Finding<'a>>,
    requests: Vec<Request<'a>>,
}

#[derive(Serialize)]
pub(super) struct Npm {
    path: String,
    version: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PackageEntry<'a> {
    name: Option<&'a str>,
    version: Option<&'a str>,
    latest: Option<&'a str>,
    directory: &'a str,
    registry: Option<&'a str>,
    registry_kind: &'static str,
    tag: &'a str,
    access: Option<&'a str>,
    account: Option<&'a str>,
    contents: Option<Contents<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Compared<'a>>,
    verdict: &'static str,
    findings: Vec<Finding<'a>>,
    undecided: Vec<Undecided>,
}

#[derive(Serialize)]
pub(super) struct Finding<'a> {
    check: &'static str,
    level: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    allowed: bool,
    message: &'a str,
    help: Vec<String>,
    predicts: Option<Prediction<'a>>,
    evidence: Vec<Evidence<'a>>,
    location: Option<Location>,
}

#[derive(Serialize)]
struct Prediction<'a> {
    code: Option<&'a str>,
    text: &'a str,
}

#[derive(Serialize)]
struct Evidence<'a> {
    request: &'a str,
    answer: &'a str,
}

#[derive(Serialize)]
struct Location {
    file: String,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Undecided {
    check: &'static str,
    decisive: bool,
    reason: String,
}

#[derive(Serialize)]
struct Request<'a> {
    method: &'static str,
    url: &'a str,
    status: Option<u16>,
    milliseconds: u64,
}

/// The report as one JSON document with a final newline.
pub fn write(report: &Report) -> String {
    let document = Document {
        schema: "safe-publish/report@1",
        verdict: report.verdict.name(),
        npm: npm(report),
        packages: report.packages.iter().map(|p| package(p, report)).collect(),
        findings: report
            .findings
            .iter()
            .map(|f| finding(f, None, &report.cwd))
            .collect(),
        requests: report.requests.iter().map(request).collect(),
    };
    pretty(&document)
}

/// The npm that a verdict is for.
pub(super) fn npm(report: &Report) -> Option<Npm> {
    report.npm.as_ref().map(|npm| Npm {
        path: npm.path.display().to_string(),
        version: npm.version.to_string(),
    })
}

/// A document with a final newline.
pub(super) fn pretty(document: &impl Serialize) -> String {
    // Strings and numbers always serialise; an error would leave the output empty.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

pub(super) fn package<'a>(package: &'a PackageReport, report: &Report) -> PackageEntry<'a> {
    PackageEntry {
        name: package.name.as_deref(),
        version: package.version.as_deref(),
        latest: package.latest(),
        directory: &package.directory,
        registry: package.registry.as_deref(),
        registry_kind: package.kind.name(),
        tag: &package.tag,
        access: package.access.as_deref(),
        account: package.account.as_deref(),
        contents: package
            .contents
            .as_ref()
            .map(|known| contents(&known.packed, &known.scripts)),
        comparison: package.comparison.as_ref().map(comparison),
        verdict: package.verdict.name(),
        findings: package
            .findings
            .iter()
            .map(|f| finding(f, Some(&package.manifest), &report.cwd))
            .collect(),
        undecided: package
            .undecided
            .iter()
            .filter(|undecided| undecided.gap.is_shown())
            .map(|undecided| Undecided {
                check: undecided.check,
                decisive: undecided.decisive,
                reason: undecided.gap.to_string(),
            })
            .collect(),
    }
}

/// A finding; `manifest` provides the lines of places in package.json.
pub(super) fn finding<'a>(
    reported: &'a Reported,
    manifest: Option<&Manifest>,
    cwd: &Path,
) -> Finding<'a> {
    let found = &reported.finding;
    let location = locate::locate(found, manifest, cwd);
    Finding {
        check: reported.check,
        level: reported.level.name(),
        allowed: reported.allowed,
        message: &found.message,
        help: found.helps(),
        predicts: found.predicts.as_ref().map(|predicts| Prediction {
            code: predicts.code.as_deref(),
            text: &predicts.text,
        }),
        evidence: found
            .evidence
            .iter()
            .map(|evidence| Evidence {
                request: &evidence.request,
                answer: &evidence.answer,
            })
            .collect(),
        location: location.map(|location| Location {
            file: location.file,
            line: location.line,
            column: location.column,
        }),
    }
}

fn request(record: &RequestRecord) -> Request<'_> {
    Request {
        method: record.method,
        url: &record.url,
        status: record.status,
        milliseconds: record.milliseconds,
    }
}
