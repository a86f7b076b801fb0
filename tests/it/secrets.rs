//! A token planted in any place appears in no byte of any output.

use std::fs;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// Where a secret can be.
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
    KeyWithoutEquals,
    DefaultOfVariable,
    ProxyWithoutScheme,
    ProxyVariable,
    SectionedToken,
    RedirectsLocation,
    RefusalAsSent,
    Passphrase,
}

const SLOTS: [Slot; 27] = [
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
    Slot::KeyWithoutEquals,
    Slot::DefaultOfVariable,
    Slot::ProxyWithoutScheme,
    Slot::ProxyVariable,
    Slot::SectionedToken,
    Slot::RedirectsLocation,
    Slot::RefusalAsSent,
    Slot::Passphrase,
];

/// Everything that must not appear: the secret and its encodings.
pub(crate) fn forms(secret: &str) -> Vec<String> {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let pair = encode(&format!("alice:{secret}"));
    let json = Value::from(secret).to_string();
    vec![
        secret.to_owned(),
        encode(secret).trim_end_matches('=').to_owned(),
        encode(secret),
        pair.trim_end_matches('=').to_owned(),
        pair,
        percent_encoded(secret),
        json[1..json.len() - 1].to_owned(),
        secret.replace('&', "&amp;"),
    ]
}

fn percent_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// What the server does wrong to expose the secret.
fn faults(slot: Slot, secret: &str) -> Value {
    match slot {
        // A server that returns the credential in its refusal.
        Slot::ServersError => {
            json!([{ "path": "collaborators", "with": { "status": { "status": 403, "body": { "error": format!("bad token {secret}") } } } }])
        }
        Slot::ServersWhoami => {
            json!([{ "path": "whoami", "with": { "status": { "status": 200, "body": { "username": secret } } } }])
        }
        // So long that the quotation ends within the secret.
        Slot::RedirectsLocation => {
            json!([{ "path": "/cat", "with": { "redirect": format!("https://elsewhere.example/{}?t={secret}", "x".repeat(30)) } }])
        }
        Slot::RefusalAsSent => {
            let sent = &forms(secret)[2];
            json!([{ "path": "collaborators", "with": { "status": { "status": 403, "body": { "error": format!("{} Basic {sent}", "x ".repeat(40)) } } } }])
        }
        // Whatever the slot, the server knows the secret in every form.
        _ => {
            let error = forms(secret).join(" and ");
            json!([{ "path": "collaborators", "with": { "status": { "status": 403, "body": { "error": error } } } }])
        }
    }
}

/// The files of a run; its variables are separate.
struct Files {
    home: String,
    project: String,
    manifest: Value,
    args: Vec<String>,
}

