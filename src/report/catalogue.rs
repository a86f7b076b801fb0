//! The ids of the catalogue, for programs.

use serde::Serialize;

use crate::checks;
use crate::explain;
use crate::report::json::pretty;

/// An id: `safe-publish/check@1`.
#[derive(Debug, Serialize)]
pub struct Entry {
    schema: &'static str,
    id: &'static str,
    /// `null` for a cause that only npm's own run reveals.
    level: Option<&'static str>,
    summary: &'static str,
    documentation: String,
}

impl Entry {
    fn new(
        id: &'static str,
        level: Option<&'static str>,
        summary: &'static str,
        documentation: &str,
    ) -> Self {
        let lines: Vec<&str> = documentation.trim().lines().map(str::trim_start).collect();
        Self {
            schema: "safe-publish/check@1",
            id,
            level,
            summary,
            documentation: lines.join("\n"),
        }
    }
}

fn entries() -> impl Iterator<Item = Entry> {
    let checks = checks::ALL.iter().map(|check| {
        let level = Some(check.level.name());
        Entry::new(check.id, level, check.summary, &check.documentation())
    });
    let after = explain::after_causes()
        .map(|cause| Entry::new(cause.id, None, cause.summary, &cause.documentation()));
    checks.chain(after)
}

/// What is known of an id.
pub fn entry(id: &str) -> Option<Entry> {
    entries().find(|entry| entry.id == id)
}

/// One id.
pub fn one(entry: &Entry) -> String {
    pretty(entry)
}

/// All of them, as a list.
pub fn all() -> String {
    pretty(&entries().collect::<Vec<_>>())
}
