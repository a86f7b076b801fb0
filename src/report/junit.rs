//! `--format junit`: a test suite per package, a test case per check, as Jenkins
//! and every other CI read it (the schema of Jenkins's xUnit plugin).

use std::fmt::Write as _;

use super::item::{Item, items, spec};
use super::{PackageReport, Report};
use crate::check::Level;
use crate::checks::ALL;

/// The document.
pub fn write(report: &Report) -> String {
    let all = items(report, &report.cwd);
    let mut suites = String::new();
    let (mut tests, mut failures) = (0, 0);
    for (index, package) in report.packages.iter().enumerate() {
        let of_package: Vec<&Item<'_>> = all
            .iter()
            .filter(|item| item.package.is_some_and(|own| std::ptr::eq(own, package)))
            .collect();
        let (suite, failed) = suite(package, &of_package, (index, report.elapsed.as_secs_f64()));
        suites.push_str(&suite);
        tests += ALL.len();
        failures += failed;
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"safe-publish\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" time=\"{:.3}\">\n{suites}</testsuites>\n",
        report.elapsed.as_secs_f64()
    )
}

fn suite(
    package: &PackageReport,
    items: &[&Item<'_>],
    (index, seconds): (usize, f64),
) -> (String, usize) {
    let (mut cases, mut failed, mut skipped) = (String::new(), 0, 0);
    for check in ALL {
        let found: Vec<&&Item<'_>> = items
            .iter()
            .filter(|item| item.reported.check == check.id)
            .collect();
        let undecided = package
            .undecided
            .iter()
            .find(|undecided| undecided.check == check.id);
        let mut inner = String::new();
        if let Some(undecided) = undecided {
            skipped += 1;
            let _ = writeln!(
                inner,
                "      <skipped message=\"{}\"/>",
                escape(&undecided.gap.to_string())
            );
        }
        let fails =
            |item: &&&Item<'_>| item.reported.level == Level::Error && !item.reported.allowed;
        failed += usize::from(found.iter().any(fails));
        for item in &found {
            let text = escape(&item.text());
            let _ = if fails(item) {
                let message = escape(&item.reported.finding.message);
                writeln!(
                    inner,
                    "      <failure type=\"{}\" message=\"{message}\">{text}</failure>",
                    check.id
                )
            } else {
                let level = if item.reported.allowed {
                    "allowed"
                } else {
                    item.reported.level.name()
                };
                writeln!(inner, "      <system-out>{level}: {text}</system-out>")
            };
        }
        let class = escape(&format!(
            "safe-publish.{}",
            package.name.as_deref().unwrap_or(&package.directory)
        ));
        let _ = if inner.is_empty() {
            writeln!(
                cases,
                "    <testcase name=\"{}\" classname=\"{class}\"/>",
                check.id
            )
        } else {
            writeln!(
                cases,
                "    <testcase name=\"{}\" classname=\"{class}\">\n{inner}    </testcase>",
                check.id
            )
        };
    }
    let text = format!(
        "  <testsuite id=\"{index}\" name=\"{}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\" time=\"{seconds:.3}\">\n{cases}  </testsuite>\n",
        escape(&spec(package)),
        ALL.len(),
    );
    (text, failed)
}

/// Text within XML 1.0, which has no way to write most control characters.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
