//! The parts of JavaScript that npm's rules depend on.

use serde_json::Value;

/// Whether `\s` matches it, which is also what `trim` removes. Differs from
/// Rust's white space in U+0085 and the byte order mark.
pub(crate) fn is_space(c: char) -> bool {
    match c {
        '\u{feff}' => true,
        '\u{85}' => false,
        _ => c.is_whitespace(),
    }
}

/// `String.prototype.trim`.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Whether `encodeURIComponent` leaves the text as it is.
pub(crate) fn encodes_as_itself(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&b))
}

/// `if (value)`: `"false"` is true, `""`, `0` and `null` are not.
pub(crate) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_none_or(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// The member with that name, if it is truthy.
pub(crate) fn truthy<'a>(
    object: &'a serde_json::Map<String, Value>,
    key: &str,
) -> Option<&'a Value> {
    object.get(key).filter(|value| is_truthy(value))
}

/// The value as JavaScript converts it to a string; objects and arrays as JSON.
pub(crate) fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn truthiness_is_that_of_javascript() {
        for value in [json!("false"), json!("0"), json!(1), json!([]), json!({})] {
            assert!(is_truthy(&value), "{value}");
        }
        for value in [json!(null), json!(false), json!(0), json!(-0.0), json!("")] {
            assert!(!is_truthy(&value), "{value}");
        }
    }

    #[test]
    fn trimming_takes_the_byte_order_mark_and_leaves_next_line() {
        assert_eq!(trim("\u{feff}\u{a0} a\n"), "a");
        assert_eq!(trim("\u{85}a"), "\u{85}a");
    }
}
