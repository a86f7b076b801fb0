//! A release in GitHub Actions: annotations, and a step summary.

use std::fmt::Write as _;
use std::path::Path;

use super::human::{counted, in_order};
use super::{Release, ReleasePackage, State, ended};
use crate::escape::{cell, data, property};
use crate::report::explanation;
use crate::report::github;
use crate::report::style::Style;

/// One annotation per finding, and one per package that failed or needs a look.
pub fn annotations(release: &Release, root: &Path) -> String {
    let mut text = github::write(&release.preflight, root);
    for package in in_order(release) {
        let is_warning = package
            .reason
            .as_ref()
            .is_some_and(super::Reason::is_warning);
        let command = match package.state {
            State::Failed => "error",
            _ if is_warning => "warning",
            _ => continue,
        };
        let title = format!("{}: {}", spec(package), package.state.name());
        let _ = writeln!(
            text,
            "::{command} title={}::{}",
            property(&title),
            data(why(package).trim_end())
        );
    }
    text
}

/// The step summary, in Markdown.
pub fn summary(release: &Release, root: &Path) -> String {
    let mut text = format!(
        "### safe-publish release: {}\n\n",
        counted(release, &ended::STATES)
    );
    text.push_str("| package | state | why |\n|---|---|---|\n");
    let shown = in_order(release).filter(|package| package.state != State::Private);
    for package in shown {
        let why: Vec<String> = why(package).lines().map(cell).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            cell(&spec(package)),
            package.state.name(),
            why.join("<br>")
        );
    }
    github::findings(&mut text, &release.preflight, root);
    text.push('\n');
    text
}

fn spec(package: &ReleasePackage) -> String {
    let version = package.version.as_deref().unwrap_or("(no version)");
    format!("{}@{version}", package.name)
}

/// Why the package is in its state; empty where the state tells it.
fn why(package: &ReleasePackage) -> String {
    let explanation = package.explanation.as_ref();
    let explained = explanation.map(|known| explanation::human(known, false, Style::PLAIN));
    let reason = package.reason.as_ref().map(ToString::to_string);
    explained.or(reason).unwrap_or_default()
}
