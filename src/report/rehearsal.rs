//! The report of a rehearsal.

use std::fmt::Write as _;

use serde::Serialize;

use super::size::size;
use super::style::Style;
use crate::rehearsal::{Installed, PackageResult};

/// A rehearsal, ended.
#[derive(Clone, Copy, Debug)]
pub struct Rehearsal<'a> {
    /// npm's exit code.
    pub npm_ended_with: i32,
    /// How many packages npm was to publish.
    pub planned: usize,
    /// What arrived.
    pub packages: &'a [PackageResult],
    /// Requests for other hosts that were refused.
    pub refused: &'a [String],
}

/// Files that are listed by name.
const MAX_FILES: usize = 40;

/// For people.
pub fn human(rehearsal: &Rehearsal<'_>, style: Style) -> String {
    let mut text = String::new();
    for package in rehearsal.packages {
        one(&mut text, package, style);
    }
    for request in rehearsal.refused {
        let line = format!("{request}: a rehearsal sends nothing to any other registry");
        let _ = writeln!(
            text,
            "{} {}",
            style.warning("refused:"),
            style.wrap_indented(&line, 9)
        );
    }
    let count = rehearsal.packages.len();
    let verdict = match (
        rehearsal.npm_ended_with,
        rehearsal.packages.iter().all(PackageResult::is_sound),
    ) {
        (0, true) if rehearsal.planned == 0 => style.note("there was nothing to publish"),
        (0, _) if count < rehearsal.planned => style.error(&format!(
            "npm said success, but {} of {} did not arrive",
            rehearsal.planned - count,
            rehearsal.planned
        )),
        (0, true) => style.good("rehearsed"),
        (0, false) => style.error("published, but broken for its users"),
        (code, _) => style.error(&format!("npm failed with {code}")),
    };
    let _ = writeln!(
        text,
        "{verdict}: {count} package{} arrived; no registry but the embedded one was written to",
        if count == 1 { "" } else { "s" }
    );
    text
}

fn one(text: &mut String, package: &PackageResult, style: Style) {
    let _ = writeln!(
        text,
        "\n{} arrived, tag {}",
        style.strong(&format!("{} {}", package.name, package.version)),
        package.tag
    );
    let _ = writeln!(
        text,
        "  {} in {} files",
        size(package.packed_size),
        package.files.len()
    );
    for file in package.files.iter().take(MAX_FILES) {
        let _ = writeln!(text, "  {:>9}  {}", size(file.size), clean(&file.path));
    }
    if package.files.len() > MAX_FILES {
        let _ = writeln!(
            text,
            "             and {} more",
            package.files.len() - MAX_FILES
        );
    }
    let _ = writeln!(text, "  integrity {}, as npm packed it", package.integrity);
    match &package.installed {
        Installed::Whole => {
            let _ = writeln!(text, "  {} with npm install", style.good("installs"));
        }
        Installed::WithoutDependencies { reason } => {
            let line = format!(
                "without its dependencies, because their registry did not answer: {reason}"
            );
            let _ = writeln!(
                text,
                "  {} {}",
                style.warning("unpacked"),
                style.wrap_indented(&line, 4)
            );
        }
        Installed::WithoutScripts { reason } => {
            let line = "with npm install without scripts: one of a dependency's fails where it cannot reach the network; npm says:";
            let _ = writeln!(
                text,
                "  {} {}",
                style.warning("installs"),
                style.wrap_indented(line, 4)
            );
            for line in reason.lines() {
                let _ = writeln!(text, "    {}", clean(line));
            }
        }
        Installed::Failed { words } => {
            let _ = writeln!(text, "  {}; npm says:", style.error("does not install"));
            for line in words.lines() {
                let _ = writeln!(text, "    {}", clean(line));
            }
        }
    }
    for way in &package.ways_in {
        let _ = match &way.problem {
            None => writeln!(
                text,
                "  {} {} -> {}",
                style.good("ok"),
                clean(&way.what),
                clean(&way.target)
            ),
            Some(problem) => writeln!(
                text,
                "  {} {} -> {}: {problem}",
                style.error("broken"),
                clean(&way.what),
                clean(&way.target)
            ),
        };
    }
    text.push('\n');
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema: &'static str,
    npm_exit_code: i32,
    packages: Vec<Package<'a>>,
    refused: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    tag: &'a str,
    integrity: &'a str,
    packed_size: u64,
    files: Vec<File<'a>>,
    installed: &'static str,
    reason: Option<&'a str>,
    entry_points: Vec<EntryPoint<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    size: u64,
}

#[derive(Serialize)]
struct EntryPoint<'a> {
    what: &'a str,
    target: &'a str,
    problem: Option<&'a str>,
}

/// For programs: `safe-publish/rehearsal@1`.
///
/// # Panics
/// Never: strings and numbers can always be written.
pub fn json(rehearsal: &Rehearsal<'_>) -> String {
    let document = Document {
        schema: "safe-publish/rehearsal@1",
        npm_exit_code: rehearsal.npm_ended_with,
        packages: rehearsal.packages.iter().map(package).collect(),
        refused: rehearsal.refused,
    };
    super::json::pretty(&document)
}

fn package(package: &PackageResult) -> Package<'_> {
    let (installed, reason) = match &package.installed {
        Installed::Whole => ("whole", None),
        Installed::WithoutDependencies { reason } => {
            ("without-dependencies", Some(reason.as_str()))
        }
        Installed::WithoutScripts { reason } => ("without-scripts", Some(reason.as_str())),
        Installed::Failed { words } => ("failed", Some(words.as_str())),
    };
    Package {
        name: &package.name,
        version: &package.version,
        tag: &package.tag,
        integrity: &package.integrity,
        packed_size: package.packed_size,
        files: package
            .files
            .iter()
            .map(|file| File {
                path: &file.path,
                size: file.size,
            })
            .collect(),
        installed,
        reason,
        entry_points: package
            .ways_in
            .iter()
            .map(|way| EntryPoint {
                what: &way.what,
                target: &way.target,
                problem: way.problem.as_deref(),
            })
            .collect(),
    }
}
