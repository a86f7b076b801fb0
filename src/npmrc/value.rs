//! A configuration value after npm has read it, with JavaScript's idea of
//! blanks and of truth.

/// What stands behind a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `undefined`, which npm makes of that very word.
    Undefined,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// Several values.
    List(Vec<Value>),
}

impl Value {
    /// JavaScript's truthiness.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Null | Self::Undefined => false,
            Self::Bool(value) => *value,
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::List(_) => true,
        }
    }

    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// As JavaScript's `String(value)` writes it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Undefined => "undefined".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => number_text(*value),
            Self::Text(text) => text.clone(),
            Self::List(values) => {
                let texts: Vec<_> = values.iter().map(Self::to_text).collect();
                texts.join(",")
            }
        }
    }

    /// What `nopt` makes of it where a boolean is wanted: any text but a zero,
    /// `false` and `null` is true (`dry-run=no` means yes).
    pub fn as_flag(&self) -> bool {
        match self {
            Self::Text(text) => match number(text) {
                Some(number) => number != 0.0,
                None => !matches!(text.as_str(), "null" | "false"),
            },
            other => other.is_truthy(),
        }
    }

    /// From JSON, as npm takes the values of publishConfig.
    pub fn from_json(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(value) => Self::Number(value.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Self::Text(text.clone()),
            serde_json::Value::Array(values) => {
                Self::List(values.iter().map(Self::from_json).collect())
            }
            serde_json::Value::Object(_) => Self::Text("[object Object]".to_owned()),
        }
    }
}

/// A number as JavaScript prints it, for the sizes that settings have.
fn number_text(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 {
        "0".to_owned()
    } else {
        value.to_string()
    }
}

/// What JavaScript's `+text` gives, where that is a number (`isNaN` is false).
pub fn number(text: &str) -> Option<f64> {
    let text = trim(text);
    if text.is_empty() {
        return Some(0.0);
    }
    let radix = |digits: &str, radix| i64::from_str_radix(digits, radix).ok();
    let prefixed = match text.get(..2) {
        Some("0x" | "0X") => Some(radix(&text[2..], 16)),
        Some("0o" | "0O") => Some(radix(&text[2..], 8)),
        Some("0b" | "0B") => Some(radix(&text[2..], 2)),
        _ => None,
    };
    if let Some(value) = prefixed {
        #[allow(
            clippy::cast_precision_loss,
            reason = "JavaScript's numbers are doubles, too"
        )]
        return value
            .filter(|_| !text[2..].starts_with(['+', '-']))
            .map(|value| value as f64);
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
    (plain && unsigned.contains(|c: char| c.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Whether JavaScript's `\s` and `trim` take a character for a blank: Unicode
/// white space and the byte order mark, but not U+0085.
pub fn is_blank(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}'
}

/// JavaScript's `trim`.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}
