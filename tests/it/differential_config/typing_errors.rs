//! Flags as people mistype them, judged by us and by npm 10, 11 and 12.

use safe_publish::npm::{Npm, NpmVersion};
use safe_publish::npmrc::arguments::ArgumentProblem;
use safe_publish::npmrc::{CommandLine, definitions};
use safe_publish::preflight::check_flags;
use serde_json::{Value, json};

use super::generate::Generator;
use crate::support::npm_oracle::NpmOracle;
use crate::support::npm_versions;

const VERSIONS: [(u64, u64, u64); 3] = [(10, 9, 9), (11, 19, 1), (12, 2, 0)];

/// Flags of pnpm, yarn, lerna and np that are not typos of npm's.
#[rustfmt::skip]
const FOREIGN: &[&str] = &[
    "--no-git-checks", "--publish-branch", "--report-summary", "--recursive", "--filter", "--embed-readme",
    "--tolerate-republish", "--new-version", "--major", "--minor", "--patch", "--conventional-commits",
    "--contents", "--branch", "--any-branch", "--no-cleanup", "--no-tests", "--preview", "--yolo", "--latest",
    "--graph-type", "--concurrency", "--since", "--exact", "--canary", "--dist-tag", "--pre-dist-tag", "--skip-nx-cache",
];

/// One of npm's keys, cut off at the end, or with a letter omitted, doubled or swapped with its
/// neighbour.
fn mistyped(make: &mut Generator, key: &str) -> String {
    let mut letters: Vec<char> = key.chars().collect();
    let at = make.random.below(letters.len() - 1);
    match make.random.below(4) {
        0 => letters.truncate(at.max(1)),
        1 => {
            letters.remove(at);
        }
        2 => letters.insert(at, letters[at]),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

fn flag(make: &mut Generator, keys: &[&str]) -> String {
    let key = make.random.pick(keys).to_owned();
    let name = match make.random.below(8) {
        0 => key,
        1 => return make.random.pick(FOREIGN).to_owned(),
        _ => mistyped(make, &key),
    };
    let value = match make.random.below(4) {
        0 => "=public",
        1 => "=",
        2 => "=http://h/",
        _ => "",
    };
    let no = if make.random.chance(6) { "no-" } else { "" };
    format!("--{no}{name}{value}")
}

/// What npm does with a flag.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Taken,
    Completed,
    Spilled,
    Dropped,
    Unknown,
}

fn by_npm(answer: &Value) -> Fate {
    let any = |part: &str| answer[part].as_array().is_some_and(|all| !all.is_empty());
    if any("abbreviated") {
        Fate::Completed
    } else if any("invalid") {
        Fate::Dropped
    } else if any("unknown") {
        Fate::Unknown
    } else if any("positionals") {
        // `--dry-run=flase`: a switch that is on, and a word to publish.
        Fate::Spilled
    } else {
        Fate::Taken
    }
}

#[test]
fn a_flag_is_refused_if_npm_does_not_accept_it_as_written() {
    for (major, minor, patch) in VERSIONS {
        let npm = Npm {
            path: "npm".into(),
            version: NpmVersion::new(major, minor, patch),
            root: "/".into(),
        };
        let keys: Vec<_> = definitions::all(major)
            .map(|definition| definition.key)
            // Its values are this machine's addresses, which we do not look up.
            .filter(|key| *key != "local-address" && !key.contains('.'))
            .collect();
        let mut make = Generator::new(31 + major);
        let flags: Vec<_> = (0..super::count())
            .map(|_| flag(&mut make, &keys))
            .collect();
        let judged = flags.iter().zip(answers_of_npm(major, &flags));
        let mut counts = [0; 2];
        for passes in judged.filter_map(|(flag, answer)| passes(&npm, &keys, flag, &answer)) {
            counts[usize::from(passes)] += 1;
        }
        let enough = super::count() / 20;
        assert!(counts.iter().all(|count| *count > enough), "{counts:?}");
    }
}

/// What the real npm makes of each flag.
fn answers_of_npm(major: u64, flags: &[String]) -> Vec<Value> {
    let home = std::env::temp_dir().canonicalize().unwrap();
    let question =
        |flag: &String| json!({"ask": "arguments", "args": [flag], "cwd": home, "home": home});
    let questions: Vec<_> = flags.iter().map(question).collect();
    NpmOracle::of(&npm_versions::npm(u32::try_from(major).unwrap())).ask(&questions)
}

/// Whether npm and we accept a flag, which must be the same. None: the flag is not compared.
fn passes(npm: &Npm, keys: &[&str], flag: &String, answer: &Value) -> Option<bool> {
    let line = CommandLine::parse(std::slice::from_ref(flag), Some(&npm.version));
    let is_glued = |problem: &ArgumentProblem| matches!(problem, ArgumentProblem::Glued { .. });
    if line.problems.iter().any(is_glued) {
        // npm reads single letters; we name the intended flag.
        return None;
    }
    let fate = by_npm(answer);
    if fate == Fate::Spilled && line.problems.is_empty() {
        // A shorthand with a value: `-p=x`. The word after it is judged separately.
        return None;
    }
    let ours = check_flags(&line, Some(npm));
    let has_strict_flags = npm.version.major() >= 12;
    let is_foreign = FOREIGN.contains(&flag.as_str());
    // npm 10 and 11 ignore flags that they do not know; we refuse mistyped ones.
    let is_ignored = fate == Fate::Unknown && !has_strict_flags && ours.is_ok();
    let passes = fate == Fate::Taken || (is_ignored && (is_foreign || !is_near(flag, keys)));
    let npm = &npm.version;
    assert_eq!(
        ours.is_ok(),
        passes,
        "npm {npm}: {flag}: {fate:?}, {answer}"
    );
    if is_foreign {
        assert_eq!(
            ours.is_err(),
            has_strict_flags,
            "npm {npm}: {flag}: {ours:?}"
        );
    }
    Some(passes)
}

/// Whether a name is one letter away from a key.
fn is_near(flag: &str, keys: &[&str]) -> bool {
    let name = flag.trim_start_matches("--").trim_start_matches("no-");
    let name = name.split('=').next().unwrap_or(name);
    name.len() > 3
        && keys
            .iter()
            .any(|key| strsim::damerau_levenshtein(key, name) == 1)
}
