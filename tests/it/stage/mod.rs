//! Staged publishing: the real npm 11 and 12 against the embedded registry.

mod npm_commands;
mod publish;
mod waits;
mod words;

use serde_json::{Value, json};

use crate::support::http;
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// A registry with a session, a stage-only token and a trusted publisher's token.
fn registry(more: &Value) -> Server {
    let mut state = json!({
        "users": { "alice": { "twoFactor": "auth-only", "otp": "123456" } },
        "tokens": {
            "session": { "user": "alice", "kind": "session" },
            "stage-only": { "user": "alice", "kind": "stage-only" },
            "oidc": { "user": "alice", "kind": "oidc-stage-only" },
        },
        "packages": { "cat": { "versions": { "1.0.0": {} }, "maintainers": ["alice"] } },
    });
    let object = state.as_object_mut().expect("an object");
    object.extend(more.as_object().expect("an object").clone());
    Server::start(serde_json::from_value(state).expect("a state"))
}

fn sandbox(server: &Server, major: u32, name: &str, version: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set_path(&[&npm(major).path_dir]);
    log_in(&sandbox, server, "session");
    let manifest = json!({ "name": name, "version": version, "license": "MIT" });
    sandbox.write("package.json", &manifest.to_string());
    sandbox
}

fn log_in(sandbox: &Sandbox, server: &Server, token: &str) {
    let npmrc = format!(
        "registry={}\n//{}/:_authToken={token}\n",
        server.url(),
        server.host()
    );
    std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
}

fn run_npm(sandbox: &Sandbox, args: &[&str]) -> Run {
    Run::of(sandbox.command(sandbox.npm()).args(args))
}

/// The id in npm's `+ cat@1.1.0 (staged with id …)`.
fn id_of(run: &Run) -> String {
    let id = run
        .stdout
        .split("staged with id ")
        .nth(1)
        .and_then(|rest| rest.split(')').next());
    id.unwrap_or_else(|| panic!("{run:?}")).to_owned()
}

fn status(server: &Server, version: &str) -> Value {
    let line = format!("GET /-/package/cat/version/{version}/status");
    let answer = http::send(
        &server.host(),
        &line,
        &[("authorization", "Bearer session")],
        b"",
    );
    answer.expect("an answer").json()["status"].clone()
}
