//! How good `explain` is, in figures: on logs that its rules were written from, and on logs
//! that no author of rules has read (`fixtures/held-out.json`).
//!
//! The held-out logs stay unread: a rule that was written from one of them measures nothing.
//! `SAFE_PUBLISH_SHOW_MISSES=1` prints the misses of both; use it only if the held-out logs are
//! about to be replaced.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use safe_publish::explain::{Likelihood, Log, explain_text};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gathered {
    about: String,
    /// The public thread, or the source, that this is a rendering of.
    #[serde(rename = "source")]
    _source: String,
    log: Vec<String>,
    /// The true causes; `none` if npm did not fail.
    ids: Vec<String>,
    /// Whether the log contains everything about the failure.
    #[serde(rename = "complete")]
    _complete: bool,
}

/// A number of logs, and how often the right cause is at which rank.
#[derive(Debug, Default)]
struct Figures {
    logs: usize,
    first: usize,
    within_five: usize,
    wrongly_certain: usize,
}

impl Figures {
    /// Whether at least this many percent are right, and no wrong cause is certain.
    fn reach(&self, first: usize, within_five: usize) -> bool {
        100 * self.first >= first * self.logs
            && 100 * self.within_five >= within_five * self.logs
            && self.wrongly_certain == 0
    }
}

fn say(line: &str) {
    writeln!(io::stderr(), "{line}").expect("standard error takes it");
}

fn figures(file: &str) -> Figures {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(file);
    let text = fs::read_to_string(path).expect("the fixture is there");
    let gathered: Vec<Gathered> = serde_json::from_str(&text).expect("well-formed");
    let shows_misses = std::env::var_os("SAFE_PUBLISH_SHOW_MISSES").is_some();
    let mut figures = Figures::default();
    for one in &gathered {
        let explanation = explain_text(&Log::of_text(&one.log.join("\n")));
        let mut said: Vec<&str> = explanation.causes.iter().map(|cause| cause.id).collect();
        if explanation.error.is_none() {
            said.push("none");
        }
        let is_right = |id: &&str| one.ids.iter().any(|right| right == id);
        let first_is_right = said.first().is_some_and(is_right);
        let causes = &explanation.causes;
        let is_certain = causes
            .first()
            .is_some_and(|cause| cause.likelihood == Likelihood::Certain);
        figures.logs += 1;
        figures.first += usize::from(first_is_right);
        figures.within_five += usize::from(said.iter().any(is_right));
        figures.wrongly_certain += usize::from(is_certain && !first_is_right);
        if shows_misses && !first_is_right {
            say(&format!("{}: is {:?}, said {said:?}", one.about, one.ids));
        }
    }
    say(&format!("{file}: {figures:?}"));
    figures
}

#[test]
fn the_logs_that_rules_were_written_with_lead_to_their_causes() {
    // Threads also hold logs whose cause no line of theirs shows.
    let files = [
        ("logs/gathered.json", 600, 94, 98),
        ("logs/rendered.json", 850, 98, 99),
    ];
    for (file, logs, first, within_five) in files {
        let figures = figures(file);
        assert!(figures.logs >= logs, "{file}: {figures:?}");
        assert!(figures.reach(first, within_five), "{file}: {figures:?}");
    }
}

#[test]
fn logs_that_no_rule_was_written_from_lead_to_their_causes() {
    let figures = figures("held-out.json");
    assert!(figures.logs >= 80, "{figures:?}");
    assert!(figures.reach(85, 95), "{figures:?}");
}
