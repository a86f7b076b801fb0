//! Every scenario under `fixtures/scenarios` × every check, as one snapshot: what `check` finds
//! and what it leaves undecided, so that a check that starts to fire elsewhere is noticed. Only
//! `check` runs here, against the embedded registry; `oracle.rs` compares its verdicts with the
//! real npm.
//!
//! Most tokens cannot ask what they may do, so the checks of `OF_THE_TOKEN` are undecided in
//! most scenarios. If the first of them is undecided, the row lists none of them.
//!
//! After a new scenario or a new check, look at what changes, and write it with
//!
//! ```sh
//! INSTA_UPDATE=always cargo test --locked --test it matrix
//! ```

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::scenario::{checked, scenarios};
use crate::support::sandbox::looks_like_npm;

/// The npm that the matrix applies to.
const NPM: &str = "11.19.1";
/// The checks that only a login session, or having no token at all, can decide.
const OF_THE_TOKEN: [&str; 9] = [
    "auth-read-only",
    "auth-address-not-allowed",
    "auth-approval-impossible",
    "auth-bypass-retiring",
    "auth-email-unverified",
    "auth-expiring",
    "auth-otp-impossible",
    "auth-package-not-covered",
    "auth-stage-only",
];
/// How many scenarios run at once.
const AT_ONCE: usize = 4;

#[test]
fn each_check_fires_where_it_did() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let npm = looks_like_npm(folder.path(), NPM);
    let scenarios = scenarios();
    let next = AtomicUsize::new(0);
    let rows = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(path) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let row = row(path, &npm);
                    rows.lock().expect("no panic").push(row);
                }
            });
        }
    });
    let mut rows = rows.into_inner().expect("no panic");
    rows.sort();
    insta::assert_snapshot!(rows.concat());
}

/// `topic/case: verdict`, and a line for each finding and each gap.
fn row(path: &Path, npm: &Path) -> String {
    let last: PathBuf = path.components().rev().take(2).collect();
    let name: PathBuf = last.components().rev().collect();
    let name = name.display();
    let run = checked(path, npm).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    let Ok(report) = serde_json::from_str::<Value>(&run.stdout) else {
        return format!("{name}: no report, exit code {:?}\n", run.code);
    };
    let mut row = format!("{name}: {}\n", word(&report["verdict"]));
    let packages = report["packages"].as_array().map_or(&[][..], Vec::as_slice);
    for package in packages {
        if packages.len() > 1 {
            row += &format!("  {}\n", word(&package["name"]));
        }
        row += &lines(package);
    }
    row + &lines(&report)
}

fn lines(report: &Value) -> String {
    let list = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    let mut lines: Vec<String> = list("findings")
        .iter()
        .map(|found| format!("  {:<9} {}\n", word(&found["level"]), word(&found["check"])))
        .collect();
    let undecided = list("undecided");
    let ids: Vec<&str> = undecided.iter().map(|gap| word(&gap["check"])).collect();
    let is_usual = ids.contains(&OF_THE_TOKEN[0]);
    let is_listed = |id: &&&str| !(is_usual && OF_THE_TOKEN.contains(*id));
    lines.extend(
        ids.iter()
            .filter(is_listed)
            .map(|id| format!("  undecided {id}\n")),
    );
    lines.sort();
    lines.dedup();
    lines.concat()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}
