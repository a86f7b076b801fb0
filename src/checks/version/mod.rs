//! The version and the tag against what was published before.

pub(super) mod tag_invalid;
pub(super) mod tag_looks_like_version;
pub(super) mod tag_moves_backwards;
pub(super) mod tag_needed_for_prerelease;
pub(super) mod version_behind_latest;
pub(super) mod version_burnt;
pub(in crate::checks) mod version_taken;

use crate::facts::Facts;
use crate::manifest::version::Version;
use crate::plan::Spec;
use crate::registry::documents::Packument;

/// The version that would be sent, where there is one to judge.
fn version(facts: &Facts) -> Option<&Version> {
    match facts.package.spec {
        Spec::Remote { .. } => None,
        Spec::Folder | Spec::Tarball => facts.package.version.as_ref().ok(),
    }
}

/// The highest version that npm compares with: stable, not deprecated, of any
/// major. One key that is no strict SemVer makes npm give up the comparison.
fn highest(packument: &Packument) -> Option<Version> {
    let mut highest: Option<Version> = None;
    for (text, published) in &packument.versions {
        let version = Version::parse(text, false)?;
        if !version.is_prerelease()
            && !published.deprecated
            && highest.as_ref().is_none_or(|known| version > *known)
        {
            highest = Some(version);
        }
    }
    highest
}

/// The day of an RFC 3339 time.
fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

/// The next free version after the highest one that was ever used.
fn next_free(packument: &Packument, wanted: &Version) -> String {
    let burnt = packument.unpublished.iter().flat_map(|gone| &gone.versions);
    let used = packument
        .versions
        .keys()
        .chain(packument.published.keys())
        .chain(burnt);
    let same_line =
        |version: &Version| (version.0.major, version.0.minor) == (wanted.0.major, wanted.0.minor);
    let highest = used
        .filter_map(|text| Version::parse(text, true))
        .filter(same_line)
        .map(|version| version.0.patch)
        .max();
    let patch = highest.unwrap_or(wanted.0.patch).max(wanted.0.patch) + 1;
    format!("{}.{}.{patch}", wanted.0.major, wanted.0.minor)
}
