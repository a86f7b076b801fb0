//! Orders the causes: the rules that fit a record, by precedence, except causes that the record
//! contradicts.

use super::Likelihood;
use super::record::{self, Record};
use super::rules::ruled_out::ruled_out;
use super::rules::{self, Fit};

/// How many causes are shown.
pub(super) const MAX_CAUSES: usize = 5;

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
    pub(super) struck: Vec<(&'static str, &'static str)>,
}

/// Ranks the causes of a record.
pub(super) fn rank(record: &Record) -> Ranking {
    let fitting: Vec<(Fit, Ranked)> = rules::all()
        .filter(|rule| ruled_out(rule.id, record).is_none())
        .filter_map(|rule| {
            let ranked = Ranked {
                id: rule.id,
                likelihood: rule.tier,
            };
            Some((rule.fit(record)?, ranked))
        })
        .collect();
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
        struck: struck(record),
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

/// The causes that a rule suggests but the record contradicts.
fn struck(record: &Record) -> Vec<(&'static str, &'static str)> {
    let mut struck: Vec<(&'static str, &'static str)> = Vec::new();
    for rule in rules::all().filter(|rule| rule.fit(record).is_some()) {
        if let Some(because) = ruled_out(rule.id, record)
            && struck.iter().all(|(id, _)| *id != rule.id)
        {
            struck.push((rule.id, because));
        }
    }
    struck
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
