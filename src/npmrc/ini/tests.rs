use super::*;

fn one(line: &str) -> Option<(String, Value)> {
    parse(line)
        .entries
        .pop()
        .map(|entry| (entry.key, entry.value))
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
    assert!(parse("; a=b\n  # c=d\n\n").entries.is_empty());
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
    let entries = parse("ca[]=1\nca[]=2\nx=1\nx[]=2\nx=3\n").entries;
    assert_eq!(entries[0].value.to_text(), "1,2");
    assert_eq!(entries[1].value.to_text(), "1,2,3");
    assert_eq!((entries[1].line, entries[1].column), (5, 3));
}

#[test]
fn the_last_of_two_wins_and_gives_the_place() {
    let entries = parse("\u{feff}registry = https://a/\r\n\r\n  registry=https://b/\r\n").entries;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].value.to_text(), "https://b/");
    assert_eq!((entries[0].line, entries[0].column), (3, 12));
}

#[test]
fn keys_below_a_section_are_lost_and_named() {
    let ini = parse("[a]\nregistry=x\n");
    assert_eq!(ini.entries.len(), 1);
    assert_eq!(ini.entries[0].value.to_text(), "[object Object]");
    let lost = &ini.lost[0];
    assert_eq!(
        (lost.section.as_str(), lost.key.as_str()),
        ("a", "registry")
    );
    assert_eq!((lost.line, lost.column), (2, 10));
    // Text after the bracket makes it a key.
    assert_eq!(one("[a] b=c").unwrap().0, "[a] b");
}

#[test]
fn a_dotted_key_whose_value_is_null_is_taken_for_sections() {
    let keys = |text: &str| -> Vec<String> {
        parse(text)
            .entries
            .into_iter()
            .map(|entry| entry.key)
            .collect()
    };
    assert_eq!(keys("//h.x/:_authToken=null"), ["//h"]);
    assert_eq!(
        keys("//localhost/:_authToken=null"),
        ["//localhost/:_authToken"]
    );
    assert_eq!(keys("//h.x/:_authToken=nul"), ["//h.x/:_authToken"]);
}

#[test]
fn npms_parser_crashes_on_some_lines() {
    assert_eq!(parse("a=b\n'null'=x").crash, Some(2));
    assert_eq!(parse("a=null\na.b=null").crash, Some(2));
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_and_every_place_is_in_the_text(text in "\\PC*|[\\[\\]=;#'\"\\\\ \r\na-c.\u{feff}]{0,40}") {
        let lines: Vec<&str> = text.split("\r\n").flat_map(|part| part.split(['\r', '\n'])).collect();
        for entry in parse(&text).entries {
            let line = lines[entry.line - 1];
            proptest::prop_assert!(entry.column >= 1 && entry.column <= line.chars().count() + 1);
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let ends = text.matches(['\r', '\n']).count();
        let ini = parse(&text);
        proptest::prop_assert!(ini.entries.iter().all(|entry| (1..=ends + 1).contains(&entry.line)));
        proptest::prop_assert!(ini.lost.iter().all(|lost| (1..=ends + 1).contains(&lost.line)));
    }
}

#[test]
fn a_section_named_like_a_list_sets_its_elements() {
    let list = |text: &str| parse(text).entries[0].value.clone();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        list("x[]=a\r['x']\rc= b\r'3' = d\r"),
        Value::List(vec![
            text("a"),
            Value::Undefined,
            Value::Undefined,
            text("d")
        ])
    );
    assert_eq!(list("x[]=a\n[x]\n0=b"), Value::List(vec![text("b")]));
    assert_eq!(
        list("x[]=a\nx[]=b\n[x]\nlength=1"),
        Value::List(vec![text("a")])
    );
    assert_eq!(
        list("x[]=a\n[x]\n4294967294=b"),
        Value::List(vec![text("a")])
    );
    assert_eq!(parse("x[]=a\n[x]\nlength=many").crash, Some(3));
}
