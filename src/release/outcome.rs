//! Applies the registries' answers to a plan: what is published, what is blocked, and the order
//! of the rest.

use super::gate::{self, RepositoryPackages, Sibling};
use super::journal::{Journal, UploadState};
use super::order::{Order, order};
use super::{Member, ReleasePlan};
use crate::checks::{self, Rules};
use crate::cli::Options;
use crate::facts::Facts;
use crate::facts::contents::Changes;
use crate::finding::{Level, Outcome, Packer};
use crate::registry::documents::VersionStatus;
use crate::report::release::{
    PackerReport, Reason, Release, ReleaseCycle, ReleasePackage, State, Target,
};
use crate::report::{PackageReport, Report};

/// Whether the published version cannot be what npm would pack here, because its files differ
/// in total size. Unknown where a script or another tool makes the contents, or where the
/// registry was not asked for the version itself.
fn other_contents(facts: &Facts, packer: Packer) -> Option<Reason> {
    let contents = facts.contents()?;
    let is_ours = packer == Packer::Npm && facts.package.scripts.is_empty();
    let there = facts.version().ok()?.value.as_ref()?.unpacked_size?;
    let here = contents.packed.unpacked_size();
    (is_ours && here != there).then_some(Reason::OtherContents { here, there })
}

/// Whether the package on the registry is proven to be somebody else's.
fn of_others(package: &PackageReport) -> bool {
    let mut findings = package.findings.iter();
    findings.any(|found| found.check == "name-owned-by-others" && found.level == Level::Error)
}

/// Marks a version that needs no publish as out; returns whether it is one.
fn mark_out(
    member: &mut Member,
    (facts, package): (&Facts, &PackageReport),
    packer: Packer,
    journal: &Journal,
) -> bool {
    if checks::is_published(facts) {
        member.reason = other_contents(facts, packer)
            .or_else(|| of_others(package).then_some(Reason::OfOthers));
    } else if let Some(reason) = kept_back(facts, journal) {
        member.reason = Some(reason);
    } else {
        return false;
    }
    member.state = State::Out;
    true
}

/// Of a version that an earlier run sent: the registry scans it, or it is in the stage, which is
/// where this run would send it.
pub(crate) fn kept_back(facts: &Facts, journal: &Journal) -> Option<Reason> {
    let package = &facts.package;
    let (name, version) = (package.name.as_str()?, package.version.as_ref().ok()?);
    let entry = journal.entry(&format!("{name}@{version}"))?;
    if entry.sent == UploadState::Packed {
        return None;
    }
    match facts.status().ok()?.value? {
        VersionStatus::Validating => Some(Reason::EarlierRun),
        VersionStatus::Staged if package.staged => Some(Reason::Staged),
        _ => None,
    }
}

impl ReleasePlan {
    /// Takes in what a preflight of its packages found, and gives the report. Nothing blocks
    /// about a version that needs no publish.
    pub(crate) fn decide(
        &mut self,
        report: Report,
        facts: &[Facts],
        options: &Options,
        journal: &Journal,
    ) -> Release {
        let mut report = report;
        self.judge_siblings(&mut report, facts, options);
        let mut at = 0;
        let mut reports = vec![None; self.members.len()];
        let mut keep = Vec::new();
        for (index, member) in self.members.iter_mut().enumerate() {
            if member.package.is_none() {
                continue;
            }
            let package = &mut report.packages[at];
            // The answers decide the tag of changesets' pre mode.
            member.package = Some(facts[at].package.clone());
            if mark_out(member, (&facts[at], package), self.packer.packer, journal) {
                package.findings.clear();
                package.undecided.clear();
                package.verdict = Outcome::Ready;
            } else if package.verdict == Outcome::Blocked {
                member.state = State::Blocked;
            }
            if member.chosen && member.state != State::Out {
                reports[index] = Some(keep.len());
                keep.push(package.clone());
            }
            at += 1;
        }
        report.packages = keep;
        let own = checks::outcome(&report.findings, &[], &self.rules(options));
        let verdicts = report.packages.iter().map(|package| package.verdict);
        report.verdict = verdicts.max().unwrap_or(Outcome::Ready).max(own);
        self.name_the_unchosen();
        self.arrange();
        self.report(report, &reports)
    }

