//! The rules in `overrides` (`OverrideSet`).

use serde_json::Value;

use super::OverrideFault;
use crate::manifest::order::Member;
use crate::manifest::spec::{self, SpecKind};
use crate::manifest::{Manifest, escape_pointer, js};

/// A rule at the top level of `overrides`. Nested rules apply to the dependencies of a
/// dependency, and cannot conflict with the package's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule<'a> {
    /// Its key in `overrides`: the package and the versions.
    key: &'a str,
    /// The package that it applies to.
    name: &'a str,
    /// The versions that it covers: a range, or `*` for all.
    pub(super) key_spec: &'a str,
    /// The spec that it sets; `*` leaves specs unchanged.
    pub(super) value: &'a str,
}

impl Rule<'_> {
    /// Where it is.
    pub(super) fn pointer(&self) -> String {
        pointer(&["overrides", self.key])
    }
}

/// The rules, those about a package together, in the order in which npm tries them.
pub(super) struct Rules<'a>(Vec<Rule<'a>>);

impl<'a> Rules<'a> {
    /// The rules about a package.
    pub(super) fn of(&self, name: &str) -> &[Rule<'a>] {
        let start = self.0.partition_point(|rule| rule.name < name);
        let length = self.0[start..].partition_point(|rule| rule.name == name);
        &self.0[start..start + length]
    }
}

/// Reads the rules. A rule that npm cannot read, at any depth, makes it fail.
pub(super) fn rules(manifest: &Manifest) -> Result<Rules<'_>, OverrideFault> {
    let mut rules = Vec::new();
    let mut way = vec!["overrides"];
    for member in &manifest.all_members("/overrides") {
        rules.extend(read(member, &mut way)?);
    }
    rules.sort_by_key(|rule| rule.name);
    Ok(Rules(rules))
}

/// Reads a rule and those below it; `None` for the value of the rule above it. `way` is
/// what leads to it.
fn read<'a>(
    member: &Member<'a>,
    way: &mut Vec<&'a str>,
) -> Result<Option<Rule<'a>>, OverrideFault> {
    if member.key == "." {
        return Ok(None);
    }
    way.push(member.key);
    let rule = rule(member, way)?;
    for below in &member.below {
        read(below, way)?;
    }
    way.pop();
    Ok(Some(rule))
}

fn rule<'a>(member: &Member<'a>, way: &[&str]) -> Result<Rule<'a>, OverrideFault> {
    let key = member.key;
    let fault = |code, text: &str| OverrideFault::at(&pointer(way), code, text);
    let value = match member.value {
        Value::Null => {
            let text = "Cannot read properties of null (reading '.')";
            return Err(fault("", text));
        }
        Value::String(text) => Some(text.as_str()),
        Value::Object(object) => object.get(".").and_then(Value::as_str),
        _ => None,
    };
    let name = match spec::classify(key) {
        SpecKind::Invalid { code, text } => return Err(fault(code, &text)),
        _ => spec::name_of(key),
    };
    let Some(name) = name else {
        return Err(fault("", &format!("Override without name: {key}")));
    };
    let key_spec = js::trim(key[name.len()..].trim_start_matches('@'));
    let key_spec = if key_spec.is_empty() { "*" } else { key_spec };
    let value = match value {
        // The empty text means "any".
        Some("") => "*",
        Some(text) => text,
        None => key_spec,
    };
    Ok(Rule {
        key,
        name,
        key_spec,
        value,
    })
}

/// Written only for what is reported: a way may be long, and there are many.
fn pointer(way: &[&str]) -> String {
    let keys: Vec<String> = way.iter().map(|key| escape_pointer(key)).collect();
    format!("/{}", keys.join("/"))
}