fn plant(slot: Slot, secret: &str) -> Vec<Run> {
    let state = json!({
        "users": { "alice": {} },
        "packages": { "cat": { "versions": { "1.0.0": {} }, "maintainers": ["bob"] } },
        "faults": faults(slot, secret),
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    let mut files = Files {
        home: format!("registry={}\n", server.url()),
        project: String::new(),
        manifest: json!({ "name": "cat", "version": "1.0.0" }),
        args: Vec::new(),
    };
    put(slot, secret, &server.host(), &mut sandbox, &mut files);
    fs::write(sandbox.home().join(".npmrc"), files.home).expect("writable");
    if !files.project.is_empty() {
        sandbox.write(".npmrc", &files.project);
    }
    sandbox.write("package.json", &files.manifest.to_string());
    let run = |command: &&[&str]| {
        let own = command.iter().map(|arg| (*arg).to_owned());
        let args: Vec<String> = own.chain(files.args.iter().cloned()).collect();
        sandbox.run(&args)
    };
    SHOWN.iter().map(run).collect()
}

const SHOWN: &[&[&str]] = &[
    &["check"],
    &["check", "--format", "json", "--verbose"],
    &["check", "--format", "github"],
    &["check", "--format", "sarif"],
    &["check", "--format", "junit"],
    &["check", "--format", "gitlab"],
    &["verify", "cat@1.0.0", "--timeout", "0.2"],
    &["config"],
    &["config", "--format", "json"],
    &[],
];

/// Puts the secret into its place.
fn put(slot: Slot, secret: &str, host: &str, sandbox: &mut Sandbox, files: &mut Files) {
    let in_url = percent_encoded(secret);
    let mut argument = |text: String| files.args.push(text);
    match slot {
        Slot::OneTimePassword => argument(format!("--otp={secret}")),
        Slot::Argument => argument(format!("--_authToken={secret}")),
        Slot::KeyedArgument => argument(format!("--//{host}/:_authToken={secret}")),
        Slot::RegistryArgument => {
            argument(format!("--registry=http://alice:{in_url}@{host}/"));
        }
        Slot::Variable => sandbox.set("NPM_TOKEN", secret),
        Slot::KeyedVariable => sandbox.set(&format!("npm_config_//{host}/:_authToken"), secret),
        Slot::ProxyVariable => sandbox.set("HTTP_PROXY", &format!("alice:{in_url}@proxy")),
        Slot::VariableInTheFile => {
            sandbox.set("MY_SECRET_TOKEN", secret);
            files.home += &format!("//{host}/:_authToken=${{MY_SECRET_TOKEN}}\n");
        }
        Slot::Passphrase => {
            // In a name that is wrapped; a passphrase contains blanks.
            sandbox.set("SIGNING_PASSPHRASE", &format!("correct horse {secret}"));
            files.manifest["license"] =
                json!(format!("{} correct horse {secret}", "word ".repeat(4)));
        }
        Slot::PublishConfig => {
            files.manifest["publishConfig"] = json!({ (format!("//{host}/:_authToken")): secret });
        }
        Slot::TokenInTheProjectsFile => {
            files.project += &format!("//{host}/:_authToken={secret}\n");
        }
        Slot::RegistryUrl => files.home = format!("registry=http://alice:{in_url}@{host}/\n"),
        _ => files.home += &lines_of_the_users_file(slot, secret, host),
    }
}

/// What the user's .npmrc contains, for the slots that are in it.
fn lines_of_the_users_file(slot: Slot, secret: &str, host: &str) -> String {
    let encoded = forms(secret);
    let (password, pair, in_url) = (&encoded[2], &encoded[4], &encoded[5]);
    match slot {
        Slot::TokenInTheUsersFile
        | Slot::ServersError
        | Slot::ServersWhoami
        | Slot::RedirectsLocation => format!("//{host}/:_authToken={secret}\n"),
        Slot::BasicAuth => format!("//{host}/:_auth={pair}\n"),
        Slot::Password | Slot::RefusalAsSent => {
            format!("//{host}/:username=alice\n//{host}/:_password={password}\n")
        }
        Slot::KeyWithoutEquals => format!("//{host}/:_authToken {secret}\n"),
        Slot::DefaultOfVariable => format!("//{host}/:_authToken=${{NPM_TOKEN:-{secret}}}\n"),
        Slot::ProxyWithoutScheme => {
            format!("//{host}/:_authToken=x\nproxy=alice:{in_url}@proxy:8080\n")
        }
        Slot::Proxy => {
            format!("//{host}/:_authToken=x\nproxy=socks5://alice:{in_url}@127.0.0.1:9/\n")
        }
        Slot::SectionedToken => format!("[x]\n//{host}/:_authToken={secret}\n"),
        Slot::UnscopedToken => format!("_authToken={secret}\n"),
        Slot::OneTimePasswordInTheFile => format!("otp={secret}\n"),
        Slot::MalformedToken => format!("//{host}/:_authToken='\"{secret} {secret}\"'\n"),
        _ => panic!("{slot:?} has no place"),
    }
}

#[test]
fn a_planted_secret_shows_in_no_output() {
    // Formats of no service, so only knowledge of the place can hide them; some with
    // characters that are written differently in URLs, JSON and XML.
    let plain = "[a-z][A-Za-z0-9]{11,30}";
    let marked = "[a-z][A-Za-z0-9]{11,20}([/+&!~@][A-Za-z0-9]{2,4}){1,2}";
    let slots = SLOTS
        .iter()
        .flat_map(|slot| [(slot, plain), (slot, marked)]);
    for (&slot, secrets) in slots {
        let mut runner = TestRunner::new_with_rng(
            Config {
                cases: 1,
                failure_persistence: None,
                ..Config::default()
            },
            proptest::test_runner::TestRng::deterministic_rng(
                proptest::test_runner::RngAlgorithm::ChaCha,
            ),
        );
        runner
            .run(&secrets, |secret| {
                // A quotation that was cut contains only a part of it.
                let part = secret[..10].to_owned();
                for run in plant(slot, &secret) {
                    for form in forms(&secret).into_iter().chain([part.clone()]) {
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

#[test]
fn what_only_looks_like_a_secret_changes_no_word_of_a_report() {
    let mut sandbox = Sandbox::new();
    let state = json!({ "users": { "alice": {} }, "tokens": { "token-of-alice": { "user": "alice", "kind": "session" } } });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let npmrc = format!(
        "registry={}\n//{}/:_authToken=token-of-alice\n",
        server.url(),
        server.host()
    );
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    sandbox.write(
        "package.json",
        r#"{"name":"acme-corp-cat","version":"1.0.0"}"#,
    );
    sandbox.set("GIT_AUTHOR_NAME", "acme-corp");
    sandbox.set("NPM_TOKEN_SCOPE", "packages");
    // A secret that is one of the report's own words.
    sandbox.set("DB_PASSWORD", "warning");
    let run = sandbox.run(&["check", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("valid JSON");
    let package = &document["packages"][0];
    assert_eq!(package["name"], "acme-corp-cat");
    assert_eq!(package["findings"][0]["level"], "warning");
    let run = sandbox.run(&["check", "--format", "junit"]);
    assert!(run.stdout.contains("<testsuite"), "{}", run.stdout);
}

#[test]
fn no_control_character_reaches_a_terminal_or_a_runner() {
    let sandbox = Sandbox::new();
    let evil = "\u{1b}]0;owned\u{7}\u{202e}\u{9b}31m\u{200f}";
    sandbox.write(".npmrc", &format!("{evil}key=1\n[{evil}]\nx{evil}=1\n"));
    let name = format!("cat{evil}");
    let manifest =
        json!({ "name": name, "version": "1.0.0", "license": name, "safe-publish": { name: 1 } });
    for (settings, args) in [(true, ["check"].as_slice()), (false, &["check"])] {
        let mut manifest = manifest.clone();
        if !settings {
            manifest
                .as_object_mut()
                .expect("an object")
                .remove("safe-publish");
        }
        sandbox.write("package.json", &manifest.to_string());
        let workspace = format!("--workspace={evil}");
        for more in [
            vec![],
            vec!["--verbose"],
            vec!["--format", "json"],
            vec!["--format", "github"],
            vec![workspace.as_str()],
            vec!["--color", "always"],
        ] {
            let run = sandbox.run(&[args, &more].concat());
            let config = sandbox.run(&["config"]);
            for text in [&run.stdout, &run.stderr, &config.stdout, &config.stderr] {
                let ours = more.contains(&"always");
                let bad = |c: &char| {
                    let escape = *c == '\x1b' && ours;
                    safe_publish::escape::is_unsafe_to_print(*c) && !escape
                };
                assert!(!text.chars().any(|c| bad(&c)), "{more:?}: {text:?}");
                assert!(!text.contains("\x1b]0"), "{more:?}: {text:?}");
            }
        }
    }
}
