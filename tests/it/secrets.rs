//! A token planted in any slot shows in no byte of any output.

use std::fs;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// Where a secret can hide.
#[derive(Clone, Copy, Debug)]
enum Slot {
    TokenInTheUsersFile,
    TokenInTheProjectsFile,
    BasicAuth,
    Password,
    UnscopedToken,
    OneTimePassword,
    OneTimePasswordInTheFile,
    Variable,
    VariableInTheFile,
    Argument,
    KeyedArgument,
    KeyedVariable,
    RegistryUrl,
    RegistryArgument,
    Proxy,
    PublishConfig,
    MalformedToken,
    ServersError,
    ServersWhoami,
}

const SLOTS: [Slot; 19] = [
    Slot::TokenInTheUsersFile,
    Slot::TokenInTheProjectsFile,
    Slot::BasicAuth,
    Slot::Password,
    Slot::UnscopedToken,
    Slot::OneTimePassword,
    Slot::OneTimePasswordInTheFile,
    Slot::Variable,
    Slot::VariableInTheFile,
    Slot::Argument,
    Slot::KeyedArgument,
    Slot::KeyedVariable,
    Slot::RegistryUrl,
    Slot::RegistryArgument,
    Slot::Proxy,
    Slot::PublishConfig,
    Slot::MalformedToken,
    Slot::ServersError,
    Slot::ServersWhoami,
];

/// Everything that must not show: the secret and what it is encoded to.
fn forms(secret: &str) -> Vec<String> {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    vec![
        secret.to_owned(),
        encode(secret),
        encode(&format!("alice:{secret}")),
    ]
}

fn plant(slot: Slot, secret: &str) -> Vec<Run> {
    let faults = match slot {
        // A server that sends the credential back in its refusal.
        Slot::ServersError => {
            json!([{ "path": "collaborators", "with": { "status": { "status": 403, "body": { "error": format!("bad token {secret}") } } } }])
        }
        Slot::ServersWhoami => {
            json!([{ "path": "whoami", "with": { "status": { "status": 200, "body": { "username": secret } } } }])
        }
        _ => json!([]),
    };
    let state = json!({
        "users": { "alice": {} },
        "packages": { "cat": { "versions": { "1.0.0": {} }, "maintainers": ["bob"] } },
        "faults": faults,
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let host = server.host();
    let mut sandbox = Sandbox::new();
    let mut home = format!("registry={}\n", server.url());
    let mut project = String::new();
    let mut arguments: Vec<String> = Vec::new();
    let mut manifest = json!({ "name": "cat", "version": "1.0.0" });
    let encoded = forms(secret);
    match slot {
        Slot::TokenInTheUsersFile | Slot::ServersError | Slot::ServersWhoami => {
            home += &format!("//{host}/:_authToken={secret}\n");
        }
        Slot::TokenInTheProjectsFile => project += &format!("//{host}/:_authToken={secret}\n"),
        Slot::BasicAuth => home += &format!("//{host}/:_auth={}\n", encoded[2]),
        Slot::Password => {
            home += &format!(
                "//{host}/:username=alice\n//{host}/:_password={}\n",
                encoded[1]
            );
        }
        Slot::UnscopedToken => home += &format!("_authToken={secret}\n"),
        Slot::OneTimePassword => arguments.push(format!("--otp={secret}")),
        Slot::OneTimePasswordInTheFile => home += &format!("otp={secret}\n"),
        Slot::Variable => sandbox.set("NPM_TOKEN", secret),
        Slot::VariableInTheFile => {
            sandbox.set("MY_SECRET_TOKEN", secret);
            home += &format!("//{host}/:_authToken=${{MY_SECRET_TOKEN}}\n");
        }
        Slot::Argument => arguments.push(format!("--_authToken={secret}")),
        Slot::KeyedArgument => arguments.push(format!("--//{host}/:_authToken={secret}")),
        Slot::KeyedVariable => sandbox.set(&format!("npm_config_//{host}/:_authToken"), secret),
        Slot::RegistryUrl => home = format!("registry=http://alice:{secret}@{host}/\n"),
        Slot::RegistryArgument => {
            arguments.push(format!("--registry=http://alice:{secret}@{host}/"));
        }
        Slot::Proxy => {
            home +=
                &format!("//{host}/:_authToken=x\nproxy=socks5://alice:{secret}@127.0.0.1:9/\n");
        }
        Slot::PublishConfig => {
            manifest["publishConfig"] = json!({ (format!("//{host}/:_authToken")): secret });
        }
        Slot::MalformedToken => home += &format!("//{host}/:_authToken='\"{secret} {secret}\"'\n"),
    }
    fs::write(sandbox.home().join(".npmrc"), home).expect("writable");
    if !project.is_empty() {
        sandbox.write(".npmrc", &project);
    }
    sandbox.write("package.json", &manifest.to_string());
    let shown: &[&[&str]] = &[
        &["check"],
        &["check", "--format", "json", "--verbose"],
        &["verify", "cat@1.0.0", "--timeout", "0.2"],
        &["config"],
        &["config", "--format", "json"],
        &[],
    ];
    shown
        .iter()
        .map(|command| {
            let mut line: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
            line.extend(arguments.iter().cloned());
            sandbox.run(&line)
        })
        .collect()
}

#[test]
fn a_planted_secret_shows_in_no_output() {
    // Shapes of no service, so that only knowledge of the slot can hide them.
    let secrets = "[a-z][A-Za-z0-9]{11,30}";
    for slot in SLOTS {
        let mut runner = TestRunner::new_with_rng(
            Config {
                cases: 2,
                failure_persistence: None,
                ..Config::default()
            },
            proptest::test_runner::TestRng::deterministic_rng(
                proptest::test_runner::RngAlgorithm::ChaCha,
            ),
        );
        runner
            .run(&secrets, |secret| {
                for run in plant(slot, &secret) {
                    for form in forms(&secret) {
                        prop_assert!(
                            !run.stdout.contains(&form),
                            "{slot:?} on standard output:\n{}",
                            run.stdout
                        );
                        prop_assert!(
                            !run.stderr.contains(&form),
                            "{slot:?} on standard error:\n{}",
                            run.stderr
                        );
                    }
                }
                Ok(())
            })
            .unwrap_or_else(|error| panic!("{slot:?}: {error}"));
    }
}
