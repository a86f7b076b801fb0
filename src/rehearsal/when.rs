//! A point in time, absolute or relative, such as "3 hours ago".

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An RFC 3339 time, or a time span before now (`3 hours ago`) or after now (`2 days`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    At(Timestamp),
    FromNow(SignedDuration, String),
}

impl When {
    /// A fixed time.
    pub fn at(time: Timestamp) -> Self {
        Self(Kind::At(time))
    }

    /// The time, relative to `now`.
    pub fn resolve(&self, now: Timestamp) -> Timestamp {
        match &self.0 {
            Kind::At(time) => *time,
            Kind::FromNow(span, _) => now.checked_add(*span).unwrap_or(now),
        }
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Kind::At(time) => serializer.collect_str(time),
            Kind::FromNow(_, text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if let Ok(time) = text.parse() {
            return Ok(Self(Kind::At(time)));
        }
        let span = text
            .parse::<Span>()
            .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
        match span {
            Ok(span) => Ok(Self(Kind::FromNow(span, text))),
            Err(_) => Err(serde::de::Error::custom(format!(
                "`{text}` is not a time: write `2026-01-31T12:00:00Z` or `3 hours ago`"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_absolute_or_seen_from_now() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let when = |text: &str| {
            serde_json::from_value::<When>(text.into()).map(|when| when.resolve(now).to_string())
        };
        assert_eq!(when("3 hours ago").unwrap(), "2026-11-24T09:00:00Z");
        assert_eq!(when("2 days").unwrap(), "2026-11-26T12:00:00Z");
        assert_eq!(
            when("2026-01-01T00:00:00Z").unwrap(),
            "2026-01-01T00:00:00Z"
        );
        assert!(when("soon").is_err());
    }
}
