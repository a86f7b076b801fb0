//! `release` with the real packers and the real npm, to the embedded registry.

mod again;
mod failures;
mod gate;
#[cfg(unix)]
mod interrupts;
#[cfg(unix)]
mod kills;
mod packers;
#[cfg(target_os = "linux")]
mod people;
mod resume;
mod trusted;

use std::fs;
use std::path::PathBuf;

use safe_publish::rehearsal::AcceptedPublish;
use serde_json::{Value, json};

use crate::support::managers::{Manager, managers};
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// A repository of five packages, and a registry that accepts them.
pub(crate) struct Repository {
    pub(crate) sandbox: Sandbox,
    pub(crate) server: Server,
    /// How its manifests write the range of a sibling.
    range: &'static str,
}

/// The dependencies: `e` needs `c` and `a`, `c` needs `b`, `b` needs `a`.
pub(crate) const NEEDS: [(&str, &[&str]); 5] = [
    ("pkg-e", &["pkg-c", "pkg-a"]),
    ("pkg-c", &["pkg-b"]),
    ("pkg-b", &["pkg-a"]),
    ("pkg-a", &[]),
    ("pkg-d", &[]),
];

/// Appends its name and package to a file next to the repository. On Windows each manager has
/// a different shell, but all of them have Node.
const NOTE: &str = if cfg!(windows) {
    "node ../../note.cjs"
} else {
    "echo $npm_lifecycle_event $npm_package_name >> ../../../ran"
};
const NOTE_IN_NODE: &str = "const { npm_lifecycle_event: event, npm_package_name: name } = process.env;\n\
    require('node:fs').appendFileSync('../../../ran', `${event} ${name}\\n`);\n";

impl Repository {
    /// Packed by npm of this major version, and uploaded by it.
    pub(crate) fn npm(major: u32) -> Self {
        let repository = Self::new(major, "^1.0.0", &json!({}));
        repository.write(&json!({ "workspaces": ["packages/*"] }));
        repository
    }

    /// Packed by another manager, and uploaded by npm of this major version.
    pub(crate) fn of(manager: &str, major: u32) -> Self {
        let mut repository = Self::new(major, "workspace:^", &json!({}));
        let all = managers();
        let found = all.iter().find(|one| one.name == manager);
        repository.lay_out(found.expect("a known manager"));
        repository
    }

    /// With a registry that has more in its state.
    pub(crate) fn with_state(major: u32, more: &Value) -> Self {
        let repository = Self::new(major, "^1.0.0", more);
        repository.write(&json!({ "workspaces": ["packages/*"] }));
        repository
    }

    fn new(major: u32, range: &'static str, more: &Value) -> Self {
        let mut state = json!({
            "users": { "alice": {} },
            "tokens": { "token-of-alice": { "user": "alice", "kind": "automation" } },
        });
        let object = state.as_object_mut().expect("an object");
        object.extend(more.as_object().expect("an object").clone());
        let server = Server::start(serde_json::from_value(state).expect("a state"));
        let mut sandbox = Sandbox::new();
        let bin = sandbox.root().join("bin");
        fs::create_dir(&bin).expect("fresh");
        let npm = npm(major).path_dir;
        sandbox.set_path(&[&bin, &npm]);
        sandbox.own_temporary_folder();
        sandbox.set("YARN_ENABLE_TELEMETRY", "0");
        sandbox.set("YARN_ENABLE_GLOBAL_CACHE", "0");
        let npmrc = format!(
            "registry={}\n//{}/:_authToken=token-of-alice\n",
            server.url(),
            server.host()
        );
        fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
        Self {
            sandbox,
            server,
            range,
        }
    }

    /// The files that tell a manager its members, and its installation.
    fn lay_out(&mut self, manager: &Manager) {
        let word = manager.name.split(' ').next().expect("a word");
        manager.put_into(&self.sandbox.root().join("bin"), word);
        let packages = "packages:\n  - packages/*\n";
        let mut root = json!({ "workspaces": ["packages/*"] });
        match word {
            "pnpm" => {
                root = json!({});
                self.sandbox.write("pnpm-workspace.yaml", packages);
            }
            "yarn" => {
                let rc = format!(
                    "npmRegistryServer: \"{}\"\nunsafeHttpWhitelist: [\"127.0.0.1\"]\nnodeLinker: node-modules\n",
                    self.server.url()
                );
                self.sandbox.write(".yarnrc.yml", &rc);
                self.sandbox.write("yarn.lock", "");
            }
            _ => self.sandbox.write("bun.lock", "{\"lockfileVersion\":1}\n"),
        }
        self.write(&root);
        if word != "bun" {
            let program = self.sandbox.program(word);
            let run = Run::of(self.sandbox.command(program).arg("install"));
            assert_eq!(run.code, Some(0), "{run:?}");
        }
    }

