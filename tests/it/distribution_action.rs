//! The GitHub Action and GitLab's component: their steps, run in a shell as the runner does.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use saphyr::{LoadableYamlNode as _, Yaml};
use serde_json::json;

use crate::distribution::{PROGRAM, repository, text, this_target};
use crate::distribution_install::release;
use crate::support::managers::clean_command;
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::Run;

/// A runner's folders and files, and a project in its workspace.
struct Runner {
    folder: tempfile::TempDir,
    server: Server,
    inputs: BTreeMap<String, String>,
    outputs: BTreeMap<String, String>,
}

impl Runner {
    fn new() -> Self {
        let state = json!({
            "users": { "alice": {} },
            "tokens": { "token-of-alice": { "user": "alice", "kind": "session" } },
            "packages": { "cat": { "versions": { "1.0.0": {} }, "maintainers": ["alice"] } },
        });
        let server = Server::start(serde_json::from_value(state).expect("a state"));
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["home", "temp", "work/package"] {
            fs::create_dir_all(folder.path().join(name)).expect("fresh");
        }
        let npmrc = format!(
            "registry={}\n//{}/:_authToken=token-of-alice\n",
            server.url(),
            server.host()
        );
        fs::write(folder.path().join("home/.npmrc"), npmrc).expect("writable");
        let runner = Self {
            folder,
            server,
            inputs: BTreeMap::new(),
            outputs: BTreeMap::new(),
        };
        runner.package("1.1.0");
        runner
    }

    fn package(&self, version: &str) {
        let manifest = json!({ "name": "cat", "version": version, "license": "MIT" });
        let path = self.folder.path().join("work/package/package.json");
        fs::write(path, manifest.to_string()).expect("writable");
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// A value with the runner's substitutions.
    fn filled(&self, value: &str) -> String {
        let Some(expression) = value
            .strip_prefix("${{ ")
            .and_then(|rest| rest.strip_suffix(" }}"))
        else {
            assert!(!value.contains("${{"), "{value}");
            return value.to_owned();
        };
        if let Some(input) = expression.strip_prefix("inputs.") {
            return self.inputs[input].clone();
        }
        if expression == "github.token" {
            return "token-of-the-run".to_owned();
        }
        let (step, output) = expression
            .strip_prefix("steps.")
            .and_then(|rest| rest.split_once(".outputs."))
            .unwrap_or_else(|| panic!("{expression}"));
        self.outputs[&format!("{step}.{output}")].clone()
    }

    /// Runs the steps of action.yml until one fails; returns the result of each step.
    fn run(&mut self, inputs: &[(&str, &str)]) -> Vec<Run> {
        let text = fs::read_to_string(repository().join("action.yml")).expect("the action");
        let action = Yaml::load_from_str(&text).expect("YAML").remove(0);
        self.inputs = defaults(&action);
        for (name, value) in inputs {
            assert!(self.inputs.contains_key(*name), "{name} is not an input");
            self.inputs.insert((*name).to_owned(), (*value).to_owned());
        }
        assert_eq!(scalar(at(&action, &["runs", "using"])), "composite");
        let mut runs = Vec::new();
        for step in at(&action, &["runs", "steps"])
            .as_sequence()
            .expect("steps")
        {
            let run = self.step(step);
            let failed = run.code != Some(0);
            runs.push(run);
            if failed {
                break;
            }
        }
        runs
    }

    fn step(&mut self, step: &Yaml<'_>) -> Run {
        // This is what `shell: bash` means.
        assert_eq!(scalar(at(step, &["shell"])), "bash");
        let body = scalar(at(step, &["run"]));
        assert!(
            !body.contains("${{"),
            "an input in a script is an injection: {body}"
        );
        let npm = npm(11);
        let work = self.folder.path().join("work");
        let home = self.folder.path().join("home");
        let mut command = clean_command(Path::new("/bin/bash"), &npm.path_dir, &work, &home);
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &body]);
        for name in [
            "GITHUB_OUTPUT",
            "GITHUB_ENV",
            "GITHUB_PATH",
            "GITHUB_STEP_SUMMARY",
        ] {
            let path = self.folder.path().join(name);
            fs::write(&path, self.file(name)).expect("writable");
            command.env(name, path);
        }
        let downloads = self.folder.path().join("downloads");
        command
            .env(
                "SAFE_PUBLISH_DOWNLOAD",
                format!("file://{}", downloads.display()),
            )
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_ACTION_PATH", repository())
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_TEMP", self.folder.path().join("temp"));
        for (name, value) in entries(at(step, &["env"])) {
            command.env(name, self.filled(&value));
        }
        fs::write(self.folder.path().join("GITHUB_OUTPUT"), "").expect("writable");
        let run = Run::of(&mut command);
        let id = scalar(at(step, &["id"]));
        for line in self.file("GITHUB_OUTPUT").lines() {
            let (name, value) = line.split_once('=').expect("name=value");
            self.outputs
                .insert(format!("{id}.{name}"), value.to_owned());
        }
        run
    }
}

