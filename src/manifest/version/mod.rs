//! npm's rules for versions: read loosely, then as strict SemVer, without build metadata. They
//! follow node-semver 7, which npm uses.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::js;

/// A version as npm sends it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub semver::Version);

impl Version {
    /// Whether it has a prerelease part.
    pub fn is_prerelease(&self) -> bool {
        !self.0.pre.is_empty()
    }

    /// Judges package.json's `version` as npm does: `fixVersionField` reads it
    /// loosely and drops build metadata, libnpmpublish reads that strictly.
    ///
    /// # Errors
    /// When npm would refuse to publish it.
    pub fn of(value: Option<&Value>) -> Result<Self, VersionProblem> {
        let Some(value) = value.filter(|value| js::is_truthy(value)) else {
            return Err(VersionProblem::Missing);
        };
        value
            .as_str()
            .and_then(|text| Self::parse(text, true))
            .ok_or_else(|| {
                let value = js::to_text(value);
                VersionProblem::Invalid {
                    nearest: nearest(&value).map(|version| version.to_string()),
                    value,
                }
            })
    }

    /// The result of `semver.clean`, if that is a strict version.
    pub fn parse(text: &str, loose: bool) -> Option<Self> {
        // npm applies `valid` to the unchanged text, and `clean` to the rest.
        SemVer::parse(text, loose)?;
        let bare = js::trim(text).trim_start_matches(['=', 'v']);
        let cleaned = SemVer::parse(bare, loose)?.to_string();
        SemVer::parse(&cleaned, false)?;
        semver::Version::parse(&cleaned).ok().map(Self)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a package.json's version cannot be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionProblem {
    /// There is none.
    Missing,
    /// It is not a version, even by npm's loose reading.
    Invalid {
        /// The value as written in package.json.
        value: String,
        /// The nearest valid spelling, if there is an obvious one.
        nearest: Option<String>,
    },
}

/// The version that the author may have meant: `1.0` is `1.0.0`,
/// `1.2.3_beta 1` is `1.2.3-beta-1`.
fn nearest(text: &str) -> Option<Version> {
    let text = js::trim(text).trim_start_matches(['v', 'V', '=', ' ']);
    let mut rest = text;
    let mut numbers = Vec::new();
    while numbers.len() < 3 {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let Ok(number) = rest[..end].parse::<u64>() else {
            break;
        };
        numbers.push(number.to_string());
        rest = &rest[end..];
        match rest.strip_prefix('.') {
            Some(more) if more.starts_with(|c: char| c.is_ascii_digit()) => rest = more,
            _ => break,
        }
    }
    if numbers.is_empty() {
        return None;
    }
    numbers.resize(3, "0".to_owned());
    let mut version = numbers.join(".");
    let (pre, _) = rest.split_once('+').unwrap_or((rest, ""));
    let words: Vec<&str> = pre
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .filter(|word| !word.is_empty())
        .collect();
    let pre = words.join("-");
    let pre = pre.trim_matches('.');
    if !pre.is_empty() {
        version = format!("{version}-{pre}");
    }
    Version::parse(&version, true)
}

/// The longest version that node-semver reads, in UTF-16 units.
const MAX_LENGTH: usize = 256;

/// JavaScript's largest safe integer.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// A version as node-semver represents it: numbers up to 2^53 - 1; prerelease identifiers are
/// numbers only below that. Without build metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SemVer {
    /// Major, minor, patch.
    pub(crate) numbers: [u64; 3],
    /// The identifiers of the prerelease part.
    pub(crate) pre: Vec<Identifier>,
}

/// One identifier of a prerelease part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identifier {
    /// All digits, and below 2^53 - 1.
    Number(u64),
    /// Anything else.
    Text(String),
}

