//! Many packages: what differs from the usual, each finding once with the packages that have
//! it, and totals that name every blocked package.

use std::fmt::Write as _;

use super::super::style::Style;
use super::super::{PackageReport, Standing};
use super::finding;
use super::package::{fitted, target, title};
use super::{MAX_NAMES, Page, Verbosity, count, labelled, list, printable};
use crate::finding::{Outcome, Reported};

/// How many packages there are, where they go, and which to look at.
pub(super) fn header(text: &mut String, page: Page<'_>) {
    let (packages, style) = (&page.report.packages, page.style);
    let targets: Vec<Vec<String>> = packages.iter().map(target).collect();
    let common: Vec<String> = targets[0]
        .iter()
        .filter(|part| targets.iter().all(|parts| parts.contains(part)))
        .cloned()
        .collect();
    let heading = format!("{}:", count(packages.len(), "package"));
    let line = style.labelled(Style::strong, &heading, &printable(&common.join(", ")), 2);
    let _ = writeln!(text, "{line}");
    if packages.len() <= MAX_NAMES {
        for (package, parts) in packages.iter().zip(&targets) {
            let own: Vec<&str> = parts
                .iter()
                .filter(|part| !common.contains(part))
                .map(String::as_str)
                .collect();
            let own = if own.is_empty() {
                String::new()
            } else {
                format!(", {}", printable(&own.join(", ")))
            };
            let line = fitted(&|style| format!("{}{own}", title(package, style)), style, 2);
            let _ = writeln!(text, "  {line}");
        }
    } else {
        let new = |package: &&PackageReport| package.standing == Standing::New;
        let names: Vec<String> = packages.iter().filter(new).map(spec).collect();
        if !names.is_empty() {
            let label = count(names.len(), "NEW name");
            text.push_str("  ");
            labelled(text, &label, &list(&names), page);
        }
    }
    text.push('\n');
}

/// A check's findings in all packages.
struct Kind<'a> {
    first: (&'a PackageReport, &'a Reported),
    packages: Vec<String>,
}

/// Each check once, the worst first.
pub(super) fn findings(text: &mut String, page: Page<'_>) {
    let verbose = page.verbosity == Verbosity::Verbose;
    let mut kinds: Vec<Kind<'_>> = Vec::new();
    for package in &page.report.packages {
        for found in package
            .findings
            .iter()
            .filter(|found| page.shows(found.level))
        {
            let known = kinds.iter_mut().find(|kind| {
                let first = kind.first.1;
                !verbose
                    && (first.check, first.level, first.allowed)
                        == (found.check, found.level, found.allowed)
            });
            let name = spec(package);
            match known {
                Some(kind) if kind.packages.last() != Some(&name) => kind.packages.push(name),
                Some(_) => {}
                None => kinds.push(Kind {
                    first: (package, found),
                    packages: vec![name],
                }),
            }
        }
    }
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.first.1.level));
    for kind in kinds {
        let (package, found) = kind.first;
        let around = finding::FindingContext {
            package: Some(package),
            packages: &kind.packages,
            above: None,
        };
        text.push_str(&finding::render(found, around, page));
    }
}

/// `152 packages: 150 ready, 2 blocked: a, b`.
pub(super) fn totals(text: &mut String, page: Page<'_>) {
    let packages = &page.report.packages;
    let with = |verdict: Outcome| -> Vec<String> {
        let these = packages.iter().filter(|package| package.verdict == verdict);
        these.map(PackageReport::name_as_written).collect()
    };
    let ready = with(Outcome::Ready).len();
    let mut line = format!("{}: {ready} ready", count(packages.len(), "package"));
    for verdict in [Outcome::Undecided, Outcome::Blocked] {
        let names = with(verdict);
        if !names.is_empty() {
            let _ = write!(
                line,
                ", {} {}: {}",
                names.len(),
                verdict.name(),
                list(&names)
            );
        }
    }
    let _ = writeln!(text, "{}", page.style.hang(&line, 2));
}

fn spec(package: &PackageReport) -> String {
    format!(
        "{}@{}",
        package.name_as_written(),
        package.version_as_written()
    )
}
