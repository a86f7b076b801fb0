//! What a rehearsal reports about the tarball that npm packed: the content checks, the changes
//! that scripts made, and the differences from the version on the real registry.

use std::collections::BTreeMap;
use std::path::Path;

use crate::checks::{self, Rules};
use crate::cli::Options;
use crate::facts::Facts;
use crate::facts::contents::{self, Changes, Comparison, Previous, Unpacked, compare};
use crate::finding::{Gap, Outcome};
use crate::rehearsal::{AcceptedPublish, PackageResult};
use crate::report::rehearsal::Rehearsed;
use crate::settings::Settings;

/// The versions that are on the real registry, by the package's name.
pub(super) type PreviousByName = BTreeMap<String, Result<Previous, Gap>>;

/// What was known before npm and its scripts ran.
pub(super) struct Before {
    /// Each package.
    pub(super) facts: Vec<Facts>,
    /// What is on the real registry.
    pub(super) previous: PreviousByName,
    /// The user's settings.
    pub(super) settings: Settings,
}

impl Before {
    /// Runs the content checks on the tarball that arrived, whose scripts have already run, and
    /// finds out how scripts changed the list.
    pub(super) fn check(
        &self,
        result: PackageResult,
        arrived: &AcceptedPublish,
        options: &Options,
    ) -> Rehearsed {
        let mut rehearsed = Rehearsed {
            result,
            findings: Vec::new(),
            is_blocked: false,
            changes: Changes::default(),
            comparison: None,
        };
        let of_name = |facts: &&Facts| facts.package.name.as_str() == Some(&arrived.name);
        let Some(facts) = self.facts.iter().find(of_name) else {
            return rehearsed;
        };
        let Ok(sent) = contents::of_sent_tarball(&arrived.tarball, &facts.package) else {
            return rehearsed;
        };
        if let Some(predicted) = facts.contents() {
            rehearsed.changes = Changes::between(&predicted.packed, &sent.packed);
        }
        let rules = Rules {
            levels: &self.settings.checks,
            allow: &options.allow,
            strict: options.strict,
        };
        rehearsed.comparison = self.compared(arrived);
        let mut facts = Facts {
            contents: Some(Ok(sent)),
            comparison: rehearsed.comparison.clone(),
            ..facts.clone()
        };
        // The scripts have run.
        facts.package.rewrites.clear();
        let judged = checks::judge_contents(&facts, &rules);
        rehearsed.is_blocked = judged.outcome == Outcome::Blocked;
        rehearsed.findings = judged.findings;
        rehearsed
    }

    /// What differs from the version on the real registry.
    fn compared(&self, arrived: &AcceptedPublish) -> Option<Result<Comparison, Gap>> {
        let previous = self.previous.get(&arrived.name)?;
        Some(
            previous
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|previous| {
                    let path = Path::new("package.json");
                    let now = Unpacked::of_tarball(&arrived.tarball, path);
                    let now = now.map_err(|error| Gap::Unknown(error.to_string()))?;
                    Ok(compare(previous, &now))
                }),
        )
    }
}
