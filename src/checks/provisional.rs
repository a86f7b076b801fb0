//! Findings about fields that a script may still change, which are not yet proven.

use crate::finding::{Finding, Level};
use crate::plan::{Extent, Field, PackagePlan, Rewrite};

/// Lowers a finding to a warning, and names the script, if a script that runs before npm reads
/// the fields may change one that the finding depends on. A note claims no proof, so it stays
/// unchanged.
pub(super) fn provisional(package: &PackagePlan, finding: Finding, fields: &[Field]) -> Finding {
    if finding.level == Some(Level::Note) {
        return finding;
    }
    let mut rewrites = fields.iter().map(|field| field.rewritten_by(package));
    match rewrites.find_map(|rewrite| rewrite) {
        Some(rewrite) => unless(rewrite, finding),
        None => finding,
    }
}

/// The finding as a warning that applies unless a script writes package.json.
pub(super) fn unless(rewrite: &Rewrite, finding: Finding) -> Finding {
    let changed = match &rewrite.extent {
        Extent::Paths(paths) => paths.join(", "),
        Extent::Nothing | Extent::Anything => "package.json".to_owned(),
    };
    let message = format!(
        "{}, unless the script `{}` changes {changed} first",
        finding.message, rewrite.script
    );
    let level = finding.level.unwrap_or(Level::Warning).min(Level::Warning);
    Finding { message, ..finding }.level(level)
}
