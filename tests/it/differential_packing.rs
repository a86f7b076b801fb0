//! Our list of packed files, compared with that of npm 10, 11 and 12 over generated trees: 150,
//! or as many as `SAFE_PUBLISH_DIFFERENTIAL` sets, from the seed in
//! `SAFE_PUBLISH_DIFFERENTIAL_SEED`.

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

use generate::{Case, Generator};
use oracle::{Answer, Oracle};
use tree::Thing;

const NPMS: [(u32, Edition); 3] = [
    (10, Edition::Npm10),
    (11, Edition::Npm11),
    (12, Edition::Npm12),
];

fn number(variable: &str, default: u64) -> u64 {
    let value = std::env::var(variable).ok();
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
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

fn npms(case: &Case, root: &Path, oracle: &mut Oracle) -> Answer {
    let workspaces: Vec<PathBuf> = case.workspaces.iter().map(|it| root.join(it)).collect();
    oracle.ask(&json!({
        "folder": root.join(&case.package),
        "prefix": root,
        "cwd": root,
        "workspaces": workspaces,
    }))
}

/// How npm's `tar` ends where two packed names are one file and not next to each other:
/// it waits for itself, or ends its stream twice. Which one it is depends on how fast
/// files are read; for us such a link is an error of its own (`contents-link`).
const STALLS: [&str; 2] = ["no answer", "npm crashed"];

fn has_hard_link(ours: &Value) -> bool {
    let files = ours["files"].as_array();
    files.is_some_and(|files| files.iter().any(|file| file[3] == true))
}

/// The files that only one of the two packs, or what else differs.
fn difference(ours: &Value, npms: &Value) -> Option<String> {
    let (Some(own), Some(theirs)) = (ours["files"].as_array(), npms["files"].as_array()) else {
        let Some(said) = npms["error"].as_str() else {
            return Some(format!("ours {ours}\n    npm  {npms}"));
        };
        if STALLS.contains(&said) && has_hard_link(ours) {
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

#[test]
fn npm_packs_the_same_files() {
    let seed = number("SAFE_PUBLISH_DIFFERENTIAL_SEED", 2026);
    let count = number("SAFE_PUBLISH_DIFFERENTIAL", 150);
    let bench = tempfile::tempdir().unwrap();
    let mut oracles: Vec<(Edition, Oracle)> = NPMS
        .into_iter()
        .map(|(major, edition)| (edition, Oracle::new(major, bench.path())))
        .collect();
    let mut differences = Vec::new();
    for index in 0..count {
        let case = Generator::new(seed.wrapping_mul(1_000_003) + index).case();
        let root = bench.path().join(index.to_string());
        fs::create_dir(&root).unwrap();
        lay_out(&case, &root);
        for (edition, oracle) in &mut oracles {
            let ours = ours(&case, &root, *edition);
            let npms = match npms(&case, &root, oracle) {
                Answer::Given(npms) => npms,
                // It would never publish; we have answered.
                Answer::Hangs => {
                    eprintln!("tree {index}: {} does not end; ours {ours}", edition.name());
                    continue;
                }
            };
            if let Some(difference) = difference(&ours, &npms) {
                let manifest = fs::read_to_string(root.join(&case.package).join("package.json"));
                differences.push(format!(
                    "tree {index} with {}: {difference}\n    {}",
                    edition.name(),
                    manifest.unwrap()
                ));
            }
        }
        if std::env::var_os("SAFE_PUBLISH_KEEP").is_none() {
            fs::remove_dir_all(&root).unwrap();
        }
    }
    let shown = differences[..differences.len().min(20)].join("\n");
    assert!(
        differences.is_empty(),
        "{} of {count} trees differ:\n{shown}",
        differences.len()
    );
}
