//! `semver.intersects(first, second)`: whether some version is in both
//! ranges.

use std::cmp::Ordering;

use super::{Comparator, Range, test};

/// Whether two ranges overlap, by node-semver's strict rules. `None` if one of them is not a
/// range: node-semver then throws `Invalid comparator`.
pub fn intersects(first: &str, second: &str) -> Option<bool> {
    let (first, second) = (Range::parse(first, false)?, Range::parse(second, false)?);
    let meets = |ours: &Vec<Comparator>| {
        is_satisfiable(ours)
            && second.0.iter().any(|theirs| {
                is_satisfiable(theirs)
                    && ours
                        .iter()
                        .all(|our| theirs.iter().all(|their| meet(our, their)))
            })
    };
    Some(first.0.iter().any(meets))
}

/// Whether the comparators of one alternative do not exclude each other.
fn is_satisfiable(all: &[Comparator]) -> bool {
    let pairs = all.iter().enumerate();
    pairs
        .flat_map(|(at, one)| all[at + 1..].iter().map(move |other| (one, other)))
        .all(|(one, other)| meet(one, other))
}

/// `Comparator.intersects`.
fn meet(one: &Comparator, other: &Comparator) -> bool {
    let (Some(ours), Some(theirs)) = (&one.version, &other.version) else {
        return true;
    };
    if one.is_exact() {
        return test(std::slice::from_ref(other), ours);
    }
    if other.is_exact() {
        return test(std::slice::from_ref(one), theirs);
    }
    if one.is_below_all() || other.is_below_all() {
        return false;
    }
    let (up, down) = (one.operator.starts_with('>'), one.operator.starts_with('<'));
    if up == other.operator.starts_with('>') {
        return true;
    }
    match ours.compare(theirs) {
        Ordering::Equal => one.operator.ends_with('=') && other.operator.ends_with('='),
        Ordering::Less => up,
        Ordering::Greater => down,
    }
}

impl Comparator {
    fn is_exact(&self) -> bool {
        matches!(self.operator.as_str(), "" | "=")
    }

    /// `<0.0.0`, which not even a prerelease satisfies without its option.
    fn is_below_all(&self) -> bool {
        self.operator == "<"
            && self
                .version
                .as_ref()
                .is_some_and(|version| version.to_string().starts_with("0.0.0"))
    }
}

#[cfg(test)]
mod tests {
    use super::intersects;

    #[test]
    fn as_node_semver_says() {
        for (first, second, expected) in [
            ("^1.0.0", "1", true),
            ("^1.0.0", "3", false),
            ("^1.0.0", "1.5.0", true),
            (">=2", "<2", false),
            (">=2", "<=2", true),
            ("<0.0.0", ">=0.0.0-a", false),
            ("1.2.3", "=1.2.3", true),
            ("*", ">5", true),
            ("1 || 3", "2 || 3.1.x", true),
            (">2 <1", "*", false),
            ("^1.0.0-a", "1.0.0-b", false),
            ("^1.0.0", "1.2.0-b", false),
        ] {
            assert_eq!(
                intersects(first, second),
                Some(expected),
                "{first} and {second}"
            );
        }
        assert_eq!(intersects("^1.0.0", "next"), None);
    }
}
