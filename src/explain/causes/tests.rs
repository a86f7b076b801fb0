use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;
use crate::explain::rules;

#[test]
fn every_cause_that_a_rule_names_has_its_text() {
    let rules = rules::all().chain(rules::by_vocabulary());
    for (_, id) in rules.flat_map(rules::Rule::causes) {
        assert!(said_of(id).is_some(), "{id}");
    }
}

#[test]
fn no_cause_is_a_checks_and_each_says_what_npm_says() {
    for cause in all() {
        assert!(checks::find(cause.id).is_none(), "{}", cause.id);
        let text = cause.documentation();
        let says = text.find("\n\nnpm says: ").expect(cause.id);
        let todo = text.find("\n\nWhat to do:\n\n- ").expect(cause.id);
        assert!(says < todo, "{}", cause.id);
    }
}

/// Two texts with this share of common words are the same advice.
const SAME: f64 = 0.75;

/// Shorter sentences, in words, are not compared.
const MIN_WORDS: usize = 5;

struct Advice {
    place: String,
    text: String,
    words: BTreeSet<String>,
}

/// The remedies in a source file: the texts after `help`, `look`, `.help(`, `.step(`,
/// `Help::text(` and the constants that they share.
fn advice(path: &Path) -> Vec<Advice> {
    const BEFORE: [&str; 10] = [
        "help",
        "look",
        ".help(",
        ".help(format!(",
        ".step(",
        ".step(format!(",
        "Help::text(",
        "Help::step(",
        "Help::from(format!(",
        ": &str =",
    ];
    let source = std::fs::read_to_string(path).unwrap();
    let source = source.split("#[cfg(test)]").next().unwrap();
    let lines = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let source = lines.collect::<Vec<_>>().join("\n").replace("\\\"", "'");
    let pieces: Vec<&str> = source.split('"').collect();
    let found = pieces.windows(2).step_by(2).filter(|pair| {
        let before = pair[0].trim_end();
        BEFORE.iter().any(|mark| before.ends_with(mark))
    });
    let advice = found.map(|pair| {
        let words = pair[1].split(|c: char| !c.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        Advice {
            place: path.display().to_string(),
            text: pair[1].to_owned(),
            words: words.map(str::to_lowercase).collect(),
        }
    });
    advice.filter(|one| one.words.len() >= MIN_WORDS).collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn no_advice_is_worded_in_two_places() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folders = ["checks", "explain", "registry/kinds"];
    let all: Vec<Advice> = folders
        .iter()
        .flat_map(|folder| sources(&root.join(folder)))
        .flat_map(|path| advice(&path))
        .collect();
    assert!(all.len() > 200, "the sources were read");
    let share = |a: &Advice, b: &Advice| {
        let common = a.words.intersection(&b.words).count();
        let both = a.words.union(&b.words).count();
        f64::from(u32::try_from(common).unwrap()) / f64::from(u32::try_from(both).unwrap())
    };
    let mut copies = Vec::new();
    for (at, one) in all.iter().enumerate() {
        for other in &all[at + 1..] {
            if share(one, other) >= SAME {
                copies.push(format!(
                    "{}: {}\n{}: {}",
                    one.place, one.text, other.place, other.text
                ));
            }
        }
    }
    assert!(
        copies.is_empty(),
        "share one constant, or leave the finding without a help of its own:\n{}",
        copies.join("\n\n")
    );
}
