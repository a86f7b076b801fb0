//! The scope and the access level.

pub(super) mod access_restricted_by_default;
pub(super) mod access_restricted_unscoped;
pub(super) mod scope_not_yours;
pub(super) mod scope_unknown;

use crate::facts::Facts;
use crate::finding::Gap;

/// The scope of a package that is new on npmjs; `None` if the checks of this folder do not
/// apply.
fn new_scope(facts: &Facts) -> Result<Option<&str>, Gap> {
    if !crate::registry::kinds::traits(facts.kind).npmjs_rules {
        return Err(Gap::NotOffered);
    }
    let Some(scope) = facts
        .package
        .name
        .scope()
        .filter(|_| !facts.package.dry_run)
    else {
        return Ok(None);
    };
    let there = facts.packument()?.value.is_some();
    Ok((!there).then_some(scope))
}
