//! `release --format json`: the contract `safe-publish/release@1`.

use serde::Serialize;

use super::{Release, ReleasePackage};
use crate::report::explanation::Explained;
use crate::report::json::{Finding, Npm, PackageEntry, finding, npm, package, pretty};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    verdict: &'static str,
    npm: Option<Npm>,
    packer: Packer<'a>,
    order: Vec<&'a str>,
    packages: Vec<Entry<'a>>,
    findings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Packer<'a> {
    name: &'static str,
    version: Option<&'a str>,
    because: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    name: &'a str,
    version: Option<&'a str>,
    directory: &'a str,
    depends_on: &'a [String],
    state: &'static str,
    reason: Option<String>,
    tarball: Option<Tarball<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    added_by_scripts: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    removed_by_scripts: &'a [String],
    report: Option<PackageEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explained<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tarball<'a> {
    integrity: &'a str,
    packed_size: u64,
}

/// The document.
pub fn json(release: &Release) -> String {
    let report = &release.preflight;
    let name = |&at: &usize| release.packages[at].name.as_str();
    pretty(&Document {
        schema: "safe-publish/release@1",
        verdict: report.verdict.name(),
        npm: npm(report),
        packer: Packer {
            name: release.packer.packer.name(),
            version: release.packer.version.as_deref(),
            because: &release.packer.because,
        },
        order: release.order.iter().map(name).collect(),
        packages: release
            .packages
            .iter()
            .map(|package| entry(package, release))
            .collect(),
        findings: report
            .findings
            .iter()
            .map(|found| finding(found, None, &report.cwd))
            .collect(),
    })
}

fn entry<'a>(one: &'a ReleasePackage, release: &'a Release) -> Entry<'a> {
    let report = &release.preflight;
    Entry {
        name: &one.name,
        version: one.version.as_deref(),
        directory: &one.directory,
        depends_on: &one.depends_on,
        state: one.state.name(),
        reason: one.reason.as_ref().map(ToString::to_string),
        tarball: one.tarball.as_ref().map(|tarball| Tarball {
            integrity: &tarball.integrity,
            packed_size: tarball.packed_size,
        }),
        added_by_scripts: &one.changes.added,
        removed_by_scripts: &one.changes.removed,
        report: one.report.map(|at| package(&report.packages[at], report)),
        explanation: one.explanation.as_ref().map(Explained::of),
    }
}
