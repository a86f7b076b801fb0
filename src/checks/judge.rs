//! Runs the checks: a checklist and a for-loop over it.

use std::collections::BTreeMap;

use super::{ALL, find};
use crate::checks::check::Check;
use crate::facts::Facts;
use crate::finding::{CommandContext, Gap, Level, Outcome, Reported, Undecided};
use crate::plan::Spec;
use crate::registry::kinds::traits;
use crate::settings::CheckLevel;

/// The user's settings for the checks.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Levels by id.
    pub levels: &'a BTreeMap<String, CheckLevel>,
    /// Checks whose findings do not block.
    pub allow: &'a [String],
    /// Warnings block, too.
    pub strict: bool,
}

/// What the checks found.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The worst first, and in the order of the checks.
    pub findings: Vec<Reported>,
    /// Checks that could not decide.
    pub undecided: Vec<Undecided>,
    /// The verdict.
    pub outcome: Outcome,
}

/// Runs every check on one package's facts.
pub fn judge(facts: &Facts, rules: &Rules<'_>) -> Judged {
    let context = command_context(facts);
    let mut findings = Vec::new();
    let mut undecided = Vec::new();
    for check in ALL {
        let level_override = rules.levels.get(check.id);
        if level_override == Some(&CheckLevel::Off) {
            continue;
        }
        match (check.run)(facts) {
            Ok(found) => findings.extend(found.into_iter().map(|mut finding| {
                for help in &mut finding.help {
                    help.fit(&context);
                }
                Reported {
                    check: check.id,
                    level: level(check, finding.level, level_override),
                    moot_by: None,
                    allowed: rules.allow.iter().any(|id| id == check.id),
                    finding,
                }
            })),
            Err(gap) => undecided.push(Undecided {
                check: check.id,
                decisive: is_decisive(check, &gap, rules),
                gap,
            }),
        }
    }
    fold(&mut findings);
    let outcome = outcome(&findings, &undecided, rules);
    Judged {
        findings,
        undecided,
        outcome,
    }
}

/// Puts the worst first, and each moot finding behind the one that makes it moot;
/// among equals the order of the checks, which is npm's, stays.
fn fold(findings: &mut Vec<Reported>) {
    let leader_of = |id: &str| {
        let leads =
            |found: &&Reported| find(found.check).is_some_and(|one| one.moots.contains(&id));
        findings.iter().find(leads).map(|leader| leader.check)
    };
    let leaders: Vec<Option<&'static str>> = findings
        .iter()
        .map(|found| leader_of(found.check))
        .collect();
    for (found, leader) in findings.iter_mut().zip(leaders) {
        found.moot_by = leader;
    }
    let level_of = |all: &[Reported], id: &str| {
        let group = all
            .iter()
            .filter(|one| one.check == id || one.moot_by == Some(id));
        group.map(|one| one.level).max()
    };
    let keys: Vec<_> = findings
        .iter()
        .map(|found| {
            let leader = found.moot_by.unwrap_or(found.check);
            let place = ALL.iter().position(|check| check.id == leader);
            (
                std::cmp::Reverse(level_of(findings, leader)),
                place,
                found.moot_by.is_some(),
            )
        })
        .collect();
    let mut keyed: Vec<_> = keys.into_iter().zip(std::mem::take(findings)).collect();
    keyed.sort_by_key(|(key, _)| *key);
    findings.extend(keyed.into_iter().map(|(_, found)| found));
}

/// The verdict of findings and gaps.
pub fn outcome(findings: &[Reported], undecided: &[Undecided], rules: &Rules<'_>) -> Outcome {
    let blocking = |found: &Reported| {
        !found.allowed
            && (found.level == Level::Error || (rules.strict && found.level == Level::Warning))
    };
    if findings.iter().any(blocking) {
        Outcome::Blocked
    } else if undecided.iter().any(|open| open.decisive) {
        Outcome::Undecided
    } else {
        Outcome::Ready
    }
}

/// Whether the missing answer makes the verdict undecided: none came, and the
/// check's findings would block.
fn is_decisive(check: &Check, gap: &Gap, rules: &Rules<'_>) -> bool {
    let own = rules.levels.get(check.id);
    let is_allowed = rules.allow.iter().any(|id| id == check.id);
    gap.is_silence() && level(check, None, own) == Level::Error && !is_allowed
}

/// Where the commands of remedies have to act: on the package, also where the
/// command line is in another folder, and on its registry.
fn command_context(facts: &Facts) -> CommandContext {
    let plan = &facts.package;
    let registry = plan.registry.as_ref().ok();
    let is_npms_default = traits(facts.kind).npmjs_rules;
    let is_elsewhere = plan.directory != "." && plan.spec == Spec::Folder;
    let member = plan.name.as_str().filter(|_| plan.as_workspace);
    CommandContext {
        directory: is_elsewhere.then(|| plan.directory.clone()),
        member: member.filter(|_| is_elsewhere).map(str::to_owned),
        registry: registry
            .filter(|_| !is_npms_default)
            .map(|registry| registry.value.to_string()),
    }
}

/// The level of a finding: the user's setting, else its own, else the check's.
fn level(check: &Check, own: Option<Level>, level_override: Option<&CheckLevel>) -> Level {
    match level_override {
        Some(CheckLevel::At(level)) => *level,
        _ => own.unwrap_or(check.level),
    }
}
