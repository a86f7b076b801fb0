//! Compares `overrides` with the package's own dependencies: the part of Arborist
//! (`override-set.js`, `edge.js`, `Node.assertRootOverrides`) that makes every `npm publish` of
//! a folder fail, since npm reads the tree that it packs.

mod dependencies;
mod rule;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde_json::Value;

use super::Manifest;
use super::spec::{self, SpecKind};
use super::{js, range};
use crate::npm::NpmVersion;

use dependencies::{Edge, direct};
use rule::{Rule, Rules, rules};

/// The ranges of one dependency and of the rules for it have at most this many characters
/// together; to compare ranges takes time with the square of their length. What npm makes
/// of longer ones is not known.
const MAX_RANGES: usize = 4096;

/// Why npm fails on `overrides`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideFault {
    /// Where it is.
    pub pointer: String,
    /// npm's message.
    pub code: &'static str,
    /// npm's words.
    pub text: String,
    /// The direct dependency that conflicts, if that is the fault.
    pub conflict: Option<Box<Conflict>>,
}

/// An override that changes a direct dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The dependency.
    pub name: String,
    /// What package.json asks for.
    pub asked: String,
    /// The spec that the override sets.
    pub overridden: String,
}

impl OverrideFault {
    fn at(pointer: &str, code: &'static str, text: impl Into<String>) -> Self {
        Self {
            pointer: pointer.to_owned(),
            code,
            text: text.into(),
            conflict: None,
        }
    }
}

/// How npm chooses the rule for a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    /// By what package.json asks for.
    ByAsked,
    /// By what the first chosen rule makes of it: npm looks twice, and compares with its own
    /// first answer the second time.
    ByOverridden,
}

/// The fault that makes this npm fail on `overrides`. Also `None` if dependencies are
/// malformed, on which npm fails earlier.
pub fn fault(manifest: &Manifest, npm: &NpmVersion) -> Option<OverrideFault> {
    // npm neither refuses nor uses an array or a string.
    let overrides = manifest.object.get("overrides")?.as_object()?;
    if overrides.is_empty() {
        return None;
    }
    let rules = match rules(manifest) {
        Ok(rules) => rules,
        Err(fault) => return Some(fault),
    };
    let edges = direct(manifest)?;
    let with = |choice| judge(manifest, &rules, &edges, choice);
    match npm.chooses_overrides_by_dependencies() {
        Some(true) => with(Choice::ByAsked),
        Some(false) => with(Choice::ByOverridden),
        // Neither choice was measured for this npm: only a fault under both is certain.
        None => with(Choice::ByOverridden).and_then(|_| with(Choice::ByAsked)),
    }
}

