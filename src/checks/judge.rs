//! A checklist, and a for-loop over it.

use std::collections::BTreeMap;

use super::{ALL, find};
use crate::checks::check::Check;
use crate::facts::Facts;
use crate::finding::{Finding, Level, Outcome, Reported, Undecided};
use crate::plan::{PackagePlan, Spec};
use crate::settings::CheckLevel;

/// The user's word on the checks.
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
    /// What it comes to.
    pub outcome: Outcome,
}

/// Runs every check on one package's facts.
pub fn judge(facts: &Facts, rules: &Rules<'_>) -> Judged {
    let mut findings = Vec::new();
    let mut undecided = Vec::new();
    for check in ALL {
        let told = rules.levels.get(check.id);
        if told == Some(&CheckLevel::Off) {
            continue;
        }
        match (check.run)(facts) {
            Ok(found) => findings.extend(
                found
                    .into_iter()
                    .map(|finding| at_home(finding, facts))
                    .map(|finding| Reported {
                        check: check.id,
                        level: level(check, finding.level, told),
                        allowed: rules.allow.iter().any(|id| id == check.id),
                        finding,
                    }),
            ),
            Err(gap) => {
                undecided.push(Undecided {
                    check: check.id,
                    gap,
                    could_block: check.level == Level::Error,
                });
            }
        }
    }
    // The worst first; among equals the order of the checks stands.
    findings.sort_by_key(|found: &Reported| std::cmp::Reverse(found.level));
    let outcome = outcome(&findings, &undecided, rules);
    Judged {
        findings,
        undecided,
        outcome,
    }
}

/// What findings and gaps come to.
pub fn outcome(findings: &[Reported], undecided: &[Undecided], rules: &Rules<'_>) -> Outcome {
    let blocking = |found: &Reported| {
        !found.allowed
            && (found.level == Level::Error || (rules.strict && found.level == Level::Warning))
    };
    let silence = |undecided: &Undecided| {
        let told = rules.levels.get(undecided.check);
        let could_block =
            find(undecided.check).is_some_and(|check| level(check, None, told) == Level::Error);
        undecided.gap.is_silence()
            && could_block
            && !rules.allow.iter().any(|id| id == undecided.check)
    };
    if findings.iter().any(blocking) {
        Outcome::Blocked
    } else if undecided.iter().any(silence) {
        Outcome::Undecided
    } else {
        Outcome::Ready
    }
}

/// Remedies act where the package lies, also where the command line is another
/// folder's.
fn at_home(mut finding: Finding, facts: &Facts) -> Finding {
    let PackagePlan {
        directory,
        name,
        as_workspace,
        spec,
        ..
    } = &facts.package;
    if directory == "." || *spec != Spec::Folder {
        return finding;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "@/._-".contains(c);
    let directory = if directory.chars().all(plain) {
        directory.clone()
    } else {
        format!("'{}'", directory.replace('\'', "'\\''"))
    };
    for help in &mut finding.help {
        for command in ["npm version", "npm pkg set", "npm pkg delete"] {
            let (at, member) = (format!("{command} "), name.as_str());
            let there = match member.filter(|_| *as_workspace) {
                Some(member) => format!("{command} -w {member} "),
                None => at.replacen("npm ", &format!("npm --prefix {directory} "), 1),
            };
            *help = help.replace(&at, &there);
        }
    }
    finding
}

/// The level of a finding: the user's word, else its own, else the check's.
fn level(check: &Check, own: Option<Level>, told: Option<&CheckLevel>) -> Level {
    match told {
        Some(CheckLevel::At(level)) => *level,
        _ => own.unwrap_or(check.level),
    }
}
