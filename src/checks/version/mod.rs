//! The version and the tag, compared with what was published before.

pub(super) mod tag_invalid;
pub(super) mod tag_looks_like_version;
pub(super) mod tag_moves_backwards;
pub(super) mod tag_needed_for_prerelease;
pub(super) mod version_behind_latest;
pub(super) mod version_burnt;
pub(super) mod version_staged;
pub(in crate::checks) mod version_taken;

use crate::facts::Facts;
use crate::finding::{Finding, Help, NpmCommand, Verb};
use crate::manifest::version::Version;
use crate::plan::Spec;
use crate::registry::documents::Packument;

/// The version that would be sent, if there is one to judge.
fn version(facts: &Facts) -> Option<&Version> {
    match facts.package.spec {
        Spec::Remote { .. } => None,
        Spec::Folder | Spec::Tarball => facts.package.version.as_ref().ok(),
    }
}

/// The highest version that npm compares with: stable, not deprecated, of any
/// major. If one key is not strict SemVer, npm skips the comparison.
fn highest(packument: &Packument) -> Option<Version> {
    let mut highest: Option<Version> = None;
    for (text, published) in packument.versions.iter() {
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

/// If the registry redirects to npmjs, npm may compare with somebody else's package: adds that
/// to the finding, with a way to skip the comparison.
fn for_same_name(facts: &Facts, finding: Finding) -> Finding {
    if !facts.answers.compares_with_npmjs {
        return finding;
    }
    let message = format!(
        "npm compares with npmjs's package of the same name, to which the registry redirects: {}",
        finding.message
    );
    let skip = Help::step(
        "to skip npm's comparison, if the package there is another one",
        NpmCommand::new(Verb::Publish, "--force"),
    );
    let mut help = finding.help;
    help.insert(0, skip);
    Finding {
        message,
        help,
        ..finding
    }
}

/// The day on which a version was published, if known.
fn published_on(packument: &Packument, version: &str) -> Option<String> {
    let second = packument.published.get(version)?.as_ref()?;
    Some(second.start().strftime("%F").to_string())
}

/// Versions that would be accepted instead, the best first: one above everything that `latest`
/// has to be above, and for a release line the next version of it with its own tag.
fn replacements(facts: &Facts, packument: &Packument, wanted: &Version) -> Vec<Help> {
    if wanted.is_prerelease() {
        let next = next_prerelease(packument, wanted);
        return vec![Help::run(NpmCommand::version(&next))];
    }
    let next = next_free(packument, wanted);
    let is_behind =
        |highest: &Version| Version::parse(&next, false).is_some_and(|next| next < *highest);
    let Some(highest) = highest(packument).filter(is_behind) else {
        return vec![Help::run(NpmCommand::version(&next))];
    };
    let line = Help::step("for the release line", NpmCommand::version(&next));
    if facts.package.tag.explicit {
        return vec![line];
    }
    let tag = format!("release-{}.x", wanted.0.major);
    vec![
        Help::run(NpmCommand::version(&next_free(packument, &highest))),
        line,
        Help::step("with its own tag", NpmCommand::publish_with_tag(&tag)),
    ]
}

/// Whether the registry is known to have this version.
pub fn is_published(facts: &Facts) -> bool {
    let version = facts.package.version.as_ref();
    version.is_ok_and(|version| {
        version_taken::exists(facts, version).is_ok_and(|proof| proof.is_some())
    })
}

/// Every version that was ever used, whether it still exists or not.
fn used(packument: &Packument) -> impl Iterator<Item = Version> {
    let burnt = packument.unpublished.iter().flat_map(|gone| &gone.versions);
    let burnt = burnt.map(String::as_str);
    let all = packument
        .versions
        .keys()
        .chain(packument.published.keys())
        .chain(burnt);
    all.filter_map(|text| Version::parse(text, true))
}

/// The next free prerelease of the same series: `1.0.0-rc.1` becomes `1.0.0-rc.2`.
fn next_prerelease(packument: &Packument, wanted: &Version) -> String {
    let pre = wanted.0.pre.as_str();
    let (series, _) = pre
        .rsplit_once('.')
        .filter(|(_, last)| last.parse::<u64>().is_ok())
        .unwrap_or((pre, ""));
    let core = (wanted.0.major, wanted.0.minor, wanted.0.patch);
    let number = |version: Version| {
        let is_same = (version.0.major, version.0.minor, version.0.patch) == core;
        let rest = version
            .0
            .pre
            .as_str()
            .strip_prefix(series)?
            .strip_prefix('.')?
            .parse::<u64>();
        rest.ok().filter(|_| is_same)
    };
    let next = used(packument)
        .filter_map(number)
        .max()
        .map_or(0, |last| last.saturating_add(1));
    let (major, minor, patch) = core;
    if series.parse::<u64>().is_ok() {
        // `1.0.0-0`: a series without a name.
        let lone = |version: Version| {
            let is_same = (version.0.major, version.0.minor, version.0.patch) == core;
            version
                .0
                .pre
                .as_str()
                .parse::<u64>()
                .ok()
                .filter(|_| is_same)
        };
        let next = used(packument)
            .filter_map(lone)
            .max()
            .map_or(0, |last| last.saturating_add(1));
        return format!("{major}.{minor}.{patch}-{next}");
    }
    format!("{major}.{minor}.{patch}-{series}.{next}")
}

/// The next free version after the highest one ever used.
fn next_free(packument: &Packument, wanted: &Version) -> String {
    let same_line =
        |version: &Version| (version.0.major, version.0.minor) == (wanted.0.major, wanted.0.minor);
    let highest = used(packument)
        .filter(same_line)
        .map(|version| version.0.patch)
        .max();
    let patch = highest.unwrap_or(wanted.0.patch).max(wanted.0.patch) + 1;
    format!("{}.{}.{patch}", wanted.0.major, wanted.0.minor)
}
