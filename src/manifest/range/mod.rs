//! node-semver's ranges: whether a text is one, and whether a version is in it. npm refuses a
//! dist-tag that is a range, and no crate agrees with node-semver on what a range is.
//! node-semver rewrites a range step by step with regular expressions until only comparators
//! are left. This module does the same steps in the same order; `grammar` replaces the
//! expressions. It follows node-semver 7.8, which came with npm 11.15; earlier ones also accept
//! ranges with `x` out of order (`1.x.2`).

mod grammar;
mod intersects;
mod rewrite;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

pub use intersects::intersects;

use super::js;
use super::version::SemVer;

/// Whether `semver.validRange(text, { loose })` is not `null`. The empty text is a range, and
/// so are `1`, `v1`, `x` and `*`.
pub fn is_valid_range(text: &str, loose: bool) -> bool {
    Range::parse(text, loose).is_some()
}

/// `semver.satisfies(version, range, { loose })`: false if either is invalid. A prerelease
/// satisfies a range only if a comparator has a prerelease of the same numbers.
pub fn satisfies(version: &str, range: &str, loose: bool) -> bool {
    match (Range::parse(range, loose), SemVer::parse(version, loose)) {
        (Some(range), Some(version)) => range.0.iter().any(|all| test(all, &version)),
        _ => false,
    }
}

/// Whether npm takes the version of the default tag for it, a prerelease, too
/// (npm-pick-manifest compares the text, so `x` and `>=0` are not meant).
pub fn is_any(range: &str) -> bool {
    matches!(js::trim(range), "" | "*")
}

/// Alternatives, each a list of comparators that must all hold.
struct Range(Vec<Vec<Comparator>>);

/// An operator and a version; `None` matches any version.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Comparator {
    operator: String,
    version: Option<SemVer>,
}

impl Range {
    fn parse(text: &str, loose: bool) -> Option<Self> {
        let words: Vec<&str> = js::trim(text)
            .split(js::is_space)
            .filter(|word| !word.is_empty())
            .collect();
        let mut alternatives = Vec::new();
        for part in words.join(" ").split("||") {
            let comparators = comparators(part.trim_matches(' '), loose)?;
            if !comparators.is_empty() {
                alternatives.push(comparators);
            }
        }
        if alternatives.is_empty() {
            return None;
        }
        if alternatives.len() > 1 {
            // An alternative that nothing satisfies adds nothing.
            let first = alternatives[0].clone();
            alternatives.retain(|all| !all[0].is_nothing());
            if alternatives.is_empty() {
                alternatives.push(first);
            }
            // If one of them matches any version, it replaces all others: so `* || >=1.0.0-a`
            // does not match 1.0.0-b.
            if let Some(any) = alternatives.iter().position(|all| holds_any(all)) {
                alternatives = vec![alternatives.swap_remove(any)];
            }
        }
        Some(Self(alternatives))
    }
}

/// `parseRange`: one alternative. Empty if loose parsing drops all of it; `None` if it is not a
/// range.
fn comparators(text: &str, loose: bool) -> Option<Vec<Comparator>> {
    let words = rewrite::to_comparators(text, loose);
    let mut all: Vec<Comparator> = Vec::new();
    for word in words {
        match Comparator::parse(&word, loose) {
            Parsed::Comparator(comparator) => all.push(comparator),
            Parsed::NoComparator if loose => {}
            Parsed::NoComparator | Parsed::BadVersion => return None,
        }
    }
    if let Some(nothing) = all.iter().find(|comparator| comparator.is_nothing()) {
        return Some(vec![nothing.clone()]);
    }
    Some(all)
}

/// Whether every comparator matches any version.
fn holds_any(all: &[Comparator]) -> bool {
    all.iter().all(|comparator| comparator.version.is_none())
}

enum Parsed {
    Comparator(Comparator),
    /// The text does not have the form of a comparator.
    NoComparator,
    /// It has the form, but its version is too long or too large.
    BadVersion,
}

impl Comparator {
    fn parse(text: &str, loose: bool) -> Parsed {
        if text.is_empty() {
            return Parsed::Comparator(Self {
                operator: String::new(),
                version: None,
            });
        }
        let (operator, version) = grammar::operator(text);
        if !grammar::is_full_version(version, loose) {
            return Parsed::NoComparator;
        }
        match SemVer::parse(version, loose) {
            Some(version) => Parsed::Comparator(Self {
                operator: operator.to_owned(),
                version: Some(version),
            }),
            None => Parsed::BadVersion,
        }
    }

    /// `<0.0.0-0`: what node-semver writes for a range that matches nothing.
    fn is_nothing(&self) -> bool {
        self.operator == "<"
            && self
                .version
                .as_ref()
                .is_some_and(|version| version.to_string() == "0.0.0-0")
    }

    fn test(&self, version: &SemVer) -> bool {
        let Some(ours) = &self.version else {
            return true;
        };
        let order = version.compare(ours);
        match self.operator.as_str() {
            ">" => order == Ordering::Greater,
            ">=" => order != Ordering::Less,
            "<" => order == Ordering::Less,
            "<=" => order != Ordering::Greater,
            _ => order == Ordering::Equal,
        }
    }
}

fn test(all: &[Comparator], version: &SemVer) -> bool {
    all.iter().all(|comparator| comparator.test(version))
        && (version.pre.is_empty()
            || all.iter().any(|comparator| {
                comparator
                    .version
                    .as_ref()
                    .is_some_and(|named| !named.pre.is_empty() && named.numbers == version.numbers)
            }))
}
