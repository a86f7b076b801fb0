use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn place(text: &str, pointer: &str) -> Option<String> {
    locate(text, pointer).map(|(_, span)| text[span].to_owned())
}

fn key(text: &str, pointer: &str) -> Option<String> {
    locate(text, pointer).and_then(|(key, _)| key.map(|span| text[span].to_owned()))
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    let text = r#"{"a": {"b": 1}, "version": "1.0.0", "a": {"b": 2}, "a": {"b": 3}}"#;
    assert_eq!(place(text, "/a/b").as_deref(), Some("3"));
    assert_eq!(parse(text).unwrap().pointer("/a/b"), Some(&json!(3)));
    assert_eq!(
        locate(text, "/a").unwrap().0.unwrap().start,
        text.rfind("\"a\"").unwrap()
    );
}

#[test]
fn a_key_is_found_by_its_meaning_whatever_its_spelling() {
    let text =
        "\u{feff}{\r\n  \"n\\u0061me\" : \"x\",\r\n  \"a/b\": {\"~\": [1, {\"\": true}]}\r\n}";
    assert_eq!(place(text, "/name").as_deref(), Some("\"x\""));
    assert_eq!(key(text, "/name").as_deref(), Some("\"n\\u0061me\""));
    assert_eq!(place(text, "/a~1b/~0/1/").as_deref(), Some("true"));
    assert_eq!(key(text, "/a~1b/~0/0"), None);
    assert_eq!(place(text, "/a~1b/~0/01"), None);
    assert_eq!(place(text, "/missing"), None);
    let start = locate(text, "/name").unwrap().1.start;
    assert_eq!(line_and_column(text, start), (2, 17));
}

#[test]
fn columns_count_characters_from_one() {
    assert_eq!(line_and_column("\u{feff}äö!", 3), (1, 1));
    assert_eq!(line_and_column("\u{feff}äö!", 7), (1, 3));
    assert_eq!(line_and_column("a\nb", 99), (2, 2));
    assert_eq!(line_and_column("ä", 1), (1, 1));
}