    /// Writes the five packages, a private one, and the root.
    fn write(&self, root: &Value) {
        let mut manifest = json!({ "name": "root", "private": true, "version": "0.0.0" });
        let object = manifest.as_object_mut().expect("an object");
        object.extend(root.as_object().expect("an object").clone());
        self.sandbox.write("package.json", &manifest.to_string());
        self.sandbox.write("note.cjs", NOTE_IN_NODE);
        for (name, needs) in NEEDS {
            let needed: serde_json::Map<String, Value> = needs
                .iter()
                .map(|&name| (name.to_owned(), json!(self.range)))
                .collect();
            let manifest = json!({
                "name": name, "version": "1.0.0", "license": "MIT", "dependencies": needed,
                "scripts": {
                    "prepublishOnly": NOTE, "prepack": NOTE, "postpack": NOTE, "publish": NOTE,
                    "postpublish": NOTE,
                },
            });
            self.member(name, &manifest);
        }
        let private =
            json!({ "name": "pkg-p", "private": true, "scripts": { "prepack": "exit 9" } });
        self.member("pkg-p", &private);
    }

    /// Writes the package.json of a member.
    pub(crate) fn member(&self, name: &str, manifest: &Value) {
        let file = format!("packages/{name}/package.json");
        self.sandbox.write(&file, &manifest.to_string());
        let index = format!("packages/{name}/index.js");
        self.sandbox.write(&index, "module.exports = 1;\n");
    }

    /// Adds a script in JavaScript to a member; it runs in the member's folder.
    pub(crate) fn node_script(&self, name: &str, script: &str, text: &str) {
        let file = format!("scripts/{name}-{script}.cjs");
        self.sandbox.write(&file, text);
        self.script(name, script, &format!("node ../../{file}"));
    }

    /// Gives a member a script.
    pub(crate) fn script(&self, name: &str, script: &str, text: &str) {
        let path = self.path(&format!("packages/{name}/package.json"));
        let read = fs::read_to_string(&path).expect("written before");
        let mut manifest: Value = serde_json::from_str(&read).expect("JSON");
        manifest["scripts"][script] = json!(text);
        fs::write(path, manifest.to_string()).expect("writable");
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.sandbox.project().join(path)
    }

    /// Runs `safe-publish release`.
    pub(crate) fn release(&self, args: &[&str]) -> Run {
        let all: Vec<&str> = ["release"].iter().chain(args).copied().collect();
        self.sandbox.run(&all)
    }

    /// What arrived, in order.
    pub(crate) fn arrived(&self) -> Vec<String> {
        let arrived = self.server.arrived();
        assert_closed(&arrived);
        arrived.iter().map(|one| one.name.clone()).collect()
    }

    /// Which scripts ran, in order; the file is then emptied.
    pub(crate) fn ran(&self) -> Vec<String> {
        let file = self.sandbox.root().join("ran");
        let text = fs::read_to_string(&file).unwrap_or_default();
        let _ = fs::remove_file(file);
        text.lines().map(str::to_owned).collect()
    }

    /// No private folder is left behind.
    pub(crate) fn assert_no_leftovers(&self) {
        let folder = self.sandbox.root().join("tmp");
        let left = fs::read_dir(folder).expect("there").flatten();
        let left: Vec<String> = left
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("safe-publish"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// In every case, published packages have published dependencies, which came first; and nothing
/// came twice.
fn assert_closed(arrived: &[AcceptedPublish]) {
    for (at, one) in arrived.iter().enumerate() {
        let before = &arrived[..at];
        let needs = NEEDS.iter().find(|(name, _)| *name == one.name);
        for need in needs.map_or(&[][..], |(_, needs)| needs) {
            assert!(
                before
                    .iter()
                    .any(|it| it.name == *need && it.version == one.version),
                "{} came before {need}",
                one.name
            );
        }
        assert!(
            before
                .iter()
                .all(|it| (&it.name, &it.version) != (&one.name, &one.version)),
            "{} came twice",
            one.name
        );
    }
}

/// The state of each package in the document.
pub(crate) fn states(document: &Value) -> Vec<(String, String)> {
    let packages = document["packages"].as_array().expect("packages");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let states = packages.iter();
    states
        .map(|package| (text(&package["name"]), text(&package["state"])))
        .collect()
}
