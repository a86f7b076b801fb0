//! Runs the checks: a loop over the list.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::limited::limited;
use super::{ALL, find};
use crate::checks::check::{Basis, Check, Run, Verdict};
use crate::facts::{Facts, ProjectFacts};
use crate::finding::{CommandContext, Finding, Gap, Level, Outcome, Reported, Undecided};
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
    /// The worst first, then in the order of the checks.
    pub findings: Vec<Reported>,
    /// Checks that could not decide.
    pub undecided: Vec<Undecided>,
    /// The verdict.
    pub outcome: Outcome,
}

/// Runs the checks for packages on one package's facts.
pub fn judge(facts: &Facts, rules: &Rules<'_>) -> Judged {
    let run = |check: &Check| match check.run {
        Run::Package(_) => Some(check.on(facts)),
        Run::Project(_) => None,
    };
    judge_with(run, &command_context(facts), rules)
}

/// Runs only the checks on the contents.
pub fn judge_contents(facts: &Facts, rules: &Rules<'_>) -> Judged {
    let run = |check: &Check| match check.run {
        Run::Package(run) if check.basis == Basis::Contents => Some(run(facts)),
        _ => None,
    };
    judge_with(run, &command_context(facts), rules)
}

/// Runs the checks that belong to no single package.
pub fn judge_project(facts: &ProjectFacts, rules: &Rules<'_>) -> Judged {
    let run = |check: &Check| match check.run {
        Run::Package(_) => None,
        Run::Project(_) => Some(check.on_project(facts)),
    };
    judge_with(run, &CommandContext::default(), rules)
}

fn judge_with(
    run: impl Fn(&Check) -> Option<Verdict>,
    context: &CommandContext,
    rules: &Rules<'_>,
) -> Judged {
    let mut findings = Vec::new();
    let mut undecided = Vec::new();
    for check in ALL {
        let level_override = rules.levels.get(check.id);
        if level_override == Some(&CheckLevel::Off) {
            continue;
        }
        match run(check) {
            None => {}
            Some(Ok(found)) => {
                let reported = |mut finding: Finding| {
                    for help in &mut finding.help {
                        help.fit(context);
                    }
                    Reported {
                        check: check.id,
                        level: level(check, finding.level, level_override),
                        moot_by: None,
                        allowed: rules.allow.iter().any(|id| id == check.id),
                        finding,
                    }
                };
                findings.extend(limited(check.level, found).into_iter().map(reported));
            }
            Some(Err(gap)) => undecided.push(Undecided {
                check: check.id,
                decisive: is_decisive(check, &gap, rules),
                gap,
            }),
        }
    }
    fold(&mut findings);
    // If the registry does not answer, nobody can log in there.
    let silent = undecided.iter().filter(|one| one.decisive);
    let silent: Vec<&'static str> = silent.map(|one| one.check).collect();
    for found in findings.iter_mut().filter(|found| found.moot_by.is_none()) {
        found.moot_by = leader(found.check, &silent);
    }
    let outcome = outcome(&findings, &undecided, rules);
    Judged {
        findings,
        undecided,
        outcome,
    }
}

/// A finding under the id of a check that did not make it, with the level that the
/// user's settings give it; `None` where they switch the check off.
pub fn reported(id: &'static str, finding: Finding, rules: &Rules<'_>) -> Option<Reported> {
    let own = rules.levels.get(id);
    let check = find(id).filter(|_| own != Some(&CheckLevel::Off))?;
    Some(Reported {
        check: id,
        level: level(check, finding.level, own),
        moot_by: None,
        allowed: rules.allow.iter().any(|allowed| allowed == id),
        finding,
    })
}

/// Puts the worst first, and each moot finding after the one that makes it moot; otherwise
/// keeps the order of the checks, which is npm's.
pub fn fold(findings: &mut [Reported]) {
    // There may be many thousands of findings, but only as many ids as checks.
    let mut ids: Vec<&'static str> = Vec::new();
    for found in findings.iter() {
        if !ids.contains(&found.check) {
            ids.push(found.check);
        }
    }
    let leaders: BTreeMap<&str, Option<&'static str>> =
        ids.iter().map(|id| (*id, leader(id, &ids))).collect();
    let mut worst: BTreeMap<&str, Level> = BTreeMap::new();
    for found in findings.iter_mut() {
        found.moot_by = leaders.get(found.check).copied().flatten();
        let known = worst.entry(group(found)).or_insert(found.level);
        *known = found.level.max(*known);
    }
    findings.sort_by_cached_key(|found| {
        let group = group(found);
        let place = ALL.iter().position(|check| check.id == group);
        (
            Reverse(worst.get(group).copied()),
            place,
            found.moot_by.is_some(),
            Reverse(found.level),
        )
    });
}

