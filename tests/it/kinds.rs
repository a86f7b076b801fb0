//! Each kind of registry by its answers: every file under `fixtures/kinds` holds answers
//! recorded by hand, with their sources, and what `check` must make of them in a number of
//! situations: the verdict, every finding and every check that is undecided.
//!
//! The variable sets the kind, or, if a situation has `recognised`, it is found by the URL's
//! path and the answers' headers.
//!
//! A new check shows here as a new warning or a new undecided check. Look at
//! each; `UPDATE=1 cargo test --locked --test it kinds` then writes them into
//! the tables. A verdict or an error that changes is never written: it is a
//! defect, or the table is fixed by hand. In a new table, whose situations
//! have no `expect` yet, it writes all: read each, it is a claim about the registry.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use safe_publish::registry::kind::RegistryKind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::answers::{AnswerServer, BAD_TOKEN, Credential, GOOD_TOKEN, Recorded};
use crate::support::sandbox::Sandbox;

/// The npm that the verdicts are for, if a situation names none.
const NPM: &str = "11.19.1";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Table {
    #[allow(dead_code, reason = "for readers")]
    about: String,
    /// The source of the answers.
    sources: Vec<String>,
    kind: String,
    /// The registry's path.
    registry: String,
    manifest: Value,
    /// The answer to all other requests.
    otherwise: Recorded,
    /// Answers by name.
    answers: BTreeMap<String, Recorded>,
    situations: Vec<Situation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Situation {
    about: String,
    /// Names of answers; the first one that fits a request is given.
    answers: Vec<String>,
    /// Another path of the registry.
    #[serde(default)]
    registry: Option<String>,
    /// Changes to the manifest.
    #[serde(default)]
    manifest: BTreeMap<String, Value>,
    #[serde(default = "good")]
    credential: Credential,
    #[serde(default)]
    npm: Option<String>,
    #[serde(default)]
    arguments: Vec<String>,
    /// The kind is not set, and this one must be recognised.
    #[serde(default)]
    recognised: bool,
    /// Left out in a new table, until `UPDATE=1` writes it.
    #[serde(default)]
    expect: Option<Expectation>,
}

fn good() -> Credential {
    Credential::Good
}

#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expectation {
    verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// `error version-taken`, in alphabetical order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    findings: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    undecided: Vec<String>,
}

impl Expectation {
    /// Whether its verdict and errors are equal.
    fn is_alike(&self, other: &Self) -> bool {
        let errors = |all: &Self| -> Vec<String> {
            let errors = all.findings.iter().filter(|id| id.starts_with("error"));
            errors.cloned().collect()
        };
        (&self.verdict, &self.account, errors(self))
            == (&other.verdict, &other.account, errors(other))
    }
}

fn tables() -> Vec<(PathBuf, Table)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kinds");
    let mut files: Vec<_> = fs::read_dir(root)
        .expect("fixtures/kinds is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("readable");
        let table = serde_json::from_str(&text);
        let table = table.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, table)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn each_kind_gives_the_verdicts_of_its_table() {
    let tables = tables();
    let mut problems = Vec::new();
    let mut situations = 0;
    for (path, table) in &tables {
        assert!(!table.sources.is_empty(), "{}", path.display());
        let mut given = BTreeSet::new();
        for (at, situation) in table.situations.iter().enumerate() {
            situations += 1;
            if let Err(problem) = play(table, situation, &mut given)
                .and_then(|seen| compare(situation.expect.as_ref(), &seen, path, at))
            {
                let file = path.file_name().expect("a name").display();
                problems.push(format!("{file}: {}: {problem}", situation.about));
            }
        }
        for name in table.answers.keys().filter(|name| !given.contains(*name)) {
            problems.push(format!("{}: nobody asked for `{name}`", path.display()));
        }
    }
    assert!(
        problems.is_empty(),
        "{} of {situations} differ:\n{}",
        problems.len(),
        problems.join("\n")
    );
    let shown: BTreeSet<&str> = tables
        .iter()
        .map(|(_, table)| table.kind.as_str())
        .collect();
    for kind in RegistryKind::ALL.iter().copied() {
        assert!(shown.contains(kind.name()), "{kind} has a table");
    }
    assert!(situations >= 140, "only {situations} situations");
}

fn compare(
    expect: Option<&Expectation>,
    seen: &Seen,
    path: &Path,
    at: usize,
) -> Result<(), String> {
    if expect == Some(&seen.expectation) {
        return Ok(());
    }
    let may_write = expect.is_none_or(|expect| seen.expectation.is_alike(expect));
    if std::env::var("UPDATE").is_ok() && may_write {
        let text = fs::read_to_string(path).expect("readable");
        let mut table: Value = serde_json::from_str(&text).expect("JSON");
        table["situations"][at]["expect"] = json!(seen.expectation);
        let text = serde_json::to_string_pretty(&table).expect("JSON") + "\n";
        fs::write(path, text).expect("writable");
        return Ok(());
    }
    Err(format!(
        "\n  expected {expect:?}\n  seen     {:?}\n  asked {}",
        seen.expectation,
        seen.asked.join(", ")
    ))
}

