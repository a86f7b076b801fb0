//! Secrets in every slot at once, and the commands that start the real npm: rehearsals,
//! releases, staging, a publish that is annotated and one that is refused. What they print
//! and what they leave on the disk holds none of them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::secrets::forms;
use crate::secrets_together::{SLOTS, TOKEN, holds_none, plant, run};
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::Sandbox;

/// In all slots, with a registry that takes `cat` and refuses `dog`, and says in its
/// refusal what it was sent.
fn planted() -> (Server, Sandbox) {
    let body = json!({ "error": format!("no rights for {TOKEN} {}", forms(TOKEN)[2]) });
    let refusal = json!({ "status": { "status": 403, "body": body } });
    let state = json!({
        "users": { "alice": {} },
        "tokens": { TOKEN: { "user": "alice", "kind": "session" } },
        "packages": { "fish": { "versions": { "1.0.0": {} }, "maintainers": ["alice"] } },
        "faults": [{ "method": "PUT", "path": "/dog", "with": refusal }],
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    sandbox.set_path(&[&npm(11).path_dir]);
    sandbox.own_temporary_folder();
    plant(&server, &mut sandbox);
    let root = json!({ "name": "root", "private": true, "workspaces": ["packages/*"] });
    sandbox.write("package.json", &root.to_string());
    for (name, version) in [("cat", "1.0.0"), ("dog", "1.0.0"), ("fish", "1.1.0")] {
        write_package(&sandbox, name, version);
    }
    (server, sandbox)
}

fn write_package(sandbox: &Sandbox, name: &str, version: &str) {
    let key = "//elsewhere.example/:_authToken";
    let manifest = json!({
        "name": name, "version": version, "license": "MIT",
        "description": format!("knows {} and {TOKEN}", SLOTS[4]),
        "publishConfig": { key: SLOTS[7] },
    });
    let folder = format!("packages/{name}");
    sandbox.write(&format!("{folder}/package.json"), &manifest.to_string());
    sandbox.write(&format!("{folder}/index.js"), "");
}

/// Every file at or below a path.
fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else {
        let is_file = path.is_file();
        return is_file.then(|| path.to_owned()).into_iter().collect();
    };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.flat_map(|path| files(&path)).collect()
}

fn expect_no_secret_in_files(places: &[PathBuf]) {
    for path in places.iter().flat_map(|place| files(place)) {
        let text = String::from_utf8_lossy(&fs::read(&path).expect("readable")).into_owned();
        holds_none(&path.display().to_string(), &text);
    }
}

#[test]
fn no_planted_secret_is_printed_or_kept_by_a_rehearsal() {
    let (_server, sandbox) = planted();
    for args in [
        &["rehearse", "--release", "--format=json"][..],
        &["rehearse", "-w", "cat", "--verbose"],
        &["rehearse", "-w", "fish", "--format=json"],
    ] {
        let rehearsed = run(&sandbox, args);
        assert_eq!(rehearsed.code, Some(0), "{rehearsed:?}");
    }
    expect_no_secret_in_files(&[sandbox.home().join(".local"), sandbox.root().join("tmp")]);
}

/// What we print beside npm, which prints the registry's refusal itself.
fn without_npms_own(text: &str) -> String {
    let ours = text.lines().filter(|line| !line.starts_with("npm error "));
    ours.collect::<Vec<_>>().join("\n")
}

/// With a token that has no registry in its key, npm starts no publish; a rehearsal removes it
/// itself.
fn remove_what_npm_refuses(sandbox: &Sandbox) {
    let path = sandbox.home().join(".npmrc");
    let npmrc = fs::read_to_string(&path).expect("it is planted");
    let lines = npmrc.lines().filter(|line| !line.starts_with("_authToken"));
    let kept: Vec<&str> = lines.collect();
    fs::write(path, kept.join("\n") + "\n").expect("writable");
}

#[test]
fn no_planted_secret_is_printed_or_kept_by_what_publishes() {
    let (server, mut sandbox) = planted();
    remove_what_npm_refuses(&sandbox);
    let summary = sandbox.root().join("summary");
    fs::write(&summary, "").expect("writable");
    sandbox.set("GITHUB_STEP_SUMMARY", &summary.display().to_string());
    let _ = run(&sandbox, &["release", "--dry-run", "--verbose"]);
    // `dog` is refused; the journal keeps what was done.
    let released = run(&sandbox, &["release", "--format=json"]);
    assert_eq!(released.code, Some(104), "{released:?}");
    let resumed = run(&sandbox, &["release"]);
    assert_eq!(resumed.code, Some(104), "{resumed:?}");
    for format in ["github", "gitlab", "json", "human"] {
        let format = format!("--format={format}");
        let refused = sandbox.run(&[&format, "--verbose", "-w", "dog"]);
        assert_ne!(refused.code, Some(0), "{refused:?}");
        assert!(refused.stderr.contains("npm said: E403"), "{refused:?}");
        holds_none(&format, &refused.stdout);
        holds_none(&format, &without_npms_own(&refused.stderr));
    }
    let staging = ["stage", "publish", "-w", "fish", "--format=json"];
    let _ = run(&sandbox, &["stage", "publish", "-w", "fish", "--verbose"]);
    write_package(&sandbox, "fish", "1.2.0");
    let staged = run(&sandbox, &staging);
    assert_eq!(staged.json()["packages"][0]["staged"], true, "{staged:?}");
    assert!(!server.arrived().is_empty());
    let written = fs::read_to_string(&summary).expect("readable");
    assert!(!written.is_empty(), "no summary");
    let kept = sandbox.home().join(".local");
    assert!(!files(&kept).is_empty(), "no journal");
    expect_no_secret_in_files(&[kept, sandbox.root().join("tmp"), summary]);
}

/// A script that keeps what every user of the machine can read of all processes.
#[cfg(target_os = "linux")]
const PROCESS_LIST: &str = "const fs = require('fs');
const read = id => { try { return fs.readFileSync(`/proc/${id}/cmdline`, 'utf8'); } catch { return ''; } };
const processes = fs.readdirSync('/proc').filter(id => /^[0-9]+$/.test(id)).map(read);
const { YARN_NPM_REGISTRY_SERVER: url, YARN_NPM_AUTH_TOKEN: token } = process.env;
fs.writeFileSync(process.argv[2], JSON.stringify({ processes, url, token }));
";

#[cfg(target_os = "linux")]
#[test]
fn no_secret_of_a_rehearsal_is_in_the_process_list() {
    for (more, publisher) in [(&["--release"][..], "release"), (&[], "npm")] {
        let (_server, sandbox) = crate::rehearsal::logged_in();
        let list = sandbox.root().join("list.json");
        let script = sandbox.root().join("list.cjs");
        fs::write(&script, PROCESS_LIST).expect("writable");
        let prepack = format!("node {} {}", script.display(), list.display());
        let manifest = json!({
            "name": "cat", "version": "1.0.0", "license": "MIT", "scripts": { "prepack": prepack }
        });
        sandbox.write("package.json", &manifest.to_string());
        sandbox.write("index.js", "");
        let run = sandbox.run(&[&["rehearse"], more].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        let list = fs::read_to_string(&list).expect("the script wrote it");
        let list: serde_json::Value = serde_json::from_str(&list).expect("valid");
        let text = |name: &str| list[name].as_str().expect("a text").to_owned();
        let key = text("url")
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .map(str::to_owned);
        let processes = list["processes"].as_array().expect("a list");
        let shown: Vec<&str> = processes
            .iter()
            .filter_map(|process| process.as_str())
            .collect();
        let publishes = |process: &&str| process.contains(publisher);
        assert!(shown.iter().any(publishes), "{shown:?}");
        for secret in [key.expect("the URL has a key"), text("token")] {
            assert!(secret.len() > 10, "{secret}");
            let holds = |process: &&&str| process.contains(&secret);
            assert_eq!(shown.iter().find(holds), None, "{more:?}");
        }
    }
}
