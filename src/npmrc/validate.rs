//! Whether a key takes a value, and what becomes of it (`nopt`, `clean` and
//! `validate`).

use super::arguments::clean;
use super::definitions::{Definition, Type};
use super::value::{Value, number};

/// The value as the key takes it; unknown keys take anything.
///
/// # Errors
/// The value itself, where the key does not take it.
pub(super) fn validated(definition: Option<&Definition>, value: Value) -> Result<Value, Value> {
    let value = match value {
        Value::Text(text) => literal(definition, clean(&text)),
        value => value,
    };
    let Some(definition) = definition else {
        return Ok(value);
    };
    // `--no-x` sets null where that is allowed and false is not.
    let null_for_false = value == Value::Bool(false)
        && definition.takes(Type::Null)
        && !definition.takes(Type::False)
        && !definition.takes(Type::Boolean);
    let value = if null_for_false { Value::Null } else { value };
    definition
        .types
        .iter()
        .filter(|&&kind| kind != Type::List)
        .find_map(|&kind| accepted(kind, &value))
        .ok_or(value)
}

/// `true`, `false`, `null` and numbers in text, where the key knows such.
fn literal(definition: Option<&Definition>, text: &str) -> Value {
    let takes = |wanted| definition.is_none_or(|definition| definition.takes(wanted));
    let takes_number = definition.is_some_and(|definition| definition.takes(Type::Number));
    match text {
        "null" if takes(Type::Null) => Value::Null,
        "true" if takes(Type::Boolean) => Value::Bool(true),
        "false" if takes(Type::Boolean) || takes(Type::False) => Value::Bool(false),
        _ if takes_number && number(text).is_some() => {
            Value::Number(number(text).unwrap_or_default())
        }
        _ => Value::Text(text.to_owned()),
    }
}

fn accepted(kind: Type, value: &Value) -> Option<Value> {
    match kind {
        Type::Null => (*value == Value::Null).then_some(Value::Null),
        Type::False => (*value == Value::Bool(false)).then_some(Value::Bool(false)),
        Type::Boolean => Some(Value::Bool(value.as_flag())),
        Type::Number => match value {
            Value::Number(number) => Some(Value::Number(*number)),
            Value::Text(text) => number(text).map(Value::Number),
            Value::Bool(flag) => Some(Value::Number(f64::from(u8::from(*flag)))),
            Value::Null => Some(Value::Number(0.0)),
            Value::Undefined | Value::List(_) => None,
        },
        Type::Text | Type::Address => Some(Value::Text(value.to_text())),
        // npm's own path type refuses a bare `--cache`.
        Type::Path => match value {
            Value::Bool(true) => None,
            Value::Null => Some(Value::Null),
            value => Some(Value::Text(value.to_text())),
        },
        Type::Url => url_text(&value.to_text()).map(Value::Text),
        Type::Date => value
            .as_text()
            .filter(|text| {
                text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::Date>().is_ok()
            })
            .map(|text| Value::Text(text.to_owned())),
        Type::Semver => semver::Version::parse(&value.to_text())
            .ok()
            .map(|version| Value::Text(version.to_string())),
        Type::Umask => Some(value.clone()),
        Type::Word(word) => (value.as_text() == Some(word)).then(|| value.clone()),
        Type::Is(wanted) => (*value == Value::Number(f64::from(wanted))).then(|| value.clone()),
        Type::List => None,
    }
}

/// Node's old `url.parse(text)` accepts what has `//host` behind a scheme, and
/// also `scheme:host` for schemes other than http's. Its `href` lower-cases the
/// host and adds the slash.
fn url_text(text: &str) -> Option<String> {
    let text = clean(text);
    let parsed = url::Url::parse(text).ok()?;
    let has_host = parsed.host_str().is_some_and(|host| !host.is_empty());
    if has_host {
        let web = matches!(parsed.scheme(), "http" | "https" | "ftp");
        return Some(if web && !text.contains("://") {
            text.to_owned()
        } else {
            parsed.to_string()
        });
    }
    // `localhost:4873` has a scheme and, for url.parse, the host `4873`.
    let (_, rest) = text.split_once(':')?;
    (!rest.is_empty()
        && !rest.starts_with('/')
        && !parsed.scheme().is_empty()
        && parsed.scheme() != "javascript")
        .then(|| text.to_owned())
}
