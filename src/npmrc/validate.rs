//! Whether a key accepts a value, and what the value becomes (`nopt`, `clean` and `validate`).

use std::path::PathBuf;

use super::definitions::{Definition, Type};
use super::field::against;
use super::old_url;
use super::value::{Value, number, trim, umask};
use crate::environment::Environment;

/// What the answer depends on besides key and value. Without a working folder, paths stay as
/// written.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    pub(super) cwd: PathBuf,
    pub(super) home: Option<PathBuf>,
    pub(super) major: u64,
}

impl Context {
    pub(super) fn of(environment: &Environment, major: u64) -> Self {
        Self {
            cwd: environment.cwd.clone(),
            home: environment.home.clone(),
            major,
        }
    }
}

/// The value as the key accepts it; unknown keys accept anything. `None` if nothing is left.
/// Refused values are collected.
pub(super) fn clean(
    definition: Option<&Definition>,
    value: Value,
    context: &Context,
    refused: &mut Vec<Value>,
) -> Option<Value> {
    let mut take = |value| match one(definition, value, context) {
        Ok(value) => Some(value),
        Err(value) => {
            refused.push(value);
            None
        }
    };
    match value {
        Value::List(values) => {
            let kept: Vec<_> = values.into_iter().filter_map(&mut take).collect();
            let takes_lists = definition.is_none_or(|definition| definition.takes(Type::List));
            (takes_lists || !kept.is_empty()).then_some(Value::List(kept))
        }
        value => take(value),
    }
}

/// A single value; the error is the value that npm complains about.
fn one(definition: Option<&Definition>, value: Value, context: &Context) -> Result<Value, Value> {
    let value = match value {
        Value::Text(text) => literal(definition, trim(&text)),
        value => value,
    };
    let Some(definition) = definition else {
        return Ok(value);
    };
    // `--no-x` sets null if that is allowed and false is not.
    let null_for_false = value == Value::Bool(false)
        && definition.takes(Type::Null)
        && !definition.takes(Type::False)
        && !definition.takes(Type::Boolean);
    let value = if null_for_false { Value::Null } else { value };
    definition
        .types
        .iter()
        .find_map(|&kind| accepted(kind, &value, context))
        .ok_or(value)
}

/// `true`, `false`, `null` and numbers as text, if the key accepts them.
fn literal(definition: Option<&Definition>, text: &str) -> Value {
    let takes = |wanted| definition.is_none_or(|definition| definition.takes(wanted));
    let takes_number = definition.is_some_and(|definition| definition.takes(Type::Number));
    match (text, number(text)) {
        ("null", _) if takes(Type::Null) => Value::Null,
        ("true", _) if takes(Type::Boolean) => Value::Bool(true),
        ("false", _) if takes(Type::Boolean) || takes(Type::False) => Value::Bool(false),
        (_, Some(number)) if takes_number => Value::Number(number),
        _ => Value::Text(text.to_owned()),
    }
}

fn accepted(kind: Type, value: &Value, context: &Context) -> Option<Value> {
    match kind {
        Type::Null => (*value == Value::Null).then_some(Value::Null),
        Type::False => (*value == Value::Bool(false)).then_some(Value::Bool(false)),
        Type::Boolean => Some(Value::Bool(value.as_flag())),
        Type::Number => match value {
            Value::Number(number) => Some(Value::Number(*number)),
            Value::Text(text) => number(text).map(Value::Number),
            Value::Bool(flag) => Some(Value::Number(f64::from(u8::from(*flag)))),
            Value::Null => Some(Value::Number(0.0)),
            Value::Undefined | Value::List(_) | Value::Object(_) => None,
        },
        Type::Text | Type::Address => Some(Value::Text(value.to_text())),
        Type::Path => value.as_text().map(|text| path(text, context)),
        Type::Url if context.major < 12 => old_url::href(&value.to_text()).map(Value::Text),
        Type::Url => url::Url::parse(&value.to_text())
            .ok()
            .map(|url| Value::Text(url.to_string())),
        Type::Date => value
            .as_text()
            .filter(|text| {
                text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::Date>().is_ok()
            })
            .map(|text| Value::Text(text.to_owned())),
        Type::Semver => semver::Version::parse(&value.to_text())
            .ok()
            .map(|version| Value::Text(version.to_string())),
        Type::Umask => match value {
            Value::Text(text) => umask(text).map(Value::Number),
            Value::Number(mask) if (0.0..512.0).contains(mask) => Some(Value::Number(mask.floor())),
            _ => None,
        },
        Type::Word(word) => (value.as_text() == Some(word)).then(|| value.clone()),
        Type::Is(wanted) => (*value == Value::Number(f64::from(wanted))).then(|| value.clone()),
        Type::List => None,
    }
}

/// `~/` is the home folder; everything else is relative to the working folder.
fn path(text: &str, context: &Context) -> Value {
    if context.cwd.as_os_str().is_empty() {
        return Value::Text(text.to_owned());
    }
    let resolved = against(&context.cwd, context.home.as_deref(), text);
    Value::Text(resolved.display().to_string())
}
