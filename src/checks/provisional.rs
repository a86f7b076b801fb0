//! What a script may still change proves nothing yet.

use crate::finding::{Finding, Level};
use crate::plan::{Extent, Field, PackagePlan, Rewrite};

/// Lowers a finding to a warning where a script that runs before npm looks may
/// change one of the fields that it rests on, and says which script. A note claims
/// no proof, and stays as it is.
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

/// The finding as a warning that holds unless a script writes package.json.
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