fn at<'a, 'b>(node: &'a Yaml<'b>, path: &[&str]) -> &'a Yaml<'b> {
    path.iter().fold(node, |node, key| {
        node.as_mapping_get(key)
            .unwrap_or_else(|| panic!("{path:?}: {key} is missing"))
    })
}

fn scalar(node: &Yaml<'_>) -> String {
    node.as_str()
        .unwrap_or_else(|| panic!("no text: {node:?}"))
        .to_owned()
}

fn entries(node: &Yaml<'_>) -> Vec<(String, String)> {
    let mapping = node.as_mapping().expect("a mapping");
    mapping
        .iter()
        .map(|(key, value)| (scalar(key), scalar(value)))
        .collect()
}

fn defaults(action: &Yaml<'_>) -> BTreeMap<String, String> {
    let inputs = at(action, &["inputs"]).as_mapping().expect("a mapping");
    inputs
        .iter()
        .map(|(name, input)| (scalar(name), scalar(at(input, &["default"]))))
        .collect()
}

#[test]
fn the_action_installs_a_verified_binary_and_checks() {
    let mut runner = Runner::new();
    release(runner.folder.path(), &[text(&this_target(), "target")]);
    let inputs = [
        ("working-directory", "package"),
        ("args", "--tag next --allow git-dirty"),
    ];
    let runs = runner.run(&inputs);
    assert_eq!(runs.len(), 2, "{runs:?}");
    assert!(runs[0].stdout.contains("SHA-256 verified"), "{runs:?}");
    assert_eq!(runs[1].code, Some(0), "{runs:?}");
    assert_eq!(runner.outputs["run.exit-code"], "0");
    assert!(runner.outputs["install.path"].ends_with("/bin/safe-publish"));
    assert!(runner.file("GITHUB_PATH").trim_end().ends_with("/bin"));
    assert!(
        runner.file("GITHUB_STEP_SUMMARY").contains("cat"),
        "{runs:?}"
    );
    assert!(runner.server.arrived().is_empty());

    // A version that is already published: an annotation, the exit code, and a failed step.
    runner.package("1.0.0");
    let runs = runner.run(&[("working-directory", "package")]);
    let last = runs.last().expect("two steps");
    assert_eq!(last.code, Some(100), "{runs:?}");
    assert!(last.stdout.contains("::error"), "{runs:?}");
    assert!(last.stdout.contains("version-taken"), "{runs:?}");
    assert_eq!(runner.outputs["run.exit-code"], "100");
    // The second time nothing was downloaded.
    assert!(!runs[0].stdout.contains("fetching"), "{runs:?}");
}

#[test]
fn what_is_wrong_with_an_input_is_said_and_nothing_of_it_reaches_a_shell() {
    let mut runner = Runner::new();
    release(runner.folder.path(), &[text(&this_target(), "target")]);
    for (name, value, said) in [
        ("version", "1.0.0; touch OOPS", "the input version"),
        ("version", "../1.0.0", "the input version"),
        ("command", "check; touch OOPS", "the input command"),
        ("strict", "yes", "the input strict"),
        (
            "working-directory",
            "nowhere",
            "the input working-directory",
        ),
    ] {
        let runs = runner.run(&[(name, value)]);
        let last = runs.last().expect("a step");
        assert_eq!(last.code, Some(1), "{name}={value}: {runs:?}");
        assert!(
            last.stdout.contains("::error title=safe-publish::"),
            "{runs:?}"
        );
        assert!(last.stdout.contains(said), "{name}={value}: {runs:?}");
    }
    // Words, not a script: npm would get this unchanged.
    let args = "--tag $(touch${IFS}OOPS) ; `touch OOPS` *";
    let _ = runner.run(&[("working-directory", "package"), ("args", args)]);
    let files = crate::rehearsal::files_below(runner.folder.path());
    assert!(!files.iter().any(|file| file.contains("OOPS")), "{files:?}");
}

