//! Removes secrets from machine-readable documents: only from values, which are parsed and
//! written again. So no secret can rename a key or break the syntax.

use crate::escape;
use crate::secret::Scrubber;

/// The syntax of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// Text for people, Markdown.
    Text,
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// Workflow commands of GitHub's runner.
    Commands,
}

/// Keys whose values are our own words: `error`, `version-taken`.
const WORDS: [&str; 16] = [
    "$schema",
    "schema",
    "verdict",
    "level",
    "check",
    "check_name",
    "id",
    "ruleId",
    "likelihood",
    "registryKind",
    "kind",
    "state",
    "status",
    "severity",
    "type",
    "method",
];

impl Syntax {
    /// What is written of a document: without secrets, which go before anything is
    /// escaped, and without characters that a terminal obeys. With `styled` our own
    /// colours stay in text for people.
    pub fn safe(self, document: &str, scrubber: &Scrubber, styled: bool) -> String {
        let scrubbed = self.scrub(document, scrubber);
        escape::visible(&scrubbed, self == Self::Text && styled).into_owned()
    }

    /// The document without the secrets in its values.
    fn scrub(self, document: &str, scrubber: &Scrubber) -> String {
        match self {
            Self::Text => scrubber.scrub(document),
            Self::Json => json(document, scrubber),
            Self::Xml => xml(document, scrubber),
            Self::Commands => document
                .split_inclusive('\n')
                .map(|line| command(line, scrubber))
                .collect(),
        }
    }
}

fn json(document: &str, scrubber: &Scrubber) -> String {
    let mut out = String::with_capacity(document.len());
    let mut rest = document;
    let mut key = "";
    while let Some(begin) = rest.find('"') {
        let (before, from) = rest.split_at(begin);
        let (string, behind) = from.split_at(string_length(from));
        out.push_str(before);
        rest = behind;
        if behind.trim_start().starts_with(':') {
            key = string.trim_matches('"');
            out.push_str(string);
        } else if WORDS.contains(&key) {
            out.push_str(string);
        } else {
            out.push_str(&json_string(string, scrubber));
        }
    }
    out.push_str(rest);
    out
}

/// The length of a JSON string, with its quotes.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn json_string(string: &str, scrubber: &Scrubber) -> String {
    let Ok(value) = serde_json::from_str::<String>(string) else {
        return scrubber.scrub(string);
    };
    let scrubbed = scrubber.scrub(&value);
    if scrubbed == value {
        return string.to_owned();
    }
    serde_json::to_string(&scrubbed).unwrap_or_default()
}

/// XML's entities. `&amp;` is last, because it must be decoded last and encoded first.
const ENTITIES: [(&str, &str); 5] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&apos;", "'"),
    ("&amp;", "&"),
];

fn xml(document: &str, scrubber: &Scrubber) -> String {
    let mut out = String::with_capacity(document.len());
    let mut rest = document;
    while let Some(begin) = rest.find('<') {
        out.push_str(&xml_value(&rest[..begin], scrubber));
        let length = rest[begin..]
            .find('>')
            .map_or(rest.len() - begin, |at| at + 1);
        let tag = &rest[begin..begin + length];
        for (at, part) in tag.split('"').enumerate() {
            if at > 0 {
                out.push('"');
            }
            // Every second part is the value of an attribute.
            if at % 2 == 1 {
                out.push_str(&xml_value(part, scrubber));
            } else {
                out.push_str(part);
            }
        }
        rest = &rest[begin + length..];
    }
    out.push_str(&xml_value(rest, scrubber));
    out
}

fn xml_value(written: &str, scrubber: &Scrubber) -> String {
    let value = ENTITIES
        .iter()
        .fold(written.to_owned(), |text, (entity, c)| {
            text.replace(entity, c)
        });
    let scrubbed = scrubber.scrub(&value);
    if scrubbed == value {
        return written.to_owned();
    }
    let entities = ENTITIES.iter().rev();
    entities.fold(scrubbed, |text, (entity, c)| text.replace(c, entity))
}

/// One line: `::error file=a,line=1::message`.
fn command(line: &str, scrubber: &Scrubber) -> String {
    let parts = line
        .strip_prefix("::")
        .and_then(|rest| rest.split_once("::"));
    let Some((head, message)) = parts else {
        return scrubber.scrub(line);
    };
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties: Vec<String> = properties
        .split(',')
        .filter(|property| !property.is_empty())
        .map(|property| match property.split_once('=') {
            Some((key, value)) => {
                let value = scrubber.scrub(&decoded(value));
                format!("{key}={}", escape::property(&value))
            }
            None => property.to_owned(),
        })
        .collect();
    let space = if properties.is_empty() { "" } else { " " };
    let (message, end) = match message.strip_suffix('\n') {
        Some(message) => (message, "\n"),
        None => (message, ""),
    };
    let message = escape::data(&scrubber.scrub(&decoded(message)));
    format!("::{name}{space}{}::{message}{end}", properties.join(","))
}

/// Reverses [`escape::property`] and [`escape::data`].
fn decoded(text: &str) -> String {
    text.replace("%0D", "\r")
        .replace("%0A", "\n")
        .replace("%3A", ":")
        .replace("%2C", ",")
        .replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrubbed(syntax: Syntax, document: &str, secret: &str) -> String {
        let mut scrubber = Scrubber::default();
        scrubber.add_secret(secret);
        syntax.scrub(document, &scrubber)
    }

    #[test]
    fn our_keys_and_words_stay_and_values_are_scrubbed() {
        let document = r#"{"packages": [{"level": "warning", "message": "packages \"x\""}]}"#;
        let wanted = r#"{"packages": [{"level": "warning", "message": "**** \"x\""}]}"#;
        assert_eq!(scrubbed(Syntax::Json, document, "packages"), wanted);
        assert_eq!(scrubbed(Syntax::Json, document, "warning"), document);
        let document = "<failure message=\"a failure &amp; more\">the failure</failure>\n";
        let wanted = "<failure message=\"a **** &amp; more\">the ****</failure>\n";
        assert_eq!(scrubbed(Syntax::Xml, document, "failure"), wanted);
        let document = "::warning file=a%2Cwarning,line=1::50%25 of a warning%0Anext\n";
        let wanted = "::warning file=a%2C****,line=1::50%25 of a ****%0Anext\n";
        assert_eq!(scrubbed(Syntax::Commands, document, "warning"), wanted);
    }

    #[test]
    fn values_are_read_before_they_are_searched() {
        let secret = "a\"b\\c<d>&e:f,%g";
        let json = serde_json::json!({ "x": format!("<{secret}>") }).to_string();
        assert_eq!(scrubbed(Syntax::Json, &json, secret), r#"{"x":"<****>"}"#);
        let text = ENTITIES
            .iter()
            .rev()
            .fold(secret.to_owned(), |text, (entity, c)| {
                text.replace(c, entity)
            });
        assert_eq!(
            scrubbed(Syntax::Xml, &format!("<a>{text}</a>"), secret),
            "<a>****</a>"
        );
        let line = format!(
            "::error title={}::{}",
            escape::property(secret),
            escape::data(secret)
        );
        assert_eq!(
            scrubbed(Syntax::Commands, &line, secret),
            "::error title=****::****"
        );
    }
}
