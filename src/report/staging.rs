//! The report of a staged publish.

use std::fmt::Write as _;

use serde::Serialize;

use super::explanation::Explained;
use super::style::Style;
use crate::explain::Explanation;
use crate::verify::Expected;

/// A version that npm was to stage.
#[derive(Clone, Debug)]
pub struct Staged<'e> {
    /// Name, version, tag and registry.
    pub expected: &'e Expected,
    /// Whether it is staged.
    pub is_staged: bool,
    /// Whether npm staged it in this run.
    pub is_new: bool,
    /// Its id, where that is known.
    pub id: Option<String>,
}

impl Staged<'_> {
    /// The `npm stage` command for a version. npm does not use a scope's registry here, so the
    /// command names it.
    fn command(&self, word: &str) -> String {
        let registry = &self.expected.registry;
        match &self.id {
            Some(id) => format!("npm stage {word} {id} --registry {registry}"),
            None => format!("npm stage {word} <id> --registry {registry}"),
        }
    }
}

/// For people: each version, what it waits for, and the commands.
pub fn human(packages: &[Staged<'_>], style: Style) -> String {
    let mut text = String::new();
    for package in packages {
        let Expected { name, version, .. } = package.expected;
        if !package.is_staged {
            let label = style.error("not staged:");
            let _ = writeln!(text, "{label} {name} {version}");
            continue;
        }
        let tag = package.expected.tag.as_deref().unwrap_or("latest");
        // If npm does not mention it, an earlier run may have staged it.
        let label = if package.is_new {
            style.good("staged:")
        } else {
            style.good("already staged:")
        };
        let _ = writeln!(text, "{label} {name} {version}, tag {tag}");
        if let Some(id) = &package.id {
            let _ = writeln!(text, "    id {id}");
        }
        if let Some(shasum) = &package.expected.shasum {
            let _ = writeln!(text, "    SHA-1 {shasum}");
        }
        let line = "nobody can install it until npm has scanned it and a maintainer with two-factor authentication has approved it:";
        let _ = writeln!(text, "    {}", style.wrap_indented(line, 4));
        if package.id.is_none() {
            let registry = &package.expected.registry;
            let _ = writeln!(text, "    npm stage list {name} --registry {registry}");
        }
        for word in ["view", "approve", "reject"] {
            let _ = writeln!(text, "    {}", package.command(word));
        }
    }
    text
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    packages: Vec<PackageEntry<'a>>,
    /// `null` where npm did not fail.
    explanation: Option<Explained<'a>>,
}

#[derive(Serialize)]
struct PackageEntry<'a> {
    name: &'a str,
    version: &'a str,
    tag: Option<&'a str>,
    registry: String,
    staged: bool,
    id: Option<&'a str>,
    shasum: Option<&'a str>,
    /// `approval`: a maintainer with two-factor authentication decides; `null` if it is not
    /// staged.
    #[serde(rename = "waitsFor")]
    waits_for: Option<&'static str>,
    commands: Option<Commands>,
}

#[derive(Serialize)]
struct Commands {
    view: String,
    approve: String,
    reject: String,
}

/// For programs: `safe-publish/staging@1`.
pub fn json(packages: &[Staged<'_>], failure: Option<&Explanation>) -> String {
    let packages = packages.iter().map(|package| PackageEntry {
        name: &package.expected.name,
        version: &package.expected.version,
        tag: package.expected.tag.as_deref(),
        registry: package.expected.registry.to_string(),
        staged: package.is_staged,
        id: package.id.as_deref(),
        shasum: package.expected.shasum.as_deref(),
        waits_for: package.is_staged.then_some("approval"),
        commands: package.is_staged.then(|| Commands {
            view: package.command("view"),
            approve: package.command("approve"),
            reject: package.command("reject"),
        }),
    });
    super::json::pretty(&Document {
        schema: "safe-publish/staging@1",
        packages: packages.collect(),
        explanation: failure.map(Explained::of),
    })
}
