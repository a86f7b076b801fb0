//! `--format junit`: a test suite per package and a test case per check, as Jenkins and every
//! other CI read it (the schema of Jenkins's xUnit plugin). A blocking finding is a failure; a
//! check that leaves the verdict open is an error.

use std::fmt::Write as _;

use super::item::{Item, items, spec};
use super::{PackageReport, Report};
use crate::checks::ALL;
use crate::checks::check::Check;
use crate::finding::{Level, Outcome, Undecided};

/// The counts of a suite's cases.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    failures: usize,
    errors: usize,
    skipped: usize,
}

/// The document. With `strict`, warnings block, too.
pub fn write(report: &Report, strict: bool) -> String {
    let all = items(report, &report.cwd);
    let mut suites = String::new();
    let mut sum = Counts::default();
    for (index, package) in report.packages.iter().enumerate() {
        let of_package: Vec<&Item<'_>> = all
            .iter()
            .filter(|item| item.package.is_some_and(|own| std::ptr::eq(own, package)))
            .collect();
        let (cases, counts) = cases(package, &of_package, strict);
        let _ = write!(
            suites,
            "  <testsuite id=\"{index}\" name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3}\">\n{cases}  </testsuite>\n",
            escape(&spec(package)),
            ALL.len(),
            counts.failures,
            counts.errors,
            counts.skipped,
            report.elapsed.as_secs_f64()
        );
        sum.failures += counts.failures;
        sum.errors += counts.errors;
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"safe-publish\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3}\">\n{suites}</testsuites>\n",
        report.packages.len() * ALL.len(),
        sum.failures,
        sum.errors,
        report.elapsed.as_secs_f64()
    )
}

fn cases(package: &PackageReport, items: &[&Item<'_>], strict: bool) -> (String, Counts) {
    let class = escape(&format!(
        "safe-publish.{}",
        package.name.as_deref().unwrap_or(&package.directory)
    ));
    let (mut cases, mut counts) = (String::new(), Counts::default());
    for check in ALL {
        let mut inner = String::new();
        let mut undecided = package.undecided.iter();
        if let Some(open) = undecided.find(|undecided| undecided.check == check.id) {
            inner.push_str(&open_case(package, check, open, &mut counts));
        }
        let mut failed = false;
        for item in items.iter().filter(|item| item.reported.check == check.id) {
            failed |= blocks(item, strict);
            inner.push_str(&found(item, strict));
        }
        counts.failures += usize::from(failed);
        let name = check.id;
        let _ = if inner.is_empty() {
            writeln!(
                cases,
                "    <testcase name=\"{name}\" classname=\"{class}\"/>"
            )
        } else {
            writeln!(
                cases,
                "    <testcase name=\"{name}\" classname=\"{class}\">\n{inner}    </testcase>"
            )
        };
    }
    (cases, counts)
}

/// An undecided check: skipped, or an error if it leaves the verdict open.
fn open_case(
    package: &PackageReport,
    check: &Check,
    open: &Undecided,
    counts: &mut Counts,
) -> String {
    let why = escape(&open.gap.to_string());
    let keeps_open = package.verdict == Outcome::Undecided
        && open.gap.is_silence()
        && check.level == Level::Error;
    if keeps_open {
        counts.errors += 1;
        return format!("      <error type=\"undecided\" message=\"{why}\"/>\n");
    }
    counts.skipped += 1;
    format!("      <skipped message=\"{why}\"/>\n")
}

fn blocks(item: &Item<'_>, strict: bool) -> bool {
    let level = item.reported.level;
    !item.reported.allowed && (level == Level::Error || (strict && level == Level::Warning))
}

fn found(item: &Item<'_>, strict: bool) -> String {
    let text = escape(&item.text());
    if blocks(item, strict) {
        let message = escape(&item.reported.finding.message);
        let check = item.reported.check;
        return format!("      <failure type=\"{check}\" message=\"{message}\">{text}</failure>\n");
    }
    let level = if item.reported.allowed {
        "allowed"
    } else {
        item.reported.level.name()
    };
    format!("      <system-out>{level}: {text}</system-out>\n")
}

/// Text for XML 1.0, which cannot represent most control characters.
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
