//! The ini dialect of .npmrc, as the npm package `ini` reads it (its grammar
//! is the same in npm 8 to 12), with the place of every value.

use super::value::{Value, is_blank, trim};

/// One key of a file, in the order of the file. A key that stands twice is
/// there once, with its last value; `key[]` collects.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, not yet expanded.
    pub key: String,
    /// The value, not yet expanded or coerced.
    pub value: Value,
    /// The line of the value that counts, from 1.
    pub line: usize,
    /// The column of the value (of the key where there is no value), from 1,
    /// in characters.
    pub column: usize,
}

/// Reads a file's text. Keys below a `[section]` are lost for npm, and here.
/// It takes any text and never fails.
pub fn parse(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut in_section = false;
    for (line, content) in lines(text) {
        if content.chars().all(is_blank)
            || content.trim_start_matches(is_blank).starts_with([';', '#'])
        {
            continue;
        }
        if is_section(content) {
            in_section = true;
            continue;
        }
        let Some((raw_key, raw_value)) = key_and_value(content) else {
            continue;
        };
        if in_section {
            continue;
        }
        let unquoted = unquote(raw_key).to_text();
        let is_list = unquoted.chars().count() > 2 && unquoted.ends_with("[]");
        let key = if is_list {
            &unquoted[..unquoted.len() - 2]
        } else {
            unquoted.as_str()
        };
        if key == "__proto__" {
            continue;
        }
        let value = raw_value.map_or(Value::Bool(true), |raw| literal(unquote(raw)));
        let column = column_of(content, raw_value.unwrap_or(raw_key));
        put(
            &mut entries,
            Entry {
                key: key.to_owned(),
                value,
                line,
                column,
            },
            is_list,
        );
    }
    // A dotted key whose value is null is taken for a section and split up.
    entries.retain(|entry| !(entry.value == Value::Null && has_plain_dot(&entry.key)));
    entries
}

/// Lines with their numbers. Runs of CR and LF separate them, so that blank
/// lines vanish; the numbers still count CRLF, LF and CR as one end each.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut number = 1;
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['\r', '\n']).unwrap_or(rest.len());
        let line = (number, &rest[..end]);
        rest = &rest[end..];
        rest = rest
            .strip_prefix("\r\n")
            .or_else(|| rest.strip_prefix(['\r', '\n']))
            .unwrap_or(rest);
        number += 1;
        Some(line)
    })
}

/// `[section]` with nothing but blanks behind it.
fn is_section(line: &str) -> bool {
    line.strip_prefix('[')
        .and_then(|line| line.split_once(']'))
        .is_some_and(|(_, behind)| behind.chars().all(is_blank))
}

/// Splits at the first `=`. A value with U+2028 or U+2029 drops the line, as
/// does an empty key: npm's pattern does not match them.
fn key_and_value(line: &str) -> Option<(&str, Option<&str>)> {
    match line.split_once('=') {
        Some(("", _)) => None,
        Some((_, value)) if value.contains(['\u{2028}', '\u{2029}']) => None,
        Some((key, value)) => Some((key, Some(value))),
        None => Some((line, None)),
    }
}

fn literal(value: Value) -> Value {
    match value.as_text() {
        Some("true") => Value::Bool(true),
        Some("false") => Value::Bool(false),
        Some("null") => Value::Null,
        _ => value,
    }
}

fn put(entries: &mut Vec<Entry>, entry: Entry, is_list: bool) {
    let Some(at) = entries.iter().position(|known| known.key == entry.key) else {
        let value = if is_list {
            Value::List(vec![entry.value])
        } else {
            entry.value
        };
        entries.push(Entry { value, ..entry });
        return;
    };
    let known = &mut entries[at];
    match (&mut known.value, is_list) {
        (Value::List(values), _) => values.push(entry.value),
        (value, true) => {
            let first = std::mem::replace(value, Value::Null);
            *value = Value::List(vec![first, entry.value]);
        }
        (value, false) => *value = entry.value,
    }
    (known.line, known.column) = (entry.line, entry.column);
}

