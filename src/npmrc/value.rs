//! A configuration value as npm has read it, with JavaScript's rules for blanks, numbers and
//! truth.

pub(crate) use crate::manifest::js::{is_space as is_blank, trim};

/// The value of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `undefined`, which npm reads from that word.
    Undefined,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// Several values.
    List(Vec<Value>),
    /// The value of a `[section]`, which no npm setting accepts.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// JavaScript's truthiness.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Null | Self::Undefined => false,
            Self::Bool(value) => *value,
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::List(_) | Self::Object(_) => true,
        }
    }

    /// The text, if it is a string.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as JavaScript's `String(value)` writes it; empty for `null` and `undefined` in
    /// a list.
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Undefined => "undefined".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => number_text(*value),
            Self::Text(text) => text.clone(),
            Self::List(values) => {
                let texts: Vec<_> = values
                    .iter()
                    .map(|value| match value {
                        Self::Null | Self::Undefined => String::new(),
                        value => value.to_text(),
                    })
                    .collect();
                texts.join(",")
            }
            Self::Object(_) => "[object Object]".to_owned(),
        }
    }

    /// The value as `nopt` reads it for a boolean: any text except zero, `false` and `null` is
    /// true (`dry-run=no` means yes).
    pub fn as_flag(&self) -> bool {
        match self {
            Self::Text(text) => match number(text) {
                Some(number) => number != 0.0,
                None => !matches!(text.as_str(), "null" | "false"),
            },
            other => other.is_truthy(),
        }
    }

    /// Converts JSON as npm reads the values of publishConfig.
    pub fn from_json(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(value) => Self::Number(match value.as_f64() {
                // Too large for a double; serde_json has no infinity.
                Some(f64::MAX) => f64::INFINITY,
                Some(f64::MIN) => f64::NEG_INFINITY,
                value => value.unwrap_or(f64::NAN),
            }),
            serde_json::Value::String(text) => Self::Text(text.clone()),
            serde_json::Value::Array(values) => {
                Self::List(values.iter().map(Self::from_json).collect())
            }
            serde_json::Value::Object(object) => Self::Object(
                object
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::from_json(value)))
                    .collect(),
            ),
        }
    }
}

/// A number as JavaScript prints it (ECMA-262, `Number::toString`).
fn number_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    if (1e-6..1e21).contains(&value.abs()) {
        return value.to_string();
    }
    let scientific = format!("{value:e}");
    if scientific.contains("e-") {
        scientific
    } else {
        scientific.replacen('e', "e+", 1)
    }
}

/// The result of JavaScript's `+text`, if that is a number (`isNaN` is false).
pub fn number(text: &str) -> Option<f64> {
    let text = trim(text);
    if text.is_empty() {
        return Some(0.0);
    }
    match text.get(..2) {
        Some("0x" | "0X") => return digits(&text[2..], 16),
        Some("0o" | "0O") => return digits(&text[2..], 8),
        Some("0b" | "0B") => return digits(&text[2..], 2),
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "Infinity" {
        return Some(if text.starts_with('-') {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        });
    }
    let plain = unsigned
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    (plain && unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.'))
        .then(|| text.parse().ok())
        .flatten()
}

fn digits(text: &str, radix: u32) -> Option<f64> {
    if text.is_empty() {
        return None;
    }
    text.chars().try_fold(0.0, |sum, c| {
        let digit = c.to_digit(radix)?;
        Some(sum * f64::from(radix) + f64::from(digit))
    })
}

/// An octal number with a leading zero, or a decimal one (`umask.js`).
pub(super) fn umask(text: &str) -> Option<f64> {
    let octal = text.strip_prefix("0o").or_else(|| text.strip_prefix('0'));
    let (digits, radix) = octal.map_or((text, 10), |octal| (octal, 8));
    let is_mask = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    let text = octal.map_or_else(|| text.to_owned(), |octal| format!("0o{octal}"));
    is_mask.then(|| number(&text)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_javascript_reads_them() {
        for (text, wanted) in [
            ("", 0.0),
            (" 12 ", 12.0),
            ("+1", 1.0),
            ("-.5", -0.5),
            ("1.", 1.0),
            ("1e3", 1000.0),
            ("0x1F", 31.0),
            ("0b11", 3.0),
            ("-Infinity", f64::NEG_INFINITY),
        ] {
            assert_eq!(number(text), Some(wanted), "{text}");
        }
        for text in ["-0x1", "0x", "1_0", "inf", "nan", "e5", ".", "+-1", "1n"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        for (value, wanted) in [
            (5.0, "5"),
            (-0.0, "0"),
            (1e21, "1e+21"),
            (1.5e-7, "1.5e-7"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (f64::INFINITY, "Infinity"),
        ] {
            assert_eq!(Value::Number(value).to_text(), wanted);
        }
    }
}
