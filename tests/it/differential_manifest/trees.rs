//! Workspaces on disk, compared with npm's own reading of them.

use std::path::{Path, PathBuf};

use safe_publish::manifest::Manifest;
use safe_publish::manifest::workspaces::{Selection, Workspaces};
use serde_json::{Value, json};

use super::generate::Generator;
use super::{differ, text};

/// Folders with a package.json, folders without, and a broken one.
#[rustfmt::skip]
const FOLDERS: &[&str] = &[
    "packages/a", "packages/b", "packages/B", "packages/a/nested", "packages/.hidden",
    "packages/a-b", "packages/a_b", "packages/a1", "packages/node_modules/x",
    "packages/a/node_modules/y", "apps/web", "apps/api/v1", "libs/core", "libs/Core2",
    "libs/@scope/one", "tools", "a", "packages/10", "packages/9",
];

fn tree(make: &mut Generator, root: &Path) {
    for folder in FOLDERS {
        let folder = root.join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        if make.random.chance(5) {
            continue;
        }
        let base = folder.file_name().unwrap().to_string_lossy().into_owned();
        let package = match make.random.below(8) {
            0 => json!({}),
            1 => json!({"name": format!("@s/{base}")}),
            2 if make.random.chance(3) => json!({"name": "same"}),
            _ => {
                json!({"name": format!("{base}-{}", make.random.below(1000)), "private": make.random.chance(4)})
            }
        };
        let text = match make.random.below(60) {
            0 => "{".to_owned(),
            _ => package.to_string(),
        };
        std::fs::write(folder.join("package.json"), text).unwrap();
    }
    #[cfg(unix)]
    if make.random.chance(3) {
        for (link, target) in [
            ("packages/link", "../libs/core"),
            ("linked", "libs"),
            ("packages/dangling", "nowhere"),
            ("packages/file", "a/package.json"),
        ] {
            let _ = std::os::unix::fs::symlink(target, root.join(link));
        }
    }
}

fn declaration(make: &mut Generator) -> Value {
    #[rustfmt::skip]
    const PATTERNS: &[&str] = &[
        "packages/*", "packages/**", "./packages/*", "/packages/*", "packages/*/", "apps/*",
        "libs/*", "libs/**", "**", "*", "packages/a", "packages/{a,b}", "packages/@(a|b)",
        "packages/!(a)", "packages/[ab]*", "packages/a*", "packages/.hidden", "packages/.*",
        "tools", "nowhere/*", "packages/a/nested", "apps/*/*", "apps/**/v1", "libs/@scope/*",
        ".", "packages//*", "packages/./*", "packages/x/../*", "packages/?", "./tools",
        "packages", "packages/node_modules/*", "linked/*", "packages\\*", "{apps,libs}/*",
        "packages/link", "*/*", "**/core", "packages/**/nested",
    ];
    let count = make.random.below(5);
    let patterns: Vec<String> = (0..count)
        .map(|_| {
            let mark = match make.random.below(5) {
                0 => "!",
                1 if make.random.chance(4) => "!!",
                _ => "",
            };
            format!("{mark}{}", make.random.pick(PATTERNS))
        })
        .collect();
    match make.random.below(12) {
        0 => json!({"packages": patterns}),
        1 if make.random.chance(4) => json!({"nohoist": []}),
        2 if make.random.chance(4) => json!("packages/*"),
        _ => json!(patterns),
    }
}

fn filters(make: &mut Generator, root: &Path) -> Vec<String> {
    #[rustfmt::skip]
    const FILTERS: &[&str] = &[
        "packages/a", "./packages/a", "packages", "./packages", "packages/", "a", "tools",
        "same", "nested", "@s/a", "libs", "nowhere", ".", "..", "../", "packages/*", "apps/api",
        "p*", "packages\\a", "core",
    ];
    let count = if make.random.chance(3) {
        0
    } else {
        1 + make.random.below(3)
    };
    (0..count)
        .map(|_| match make.random.below(4) {
            0 => root
                .join(make.random.pick(FOLDERS))
                .to_string_lossy()
                .into_owned(),
            _ => make.random.pick(FILTERS).to_owned(),
        })
        .collect()
}

#[test]
fn workspaces_are_found_and_chosen_as_npm_does() {
    let temporary = tempfile::tempdir().unwrap();
    let base = temporary.path().canonicalize().unwrap();
    let mut index = 0;
    // A tree needs some dozens of files, so there are few trees with several questions each.
    let mut trees: Vec<PathBuf> = Vec::new();
    let cases = Generator::new(9).cases(|make| {
        if index % 10 == 0 {
            let root = base.join(format!("w{index}"));
            tree(make, &root);
            trees.push(root);
        }
        index += 1;
        let tree = trees.last().unwrap();
        // Each question has its own root manifest, in its own folder that shows the same tree.
        let root = base.join(format!("q{index}"));
        copy(tree, &root);
        let package = json!({"name": "root", "workspaces": declaration(make)});
        std::fs::write(root.join("package.json"), package.to_string()).unwrap();
        let cwd = match make.random.below(3) {
            0 => root.join("packages"),
            _ => root.clone(),
        };
        let filters = filters(make, &root);
        json!({"ask": "workspaces", "root": root, "filters": filters, "cwd": cwd,
               "relativeFrom": cwd, "includeWorkspaceRoot": make.random.chance(4),
               "declared": package["workspaces"]})
    });
    differ(&cases, |case, answer| {
        (workspaces_by_us(case), workspaces_by_npm(answer))
    });
}

fn workspaces_by_us(case: &Value) -> String {
    let root = Path::new(text(case, "root"));
    let manifest = Manifest::read(&root.join("package.json")).unwrap();
    let filters: Vec<String> = serde_json::from_value(case["filters"].clone()).unwrap();
    let selection = Selection {
        filters: &filters,
        include_root: case["includeWorkspaceRoot"] == true,
        cwd: Path::new(text(case, "cwd")),
    };
    if let Ok(members) = Workspaces::read(root, &manifest) {
        for member in members {
            assert!(
                Workspaces::is_member(root, &manifest, &member.directory),
                "{} of {case}",
                member.directory.display()
            );
        }
    }
    match Workspaces::select(root, &manifest, selection) {
        Ok(chosen) => {
            let chosen: Vec<Value> = chosen
                .iter()
                .map(|it| json!([it.name, it.directory]))
                .collect();
            json!({"found": chosen}).to_string()
        }
        Err(error) => {
            let says = error.npm_says().expect("npm says something");
            short(says.code.as_deref(), &first_lines(&says.text))
        }
    }
}

fn workspaces_by_npm(answer: &Value) -> String {
    if answer["error"] == true {
        let first = first_lines(text(answer, "message"));
        return short(answer["code"].as_str(), &first);
    }
    answer.to_string()
}

fn first_lines(text: &str) -> String {
    text.lines().take(2).collect::<Vec<_>>().join("|")
}

/// A code, otherwise the message; that of a JSON error is V8's.
fn short(code: Option<&str>, words: &str) -> String {
    match code {
        Some(code) => code.to_owned(),
        None => words.to_owned(),
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (to.join(entry.file_name()), entry.file_type().unwrap());
        if kind.is_dir() {
            copy(&entry.path(), &path);
        } else if kind.is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(std::fs::read_link(entry.path()).unwrap(), path).unwrap();
        } else {
            std::fs::copy(entry.path(), path).unwrap();
        }
    }
}