/// The result of `check` for a situation.
struct Seen {
    expectation: Expectation,
    asked: Vec<String>,
}

fn play(
    table: &Table,
    situation: &Situation,
    given: &mut BTreeSet<String>,
) -> Result<Seen, String> {
    let registry = situation.registry.as_ref().unwrap_or(&table.registry);
    let mut answers = Vec::new();
    for name in &situation.answers {
        let answer = table.answers.get(name);
        let mut answer = answer.ok_or_else(|| format!("no answer `{name}`"))?.clone();
        if !answer.path.starts_with('/') {
            answer.path = format!("{registry}{}", answer.path);
        }
        answers.push(answer);
    }
    let server = AnswerServer::start(answers, table.otherwise.clone());
    let run = sandbox(table, situation, registry, &server.host());
    let came = server.came();
    for request in &came {
        if request.method != "GET" {
            return Err(format!("it sent {request:?}"));
        }
        if request.credential != Credential::None && request.credential != situation.credential {
            return Err(format!("another credential in {request:?}"));
        }
        given.extend(request.answer.map(|at| situation.answers[at].clone()));
    }
    let report: Value = serde_json::from_str(&run.stdout).map_err(|_| run.stderr.clone())?;
    let package = &report["packages"][0];
    let shown = package["registryKind"].as_str().unwrap_or_default();
    if shown != table.kind {
        return Err(format!("it takes it for {shown}"));
    }
    let asked = came.iter();
    let asked = asked.map(|came| format!("{} ({:?})", came.path, came.credential));
    Ok(Seen {
        expectation: seen(&report),
        asked: asked.collect(),
    })
}

fn sandbox(
    table: &Table,
    situation: &Situation,
    registry: &str,
    host: &str,
) -> crate::support::sandbox::Run {
    let mut sandbox = Sandbox::new();
    sandbox.npm_is(situation.npm.as_deref().unwrap_or(NPM));
    if !situation.recognised {
        sandbox.set("SAFE_PUBLISH_REGISTRY_KIND", &table.kind);
    }
    sandbox.set("npm_config_fetch_retry_mintimeout", "10");
    sandbox.set("npm_config_fetch_retry_maxtimeout", "20");
    // npmjs, to which some registries redirect, does not answer.
    sandbox.set("HTTPS_PROXY", "http://127.0.0.1:9");
    sandbox.set("NO_PROXY", "127.0.0.1");
    let mut manifest = table.manifest.clone();
    for (key, value) in &situation.manifest {
        manifest[key] = value.clone();
    }
    sandbox.write("package.json", &manifest.to_string());
    // The file that `main` names is packed.
    sandbox.write("index.js", "module.exports = 1\n");
    let token = match situation.credential {
        Credential::Good => Some(GOOD_TOKEN),
        Credential::Bad => Some(BAD_TOKEN),
        Credential::None => None,
    };
    let line = token.map_or(String::new(), |token| {
        format!("//{host}{registry}:_authToken={token}\n")
    });
    let npmrc = format!("registry=http://{host}{registry}\n{line}");
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("a writable folder");
    let mut args = vec!["check", "--format", "json"];
    args.extend(situation.arguments.iter().map(String::as_str));
    sandbox.run(&args)
}

fn seen(report: &Value) -> Expectation {
    let package = &report["packages"][0];
    let texts = |list: &Value, text: &dyn Fn(&Value) -> String| {
        let mut texts: Vec<String> = list.as_array().into_iter().flatten().map(text).collect();
        texts.sort();
        texts
    };
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut undecided = texts(&package["undecided"], &|gap| word(&gap["check"]));
    undecided.dedup();
    Expectation {
        verdict: word(&report["verdict"]),
        account: package["account"].as_str().map(str::to_owned),
        findings: texts(&package["findings"], &|finding| {
            format!("{} {}", word(&finding["level"]), word(&finding["check"]))
        }),
        undecided,
    }
}

/// The advice where to publish instead contains no password from a registry's URL.
#[test]
fn advice_on_another_registry_holds_no_password() {
    let otherwise: Recorded =
        serde_json::from_value(json!({ "path": "", "status": 404 })).expect("an answer");
    for (kind, path) in [
        ("nexus", "/repository/npm-group/"),
        ("artifactory", "/artifactory/api/npm/npm-remote/"),
        ("azure", "/o/_packaging/f@Release/npm/registry/"),
    ] {
        let server = AnswerServer::start(Vec::new(), otherwise.clone());
        let mut sandbox = Sandbox::new();
        sandbox.npm_is(NPM);
        sandbox.set("SAFE_PUBLISH_REGISTRY_KIND", kind);
        sandbox.write("package.json", r#"{"name":"cat","version":"1.0.0"}"#);
        let npmrc = format!("registry=http://ada:hunter22@{}{path}\n", server.host());
        fs::write(sandbox.home().join(".npmrc"), npmrc).expect("a writable folder");
        for format in ["json", "human"] {
            let run = sandbox.run(&["check", "--format", format]);
            let said = run.stdout + &run.stderr;
            assert!(said.contains("registry-read-only"), "{kind}: {said}");
            assert!(!said.contains("hunter22"), "{kind}: {said}");
        }
    }
}
