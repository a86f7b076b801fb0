//! Reads every tarball, and judges each package again by its contents.

use std::path::PathBuf;

use super::{Context, Item, Session, resume};
use crate::checks::{self, Rules};
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::contents::Changes;
use crate::finding::{Level, Outcome, Reported};
use crate::npm::NpmVersion;
use crate::preflight;
use crate::release::gate::{self, RepositoryPackages, Sibling, Tarball};
use crate::release::journal::Entry;
use crate::release::outcome;
use crate::report::PackageReport;
use crate::report::release::{self, Reason, Release, State};

/// Reads all tarballs and judges them; `None` if one of them cannot be published at all.
pub(super) async fn all(
    context: Context<'_>,
    paths: &[PathBuf],
    (items, release): (&mut [Item], &mut Release),
    (session, facts): (&mut Session, &[Facts]),
) -> Result<Option<Vec<Tarball>>, Error> {
    let mut tarballs = Vec::new();
    for (path, item) in paths.iter().zip(items.iter_mut()) {
        let source = &context.plan.members[item.member].manifest;
        match read(path, source, &context.npm.version) {
            Ok(tarball) => {
                let identity = identity(context, &tarball, item, session).await?;
                let package = &mut release.packages[item.place];
                match identity {
                    Identity::Planned => {}
                    Identity::Renamed(spec) => package.reason = Some(Reason::PackedAs(spec)),
                    Identity::Out(reason) => {
                        package.state = State::Out;
                        package.reason = Some(reason);
                    }
                    Identity::Foreign(why) => fail(package, why),
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
    let both = tarballs.iter().zip(items.iter());
    let is_out = |item: &Item| release.packages[item.place].state == State::Out;
    let left: Vec<_> = both.filter(|(_, item)| !is_out(item)).collect();
    for (tarball, item) in left {
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

/// Which package a tarball is.
enum Identity {
    /// The one that the registry was asked about.
    Planned,
    /// Ours by another name or version, which is this.
    Renamed(String),
    /// Ours by another name or version, which needs no upload.
    Out(Reason),
    /// None of ours, and why.
    Foreign(String),
}

/// Scripts, and publishConfig where pnpm packs, may have given a package another name or
/// version: this is reported, and the registry and the journal are asked anew. Where nothing
/// explains it, it is no package of ours.
async fn identity(
    context: Context<'_>,
    tarball: &Tarball,
    item: &mut Item,
    session: &mut Session,
) -> Result<Identity, Error> {
    if tarball.is_as_planned(&item.facts) {
        return Ok(Identity::Planned);
    }
    let Some(spec) = tarball.spec() else {
        return Ok(Identity::Planned);
    };
    let package = &item.facts.package;
    let source = &context.plan.members[item.member].manifest;
    let is_explained = !package.scripts.is_empty()
        || !package.rewrites.is_empty()
        || context.plan.packer.may_rename(source);
    if !is_explained {
        let why = format!("it contains {spec} instead of {}", item.spec);
        return Ok(Identity::Foreign(why));
    }
    let mut prepared = context.plan.prepared.clone();
    prepared.plan.packages = vec![gate::facts_of(tarball, &item.facts).package];
    let options = context.options();
    let preflight = preflight::run(&prepared, options, context.environment).await?;
    if let Some(facts) = preflight.facts.into_iter().next() {
        item.facts = facts;
    }
    item.spec.clone_from(&spec);
    let entry = session.journal.entry(&spec).cloned();
    let reason = renamed_and_out(context, tarball, (item, entry.as_ref()), session).await;
    if let (Some(_), Some(entry)) = (&reason, entry) {
        let sent = resume::expected(&item.facts, &entry.shasum);
        session.earlier.extend(sent);
    }
    Ok(reason.map_or(Identity::Renamed(spec), Identity::Out))
}

/// Why a package that has another name or version than planned needs no upload, if so.
async fn renamed_and_out(
    context: Context<'_>,
    tarball: &Tarball,
    (item, entry): (&Item, Option<&Entry>),
    session: &Session,
) -> Option<Reason> {
    if checks::is_published(&item.facts) {
        let there = item.facts.version().ok().and_then(|it| it.value.as_ref());
        let there = there.and_then(|document| document.shasum.as_ref());
        return Some(if there.is_some_and(|there| *there != tarball.shasum) {
            Reason::OtherBytes
        } else {
            Reason::PackedAs(item.spec.clone())
        });
    }
    match outcome::kept_back(&item.facts, &session.journal) {
        Some(reason) => Some(reason),
        None => resume::reason_to_skip(context, item, entry?).await,
    }
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
        let version = match sent {
            Some(tarball) => tarball.version.as_ref().ok().map(ToString::to_string),
            None => member.version.clone(),
        };
        let sibling = Sibling::of(facts, version);
        let name = sent.and_then(|tarball| tarball.name.as_str());
        let name = name.unwrap_or(&member.name).to_owned();
        repository.add(&member.manifest, name, sibling);
    }
    repository
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
        if report.verdict != Outcome::Blocked {
            print_new_warnings(context, &item.spec, (&all.packages[at], &report));
        }
        all.packages[at] = report;
    }
}

/// Prints the warnings that only the tarball shows. The plan printed the others.
fn print_new_warnings(
    context: Context<'_>,
    spec: &str,
    (before, now): (&PackageReport, &PackageReport),
) {
    let is_known = |found: &Reported| {
        let mut before = before.findings.iter();
        before.any(|one| one.check == found.check && one.finding.message == found.finding.message)
    };
    let warnings = now.findings.iter();
    let warnings = warnings.filter(|found| found.level == Level::Warning && !is_known(found));
    for found in warnings {
        let message = &found.finding.message;
        context
            .output
            .err(&format!("warning[{}]: {spec}: {message}\n", found.check));
    }
}
