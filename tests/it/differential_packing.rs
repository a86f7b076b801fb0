//! Our list of packed files, compared with that of npm 10, 11 and 12 over generated trees: 150,
//! or as many as `SAFE_PUBLISH_DIFFERENTIAL` sets, from the seed in `SAFE_PUBLISH_SEED` (a number,
//! or `free`).

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod generate;
mod oracle;
mod patterns;
mod tree;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use safe_publish::manifest::Manifest;
use safe_publish::manifest::workspaces::Workspaces;
use safe_publish::pack::{Edition, FileKind, Request, pack};
use serde_json::{Value, json};

use crate::support::random::seed;
use generate::{Case, Generator};
use oracle::{Answer, Oracle};
use tree::Thing;

const NPMS: [(u32, Edition); 3] = [
    (10, Edition::Npm10),
    (11, Edition::Npm11),
    (12, Edition::Npm12),
];

/// A folder in memory where there is one: thousands of trees are written and removed.
fn bench() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

fn lay_out(case: &Case, root: &Path) {
    for (path, thing) in &case.things {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match thing {
            Thing::File { text, mode } => {
                fs::write(&path, text).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
            }
            Thing::Link { to } => symlink(to, &path).unwrap(),
            Thing::HardLink { .. } => {}
        }
    }
    for (path, thing) in &case.things {
        if let Thing::HardLink { to } = thing {
            fs::hard_link(root.join(to), root.join(path)).unwrap();
        }
    }
}

fn ours(case: &Case, root: &Path, edition: Edition) -> Value {
    let folder = root.join(&case.package);
    let folder = PathBuf::from(folder.to_str().unwrap().trim_end_matches('/'));
    let manifest = Manifest::read(&folder.join("package.json")).unwrap();
    let members = Workspaces::read(&folder, &manifest).unwrap_or_default();
    let workspaces: Vec<PathBuf> = case.workspaces.iter().map(|it| root.join(it)).collect();
    let request = Request {
        has_members: !members.is_empty(),
        folder,
        manifest: Arc::clone(&manifest.object),
        edition,
        prefix: root.to_owned(),
        workspaces: workspaces.into(),
        global_ignore_file: None,
    };
    match pack(&request) {
        Ok(packed) => {
            let files = packed.files.iter().map(|file| {
                let is_link = file.kind != FileKind::File;
                json!([file.path, file.size, file.mode, is_link])
            });
            json!({"files": files.collect::<Vec<_>>()})
        }
        Err(error) => json!({"error": error.to_string()}),
    }
}

fn question(case: &Case, root: &Path) -> Value {
    let workspaces: Vec<PathBuf> = case.workspaces.iter().map(|it| root.join(it)).collect();
    json!({
        "folder": root.join(&case.package),
        "prefix": root,
        "cwd": root,
        "workspaces": workspaces,
    })
}

/// How npm's `tar` ends where a packed file has two names: it waits for itself, or ends its
/// stream twice (the last file is empty, and its other name is not packed). Which one it is
/// depends on how fast files are read; two packed names are an error of ours (`contents-link`).
const STALLS: [&str; 2] = ["no answer", "npm crashed"];

/// Whether a file with two names is packed.
fn has_hard_link(case: &Case, ours: &Value) -> bool {
    let packed = ours["files"].as_array().into_iter().flatten();
    let packed: Vec<&str> = packed.filter_map(|file| file[0].as_str()).collect();
    let is_packed = |path: &str| {
        let inside = path.strip_prefix(case.package.as_str()).unwrap_or(path);
        packed.contains(&inside.trim_start_matches('/'))
    };
    case.things.iter().any(|(path, thing)| match thing {
        Thing::HardLink { to } => is_packed(path) || is_packed(to),
        Thing::File { .. } | Thing::Link { .. } => false,
    })
}

/// The files that only one of the two packs, or what else differs.
fn difference(case: &Case, ours: &Value, npms: &Value) -> Option<String> {
    let (Some(own), Some(theirs)) = (ours["files"].as_array(), npms["files"].as_array()) else {
        let Some(said) = npms["error"].as_str() else {
            return Some(format!("ours {ours}\n    npm  {npms}"));
        };
        if STALLS.contains(&said) && has_hard_link(case, ours) {
            return None;
        }
        // If npm fails, so must we; npm 12 also fails on things that only running them reveals.
        let agree = ours.get("error").is_some() == npms.get("error").is_some();
        return (!agree).then(|| format!("ours {ours}\n    npm  {npms}"));
    };
    if own == theirs {
        return None;
    }
    let only = |these: &[Value], others: &[Value]| -> Vec<Value> {
        these
            .iter()
            .filter(|it| !others.contains(it))
            .cloned()
            .collect()
    };
    let (more, fewer) = (only(own, theirs), only(theirs, own));
    Some(if more.is_empty() && fewer.is_empty() {
        format!(
            "another order\n    ours {}\n    npm  {}",
            ours["files"], npms["files"]
        )
    } else {
        format!("only ours {more:?}, only npm's {fewer:?}")
    })
}

/// How our list of one tree differs from that of each npm, and how many npms do not end on it.
/// All npms work at the same time.
fn compare(case: &Case, root: &Path, oracles: &mut [(Edition, Oracle)]) -> (Vec<String>, u64) {
    let question = question(case, root);
    for (_, oracle) in oracles.iter_mut() {
        oracle.send(&question);
    }
    let (mut differences, mut hung) = (Vec::new(), 0);
    for (edition, oracle) in oracles {
        let ours = ours(case, root, *edition);
        let difference = match oracle.answer() {
            Answer::Given(npms) => difference(case, &ours, &npms),
            // It would never publish; we have answered.
            Answer::Hangs => {
                hung += 1;
                None
            }
        };
        differences.extend(difference.map(|it| format!("{}: {it}", edition.name())));
    }
    (differences, hung)
}

#[test]
fn npm_packs_the_same_files() {
    let seed = seed(2026);
    let count = std::env::var("SAFE_PUBLISH_DIFFERENTIAL").ok();
    let count: u64 = count.map_or(150, |count| count.parse().unwrap());
    let bench = bench();
    let mut oracles = NPMS.map(|(major, edition)| (edition, Oracle::new(major, bench.path())));
    let (mut found, mut hung) = (Vec::new(), 0);
    for index in 0..count {
        let case = Generator::new(seed.wrapping_mul(1_000_003).wrapping_add(index)).case();
        let root = bench.path().join(index.to_string());
        fs::create_dir(&root).unwrap();
        lay_out(&case, &root);
        let (differences, hangs) = compare(&case, &root, &mut oracles);
        hung += hangs;
        for difference in differences {
            let manifest = fs::read_to_string(root.join(&case.package).join("package.json"));
            found.push(format!(
                "tree {index} with {difference}\n    {}",
                manifest.unwrap()
            ));
        }
        fs::remove_dir_all(&root).unwrap();
    }
    assert!(hung <= 1 + count / 100, "npm does not end in {hung} cases");
    let shown = found[..found.len().min(20)].join("\n");
    assert!(
        found.is_empty(),
        "{} of {count} trees differ with SAFE_PUBLISH_SEED={seed}:\n{shown}",
        found.len()
    );
}
