//! Which CI this is, compared with npm's ci-info: every variable in its table, alone and in
//! pairs, with every value that matters.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use safe_publish::ci::{Ci, Provider};
use safe_publish::environment::Environment;
use serde_json::Value;

use crate::support::npm_versions::npm;

/// Values that some vendor looks for, and some that none looks for.
const VALUES: [&str; 9] = [
    "true",
    "1",
    "",
    "false",
    "PullRequest",
    "pull_request",
    "PULL_REQUEST_CREATED",
    "codeship",
    "/app/.heroku/node/bin/node",
];

type Variables = BTreeMap<String, String>;

/// npm's table, from its own folder.
fn table(root: &Path) -> Vec<Value> {
    let path = root.join("node_modules/ci-info/vendors.json");
    let text = std::fs::read_to_string(path).expect("npm carries ci-info");
    serde_json::from_str(&text).expect("an array")
}

/// Every string in a table's entry that may be a variable's name.
fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| names(value, found)),
        Value::Object(map) => {
            for (key, value) in map {
                found.push(key.clone());
                names(value, found);
            }
        }
        _ => {}
    }
}

fn is_variable(name: &str) -> bool {
    let shape = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(shape) && !["env", "any", "ne", "includes"].contains(&name)
}

/// For each vendor all its variables with each value, then each pair of vendors.
fn environments(table: &[Value]) -> Vec<Variables> {
    let of_vendor = |vendor: &Value| {
        let mut all = Vec::new();
        names(&vendor["env"], &mut all);
        names(&vendor["pr"], &mut all);
        all.retain(|name| is_variable(name));
        all
    };
    let mut environments = vec![Variables::new()];
    let mut usual = Vec::new();
    for vendor in table {
        let names = of_vendor(vendor);
        for value in VALUES {
            for other in ["true", "codeship", value] {
                let pairs = names.iter().enumerate();
                environments.push(
                    pairs
                        .map(|(at, name)| {
                            let value = if at == 0 { other } else { value };
                            (name.clone(), value.to_owned())
                        })
                        .collect(),
                );
            }
        }
        usual.push(
            names
                .into_iter()
                .map(|name| (name, "true".to_owned()))
                .collect::<Variables>(),
        );
    }
    for first in &usual {
        for second in &usual {
            let mut both = first.clone();
            both.extend(second.clone());
            environments.push(both);
        }
    }
    let denied: Vec<Variables> = usual
        .into_iter()
        .map(|mut variables| {
            variables.insert("CI".to_owned(), "false".to_owned());
            variables
        })
        .collect();
    environments.extend(denied);
    environments
}

fn ask(node: &Path, root: &Path, environments: &[Variables]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/ci_oracle.cjs");
    let mut child = Command::new(node)
        .arg(script)
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts");
    let text = serde_json::to_string(environments).expect("JSON");
    let mut input = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("node ends");
    writer.join().expect("no panic").expect("node reads");
    serde_json::from_slice(&output.stdout).expect("an array")
}

#[test]
fn a_ci_is_the_one_that_npm_sees() {
    let install = npm(11);
    let root = install
        .cli
        .ancestors()
        .nth(2)
        .expect("npm's folder is above its executable");
    let table = table(root);
    assert!(table.len() > 50, "only {} vendors", table.len());
    let environments = environments(&table);
    let answers = ask(&install.node, root, &environments);
    assert_eq!(answers.len(), environments.len());
    for (variables, npm) in environments.iter().zip(answers) {
        let environment = Environment {
            variables: variables.clone(),
            ..Environment::bare("/nowhere")
        };
        let ours = Ci::of(&environment, None);
        assert_eq!(ours.name, npm["name"].as_str(), "{variables:?}");
        assert_eq!(
            ours.pull_request,
            npm["pullRequest"].as_bool(),
            "{variables:?}"
        );
        let provider = match () {
            () if npm["github"] == true => Some(Provider::GitHub),
            () if npm["gitlab"] == true => Some(Provider::GitLab),
            () if npm["circle"] == true => Some(Provider::CircleCi),
            () => None,
        };
        assert_eq!(ours.provider, provider, "{variables:?}");
    }
}
