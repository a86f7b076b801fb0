//! What became of each package of a release, for people.

use std::fmt::Write as _;

use super::human::{in_order, line};
use super::{Release, State};
use crate::report::explanation;
use crate::report::style::Style;

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
    let count = |state: State| {
        let packages = release.packages.iter();
        packages.filter(|package| package.state == state).count()
    };
    let (published, out) = (count(State::Published), count(State::Out));
    let left = count(State::Failed) + count(State::Waiting);
    let _ = writeln!(
        text,
        "\n{published} published, {out} out before, {left} left"
    );
    if left > 0 {
        let _ = writeln!(
            text,
            "  = help: correct the cause, and run the same command again: what is out is not sent twice"
        );
    }
    text
}
