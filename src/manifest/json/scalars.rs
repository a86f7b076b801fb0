//! Numbers and strings of JSON as values.

use serde_json::{Number, Value};

/// The nearest number that serde_json can hold; an overflow becomes the largest float, as JSON
/// has no infinity.
pub(super) fn number(text: &str) -> Value {
    if let Ok(number) = text.parse::<u64>() {
        return Value::from(number);
    }
    if let Ok(number) = text.parse::<i64>() {
        return Value::from(number);
    }
    let number = text.parse::<f64>().unwrap_or_default();
    Number::from_f64(number.clamp(f64::MIN, f64::MAX)).map_or(Value::Null, Value::Number)
}

/// Joins text and UTF-16 units from escapes.
#[derive(Default)]
pub(super) struct Units {
    out: String,
    high: Option<u16>,
}

impl Units {
    pub(super) fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.flush();
            self.out.push_str(text);
        }
    }

    pub(super) fn unit(&mut self, unit: u16) {
        if let Some(high) = self.high.take() {
            match char::decode_utf16([high, unit]).next() {
                Some(Ok(c)) => return self.out.push(c),
                _ => self.out.push(char::REPLACEMENT_CHARACTER),
            }
        }
        match char::from_u32(u32::from(unit)) {
            Some(c) => self.out.push(c),
            None if unit < 0xdc00 => self.high = Some(unit),
            None => self.out.push(char::REPLACEMENT_CHARACTER),
        }
    }

    fn flush(&mut self) {
        if self.high.take().is_some() {
            self.out.push(char::REPLACEMENT_CHARACTER);
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.flush();
        self.out
    }
}
