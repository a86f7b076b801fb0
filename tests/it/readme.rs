//! The user pages agree with the code.

use std::fs;
use std::path::Path;

#[test]
fn the_settings_page_names_every_kind_of_registry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/settings.md")).expect("there is a page");
    for kind in safe_publish::registry::kind::RegistryKind::ALL {
        assert!(page.contains(kind.name()), "{kind}");
    }
}

#[test]
fn the_readme_names_the_test_command_of_ci() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("there is a README");
    let ci = fs::read_to_string(root.join(".ci/run")).expect("there is a CI script");
    assert!(
        readme.contains("```sh\ncargo test --locked\n```")
            && ci.contains("\ncargo test --locked\n")
    );
}

/// The number is the oracle suite's own.
#[test]
fn the_readme_counts_the_scenarios() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).expect("there is a README");
    let (head, tail) = readme
        .split_once(" scenarios")
        .expect("a number of scenarios");
    let head = head.trim_end_matches(|c: char| c.is_ascii_digit());
    let count = crate::scenario::scenarios().len();
    let wanted = format!("{head}{count} scenarios{tail}");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, wanted).expect("writable");
        return;
    }
    assert!(
        readme == wanted,
        "README.md is stale; run: UPDATE=1 cargo test --locked --test it readme"
    );
}

/// The run at the top is a real one, except for the registry's URL and machine-dependent
/// values.
#[test]
fn the_run_in_the_readme_is_a_real_one() {
    use crate::support::registry::Server;
    use crate::support::sandbox::Sandbox;

    let state = serde_json::json!({
        "users": { "alice": {} },
        "tokens": { "token-of-alice": { "user": "alice" } },
        "packages": { "cat-utils": {
            "versions": { "1.0.9": {} },
            "maintainers": ["alice"],
            "unpublishedVersions": { "1.1.0": "20 days ago" },
        }},
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    sandbox.npm_is("11.19.1");
    let manifest = "{\n  \"name\": \"cat-utils\",\n  \"version\": \"1.1.0\"\n}\n";
    sandbox.write("package.json", manifest);
    sandbox.write(
        "safe-publish.json",
        r#"{"checks":{"license-missing":"off"}}"#,
    );
    let npmrc = format!(
        "registry={}\n//{}/:_authToken=token-of-alice\n",
        server.url(),
        server.host()
    );
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    let run = sandbox.run(&["check"]);
    let shown = run.stdout.replace(&format!("to {}, ", server.url()), "");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("there is a README");
    let (_, example) = readme.split_once("$ safe-publish\n").expect("a run");
    let (example, _) = example.split_once("```").expect("an end");
    assert_eq!(without_measures(example), without_measures(&shown));
}

/// Lines without what differs between machines: dates, sizes, counts and times.
fn without_measures(text: &str) -> Vec<String> {
    let is_measured = |word: &&str| word.chars().any(|c| c.is_ascii_digit() || c == '(');
    let digits = |line: &str| line.replace(|c: char| c.is_ascii_digit(), "0");
    let lines = text.lines().map(|line| {
        if line.contains("blocked:") || line.contains("file") && line.contains("tag ") {
            let words = line.split_whitespace().filter(|word| !is_measured(word));
            words
                .collect::<Vec<_>>()
                .join(" ")
                .replace("files", "file")
                .replace(" kB)", "")
                .replace(" B)", "")
        } else if line.contains("unpublished") || line.contains("published on") {
            digits(line)
        } else {
            line.to_owned()
        }
    });
    lines.collect()
}

/// Links between the pages lead somewhere.
#[test]
fn every_link_to_a_page_leads_to_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = fs::read_dir(root.join("docs")).expect("there are pages");
    let mut files: Vec<_> = pages.flatten().map(|entry| entry.path()).collect();
    files.push(root.join("README.md"));
    for file in files {
        let text = fs::read_to_string(&file).expect("a page is text");
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path = file.parent().expect("in a folder").join(target);
            assert!(path.exists(), "{}: {target}", file.display());
        }
    }
}

/// Every `safe-publish` line of a shell block is a command line that parses.
#[test]
fn every_command_in_the_pages_is_one() {
    use safe_publish::cli::{Invocation, Stop};

    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = fs::read_dir(root.join("docs")).expect("there are pages");
    let mut files: Vec<_> = pages.flatten().map(|entry| entry.path()).collect();
    files.push(root.join("README.md"));
    let mut seen = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a page is text");
        for line in text.lines() {
            let line = line.trim_start_matches("- run: ").trim();
            let line = line.strip_prefix("$ ").unwrap_or(line);
            let Some(args) = line.strip_prefix("safe-publish ") else {
                continue;
            };
            let args = args.split(['#', '>', '|', '&']).next().unwrap_or_default();
            let args = args.split_whitespace().map(std::ffi::OsString::from);
            let parsed = Invocation::parse(args);
            let is_one = parsed.is_ok() || matches!(parsed, Err(Stop::Print(_)));
            assert!(is_one, "{}: {line}: {parsed:?}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 3, "{seen}");
}