impl SemVer {
    /// `new SemVer(text, { loose })`: surrounding white space is dropped; `loose` allows a
    /// leading `v`, `=`, leading zeroes, and a prerelease without its hyphen.
    pub(crate) fn parse(text: &str, loose: bool) -> Option<Self> {
        if text.encode_utf16().count() > MAX_LENGTH {
            return None;
        }
        let text = js::trim(text);
        let text = if loose {
            text.trim_start_matches(|c| c == 'v' || c == '=' || js::is_space(c))
        } else {
            text.strip_prefix('v').unwrap_or(text)
        };
        let text = without_build(text)?;
        // Loose: digits of the patch number may become a prerelease that has no hyphen, so
        // `1.2.34.5` is `1.2.3-4.5`.
        let (major, rest) = text.split_once('.')?;
        let (minor, rest) = rest.split_once('.')?;
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let shortest = if loose { 1 } else { digits.max(1) };
        for split in (shortest..=digits).rev() {
            let (patch, pre) = rest.split_at(split);
            let Some(pre) = prerelease(pre, loose) else {
                continue;
            };
            let numbers = [
                number(major, loose)?,
                number(minor, loose)?,
                number(patch, loose)?,
            ];
            return Some(Self { numbers, pre });
        }
        None
    }

    /// node-semver's order, which is SemVer's except for numbers too large for JavaScript,
    /// which are compared as floats.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| {
            match (self.pre.is_empty(), other.pre.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => compare_pre(&self.pre, &other.pre),
            }
        })
    }
}

impl fmt::Display for SemVer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        for (index, id) in self.pre.iter().enumerate() {
            f.write_str(if index == 0 { "-" } else { "." })?;
            match id {
                Identifier::Number(number) => write!(f, "{number}")?,
                Identifier::Text(text) => f.write_str(text)?,
            }
        }
        Ok(())
    }
}

fn compare_pre(ours: &[Identifier], theirs: &[Identifier]) -> Ordering {
    for (a, b) in ours.iter().zip(theirs) {
        let order = match (a.as_number(), b.as_number()) {
            (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => a.as_text().cmp(b.as_text()),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    ours.len().cmp(&theirs.len())
}

impl Identifier {
    fn of(text: &str) -> Self {
        match text.parse::<u64>() {
            Ok(number) if number < MAX_SAFE_INTEGER => Self::Number(number),
            _ => Self::Text(text.to_owned()),
        }
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "JavaScript compares floats here"
    )]
    fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number as f64),
            Self::Text(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
            Self::Text(_) => None,
        }
    }

    fn as_text(&self) -> &str {
        match self {
            Self::Number(_) => "",
            Self::Text(text) => text,
        }
    }
}

/// The text before its `+build`; `None` if that is malformed.
fn without_build(text: &str) -> Option<&str> {
    match text.split_once('+') {
        None => Some(text),
        Some((rest, build)) => build.split('.').all(is_identifier).then_some(rest),
    }
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A prerelease part with its hyphen (optional if `loose`), or nothing.
fn prerelease(text: &str, loose: bool) -> Option<Vec<Identifier>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let valid = |text: &str| text.split('.').all(|id| is_pre_identifier(id, loose));
    let ids = match text.strip_prefix('-') {
        Some(rest) if valid(rest) => rest,
        _ if loose && valid(text) => text,
        _ => return None,
    };
    Some(ids.split('.').map(Identifier::of).collect())
}

/// Digits alone have no leading zero, unless `loose`.
pub(crate) fn is_pre_identifier(text: &str, loose: bool) -> bool {
    let numeric = text.bytes().all(|b| b.is_ascii_digit());
    is_identifier(text) && (loose || !numeric || text == "0" || !text.starts_with('0'))
}

fn number(text: &str, loose: bool) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let plain = loose || text == "0" || !text.starts_with('0');
    if !(digits && plain) {
        return None;
    }
    let number: u64 = text.parse().ok()?;
    (number <= MAX_SAFE_INTEGER).then_some(number)
}

#[cfg(test)]
mod tests;
