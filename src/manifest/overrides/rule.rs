//! The rules in `overrides` (`OverrideSet`).

use serde_json::Value;

use super::OverrideFault;
use crate::manifest::spec::{self, SpecKind};
use crate::manifest::{Manifest, escape_pointer, js};

/// A rule at the top level of `overrides`. Nested rules apply to the dependencies of a
/// dependency, and cannot conflict with the package's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// The package that it applies to.
    pub(super) name: String,
    /// The versions that it covers: a range, or `*` for all.
    pub(super) key_spec: String,
    /// The spec that it sets; `*` leaves specs unchanged.
    pub(super) value: String,
    /// Where it is.
    pub(super) pointer: String,
}

/// The rules in the order in which npm tries them. A rule that npm cannot read, at any depth,
/// makes it fail.
pub(super) fn rules(manifest: &Manifest) -> Result<Vec<Rule>, OverrideFault> {
    let mut rules = Vec::new();
    let pointer = "/overrides";
    for (key, value) in manifest.members(pointer) {
        if key == "." {
            continue;
        }
        let pointer = format!("{pointer}/{}", escape_pointer(key));
        rules.push(rule(key, value, pointer.clone())?);
        check_below(manifest, value, &pointer)?;
    }
    Ok(rules)
}

/// Checks the rules nested in a rule for anything that npm cannot read.
fn check_below(manifest: &Manifest, value: &Value, pointer: &str) -> Result<(), OverrideFault> {
    if !value.is_object() {
        return Ok(());
    }
    for (key, value) in manifest.members(pointer) {
        if key == "." {
            continue;
        }
        let pointer = format!("{pointer}/{}", escape_pointer(key));
        rule(key, value, pointer.clone())?;
        check_below(manifest, value, &pointer)?;
    }
    Ok(())
}

fn rule(key: &str, value: &Value, pointer: String) -> Result<Rule, OverrideFault> {
    let value = match value {
        Value::Null => {
            let text = "Cannot read properties of null (reading '.')";
            return Err(OverrideFault::at(&pointer, "", text));
        }
        Value::String(text) => Some(text.as_str()),
        Value::Object(object) => object.get(".").and_then(Value::as_str),
        _ => None,
    };
    let name = match spec::classify(key) {
        SpecKind::Invalid { code, text } => return Err(OverrideFault::at(&pointer, code, text)),
        _ => spec::name_of(key),
    };
    let Some(name) = name else {
        let text = format!("Override without name: {key}");
        return Err(OverrideFault::at(&pointer, "", text));
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
        name: name.to_owned(),
        key_spec: key_spec.to_owned(),
        value: value.to_owned(),
        pointer,
    })
}