#[test]
fn what_v8_reads_is_read() {
    assert_eq!(parse(r#""\ud83d\ude00""#), Ok(json!("😀")));
    assert_eq!(parse(r#""a\ud83d""#), Ok(json!("a\u{fffd}")));
    assert_eq!(parse(r#""\ud83dx\ude00""#), Ok(json!("\u{fffd}x\u{fffd}")));
    assert_eq!(parse(r#""\ud83d\u0041""#), Ok(json!("\u{fffd}A")));
    assert_eq!(parse("1e999"), Ok(json!(f64::MAX)));
    assert_eq!(parse("-1e999"), Ok(json!(f64::MIN)));
    assert_eq!(
        parse("18446744073709551616"),
        Ok(json!(18_446_744_073_709_551_616.0))
    );
    assert_eq!(parse("\"\u{7f}\u{2028}\""), Ok(json!("\u{7f}\u{2028}")));
    let deep = format!("{}{}", "[".repeat(900), "]".repeat(900));
    assert!(parse(&deep).is_ok());
}

#[test]
fn nesting_without_end_is_refused_and_does_not_overflow() {
    assert_eq!(parse(&"[".repeat(1_000_000)), Err(Problem::TooDeep));
    assert_eq!(parse(&"{\"a\":".repeat(1_000_000)), Err(Problem::TooDeep));
    assert_eq!(locate(&"[".repeat(1_000_000), "/0"), None);
}

#[test]
fn a_mistake_is_placed_where_v8_places_it() {
    let cases = [
        (
            "{\"a\": 1,}",
            8,
            "Expected double-quoted property name in JSON",
        ),
        ("{a: 1}", 1, "Expected property name or '}' in JSON"),
        ("{\"a\" 1}", 5, "Expected ':' after property name in JSON"),
        (
            "{\"a\": 1 \"b\": 2}",
            8,
            "Expected ',' or '}' after property value in JSON",
        ),
        (
            "[1 2]",
            3,
            "Expected ',' or ']' after array element in JSON",
        ),
        ("[1,]", 3, "Unexpected token"),
        ("{\"a\": // x\n1}", 6, "Unexpected token"),
        ("{\"a\": '1'}", 6, "Unexpected token"),
        ("[01]", 2, "Unexpected number in JSON"),
        ("[-]", 2, "No number after minus sign in JSON"),
        ("[1.]", 3, "Unterminated fractional number in JSON"),
        ("[1e+]", 4, "Exponent part is missing a number in JSON"),
        (
            "[\"a\nb\"]",
            3,
            "Bad control character in string literal in JSON",
        ),
        ("[\"\\x\"]", 3, "Bad escaped character in JSON"),
        ("[\"\\u12g4\"]", 6, "Bad Unicode escape in JSON"),
        ("[\"abc", 5, "Unterminated string in JSON"),
        ("{} {}", 3, "Unexpected non-whitespace character after JSON"),
        ("{\"a\": 1", 7, "Unexpected end of JSON input"),
        ("[1,\u{a0}2]", 3, "Unexpected token"),
    ];
    for (text, offset, reason) in cases {
        assert_eq!(parse(text), Err(Problem::Syntax(offset, reason)), "{text}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "[ -~\\n\"\\\\äß€😀]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-c/~\"\\\\😀]{0,3}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn every_pointer(value: &Value, pointer: &str, out: &mut Vec<String>) {
    out.push(pointer.to_owned());
    match value {
        Value::Array(array) => {
            for (index, item) in array.iter().enumerate() {
                every_pointer(item, &format!("{pointer}/{index}"), out);
            }
        }
        Value::Object(object) => {
            for (key, item) in object {
                let key = key.replace('~', "~0").replace('/', "~1");
                every_pointer(item, &format!("{pointer}/{key}"), out);
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn every_place_holds_the_value_that_serde_finds(value in any_json(), pretty: bool, bom: bool) {
        let text = if pretty {
            serde_json::to_string_pretty(&value).unwrap().replace('\n', "\r\n")
        } else {
            value.to_string()
        };
        let text = if bom { format!("\u{feff}{text}") } else { text };
        prop_assert_eq!(&parse(&text).unwrap(), &value);
        let mut pointers = Vec::new();
        every_pointer(&value, "", &mut pointers);
        for pointer in pointers {
            let (_, span) = locate(&text, &pointer).expect("it is there");
            let there: Value = serde_json::from_str(&text[span]).unwrap();
            prop_assert_eq!(Some(&there), value.pointer(&pointer), "{}", pointer);
        }
        for pointer in ["/a/b/c", "/zz", "/0/0", "/9", "a"] {
            prop_assert_eq!(locate(&text, pointer).is_some(), value.pointer(pointer).is_some());
        }
    }

    #[test]
    fn any_text_at_all_is_answered(text in "[\\[\\]{}\",:0-9a-f\\\\ \\n.e+-]{0,40}") {
        let ours = parse(&text);
        let theirs = serde_json::from_str::<Value>(&text);
        // serde_json refuses lone surrogates and overflowing numbers.
        if theirs.is_ok() || !(text.contains("\\u") || text.contains('e')) {
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?}", ours);
        }
        if let Err(Problem::Syntax(offset, _)) = ours {
            prop_assert!(text.is_char_boundary(offset));
        }
    }
}

#[test]
fn values_that_take_far_more_memory_than_their_text_are_not_read() {
    let array = |one: &str, count| format!("[{}1]", format!("{one},").repeat(count));
    for (one, few, many) in [
        ("{\"a\":1}", 50_000, 70_000),
        ("[]", 400_000, 700_000),
        ("0", 400_000, 700_000),
        ("{\"a\":{\"a\":{}}}", 25_000, 35_000),
    ] {
        assert!(parse(&array(one, few)).is_ok(), "{one}");
        assert_eq!(parse(&array(one, many)), Err(Problem::TooMuch), "{one}");
    }
    let object = |count: usize| {
        let members: Vec<String> = (0..count).map(|at| format!("\"{at}\":1")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert!(parse(&object(300_000)).is_ok());
    assert_eq!(parse(&object(500_000)), Err(Problem::TooMuch));
    // A long text is only as long as it is.
    assert!(parse(&format!("\"{}\"", "x".repeat(16 << 20))).is_ok());
}
