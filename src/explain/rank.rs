//! Orders the causes: the rules that fit a record, by precedence, except causes that the record
//! contradicts.

use super::Likelihood;
use super::record::{self, Record};
use super::rules::ruled_out::ruled_out;
use super::rules::{self, Fit, Rule};

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
#[derive(Debug)]
pub(super) struct Ranking {
    pub(super) causes: Vec<Ranked>,
    pub(super) struck: Vec<Struck>,
}

/// The rules that fit a record, and the causes that it contradicts although a
/// rule speaks for them, with the reason. Each rule is looked at once: they read
/// all that was said.
fn fitting<'a>(
    rules: impl Iterator<Item = &'a Rule>,
    record: &Record,
) -> (Vec<(Fit, Ranked)>, Vec<Struck>) {
    let (mut fitting, mut struck) = (Vec::new(), Vec::new());
    for rule in rules {
        let Some(fit) = rule.fit(record) else {
            continue;
        };
        for (likelihood, id) in rule.causes() {
            match ruled_out(id, record) {
                Some(because) if !struck.contains(&(id, because)) => struck.push((id, because)),
                Some(_) => {}
                None => fitting.push((fit, Ranked { id, likelihood })),
            }
        }
    }
    (fitting, struck)
}

/// Ranks the causes of a record.
pub(super) fn rank(record: &Record) -> Ranking {
    let (mut fits, struck) = fitting(rules::all(), record);
    let says_it = |(fit, ranked): &(Fit, Ranked)| {
        *fit >= Fit::Said && ranked.likelihood >= Likelihood::Likely
    };
    let is_stated = fits.iter().any(says_it);
    // What no server answered is known by its code, if at all.
    let is_known = |(_, ranked): &(Fit, Ranked)| ranked.likelihood >= Likelihood::Likely;
    let is_explained = is_stated || (record.error.status.is_none() && fits.iter().any(is_known));
    if !is_explained && record.states_a_reason() {
        let (mut by_vocabulary, _) = fitting(rules::by_vocabulary(), record);
        by_vocabulary.retain(|(fit, _)| *fit == Fit::Reason);
        if by_vocabulary.iter().any(says_it) {
            let silent = |(fit, _): &&mut (Fit, Ranked)| *fit == Fit::Circumstances;
            for (_, ranked) in fits.iter_mut().filter(silent) {
                ranked.likelihood = Likelihood::Possible;
            }
        }
        fits.extend(by_vocabulary);
    }
    fits.retain(|(fit, ranked)| {
        let by_its_code = ranked.likelihood == Likelihood::Certain;
        !is_stated || *fit > Fit::Circumstances || by_its_code
    });
    // The sort is stable: what is higher in the tables stays in front.
    fits.sort_by_key(|(fit, ranked)| std::cmp::Reverse((ranked.likelihood, *fit)));
    let mut causes: Vec<Ranked> = Vec::new();
    for (_, ranked) in fits {
        if causes.iter().all(|other| other.id != ranked.id) {
            causes.push(ranked);
        }
    }
    limit_certainty(&mut causes);
    Ranking { causes, struck }
}

/// A certain cause stays alone; if two are certain, they become likely.
fn limit_certainty(causes: &mut Vec<Ranked>) {
    let is_certain = |cause: &&Ranked| cause.likelihood == Likelihood::Certain;
    if causes.iter().filter(is_certain).count() == 1 {
        causes.retain(|cause| is_certain(&cause));
    } else {
        for cause in causes {
            cause.likelihood = cause.likelihood.min(Likelihood::Likely);
        }
    }
}

/// Whether a rule recognises the text itself, whoever printed it. Words that any network
/// program may print count only in a text about packages.
pub(super) fn speaks_for_itself(record: &Record, of_packages: bool) -> bool {
    let counts = |(likelihood, id): (Likelihood, &str)| {
        likelihood >= Likelihood::Likely && (of_packages || !record::is_of_any_program(id))
    };
    rules::all()
        .filter(|rule| !rule.says.is_empty() && rule.causes().any(counts))
        .any(|rule| rule.fit(record).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::log::Log;

    fn causes(sentence: &str) -> Vec<&'static str> {
        let log = Log::of_text(&format!(
            "npm error code E403\nnpm error 403 403 Forbidden - PUT https://h.example/cat - {sentence}"
        ));
        let records = record::records(&log);
        rank(&records[0])
            .causes
            .iter()
            .map(|cause| cause.id)
            .collect()
    }

    #[test]
    fn a_word_counts_only_for_a_reason_that_no_rule_knows() {
        let by_a_word = causes("this build is immutable");
        assert_eq!(by_a_word[..2], ["version-taken", "registry-permission"]);
        let by_a_rule = causes("Requested item is quarantined: its build is immutable");
        assert_eq!(by_a_rule, ["registry-policy-block"]);
    }

    #[test]
    fn what_the_status_contradicts_is_out() {
        let log = Log::of_text(
            "npm error code E404\nnpm error 404 Not Found - PUT https://registry.npmjs.org/cat\ncat was already published",
        );
        let ranking = rank(&record::records(&log)[0]);
        assert!(
            ranking
                .causes
                .iter()
                .all(|cause| cause.id != "version-taken")
        );
        assert!(ranking.struck.iter().any(|(id, _)| *id == "version-taken"));
    }
}
