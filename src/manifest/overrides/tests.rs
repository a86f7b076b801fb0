use serde_json::{Value, json};

use super::*;

fn fault_of(value: Value) -> Option<OverrideFault> {
    fault(&Manifest::from_json(value), &NpmVersion::new(11, 19, 1))
}

fn with_10(value: Value) -> Option<OverrideFault> {
    fault(&Manifest::from_json(value), &NpmVersion::new(10, 9, 9))
}

#[test]
fn another_text_for_a_direct_dependency_conflicts() {
    for field in [
        "dependencies",
        "devDependencies",
        "optionalDependencies",
        "peerDependencies",
    ] {
        let value = json!({ field: { "x": "^1.0.0" }, "overrides": { "x": "1.x" } });
        let fault = fault_of(value).unwrap();
        assert_eq!(fault.code, "EOVERRIDE");
        assert_eq!(fault.pointer, "/overrides/x");
        assert_eq!(
            fault.text,
            "Override for x@^1.0.0 conflicts with direct dependency"
        );
        assert_eq!(fault.conflict.unwrap().overridden, "1.x");
    }
}

#[test]
fn what_npm_accepts() {
    for overrides in [
        json!({ "x": "^1.0.0" }),
        json!({ "x": "$x" }),
        json!({ "x": "$y" }),
        json!({ "x": "*" }),
        json!({ "x": "" }),
        json!({ "x": { "y": "2" } }),
        json!({ "x": { ".": "^1.0.0", "y": "2" } }),
        json!({ "y": { "x": "2" } }),
        json!({ "x@3": "4" }),
        json!({ "z": "$none" }),
        json!({ "X": "2" }),
        json!({ "x": 2 }),
        json!({ ".": "2" }),
        json!(["x"]),
        json!("x"),
        json!(null),
    ] {
        let value = json!({
            "dependencies": { "x": "^1.0.0" },
            "devDependencies": { "y": "^1.0.0" },
            "overrides": overrides,
        });
        assert_eq!(fault_of(value), None, "{overrides}");
    }
}

#[test]
fn a_key_with_a_range_counts_where_it_meets_the_dependency() {
    for (asked, conflicts) in [
        ("^1.0.0", true),
        ("^2.0.0", false),
        ("latest", true),
        ("npm:y@1.2.0", true),
        ("npm:y@3", false),
        ("github:a/b#semver:^1.2", true),
        ("github:a/b", false),
        ("file:./y", true),
    ] {
        let value = || json!({ "dependencies": { "x": asked }, "overrides": { "x@1": "9.0.0" } });
        assert_eq!(fault_of(value()).is_some(), conflicts, "{asked}");
        assert_eq!(with_10(value()), None, "{asked}");
    }
}

#[test]
fn npm_10_looks_twice() {
    let nested = json!({ "dependencies": { "x": "^1.0.0" }, "overrides": { "x@1": { "y": "2" } } });
    assert!(with_10(nested).is_some());
}

#[test]
fn the_last_field_of_a_name_counts() {
    let value = json!({
        "dependencies": { "x": "^1.0.0" },
        "devDependencies": { "x": "2" },
        "overrides": { "x": "2" },
    });
    assert_eq!(fault_of(value), None);
    let dropped = json!({
        "dependencies": { "x": "^1.0.0" },
        "optionalDependencies": { "x": "2.0.0" },
        "overrides": { "x": "2.0.0" },
    });
    assert_eq!(fault_of(dropped), None);
}

#[test]
fn what_npm_cannot_read_is_its_end() {
    for (overrides, code, text) in [
        (json!({ "x": "$y" }), "", "Unable to resolve reference $y"),
        (
            json!({ "q": { "r": null } }),
            "",
            "Cannot read properties of null (reading '.')",
        ),
        (json!({ "a/b": "1" }), "", "Override without name: a/b"),
        (json!({ "": "1" }), "", "Override without name: "),
        (json!({ "x@next": "2" }), "", "Invalid comparator: next"),
        (
            json!({ "A B": "1" }),
            "EINVALIDTAGNAME",
            "Invalid tag name \"A B\" of package \"A B\": Tags may not have any characters that encodeURIComponent encodes.",
        ),
    ] {
        let fault = fault_of(json!({ "dependencies": { "x": "^1.0.0" }, "overrides": overrides }));
        let fault = fault.unwrap();
        assert_eq!((fault.code, fault.text.as_str()), (code, text));
    }
    let protocol = json!({ "dependencies": { "x": "workspace:*" }, "overrides": { "x@1": "2" } });
    assert_eq!(fault_of(protocol).unwrap().code, "EUNSUPPORTEDPROTOCOL");
}

#[test]
fn ranges_that_are_too_long_to_be_compared_prove_nothing() {
    let with = |key: String, asked: String| {
        fault_of(json!({ "dependencies": { "x": asked }, "overrides": { (key): "9.0.0" } }))
    };
    let anded = |count: usize| vec![">1.0.0"; count].join(" ");
    let either = |count: usize| vec!["1.0.0"; count].join(" || ");
    assert!(with("x@>1".to_owned(), anded(500)).is_some());
    assert!(with(format!("x@{}", either(200)), either(200)).is_some());
    assert_eq!(with("x@>1".to_owned(), anded(100_000)), None);
    assert_eq!(with(format!("x@{}", either(50_000)), either(50_000)), None);
}

#[test]
fn many_rules_and_dependencies_are_each_looked_at_once() {
    let many = |value: Value| -> Value {
        let member = |at: usize| (format!("x-{at}"), value.clone());
        Value::Object((0..20_000).map(member).collect())
    };
    // A walk over all for each of them would take minutes.
    let nested = json!({ ".": "1.0.0", "y": { "z": "1" } });
    let overrides = many(nested);
    let value = json!({ "dependencies": many(json!("1.0.0")), "overrides": overrides });
    assert_eq!(fault_of(value), None);
    let chain = (0..900).fold("1".to_owned(), |text, _| format!("{{\"b\":{text}}}"));
    let chains: Vec<String> = (0..40).map(|at| format!("\"c{at}\":{chain}")).collect();
    let text = format!("{{\"overrides\":{{{}}}}}", chains.join(","));
    let manifest = Manifest::parse(std::path::Path::new("package.json"), text.as_bytes()).unwrap();
    assert_eq!(fault(&manifest, &NpmVersion::new(11, 19, 1)), None);
}
