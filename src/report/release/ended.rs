//! The result for each package of a release, for people.

use std::fmt::Write as _;

use super::human::{counted, in_order, line};
use super::{Release, ReleasePackage, State};
use crate::report::explanation;
use crate::report::style::Style;

/// How the states are called once a release has ended.
pub(super) const STATES: [(State, &str); 6] = [
    (State::Published, "published"),
    (State::Out, "already published"),
    (State::Failed, "failed"),
    (State::Blocked, "blocked"),
    (State::Waiting, "waiting"),
    (State::Publish, "not sent"),
];

/// A line per package, the explanation of each failure, and what to do next.
pub fn ended(release: &Release, style: Style, verbose: bool) -> String {
    let mut text = String::new();
    for package in in_order(release).filter(|package| package.state != State::Private) {
        line(&mut text, package, release, style);
        if let Some(known) = &package.explanation {
            for row in explanation::human(known, verbose, style).lines() {
                let _ = writeln!(text, "{}", format!("  {row}").trim_end());
            }
        }
    }
    let _ = writeln!(text, "\n{}", counted(release, &STATES));
    let is_left = |package: &ReleasePackage| {
        matches!(
            package.state,
            State::Failed | State::Waiting | State::Publish
        )
    };
    if release.packages.iter().any(is_left) {
        let help = "= help: correct the cause, and run the same command again: published \
            versions are not sent twice";
        let _ = writeln!(text, "  {}", style.wrap_indented(help, 2));
    }
    text
}
