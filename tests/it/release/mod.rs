//! `release`: a whole repository, planned and sent.

mod answers;
mod check;
mod choice;
mod many;
mod plan;
mod siblings;

use serde_json::{Value, json};

use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// A registry on which alice can publish, and a repository that is logged in there.
pub(super) struct Repository {
    pub(super) server: Server,
    pub(super) sandbox: Sandbox,
}

impl Repository {
    /// An empty repository; the registry has these packages of alice.
    pub(super) fn new(out: &[(&str, &str)]) -> Self {
        let mut packages = json!({});
        for (name, version) in out {
            packages[name]["maintainers"] = json!(["alice"]);
            packages[name]["versions"][version] = json!({});
        }
        let state = json!({
            "users": { "alice": {} },
            "orgs": { "acme": { "members": { "alice": "owner" } } },
            "tokens": { "tok-alice-1": { "user": "alice" } },
            "packages": packages,
        });
        let server = Server::start(serde_json::from_value(state).expect("a state"));
        let mut sandbox = Sandbox::new();
        sandbox.npm_is("11.19.1");
        let npmrc = format!(
            "registry={}\n//{}/:_authToken=tok-alice-1\n",
            server.url(),
            server.host()
        );
        std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("our own file");
        Self { server, sandbox }
    }

    /// Writes a package.json, with a licence.
    pub(super) fn package(&self, folder: &str, manifest: &Value) {
        let mut manifest = manifest.clone();
        manifest["license"] = "MIT".into();
        let text = serde_json::to_string_pretty(&manifest).expect("a manifest");
        self.sandbox.write(&format!("{folder}/package.json"), &text);
    }

    /// Writes the private root of an npm workspace.
    pub(super) fn root(&self) {
        self.package(
            ".",
            &json!({ "name": "root", "private": true, "workspaces": ["packages/*"] }),
        );
    }

    /// The plan as JSON, and the exit code.
    pub(super) fn plan(&self, args: &[&str]) -> (Value, Option<i32>) {
        let mut all = vec!["release", "--dry-run", "--format", "json"];
        all.extend(args);
        let run = self.sandbox.run(&all);
        (run.json(), run.code)
    }

    pub(super) fn run(&self, args: &[&str]) -> Run {
        self.sandbox.run(args)
    }
}

/// The state of each package by name.
pub(super) fn states(release: &Value) -> Vec<(String, String)> {
    let packages = release["packages"].as_array().expect("packages");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let each = packages.iter();
    each.map(|package| (text(&package["name"]), text(&package["state"])))
        .collect()
}
