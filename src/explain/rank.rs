//! Orders the causes: the rules that fit a record, by precedence, except causes that the record
//! contradicts.

use super::Likelihood;
use super::record::{self, Record};
use super::rules::ruled_out::ruled_out;
use super::rules::{self, Fit};

/// How many causes are shown.
pub(super) const MAX_CAUSES: usize = 5;

/// A cause that the record contradicts, and the reason.
type Struck = (&'static str, &'static str);

/// A cause that a rule named.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked {
    pub(super) id: &'static str,
    pub(super) likelihood: Likelihood,
}

/// The causes of a record, best first, and those that were ruled out, with the reason.
#[derive(Debug, Default)]
pub(super) struct Ranking {
    pub(super) causes: Vec<Ranked>,
    pub(super) struck: Vec<Struck>,
}

/// The rules that fit a record, and the causes that it contradicts although a
/// rule speaks for them, with the reason. Each rule is looked at once: they read
/// all that was said.
fn fitting(record: &Record) -> (Vec<(Fit, Ranked)>, Vec<Struck>) {
    let (mut fitting, mut struck) = (Vec::new(), Vec::new());
    for rule in rules::all() {
        let Some(fit) = rule.fit(record) else {
            continue;
        };
        match ruled_out(rule.id, record) {
            Some(because) if !struck.contains(&(rule.id, because)) => {
                struck.push((rule.id, because));
            }
            Some(_) => {}
            None => {
                let ranked = Ranked {
                    id: rule.id,
                    likelihood: rule.tier,
                };
                fitting.push((fit, ranked));
            }
        }
    }
    (fitting, struck)
}

/// Ranks the causes of a record.
pub(super) fn rank(record: &Record) -> Ranking {
    let (fitting, struck) = fitting(record);
    let counts = |fit: Fit, least: Likelihood| {
        fitting
            .iter()
            .any(|(of, ranked)| *of >= fit && ranked.likelihood >= least)
    };
    let is_stated = counts(Fit::Said, Likelihood::Likely);
    let mut candidates: Vec<(Fit, Ranked)> = fitting
        .iter()
        .copied()
        .filter(|(fit, ranked)| {
            let by_its_code = ranked.likelihood == Likelihood::Certain;
            !is_stated || *fit > Fit::Circumstances || by_its_code
        })
        .collect();
    // The sort is stable: what is higher in the tables stays in front.
    candidates.sort_by_key(|(fit, ranked)| std::cmp::Reverse((ranked.likelihood, *fit)));
    let mut ranking = Ranking {
        struck,
        ..Ranking::default()
    };
    for (_, ranked) in candidates {
        if ranking.causes.iter().all(|other| other.id != ranked.id) {
            ranking.causes.push(ranked);
        }
    }
    limit_certainty(&mut ranking.causes);
    ranking
}

/// A certain cause stays alone; if two are certain, they become likely.
fn limit_certainty(causes: &mut Vec<Ranked>) {
    let certain = causes
        .iter()
        .filter(|cause| cause.likelihood == Likelihood::Certain)
        .count();
    if certain == 1 {
        causes.retain(|cause| cause.likelihood == Likelihood::Certain);
    } else {
        for cause in causes {
            cause.likelihood = cause.likelihood.min(Likelihood::Likely);
        }
    }
}

/// Whether a rule recognises the text itself, whoever printed it. Words that any network
/// program may print count only in a text about packages.
pub(super) fn speaks_for_itself(record: &Record, of_packages: bool) -> bool {
    rules::all()
        .filter(|rule| rule.tier >= Likelihood::Likely && !rule.says.is_empty())
        .filter(|rule| of_packages || !record::is_of_any_program(rule.id))
        .any(|rule| rule.fit(record).is_some())
}
