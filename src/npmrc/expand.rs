//! `${VAR}` in keys and values (`@npmcli/config`, `env-replace.js`).

use crate::environment::Environment;

/// A text with its variables replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// The text.
    pub text: String,
    /// Variables that are not set; their `${NAME}` stays unchanged.
    pub unset: Vec<String>,
    /// Variables that expand to nothing: set but empty, or `${NAME?}` and not set.
    pub empty: Vec<String>,
    /// Variables whose values are part of the text.
    pub filled: Vec<String>,
}

/// Replaces `${NAME}` and, if this npm supports it (`optional`), `${NAME?}`. An odd number of
/// backslashes before it prevents that; pairs are halved.
pub fn expand(text: &str, environment: &Environment, optional: bool) -> Expanded {
    let mut expanded = Expanded::default();
    let mut rest = text;
    // After the last brace nothing is a reference. Without this, each of many `${` would search
    // for one up to the end.
    let mut end = text.rfind('}').map_or(0, |at| at + 1);
    while let Some(start) = rest[..end].find("${") {
        let Some((name, is_optional, length)) = reference(&rest[start..], optional) else {
            expanded.text.push_str(&rest[..start + 2]);
            rest = &rest[start + 2..];
            end -= start + 2;
            continue;
        };
        let before = &rest[..start];
        let slashes = before.len() - before.trim_end_matches('\\').len();
        expanded.text.push_str(&before[..before.len() - slashes]);
        // Odd: the last one escapes and is removed, the others are halved; even: all are halved.
        expanded.text.push_str(&"\\".repeat(slashes / 2));
        let whole = &rest[start..start + length];
        if slashes % 2 == 1 {
            expanded.text.push_str(whole);
        } else {
            match environment.variable(name) {
                Some("") => expanded.empty.push(name.to_owned()),
                Some(value) => {
                    expanded.filled.push(name.to_owned());
                    expanded.text.push_str(value);
                }
                None if is_optional => expanded.empty.push(name.to_owned()),
                None => {
                    expanded.unset.push(name.to_owned());
                    expanded.text.push_str(whole);
                }
            }
        }
        rest = &rest[start + length..];
        end -= start + length;
        if expanded.text.len() > MAX_LENGTH {
            break;
        }
    }
    expanded.text.push_str(rest);
    expanded
}

/// No useful value is longer; a file of references to a long variable could expand to
/// gigabytes.
const MAX_LENGTH: usize = 16 << 20;

/// For text that starts with `${`: the name, whether it is optional, and the length of the
/// whole reference. The name ends at the first brace and contains no `$` or `{`, so at most one
/// name is read.
fn reference(text: &str, optional: bool) -> Option<(&str, bool, usize)> {
    let stray = |c| matches!(c, '$' | '{' | '}') || (optional && c == '?');
    let inner = &text[2..];
    let name = &inner[..inner.find(stray)?];
    let behind = &inner[name.len()..];
    let is_optional = behind.starts_with("?}");
    let closes = is_optional || behind.starts_with('}');
    let length = name.len() + 3 + usize::from(is_optional);
    (closes && !name.is_empty()).then_some((name, is_optional, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> Expanded {
        let environment = Environment::bare("/")
            .with("SET", "value")
            .with("EMPTY", "");
        expand(text, &environment, true)
    }

    #[test]
    fn variables_are_replaced_and_unset_ones_stay() {
        assert_eq!(expanded("a${SET}b${SET}").text, "avaluebvalue");
        let unset = expanded("${UNSET}");
        assert_eq!(
            (unset.text.as_str(), unset.unset),
            ("${UNSET}", vec!["UNSET".to_owned()])
        );
        let empty = expanded("x${EMPTY}${UNSET?}");
        assert_eq!((empty.text.as_str(), empty.empty.len()), ("x", 2));
    }

    #[test]
    fn backslashes_escape_in_pairs() {
        assert_eq!(expanded(r"\${SET}").text, "${SET}");
        assert_eq!(expanded(r"\\${SET}").text, r"\value");
        assert_eq!(expanded(r"\\\${SET}").text, r"\${SET}");
    }

    #[test]
    fn text_without_a_reference_stays() {
        for text in [
            "$SET",
            "${}",
            "${",
            "${a${b",
            "${A:-b}x".trim_end_matches('x'),
        ] {
            assert_eq!(expanded(text).text, text);
        }
        assert_eq!(expanded("${a${SET}").text, "${avalue");
    }

    #[test]
    fn many_references_that_never_end_take_no_time() {
        for text in ["${A".repeat(200_000), "${A".repeat(200_000) + "}"] {
            assert!(expanded(&text).text.starts_with("${A${A"));
        }
    }

    #[test]
    fn older_npms_take_the_question_mark_for_a_part_of_the_name() {
        let environment = Environment::bare("/").with("SET", "value");
        assert_eq!(expand("${SET?}", &environment, false).text, "${SET?}");
    }
}