/// The id that a finding is grouped under: the one that makes it moot, or its own.
fn group(found: &Reported) -> &'static str {
    found.moot_by.unwrap_or(found.check)
}

/// The last id in the chain of findings that make this one moot.
fn leader(id: &str, found: &[&'static str]) -> Option<&'static str> {
    let next = |id: &str| {
        let moots = |other: &&&'static str| find(other).is_some_and(|one| one.moots.contains(&id));
        found.iter().find(moots).copied()
    };
    let mut last = next(id)?;
    // No chain is longer than the list; a cycle would be a bug in the checks.
    for _ in found {
        match next(last) {
            Some(further) => last = further,
            None => break,
        }
    }
    Some(last)
}

/// The verdict that follows from findings and gaps.
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

/// Whether the missing answer makes the verdict undecided: there was none, and the check's
/// findings would block.
fn is_decisive(check: &Check, gap: &Gap, rules: &Rules<'_>) -> bool {
    let own = rules.levels.get(check.id);
    let is_allowed = rules.allow.iter().any(|id| id == check.id);
    gap.is_silence() && level(check, None, own) == Level::Error && !is_allowed
}

/// What the commands of remedies must name: the package, if the command line is in another
/// folder, and its registry.
pub(super) fn command_context(facts: &Facts) -> CommandContext {
    let plan = &facts.package;
    let registry = plan.registry.as_ref().ok();
    let is_npms_default = traits(facts.kind).npmjs_rules;
    // The tarballs of a release come from its folders.
    let is_of_folder = plan.spec == Spec::Folder || plan.by_release;
    let is_elsewhere = plan.directory != "." && is_of_folder;
    let is_member = plan.as_workspace || plan.by_release;
    let member = plan.name.as_str().filter(|_| is_member);
    CommandContext {
        directory: is_elsewhere.then(|| plan.directory.clone()),
        member: member.filter(|_| is_elsewhere).map(str::to_owned),
        registry: registry
            .filter(|_| !is_npms_default)
            .map(|registry| registry.value.to_string()),
        packer: plan.packer,
        staged: plan.staged,
        by_release: plan.by_release,
    }
}

/// The level of a finding: the user's setting, else its own, else the check's.
fn level(check: &Check, own: Option<Level>, level_override: Option<&CheckLevel>) -> Level {
    match level_override {
        Some(CheckLevel::At(level)) => *level,
        _ => own.unwrap_or(check.level),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(ids: &[&'static str]) -> Vec<(&'static str, Option<&'static str>)> {
        let reported = |id: &&'static str| Reported {
            check: id,
            level: find(id).unwrap().level,
            allowed: false,
            moot_by: None,
            finding: Finding::new("x"),
        };
        let mut findings: Vec<Reported> = ids.iter().map(reported).collect();
        fold(&mut findings);
        findings
            .iter()
            .map(|found| (found.check, found.moot_by))
            .collect()
    }

    #[test]
    fn a_moot_finding_follows_the_last_one_of_its_chain() {
        let wrapper = Some("registry-set-by-wrapper");
        assert_eq!(
            order(&[
                "license-missing",
                "registry-read-only",
                "registry-set-by-wrapper",
                "auth-missing"
            ]),
            [
                ("registry-set-by-wrapper", None),
                ("registry-read-only", wrapper),
                ("auth-missing", wrapper),
                ("license-missing", None),
            ]
        );
        assert_eq!(
            order(&["license-missing", "version-taken"]),
            [("version-taken", None), ("license-missing", None)]
        );
    }

    #[test]
    fn no_check_makes_itself_moot() {
        for check in ALL {
            for id in check.moots {
                assert!(
                    find(id).is_some(),
                    "{} moots {id}, which is not a check",
                    check.id
                );
                let mut seen = vec![check.id];
                let mut open = vec![*id];
                while let Some(id) = open.pop() {
                    assert!(id != check.id, "{} closes a circle: {seen:?}", check.id);
                    seen.push(id);
                    open.extend(find(id).unwrap().moots);
                }
            }
        }
    }
}
