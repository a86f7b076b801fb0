//! What must hold for every code, every id and every log that the project knows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use safe_publish::explain::{Likelihood, Log, explain_text, is_code, text_of_code};
use safe_publish::report::explanation::human;
use safe_publish::report::style::Style;
use serde_json::Value;

use crate::support::sandbox::Sandbox;

fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(path).expect("the file is there")
}

/// The logs that rules were written from, each with its true causes.
fn logs() -> Vec<(String, Vec<String>)> {
    let words = |value: &Value| -> Vec<String> {
        let words = value.as_array().into_iter().flatten();
        words.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let files = ["fixtures/logs/gathered.json", "fixtures/logs/rendered.json"];
    let mut logs = Vec::new();
    for path in files {
        let gathered: Vec<Value> = serde_json::from_str(&file(path)).expect("well-formed");
        logs.extend(
            gathered
                .iter()
                .map(|one| (words(&one["log"]).join("\n"), words(&one["ids"]))),
        );
    }
    logs
}

/// `explain CODE`: no code of any log is unknown.
#[test]
fn every_code_of_the_known_logs_is_explained() {
    let logs = logs();
    let words = logs
        .iter()
        .flat_map(|(log, _)| log.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')));
    let codes: BTreeSet<&str> = words.filter(|word| is_code(word)).collect();
    assert!(codes.len() > 100, "only {} codes", codes.len());
    for code in codes {
        let explanation = explain_text(&Log::of_text(&text_of_code(code)));
        assert!(explanation.error.is_some(), "{code}");
        assert!(!explanation.causes.is_empty(), "{code}");
    }
}

/// `explain ID`: every id of the documentation.
#[test]
fn every_id_of_the_documentation_is_explained() {
    let documentation = file("docs/checks.md");
    let headings = documentation.lines().filter_map(|line| {
        let heading = line.trim_start_matches('#');
        (heading.len() < line.len()).then(|| heading.trim().trim_matches('`'))
    });
    let is_id = |word: &&str| {
        word.contains('-')
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b"-0123456789".contains(&b))
    };
    let ids: Vec<&str> = headings.filter(is_id).collect();
    assert!(ids.len() > 100, "only {} ids", ids.len());
    let sandbox = Sandbox::new();
    for id in ids {
        let run = sandbox.run(&["explain", id]);
        assert_eq!(run.code, Some(0), "{id}: {}", run.stderr);
        assert!(run.stdout.contains(id), "{id}: {}", run.stdout);
    }
}

/// A certain cause stands alone, and no log has more than five causes.
#[test]
fn a_certain_cause_stands_alone_and_is_right() {
    for (log, ids) in logs() {
        let causes = explain_text(&Log::of_text(&log)).causes;
        let is_certain = causes
            .iter()
            .any(|cause| cause.likelihood == Likelihood::Certain);
        assert!(causes.len() <= 5, "{log}");
        if is_certain {
            assert_eq!(causes.len(), 1, "{log}");
            assert!(ids.iter().any(|id| id == causes[0].id), "{log}: {ids:?}");
        }
    }
}

/// What people read: at most three causes, in twenty lines.
#[test]
fn every_screen_is_short() {
    for (log, _) in logs() {
        let explanation = explain_text(&Log::of_text(&log));
        let screen = human(&explanation, false, Style::PLAIN);
        let lines = screen.lines().count();
        let of_causes = |line: &&str| {
            ["certain[", "likely[", "possible["]
                .iter()
                .any(|begin| line.starts_with(begin))
        };
        assert!(lines <= 20, "{lines} lines:\n{screen}");
        assert!(screen.lines().filter(of_causes).count() <= 3, "{screen}");
    }
}
