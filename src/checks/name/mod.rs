//! The name and its owners.

pub(super) mod name_cooling_down;
pub(super) mod name_held;
pub(super) mod name_owned_by_others;
pub(super) mod name_refused_by_filter;
pub(super) mod name_too_similar;

use jiff::{SignedDuration, Timestamp};

use crate::facts::Facts;
use crate::finding::Gap;
use crate::registry::documents::Packument;
use crate::registry::kinds::traits;

/// How long a name is blocked after its whole package was unpublished (npm's
/// unpublish policy).
const COOL_DOWN: SignedDuration = SignedDuration::from_hours(24);

/// Whether the package is new on npmjs.
fn is_new(facts: &Facts) -> Result<bool, Gap> {
    if !traits(facts.kind).npmjs_rules {
        return Err(Gap::NotOffered);
    }
    if facts.package.dry_run || super::manifest::is_remote(facts) {
        return Ok(false);
    }
    Ok(facts.packument()?.value.is_none())
}

/// The name that would be published to npmjs, and what its packument says; `None` where
/// there is no packument.
fn published_name(facts: &Facts) -> Result<Option<(&str, &Packument)>, Gap> {
    if !traits(facts.kind).npmjs_rules {
        return Err(Gap::NotOffered);
    }
    let packument = facts.packument()?.value.as_deref();
    let is_sent = !facts.package.dry_run && !super::manifest::is_remote(facts);
    let name = facts.package.name.as_str().filter(|_| is_sent);
    Ok(name.zip(packument))
}

/// When a blocked name becomes free.
fn blocked_until(facts: &Facts, packument: &Packument) -> Option<Timestamp> {
    let gone = packument
        .unpublished
        .as_ref()
        .filter(|_| packument.versions.is_empty())?;
    let time: Timestamp = gone.time.as_ref()?.parse().ok()?;
    let blocked_until = time.checked_add(COOL_DOWN).ok()?;
    (blocked_until > facts.now).then_some(blocked_until)
}

/// Whether the name is blocked.
pub(super) fn is_blocked(facts: &Facts, packument: &Packument) -> bool {
    blocked_until(facts, packument).is_some()
}

/// Whether npm has reserved the name: its only version is a security holding package.
fn is_held(packument: &Packument) -> bool {
    let described = packument
        .description
        .as_deref()
        .is_some_and(|text| text.eq_ignore_ascii_case("security holding package"));
    packument
        .versions
        .keys()
        .any(|version| version == "0.0.1-security")
        && (described || packument.versions.len() == 1)
}