/// GitLab's component with its inputs filled in, as GitLab does.
fn component(inputs: &[(&str, &str)]) -> Vec<String> {
    let text = fs::read_to_string(repository().join("templates/safe-publish.yml")).expect("there");
    let (spec, jobs) = text.split_once("\n---\n").expect("two documents");
    let spec = Yaml::load_from_str(spec).expect("YAML").remove(0);
    let mut filled = jobs.to_owned();
    for (name, input) in at(&spec, &["spec", "inputs"]).as_mapping().expect("inputs") {
        let name = scalar(name);
        let default = input.as_mapping_get("default");
        let default = default.map(|value| value.as_str().map_or("false".to_owned(), str::to_owned));
        let given = inputs.iter().find(|(known, _)| *known == name);
        let value = given.map(|(_, value)| (*value).to_owned()).or(default);
        let value = value.unwrap_or_else(|| panic!("{name} has no default"));
        filled = filled.replace(&format!("$[[ inputs.{name} ]]"), &value);
    }
    assert!(!filled.contains("$[["), "{filled}");
    let jobs = Yaml::load_from_str(&filled).expect("YAML").remove(0);
    let job = at(&jobs, &["safe-publish"]);
    let variables = entries(at(job, &["variables"]));
    let script = at(job, &["script"]).as_sequence().expect("lines");
    let variables = variables
        .into_iter()
        .map(|(name, value)| format!("{name}='{value}'"));
    variables.chain(script.iter().map(scalar)).collect()
}

/// Runs the component's job in a shell, with this build's program instead of the installed one:
/// the package manager tests install the package.
fn run_component(runner: &Runner, inputs: &[(&str, &str)]) -> Run {
    let tools = runner.folder.path().join("tools");
    let script: Vec<String> = component(inputs)
        .iter()
        .map(|line| {
            let installs = line.starts_with("npm install");
            assert!(!installs || line.contains("\"@safe-publish/cli@$SAFE_PUBLISH_VERSION\""));
            let line = if installs { ":" } else { line };
            line.replace(
                "/tmp/safe-publish/node_modules/.bin",
                &tools.display().to_string(),
            )
        })
        .collect();
    let _ = fs::create_dir(&tools);
    let _ = std::os::unix::fs::symlink(PROGRAM, tools.join("safe-publish"));
    let work = runner.folder.path().join("work");
    let home = runner.folder.path().join("home");
    let shell = Path::new("/bin/sh");
    let mut command = clean_command(shell, &npm(11).path_dir, &work, &home);
    command
        .args(["-e", "-c", &script.join("\n")])
        .env("CI_PROJECT_DIR", &work);
    Run::of(&mut command)
}

#[test]
fn gitlabs_component_writes_a_code_quality_report() {
    let runner = Runner::new();
    let inputs = [
        ("version", "0.1.0"),
        ("working-directory", "package"),
        ("strict", "true"),
    ];
    let run = run_component(
        &runner,
        &[&inputs[..2], &[("args", "--allow git-dirty")]].concat(),
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    runner.package("1.0.0");
    let run = run_component(&runner, &inputs);
    assert_eq!(run.code, Some(100), "{run:?}");
    let report = runner.file("work/gl-safe-publish.json");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report[0]["check_name"], "version-taken", "{report}");
}

#[test]
fn nothing_of_an_input_of_gitlabs_component_reaches_a_shell() {
    let runner = Runner::new();
    let args = "--tag $(touch${IFS}OOPS) ; `touch OOPS` *";
    for (name, value) in [
        ("args", args),
        ("strict", "true; touch OOPS"),
        ("working-directory", "$(touch OOPS)"),
    ] {
        let inputs = [("version", "0.1.0"), (name, value)];
        let _ = run_component(&runner, &inputs);
        let files = crate::rehearsal::files_below(runner.folder.path());
        assert!(!files.iter().any(|file| file.contains("OOPS")), "{name}");
    }
    let inputs = [("version", "0.1.0"), ("working-directory", "nowhere")];
    assert_ne!(run_component(&runner, &inputs).code, Some(0));
}