/// Quotes off, or the text up to the first `;` or `#` that is not escaped.
fn unquote(raw: &str) -> Value {
    let text = trim(raw);
    let quoted = |quote: char| text.starts_with(quote) && text.ends_with(quote);
    if quoted('"') {
        return from_json(text);
    }
    if quoted('\'') {
        let inner = text.get(1..text.len().max(2) - 1).unwrap_or_default();
        return from_json(inner);
    }
    let mut plain = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.chars() {
        if escaped {
            if !matches!(c, '\\' | ';' | '#') {
                plain.push('\\');
            }
            plain.push(c);
            escaped = false;
        } else if matches!(c, ';' | '#') {
            break;
        } else if c == '\\' {
            escaped = true;
        } else {
            plain.push(c);
        }
    }
    if escaped {
        plain.push('\\');
    }
    Value::Text(trim(&plain).to_owned())
}

/// What `JSON.parse` makes of it; the text itself where that fails.
fn from_json(text: &str) -> Value {
    serde_json::from_str::<serde_json::Value>(text).map_or_else(
        |_| Value::Text(text.to_owned()),
        |value| Value::from_json(&value),
    )
}

fn has_plain_dot(key: &str) -> bool {
    let mut before = None;
    key.chars().any(|c| {
        let plain = c == '.' && before != Some('\\');
        before = Some(c);
        plain
    })
}

/// The column, from 1, at which a part of a line begins, blanks left out.
fn column_of(line: &str, part: &str) -> usize {
    let start = part.as_ptr() as usize - line.as_ptr() as usize;
    let blanks = part.len() - part.trim_start_matches(is_blank).len();
    line[..start + blanks].chars().count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Option<(String, Value)> {
        parse(line).pop().map(|entry| (entry.key, entry.value))
    }

    fn text(line: &str) -> String {
        one(line).unwrap().1.to_text()
    }

    #[test]
    fn comments_cut_unquoted_values_even_inside_a_word() {
        assert_eq!(text("a=b;c"), "b");
        assert_eq!(text("a = b#c"), "b");
        assert_eq!(text(r"a=b\;c\#d\\e\f"), r"b;c#d\e\f");
        assert_eq!(text(r#"a="b;c""#), "b;c");
        assert_eq!(text(r#"a="b" ; c"#), "\"b\"");
        assert!(parse("; a=b\n  # c=d\n\n").is_empty());
    }

    #[test]
    fn quotes_are_read_as_json() {
        assert_eq!(one("a='5'").unwrap().1, Value::Number(5.0));
        assert_eq!(text(r#"a="x\ny""#), "x\ny");
        assert_eq!(text(r#"a="bad\q""#), r#""bad\q""#);
        assert_eq!(text("a='x y'"), "x y");
        assert_eq!(text("a='"), "");
        assert_eq!(one(r#"a="true""#).unwrap().1, Value::Bool(true));
    }

    #[test]
    fn a_key_without_a_value_is_true_and_a_colon_is_part_of_it() {
        assert_eq!(
            one("dry-run").unwrap(),
            ("dry-run".to_owned(), Value::Bool(true))
        );
        assert_eq!(one("key:value").unwrap().0, "key:value");
        assert_eq!(text("a=b=c"), "b=c");
        assert!(one("=x").is_none());
    }

    #[test]
    fn lists_collect_and_promote() {
        let entries = parse("ca[]=1\nca[]=2\nx=1\nx[]=2\nx=3\n");
        assert_eq!(entries[0].value.to_text(), "1,2");
        assert_eq!(entries[1].value.to_text(), "1,2,3");
        assert_eq!((entries[1].line, entries[1].column), (5, 3));
    }

    #[test]
    fn the_last_of_two_wins_and_gives_the_place() {
        let entries = parse("\u{feff}registry = https://a/\r\n\r\n  registry=https://b/\r\n");
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].value.to_text(), "https://b/");
        assert_eq!((entries[0].line, entries[0].column), (3, 12));
    }

    #[test]
    fn sections_and_dotted_nulls_are_lost() {
        assert!(parse("[a]\nregistry=x\n").is_empty());
        assert!(parse("//h.x/:_authToken=null").is_empty());
        assert_eq!(parse("//localhost/:_authToken=null").len(), 1);
        assert_eq!(parse("[a] b=c").len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_and_every_place_is_in_the_text(text in "\\PC*|[\\[\\]=;#'\"\\\\ \r\na-c.\u{feff}]{0,40}") {
            let lines: Vec<&str> = text.split("\r\n").flat_map(|part| part.split(['\r', '\n'])).collect();
            for entry in parse(&text) {
                let line = lines[entry.line - 1];
                proptest::prop_assert!(entry.column >= 1 && entry.column <= line.chars().count() + 1);
            }
        }
    }
}
