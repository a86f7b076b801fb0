use super::*;

fn line(args: &[&str]) -> CommandLine {
    let args: Vec<_> = args.iter().map(|&word| word.to_owned()).collect();
    CommandLine::parse(&args, Some(&NpmVersion::new(11, 19, 1)))
}

fn value(args: &[&str], key: &str) -> Value {
    line(args).get(key).unwrap().value.clone()
}

#[test]
fn a_switch_leaves_the_next_word_unless_it_is_true_or_false() {
    assert_eq!(line(&["--provenance", "./dir"]).positionals, ["./dir"]);
    assert_eq!(
        value(&["--dry-run", "false"], "dry-run"),
        Value::Bool(false)
    );
    assert_eq!(
        value(&["--no-dry-run", "false"], "dry-run"),
        Value::Bool(true)
    );
    assert!(line(&["--dry-run", "false"]).positionals.is_empty());
}

#[test]
fn a_text_leaves_the_next_flag() {
    assert_eq!(
        value(&["--tag", "--access", "public"], "tag"),
        Value::Text(String::new())
    );
    assert_eq!(value(&["--no-tag"], "tag"), Value::Text("false".to_owned()));
    assert_eq!(value(&["--no-otp"], "otp"), Value::Null);
    assert_eq!(value(&["-w", "a", "-wa"], "workspace").to_text(), "a,--all");
}

#[test]
fn abbreviations_are_expanded_and_named_as_written() {
    let found = line(&["--dry", "--reg=https://h/"]);
    assert_eq!(found.get("dry-run").unwrap().written, "--dry");
    assert_eq!(found.get("registry").unwrap().written, "--reg");
    let abbreviated = ArgumentProblem::Abbreviated {
        written: "--dry".to_owned(),
        key: "dry-run".to_owned(),
    };
    assert_eq!(found.problems, [abbreviated]);
    // Combined single letters come before abbreviated keys.
    assert!(line(&["--acc", "public"]).get("call").is_some());
    let written = "-ws".to_owned();
    assert_eq!(
        line(&["-ws"]).problems,
        [ArgumentProblem::SingleHyphen { written }]
    );
}

#[test]
fn an_invalid_registry_url_is_dropped() {
    let found = line(&["--registry", "foo"]);
    assert!(found.get("registry").is_none());
    assert_eq!(found.dropped("registry"), Some(("--registry", "foo")));
}

#[test]
fn an_argument_after_an_unknown_flag_is_loose() {
    let found = line(&["--foo", "bar", "--//h/:_authToken", "baz"]);
    assert_eq!(found.positionals, ["bar", "baz"]);
    let loose: Vec<_> = found
        .problems
        .iter()
        .filter_map(|problem| match problem {
            ArgumentProblem::Loose { word, .. } => Some(word.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(loose, ["bar", "baz"]);
    let unknown = ArgumentProblem::Unknown {
        written: "--foo".to_owned(),
    };
    assert_eq!(found.problems[0], unknown);
}

#[test]
fn an_empty_name_vanishes_and_leaves_its_value() {
    assert_eq!(line(&["--=x", "-=y"]).positionals, ["x", "y"]);
}

proptest::proptest! {
    #[test]
    fn any_args_are_read(args in proptest::collection::vec("-{0,3}(no-)?(registry|reg|dry|w|tag|\\PC{0,3})(=\\PC{0,8})?", 0..6)) {
        for major in [10, 11, 12] {
            let found = CommandLine::parse(&args, Some(&NpmVersion::new(major, 0, 0)));
            proptest::prop_assert!(found.positionals.len() <= args.len() + 1);
        }
    }
}
