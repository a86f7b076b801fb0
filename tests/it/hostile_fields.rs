//! A package.json whose fields have thousands of entries: the work grows linearly, the report
//! stays readable, and a signal ends it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::support::bounded;
use crate::support::sandbox::Sandbox;

/// At most this many findings of one check are listed, including the one that states how many
/// more there are.
const MAX_LISTED: usize = 101;

/// An object with this many entries.
fn object(count: usize, entry: impl Fn(usize) -> (String, Value)) -> Value {
    Value::Object((0..count).map(entry).collect::<Map<_, _>>())
}

/// A list of this many strings.
fn list(count: usize, text: impl Fn(usize) -> String) -> Value {
    (0..count).map(text).collect()
}

type Field = (&'static str, Value);

/// A value for each field that is a list or an object, with this many entries.
fn fields(count: usize) -> Vec<Field> {
    [
        fields_with_packages(count),
        fields_with_files(count),
        fields_with_words(count),
    ]
    .concat()
}

/// An object of numbered packages, each with the same value.
fn packages(count: usize, value: &Value) -> Value {
    object(count, |number| (format!("dep-{number}"), value.clone()))
}

fn fields_with_packages(count: usize) -> Vec<Field> {
    let named = |value: &str| packages(count, &value.into());
    let names = list(count, |number| format!("dep-{number}"));
    let npm = |number: usize| (number.to_string(), json!({ "name": "npm" }));
    vec![
        ("dependencies", named("file:../x")),
        ("devDependencies", named("^1.0.0")),
        ("optionalDependencies", named("link:../x")),
        ("peerDependencies", named("workspace:^")),
        (
            "peerDependenciesMeta",
            packages(count, &json!({ "optional": true })),
        ),
        ("bundleDependencies", names),
        ("overrides", named("^1.0.0")),
        ("engines", named(">=1")),
        (
            "devEngines",
            json!({ "packageManager": object(count, npm) }),
        ),
        ("config", named("x")),
    ]
}

fn fields_with_files(count: usize) -> Vec<Field> {
    let texts = |text: fn(usize) -> String| list(count, text);
    let entries = |entry: fn(usize) -> (String, Value)| object(count, entry);
    vec![
        (
            "bin",
            entries(|n| (format!("cat-{n}"), format!("missing-{n}.js").into())),
        ),
        (
            "exports",
            entries(|n| {
                let conditions =
                    json!({ "types": format!("./m-{n}.d.ts"), "default": format!("./m-{n}.js") });
                (format!("./e-{n}"), conditions)
            }),
        ),
        (
            "imports",
            entries(|n| (format!("#i-{n}"), format!("./missing-{n}.js").into())),
        ),
        (
            "browser",
            entries(|n| (format!("./b-{n}.js"), false.into())),
        ),
        (
            "typesVersions",
            entries(|n| (format!(">={n}"), json!({ "*": ["t/*"] }))),
        ),
        ("files", texts(|n| format!("missing-{n}/*.js"))),
        ("man", texts(|n| format!("./man/m-{n}.1"))),
        ("sideEffects", texts(|n| format!("./s-{n}.js"))),
        ("workspaces", texts(|n| format!("packages/w-{n}"))),
    ]
}

fn fields_with_words(count: usize) -> Vec<Field> {
    let command = Value::from("npm pkg set a=b && node x.js");
    let scripts = object(count, |number| (format!("s-{number}"), command.clone()));
    let settings = object(count, |number| (format!("unknown-{number}"), "x".into()));
    vec![
        ("scripts", scripts),
        ("publishConfig", settings),
        ("keywords", list(count, |number| format!("k-{number}"))),
        (
            "contributors",
            list(count, |number| format!("bob {number}")),
        ),
        ("os", list(count, |number| format!("os-{number}"))),
    ]
}

fn package(fields: Vec<(&'static str, Value)>) -> Sandbox {
    let sandbox = Sandbox::new();
    let mut package = json!({ "name": "cat", "version": "1.0.0", "license": "MIT" });
    for (field, value) in fields {
        package[field] = value;
    }
    sandbox.write("package.json", &package.to_string());
    sandbox.write("index.js", "");
    sandbox
}

const CHECK: [&str; 4] = [
    "check",
    "--timeout=60",
    "--registry=http://127.0.0.1:9/",
    "--format=json",
];

/// Runs a check; returns the number of findings by id, and how many findings the report
/// mentions in total.
fn check(sandbox: &Sandbox) -> (BTreeMap<String, usize>, String) {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    let (run, _) = bounded::run(command.args(CHECK));
    assert_eq!(run.code, Some(100), "{}", run.stderr);
    let report = run.json();
    let mut counts = BTreeMap::new();
    for finding in report["packages"][0]["findings"]
        .as_array()
        .expect("findings")
    {
        let id = finding["check"].as_str().expect("an id").to_owned();
        *counts.entry(id).or_default() += 1;
    }
    (counts, run.stdout)
}

#[test]
fn thousands_of_entries_in_each_field_end_and_are_counted() {
    let (counts, report) = check(&package(fields(1000)));
    for (id, count) in &counts {
        assert!(*count <= MAX_LISTED, "{id}: {count}");
    }
    for id in ["contents-entry-missing", "dependency-protocol"] {
        assert_eq!(counts.get(id), Some(&MAX_LISTED), "{id}: {counts:?}");
    }
    assert!(report.contains("and 900 more of these"), "{counts:?}");
}

#[test]
fn fifty_thousand_commands_that_are_missing_take_no_time() {
    let bins = object(50_000, |number| {
        (format!("cat-{number}"), "missing.js".into())
    });
    let (counts, report) = check(&package(vec![("bin", bins)]));
    assert_eq!(
        counts.get("contents-entry-missing"),
        Some(&MAX_LISTED),
        "{counts:?}"
    );
    assert!(report.contains("and 49900 more of these"), "{counts:?}");
}

/// Work between two awaits does not notice a signal.
#[cfg(unix)]
#[test]
fn a_signal_ends_a_check_that_is_busy() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let large = fields(25_000)
        .into_iter()
        .filter(|(field, _)| *field == "exports");
    let sandbox = package(large.collect());
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
    let quiet = command
        .args(CHECK)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = quiet.spawn().expect("the program starts");
    // The work takes several seconds.
    std::thread::sleep(Duration::from_millis(500));
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &id]).status();
    assert!(sent.expect("kill").success());
    let begin = Instant::now();
    let status = child.wait().expect("our own child");
    // During the work, or before anything listened.
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    assert!(
        status.code() == Some(143) || signal == Some(15),
        "{status:?}"
    );
    assert!(begin.elapsed() < Duration::from_secs(60));
}