fn judge(
    manifest: &Manifest,
    rules: &Rules<'_>,
    edges: &[Edge<'_>],
    choice: Choice,
) -> Option<OverrideFault> {
    let mut conflicts = Vec::new();
    let mut places = HashMap::new();
    for edge in edges {
        let conflict = match conflict(manifest, rules, edge, choice) {
            Ok(conflict) => conflict.map(Box::new),
            // npm throws this while it reads; it collects conflicts.
            Err(fault) => return Some(fault),
        };
        // If several fields list a name, the last field counts, as npm reads them.
        match places.entry(edge.name.to_lowercase()) {
            Entry::Occupied(place) => conflicts[*place.get()] = conflict,
            Entry::Vacant(place) => {
                place.insert(conflicts.len());
                conflicts.push(conflict);
            }
        }
    }
    conflicts
        .into_iter()
        .flatten()
        .next()
        .map(|conflict| *conflict)
}

/// The conflict of a direct dependency with its rule, if there is one.
fn conflict(
    manifest: &Manifest,
    rules: &Rules<'_>,
    edge: &Edge<'_>,
    choice: Choice,
) -> Result<Option<OverrideFault>, OverrideFault> {
    let of_name = rules.of(edge.name);
    let lengths = of_name.iter().map(|rule| rule.key_spec.len());
    if edge.spec.len() + lengths.sum::<usize>() > MAX_RANGES {
        return Ok(None);
    }
    let Some(first) = pick(of_name, edge, edge.spec)? else {
        return Ok(None);
    };
    let mut overridden = effective(manifest, first, edge)?;
    let mut rule = first;
    if choice == Choice::ByOverridden {
        match pick(of_name, edge, &overridden)? {
            Some(second) => rule = second,
            None => return Ok(None),
        }
        overridden = effective(manifest, rule, edge)?;
    }
    if overridden == edge.spec || overridden.starts_with('$') {
        return Ok(None);
    }
    let text = format!(
        "Override for {}@{} conflicts with direct dependency",
        edge.name, edge.spec
    );
    Ok(Some(OverrideFault {
        conflict: Some(Box::new(Conflict {
            name: edge.name.to_owned(),
            asked: edge.spec.to_owned(),
            overridden,
        })),
        ..OverrideFault::at(&rule.pointer(), "EOVERRIDE", text)
    }))
}

/// `OverrideSet.getEdgeRule`: the first rule with that name whose key covers what is asked for.
fn pick<'a>(
    rules: &'a [Rule<'a>],
    edge: &Edge<'_>,
    asked: &str,
) -> Result<Option<&'a Rule<'a>>, OverrideFault> {
    for rule in rules {
        if rule.key_spec == "*" {
            return Ok(Some(rule));
        }
        let text = format!("{}@{asked}", edge.name);
        let range = match spec::classify(&text) {
            SpecKind::Invalid { code, text } => {
                return Err(OverrideFault::at(&edge.pointer(), code, text));
            }
            SpecKind::Registry => registry_range(asked),
            SpecKind::Git | SpecKind::GitHub => match git_range(asked) {
                Some(range) => Some(range),
                None => continue,
            },
            SpecKind::Folder(_) | SpecKind::Tarball(_) | SpecKind::Address => None,
        };
        // A tag, a folder or a URL cannot be compared: the rule applies.
        let Some(range) = range else {
            return Ok(Some(rule));
        };
        match range::intersects(&range, rule.key_spec) {
            Some(true) => return Ok(Some(rule)),
            Some(false) => {}
            None => {
                let text = format!("Invalid comparator: {}", rule.key_spec);
                return Err(OverrideFault::at(&rule.pointer(), "", text));
            }
        }
    }
    Ok(None)
}

/// The range or version that a registry's spec asks for; `None` for a tag.
fn registry_range(asked: &str) -> Option<String> {
    let inner = match asked.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("npm:") => {
            let inner = &asked[4..];
            let at = inner.char_indices().skip(1).find(|(_, c)| *c == '@');
            at.map_or("*", |(at, _)| &inner[at + 1..])
        }
        _ => asked,
    };
    let word = js::trim(inner);
    let word = if word.is_empty() { "*" } else { word };
    range::is_valid_range(word, true).then(|| word.to_owned())
}

/// The `semver:` part after the `#` of a git URL.
fn git_range(asked: &str) -> Option<String> {
    let (_, committish) = asked.split_once('#')?;
    committish
        .split("::")
        .find_map(|part| part.strip_prefix("semver:"))
        .map(str::to_owned)
}

/// `Edge.spec`: the spec of a dependency under a rule.
fn effective(
    manifest: &Manifest,
    rule: &Rule<'_>,
    edge: &Edge<'_>,
) -> Result<String, OverrideFault> {
    if rule.value == "*" {
        return Ok(edge.spec.to_owned());
    }
    let Some(reference) = rule.value.strip_prefix('$') else {
        return Ok(rule.value.to_owned());
    };
    let fields = [
        "devDependencies",
        "optionalDependencies",
        "dependencies",
        "peerDependencies",
    ];
    let found = fields
        .iter()
        .filter_map(|field| manifest.object.get(*field)?.as_object())
        .find_map(|field| js::truthy(field, reference)?.as_str());
    match found {
        Some(spec) => Ok(spec.to_owned()),
        None => Err(OverrideFault::at(
            &rule.pointer(),
            "",
            format!("Unable to resolve reference {}", rule.value),
        )),
    }
}

/// Whether a value is an object that is not empty.
fn is_filled(value: Option<&Value>) -> bool {
    value
        .and_then(Value::as_object)
        .is_some_and(|object| !object.is_empty())
}
