//! How many findings of one check are listed: the worst ones, and one that says how many
//! more there are.

use std::cmp::Reverse;

use crate::finding::{Finding, Level};

/// Nobody reads more findings of one check, and each costs a look into a file.
const MAX_FINDINGS: usize = 100;

/// The findings of a check that may have many thousands: only those that are listed are
/// made, and one that stands for all others.
pub(super) fn listed<T>(
    mut things: Vec<T>,
    level: impl Fn(&T) -> Level,
    make: impl Fn(&T) -> Finding,
) -> Vec<Finding> {
    if things.len() <= MAX_FINDINGS {
        return things.iter().map(make).collect();
    }
    things.sort_by_key(|thing| Reverse(level(thing)));
    let others = things.split_off(MAX_FINDINGS);
    let mut found: Vec<Finding> = things.iter().map(&make).collect();
    found.push(Finding {
        stands_for: others.len(),
        ..make(&others[0])
    });
    found
}

/// The first findings, the worst before the others, and one that says how many more
/// there are. `usual` is the level of those that have none of their own.
pub(super) fn limited(usual: Level, mut found: Vec<Finding>) -> Vec<Finding> {
    if found.len() <= MAX_FINDINGS {
        return found;
    }
    let level_of = |finding: &Finding| finding.level.unwrap_or(usual);
    found.sort_by_key(|finding| Reverse(level_of(finding)));
    let others = found.split_off(MAX_FINDINGS);
    let more: usize = others.iter().map(|finding| finding.stands_for).sum();
    let rest = Finding::new(format!("and {more} more of these"));
    found.push(rest.level(level_of(&others[0])));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_thousands_of_findings_the_worst_are_kept_and_the_rest_is_counted() {
        let level = |number: &usize| match number {
            50_000 => Level::Error,
            _ => Level::Note,
        };
        let make = |number: &usize| Finding::new(format!("{number}")).level(level(number));
        let made: Vec<Finding> = (0..=50_000).map(|number| make(&number)).collect();
        for found in [made.clone(), listed((0..=50_000).collect(), level, make)] {
            let kept = limited(Level::Warning, found);
            assert_eq!(kept.len(), MAX_FINDINGS + 1);
            assert_eq!(kept[0].message, "50000");
            assert_eq!(kept[1].message, "0", "the others keep their order");
            let last = kept.last().unwrap();
            assert_eq!(last.message, "and 49901 more of these");
            assert_eq!(last.level, Some(Level::Note));
        }
        let few = &made[..MAX_FINDINGS];
        assert_eq!(limited(Level::Warning, few.to_vec()), few);
        assert_eq!(listed((0..MAX_FINDINGS).collect(), level, make), few);
    }

    #[test]
    fn only_what_is_listed_is_made() {
        let count = std::cell::Cell::new(0);
        let make = |_: &usize| {
            count.set(count.get() + 1);
            Finding::new("x")
        };
        let found = listed((0..50_000).collect(), |_| Level::Error, make);
        assert_eq!(
            (found.len(), count.get()),
            (MAX_FINDINGS + 1, MAX_FINDINGS + 1)
        );
    }
}
