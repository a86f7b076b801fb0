//! Reads every tarball, and judges each package again by its contents.

use std::path::PathBuf;

use super::{Context, Item};
use crate::checks::Rules;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::contents::Changes;
use crate::finding::Outcome;
use crate::npm::NpmVersion;
use crate::preflight;
use crate::release::gate::{self, RepositoryPackages, Sibling, Tarball};
use crate::report::release::{self, Reason, Release, State};

/// Reads all tarballs and judges them; `None` if one of them cannot be published at all.
pub(super) async fn all(
    context: Context<'_>,
    paths: &[PathBuf],
    (items, release): (&mut [Item], &mut Release),
    facts: &[Facts],
) -> Result<Option<Vec<Tarball>>, Error> {
    let mut tarballs = Vec::new();
    for (path, item) in paths.iter().zip(items.iter_mut()) {
        let source = &context.plan.members[item.member].manifest;
        match read(path, source, &context.npm.version) {
            Ok(tarball) => {
                let reason = as_planned(context, &tarball, item).await?;
                let package = &mut release.packages[item.place];
                match reason {
                    Ok(None) => {}
                    Ok(reason) => package.reason = reason,
                    Err(why) => fail(package, why),
                }
                package.tarball = Some(release::Tarball {
                    integrity: tarball.integrity.clone(),
                    packed_size: tarball.size,
                });
                tarballs.push(tarball);
            }
            Err(why) => fail(&mut release.packages[item.place], why),
        }
    }
    if tarballs.len() < items.len() {
        return Ok(None);
    }
    let repository = repository(context, (items, &tarballs), facts);
    for (tarball, item) in tarballs.iter().zip(items.iter()) {
        judge(context, tarball, item, (&repository, release));
    }
    Ok(Some(tarballs))
}

fn fail(package: &mut release::ReleasePackage, why: String) {
    package.state = State::Failed;
    package.reason = Some(Reason::BadTarball(why));
}

fn read(
    path: &std::path::Path,
    source: &crate::manifest::Manifest,
    npm: &NpmVersion,
) -> Result<Tarball, String> {
    let mut tarball = Tarball::read(path, source, npm)?;
    tarball.rename().map_err(|error| error.to_string())?;
    Ok(tarball)
}

/// Whether the tarball is the package that the registry was asked about. Scripts, or
/// publishConfig with pnpm, may have given it another name or version: then this is reported,
/// and the registry is asked again. Without such an explanation it is not our package.
async fn as_planned(
    context: Context<'_>,
    tarball: &Tarball,
    item: &mut Item,
) -> Result<Result<Option<Reason>, String>, Error> {
    if tarball.is_as_planned(&item.facts) {
        return Ok(Ok(None));
    }
    let Some(spec) = tarball.spec() else {
        return Ok(Ok(None));
    };
    let package = &item.facts.package;
    let source = &context.plan.members[item.member].manifest;
    let is_explained = !package.scripts.is_empty()
        || !package.rewrites.is_empty()
        || context.plan.packer.may_rename(source);
    if !is_explained {
        return Ok(Err(format!("it contains {spec} instead of {}", item.spec)));
    }
    let mut prepared = context.plan.prepared.clone();
    prepared.plan.packages = vec![gate::facts_of(tarball, &item.facts).package];
    let options = context.options();
    let preflight = preflight::run(&prepared, options, context.environment).await?;
    if let Some(facts) = preflight.facts.into_iter().next() {
        item.facts = facts;
    }
    item.spec.clone_from(&spec);
    Ok(Ok(Some(Reason::PackedAs(spec))))
}

/// The packages of the repository, by the names under which they are published.
fn repository(
    context: Context<'_>,
    (items, tarballs): (&[Item], &[Tarball]),
    facts: &[Facts],
) -> RepositoryPackages {
    let mut repository = RepositoryPackages::default();
    let mut known = facts.iter();
    for (at, member) in context.plan.members.iter().enumerate() {
        let facts = member.package.is_some().then(|| known.next()).flatten();
        let item = items.iter().position(|item| item.member == at);
        let sent = item.map(|item| &tarballs[item]);
        let sibling = Sibling {
            version: match sent {
                Some(tarball) => tarball.version.as_ref().ok().map(ToString::to_string),
                None => member.version.clone(),
            },
            published: facts.and_then(published),
            is_private: facts.is_none(),
        };
        let name = sent.and_then(|tarball| tarball.name.as_str());
        let name = name.unwrap_or(&member.name).to_owned();
        repository.add(&member.manifest, name, sibling);
    }
    repository
}

fn published(facts: &Facts) -> Option<Vec<String>> {
    let answer = facts.packument().ok()?;
    let packument = answer.value.as_ref();
    Some(packument.map_or_else(Vec::new, |packument| {
        packument.versions.keys().map(str::to_owned).collect()
    }))
}

/// Replaces the earlier findings by those about the tarball.
fn judge(
    context: Context<'_>,
    tarball: &Tarball,
    item: &Item,
    (repository, release): (&RepositoryPackages, &mut Release),
) {
    let prepared = &context.plan.prepared;
    let options = context.options();
    let rules = Rules {
        levels: &prepared.settings.checks,
        allow: &options.allow,
        strict: options.strict,
    };
    let source = &context.plan.members[item.member].manifest;
    let judged = gate::judge(tarball, &item.facts, source, repository, &rules);
    let network = prepared.config.network(context.environment);
    let facts = gate::facts_of(tarball, &item.facts);
    let report = preflight::package_report(&facts, judged, &network);
    let package = &mut release.packages[item.place];
    if let Some(predicted) = item.facts.contents().filter(|it| !it.is_tarball) {
        package.changes = Changes::between(&predicted.packed, &tarball.contents.packed);
    }
    if report.verdict == Outcome::Blocked {
        package.state = State::Blocked;
    }
    let all = &mut release.preflight;
    all.verdict = all.verdict.max(report.verdict);
    if let Some(at) = package.report {
        all.packages[at] = report;
    }
}
