//! Releases that run at the same time, or whose reads lag.

use std::fs;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::{NEEDS, Repository};
use crate::support::bounded::wait_until;
use crate::support::git::has_mode;

impl Repository {
    /// Starts a release, without waiting for it.
    pub(super) fn start(&self, args: &[&str]) -> Child {
        let mut command: Command = self.sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
        command
            .arg("release")
            .args(args)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().expect("the program starts")
    }

    /// How many uploads of a package reached the registry.
    pub(super) fn puts(&self, name: &str) -> usize {
        let requests = self.server.requests();
        let path = format!("/{name}");
        let puts = requests
            .iter()
            .filter(|request| request.method == "PUT" && request.target == path);
        puts.count()
    }

    #[cfg(unix)]
    pub(super) fn all_puts(&self) -> usize {
        NEEDS.iter().map(|(name, _)| self.puts(name)).sum()
    }

    /// The journal, which nobody else may read.
    fn journal(&self) -> String {
        let folder = self
            .sandbox
            .home()
            .join(".local/state/safe-publish/releases");
        let mut files = fs::read_dir(folder).expect("a journal").flatten();
        let file = files.find(|file| file.path().extension().is_some_and(|it| it == "json"));
        let path = file.expect("a journal").path();
        assert!(has_mode(&path, 0o600));
        fs::read_to_string(path).expect("text")
    }
}

#[test]
fn two_releases_at_once_are_one() {
    let repository = Repository::npm(11);
    let wait = "const fs = require('node:fs');\n\
        fs.writeFileSync('../../../begun', '');\n\
        const again = () => { if (!fs.existsSync('../../../go')) setTimeout(again, 50); };\n\
        again();\n";
    repository.node_script("pkg-a", "prepublishOnly", wait);
    let beside = |name: &str| repository.sandbox.root().join(name);
    let mut first = repository.start(&[]);
    wait_until("the script", || beside("begun").exists());
    let second = repository.release(&[]);
    assert_eq!(second.code, Some(102), "{second:?}");
    assert!(
        second.stderr.contains("another release of this repository"),
        "{second:?}"
    );
    // A plan changes nothing.
    let plan = repository.release(&["--dry-run"]);
    assert_eq!(plan.code, Some(0), "{plan:?}");
    fs::write(beside("go"), "").expect("writable");
    assert_eq!(first.wait().expect("ours").code(), Some(0));
    assert_eq!(repository.arrived().len(), NEEDS.len());
}

#[test]
fn what_was_sent_is_not_sent_again_although_the_registry_does_not_show_it() {
    let repository = Repository::with_state(
        11,
        &json!({ "faults": [
            { "method": "PUT", "path": "/pkg-b", "times": 1, "with": { "status": { "status": 403 } } },
            // Every read sees the previous state.
            { "method": "GET", "path": "/pkg-a", "with": { "status": { "status": 404 } } },
        ]}),
    );
    let first = repository.release(&["--no-verify"]);
    assert_eq!(first.code, Some(104), "{first:?}");
    let text = repository.journal();
    assert!(
        text.contains("accepted") && !text.contains("token-of-alice"),
        "{text}"
    );
    repository.script("pkg-c", "x", "");
    let second = repository.release(&["--no-verify", "--format", "json"]);
    assert_eq!(second.code, Some(0), "{second:?}");
    let document = second.json();
    let packages = document["packages"].as_array().expect("packages");
    let a = packages
        .iter()
        .find(|one| one["name"] == "pkg-a")
        .expect("a");
    assert_eq!(a["state"], "out", "{a:#}");
    assert!(
        a["reason"]
            .as_str()
            .is_some_and(|why| why.contains("earlier run")),
        "{a:#}"
    );
    assert_eq!(repository.puts("pkg-a"), 1);
    assert_eq!(repository.arrived().len(), NEEDS.len());
    // pkg-c waited, and has changed since.
    assert!(
        second.stderr.contains("packed again with other bytes"),
        "{second:?}"
    );
    assert!(second.stderr.contains("pkg-c@1.0.0"), "{second:?}");
}
