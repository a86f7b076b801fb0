//! `docs/architecture.md` has a line for each folder.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::layers::{floor, modules};

/// Between these two lines the page is made from the code.
const BEGIN: &str =
    "<!-- Made from the code: UPDATE=1 cargo test --locked --test it architecture -->\n";
const END: &str = "<!-- end -->\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> String {
    fs::read_to_string(root().join("docs/architecture.md")).expect("the page is there")
}

/// The names of the folders in a folder, sorted.
fn folders(of: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(of)
        .expect("a folder")
        .map(|entry| entry.expect("readable"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn each_module_has_a_line() {
    let page = page();
    for module in modules() {
        let floor = floor(&module).expect("every module has a floor");
        let row = format!("| {floor} | `{module}` | ");
        assert!(
            page.contains(&row),
            "docs/architecture.md lacks the row {row}…"
        );
    }
}

#[test]
fn each_folder_of_the_repository_has_a_line() {
    let page = page();
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let of_tools = |name: &str| name == "target" || (name.starts_with('.') && name != ".github");
    let mut wanted = folders(root());
    wanted.retain(|name| name != "src" && !of_tools(name));
    wanted.push(".ci".to_owned());
    for name in wanted {
        let is_named = |row: &&str| {
            let first = row.split(" | ").next().unwrap_or_default();
            first.contains(&format!("`{name}`")) || first.contains(&format!("`{name}/"))
        };
        assert!(
            rows.iter().any(is_named),
            "docs/architecture.md lacks a row for the folder {name}"
        );
    }
}

/// A row for each folder within a module: its own first sentence.
fn table() -> String {
    let mut table = "| folder | what it is for |\n|---|---|\n".to_owned();
    let mut open: Vec<PathBuf> = vec![root().join("src")];
    while let Some(folder) = open.pop() {
        let below = folders(&folder);
        open.extend(below.iter().rev().map(|name| folder.join(name)));
        let path = folder.strip_prefix(root()).expect("below the root");
        if path.components().count() > 2 {
            let name = path.display().to_string().replace('\\', "/");
            let _ = writeln!(table, "| `{name}` | {} |", first_sentence(&folder));
        }
    }
    table
}

fn first_sentence(folder: &Path) -> String {
    let own = folder.join("mod.rs");
    let file = if own.is_file() {
        own
    } else {
        folder.with_extension("rs")
    };
    let text = fs::read_to_string(&file).expect("a module's file");
    let documentation: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let paragraph = documentation.join(" ");
    let sentence = paragraph.split(". ").next().unwrap_or_default();
    assert!(!sentence.is_empty(), "{} says nothing", file.display());
    sentence.trim_end_matches('.').replace('|', "\\|")
}

#[test]
fn each_folder_within_a_module_has_a_line() {
    let page = page();
    let (before, rest) = page.split_once(BEGIN).expect("the beginning is marked");
    let (_, after) = rest.split_once(END).expect("the end is marked");
    let wanted = format!("{before}{BEGIN}\n{}\n{END}{after}", table());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(root().join("docs/architecture.md"), wanted).expect("writable");
        return;
    }
    assert!(
        page == wanted,
        "docs/architecture.md is stale; run: UPDATE=1 cargo test --locked --test it architecture"
    );
}