    fn rules<'r>(&'r self, options: &'r Options) -> Rules<'r> {
        Rules {
            levels: &self.prepared.settings.checks,
            allow: &options.allow,
            strict: options.strict,
        }
    }

    /// Judges each package by what the repository has of its dependencies.
    fn judge_siblings(&self, report: &mut Report, facts: &[Facts], options: &Options) {
        let mut repository = RepositoryPackages::default();
        let mut known = facts.iter();
        for member in &self.members {
            let facts = member.package.is_some().then(|| known.next()).flatten();
            let sibling = Sibling::of(facts, member.version.clone());
            repository.add(&member.manifest, member.name.clone(), sibling);
        }
        for (package, facts) in report.packages.iter_mut().zip(facts) {
            gate::judge_plan(facts, &repository, (package, &self.rules(options)));
        }
    }

    /// Notes for each chosen member what it needs that is not sent.
    fn name_the_unchosen(&mut self) {
        let lacks = |member: &Member| {
            let needed = member.depends_on.iter().map(|&at| &self.members[at]);
            let missing = needed.filter(|it| !it.chosen && it.state != State::Out);
            let mut names: Vec<String> = missing
                .map(|it| format!("{} {}", it.name, it.version.as_deref().unwrap_or_default()))
                .collect();
            names.sort();
            names
        };
        let all: Vec<Vec<String>> = self.members.iter().map(lacks).collect();
        for (member, names) in self.members.iter_mut().zip(all) {
            let is_sent = member.chosen && member.state == State::Publish;
            if is_sent && !names.is_empty() {
                member.reason = Some(Reason::NeedsUnchosen(names));
            }
        }
    }

    fn arrange(&mut self) {
        let is_sent = |member: &Member| member.chosen && member.state == State::Publish;
        let sent = (0..self.members.len()).filter(|&at| is_sent(&self.members[at]));
        let sent: Vec<usize> = sent.collect();
        let Order { order, cycles } = order(&sent, &self.needs);
        (self.order, self.cycles) = (order, cycles);
    }

    fn report(&self, preflight: Report, reports: &[Option<usize>]) -> Release {
        let chosen: Vec<usize> = (0..self.members.len())
            .filter(|&at| self.members[at].chosen)
            .collect();
        let place = |at: &usize| chosen.iter().position(|it| it == at);
        let name = |at: usize| self.members[at].name.clone();
        let cycles = self.cycles.iter().map(|cycle| ReleaseCycle {
            members: cycle.members.iter().map(|&at| name(at)).collect(),
            broken: cycle
                .broken
                .iter()
                .map(|&(first, second)| (name(first), name(second)))
                .collect(),
        });
        Release {
            packer: PackerReport {
                packer: self.packer.packer,
                version: self.packer.wanted.clone(),
                because: self.packer.because.to_string(),
            },
            order: self.order.iter().filter_map(place).collect(),
            packages: chosen
                .iter()
                .map(|&at| self.package(at, reports[at]))
                .collect(),
            cycles: cycles.collect(),
            preflight,
        }
    }

    fn package(&self, at: usize, report: Option<usize>) -> ReleasePackage {
        let member = &self.members[at];
        let needed = member.depends_on.iter().map(|&at| &self.members[at].name);
        let mut depends_on: Vec<String> = needed.cloned().collect();
        depends_on.sort();
        ReleasePackage {
            name: member.name.clone(),
            version: member.version.clone(),
            directory: member.shown.clone(),
            depends_on,
            state: member.state,
            reason: member.reason.clone(),
            explanation: None,
            tarball: None,
            changes: Changes::default(),
            target: member.package.as_ref().map(|plan| Target {
                tag: plan.tag.sent.clone(),
                access: plan.access.clone(),
            }),
            report,
        }
    }
}
