//! npm's configuration as we read it, compared with the real npm over generated
//! cases.
//!
//! SAFE_PUBLISH_DIFFERENTIAL sets the number of cases (300), SAFE_PUBLISH_SEED
//! the seed (a number, or `free`), SAFE_PUBLISH_DIFFERENTIAL_NPM the folder of
//! the npm to ask.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod case;
mod end_to_end;
mod generate;
mod ours;
mod seen;
mod typing_errors;

use safe_publish::npmrc::definitions;
use serde_json::{Value, json};

use crate::support::npm_oracle::{NpmOracle, npm};
use case::Case;
use generate::{Bias, Generator};

/// This many cases are asked at once.
const BATCH: usize = 250;

fn count() -> usize {
    let count = std::env::var("SAFE_PUBLISH_DIFFERENTIAL").ok();
    count.and_then(|count| count.parse().ok()).unwrap_or(300)
}

/// Asks npm about cases, and prints each difference.
fn differ(
    seed: u64,
    mut make: impl FnMut(&mut Generator) -> Value,
    seen: impl Fn(&Value, &Value) -> Option<(Value, Value)>,
) {
    let mut generator = Generator::new(seed);
    let mut oracle = NpmOracle::new();
    let (mut asked, mut judged, mut differences) = (0, 0, Vec::new());
    while asked < count() {
        let size = BATCH.min(count() - asked);
        asked += size;
        let cases: Vec<_> = (0..size).map(|_| make(&mut generator)).collect();
        for (case, answer) in cases.iter().zip(oracle.ask(&cases)) {
            let Some((ours, npms)) = seen(case, &answer) else {
                continue;
            };
            judged += 1;
            if ours != npms {
                let (ours, npms) = (seen::only(&ours, &npms), seen::only(&npms, &ours));
                differences.push(format!("{case}\n  ours: {ours}\n  npm:  {npms}"));
            }
        }
    }
    report(generator.seed, asked, judged, &differences);
}

/// Fails if there is a difference, or if too few cases were decisive.
fn report(seed: u64, asked: usize, judged: usize, differences: &[String]) {
    let shown = differences[..differences.len().min(8)].join("\n");
    assert!(
        differences.is_empty(),
        "{} of {asked} differ (seed {seed}):\n{shown}",
        differences.len()
    );
    assert!(
        judged * 4 >= asked * 3,
        "only {judged} of {asked} could be compared"
    );
}

/// Everything up to the PUT, with folders of several files.
fn differ_in_folders(seed: u64, bias: Bias, parts: &[&str]) {
    let mut generator = Generator::new(seed);
    let mut oracle = NpmOracle::new();
    let (mut asked, mut differences) = (0, Vec::new());
    while asked < count() {
        let size = BATCH.min(count() - asked);
        asked += size;
        let cases: Vec<_> = (0..size)
            .map(|_| Case::make(&mut generator, bias))
            .collect();
        let questions: Vec<_> = cases.iter().map(Case::question).collect();
        for (case, answer) in cases.iter().zip(oracle.ask(&questions)) {
            let ours = case.seen(&answer);
            let npms = seen::by_npm(&answer);
            let differing = parts.iter().find(|&&part| ours[part] != npms[part]);
            if let Some(&part) = differing {
                differences.push(format!(
                    "{}\n  ours: {part}: {}\n  npm:  {part}: {}",
                    case.describe(),
                    seen::only(&ours[part], &npms[part]),
                    seen::only(&npms[part], &ours[part]),
                ));
            }
        }
    }
    report(generator.seed, asked, asked, &differences);
}

#[test]
fn every_key_of_npms_is_known_with_its_types() {
    let npm = npm();
    let major = npm.version.major();
    let answer = NpmOracle::new()
        .ask(&[json!({"ask": "definitions"})])
        .remove(0);
    let npms = answer["all"].as_object().unwrap();
    let mut unknown: Vec<_> = npms
        .iter()
        .filter(|(key, types)| {
            let ours = definitions::find(key, major).map(seen::types);
            key.as_str() != "local-address" && ours.as_ref() != Some(types)
        })
        .map(|(key, _)| key.clone())
        .collect();
    let ours = definitions::all(major).map(|definition| definition.key);
    unknown.extend(
        ours.filter(|key| !npms.contains_key(*key))
            .map(str::to_owned),
    );
    assert!(unknown.is_empty(), "{unknown:?}");
    for (short, long) in definitions::SHORTHANDS {
        assert_eq!(answer["shorthands"][short], json!(long), "{short}");
    }
    assert_eq!(
        answer["shorthands"].as_object().unwrap().len(),
        definitions::SHORTHANDS.len()
    );
    for (key, others) in answer["exclusive"].as_object().unwrap() {
        for other in others.as_array().unwrap() {
            let known = definitions::EXCLUSIVE.iter().any(|group| {
                group.first <= major
                    && group.keys.contains(&key.as_str())
                    && group.keys.contains(&other.as_str().unwrap())
            });
            assert!(known, "{key} excludes {other}");
        }
    }
}

#[test]
fn ini_is_read_as_npm_reads_it() {
    differ(
        1,
        |make| json!({"ask": "ini", "text": make.ini()}),
        |case, answer| Some((seen::ini(case), seen::ini_by_npm(answer))),
    );
}

#[test]
fn arguments_are_read_as_npm_reads_them() {
    let npm = npm();
    let home = std::env::temp_dir();
    let home = home.canonicalize().unwrap();
    differ(
        2,
        |make| json!({"ask": "arguments", "args": make.args(9), "cwd": home, "home": home}),
        |case, answer| {
            let npms = seen::arguments_by_npm(answer);
            Some((seen::arguments(case, &npm.version, &home), npms))
        },
    );
}

#[test]
fn urls_are_judged_and_rewritten_as_npm_does() {
    let npm = npm();
    let home = std::env::temp_dir().canonicalize().unwrap();
    differ(
        7,
        |make| {
            let mut text = make.url_text();
            // Our URL standard differs from that of npm 12's Node if the scheme is not http or
            // https, and for this one character.
            if npm.version.major() > 11 {
                text = text.replace('^', "~");
                let start = text.trim_start().to_ascii_lowercase();
                if !start.starts_with("http:") && !start.starts_with("https:") {
                    text = format!("http://{text}");
                }
            }
            let word = format!("--registry={text}");
            json!({"ask": "arguments", "args": [word], "cwd": home, "home": home})
        },
        |case, answer| {
            let ours = seen::arguments(case, &npm.version, &home);
            let npms = match answer.get("error") {
                // Node throws if such a host certainly cannot exist; npm fails then, but we
                // report that it drops the flag.
                Some(_) => json!({"flags": {}, "invalid": ["registry"]}),
                None => seen::arguments_by_npm(answer),
            };
            let of = |all: &Value| json!([all["flags"], all["invalid"]]);
            Some((of(&ours), of(&npms)))
        },
    );
}

#[test]
fn layers_are_resolved_as_npm_resolves_them() {
    let parts = [
        "refused",
        "localPrefix",
        "implicit",
        "entries",
        "get",
        "invalid",
        "global",
        "files",
    ];
    differ_in_folders(3, Bias::Layers, &parts);
}

#[test]
fn the_registry_is_chosen_as_npm_chooses_it() {
    let parts = ["refused", "put", "got", "sent"];
    differ_in_folders(4, Bias::Registry, &parts);
}

#[test]
fn the_credential_is_chosen_as_npm_chooses_it() {
    let parts = ["refused", "gate", "put", "got", "sent"];
    differ_in_folders(5, Bias::Credential, &parts);
}
