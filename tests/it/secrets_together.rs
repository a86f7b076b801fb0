//! Secrets in every slot at once, and the commands that start no npm, with the hook: what
//! they print holds none of them.

use std::fs;

use serde_json::{Value, json};

use crate::secrets::forms;
use crate::support::git::{Repository, line};
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// The token that works, and what stands in each of the other slots.
pub(crate) const TOKEN: &str = "tokenQ7tokenQ7works";
pub(crate) const SLOTS: [&str; 15] = [
    "otherQ1tokenQ1x",
    "basicQ2pairQ2x",
    "passwordQ3x",
    "fileQ4otpQ4x",
    "variableQ5x",
    "referredQ6x",
    "unscopedQ8x",
    "manifestQ9x",
    "yarnQ10tokenx",
    "bunQ11tokenx",
    "pnpmQ12tokenx",
    "pnpmQ13passwordx",
    "proxyQ14userx",
    "defaultQ15x",
    "yarnQ17identx",
];

/// Fills the slots outside package.json.
pub(crate) fn plant(server: &Server, sandbox: &mut Sandbox) {
    let (host, home) = (server.host(), sandbox.home());
    let pair = forms(SLOTS[1]).pop().expect("a pair");
    let password = &forms(SLOTS[2])[2];
    let npmrc = [
        format!("registry={}", server.url()),
        format!("//{host}/:_authToken={TOKEN}"),
        format!("//other.example/:_authToken={}", SLOTS[0]),
        format!("//basic.example/:_auth={pair}"),
        format!("//pair.example/:username=alice\n//pair.example/:_password={password}"),
        format!("otp={}", SLOTS[3]),
        "//referred.example/:_authToken=${REFERRED_TOKEN}".to_owned(),
        format!("_authToken={}", SLOTS[6]),
        format!(
            "proxy=http://alice:{}@127.0.0.1:9/\nnoproxy=127.0.0.1",
            SLOTS[12]
        ),
        format!("//default.example/:_authToken=${{NONE:-{}}}", SLOTS[13]),
    ];
    fs::write(home.join(".npmrc"), npmrc.join("\n") + "\n").expect("writable");
    sandbox.set("NPM_TOKEN", SLOTS[4]);
    sandbox.set("REFERRED_TOKEN", SLOTS[5]);
    let yarn = format!(
        "npmAuthToken: {}\nnpmAuthIdent: \"alice:{}\"\n",
        SLOTS[8], SLOTS[14]
    );
    // In the project these files would make yarn or bun the tool that packs.
    fs::write(home.join(".yarnrc.yml"), yarn).expect("writable");
    let bun = format!("[install]\ntoken = \"{}\"\n", SLOTS[9]);
    fs::write(home.join(".bunfig.toml"), bun).expect("writable");
    let pnpm = home.join(".config/pnpm");
    fs::create_dir_all(&pnpm).expect("fresh");
    let password = &forms(SLOTS[11])[2];
    let auth = format!(
        "//{host}/:_authToken={}\n//x.example/:_password={password}\n",
        SLOTS[10]
    );
    fs::write(pnpm.join("auth.ini"), auth).expect("writable");
}

/// Looks for every secret in every form.
pub(crate) fn holds_none(what: &str, text: &str) {
    for secret in SLOTS.iter().chain([&TOKEN]) {
        // A quotation that was cut leaves a part of it.
        for form in forms(secret).into_iter().chain([secret[..10].to_owned()]) {
            assert!(
                !text.contains(&form),
                "{what} holds {secret} as {form}:\n{text}"
            );
        }
    }
}

pub(crate) fn run(sandbox: &Sandbox, args: &[&str]) -> Run {
    let run = sandbox.run(args);
    holds_none(&format!("{args:?} on standard output"), &run.stdout);
    holds_none(&format!("{args:?} on standard error"), &run.stderr);
    run
}

#[test]
fn no_planted_secret_is_printed_by_the_hook_or_by_what_starts_no_npm() {
    let mut repository = Repository::with_cat();
    let server = repository.server.take().expect("it runs");
    plant(&server, &mut repository.sandbox);
    let sandbox = &repository.sandbox;
    // Committed, too: what only the commit names, and text that holds a secret.
    let npmrc = format!(
        "registry={}\n//c.example/:_authToken={}\n",
        server.url(),
        SLOTS[0]
    );
    sandbox.write(".npmrc", &npmrc);
    let manifest: Value =
        json!({ "name": "cat", "version": "1.2.4", "license": format!("MIT {TOKEN}") });
    sandbox.write("package.json", &manifest.to_string());
    repository.commit("second");
    let tag = format!("v1.2.3-{}", SLOTS[4]);
    for more in [&[][..], &["--verbose"], &["--strict"]] {
        let input = line(&tag, &repository.head());
        let run = repository.run_hook(&[&["--timeout", "5"], more].concat(), &input);
        holds_none("the hook on standard output", &run.stdout);
        holds_none("the hook on standard error", &run.stderr);
        assert!(run.stderr.contains("git-tag-mismatch"), "{run:?}");
    }
    for args in [
        &["check", "--format=gitlab"][..],
        &["check", "--format=sarif"],
        &["check", "--compare", "--verbose"],
        &["check", "--packer=npm", "--format=json"],
        &["files"],
        &["files", "--format=json"],
        &["config"],
        &["config", "--format=json"],
        &["verify", "--timeout=0.2"],
        &["explain"],
    ] {
        let _ = run(sandbox, args);
    }
}

/// A line of package.json is quoted around what is wrong, and cut to fit.
#[test]
fn a_quoted_line_is_not_cut_in_the_middle_of_a_secret() {
    let sandbox = Sandbox::new();
    let npmrc = format!("//h.example/:_authToken={TOKEN}\n");
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    let mut hidden = 0;
    for before in 0..40 {
        let long = format!("{}{TOKEN}{}", "p".repeat(before), "x".repeat(300));
        let manifest = json!({ "name": "cat", "version": "1.0.0", "main": { "e": long } });
        sandbox.write("package.json", &manifest.to_string());
        let found = run(&sandbox, &["check", "--registry=http://127.0.0.1:9/"]);
        assert!(found.stdout.contains("manifest-field-invalid"), "{found:?}");
        hidden += usize::from(found.stdout.contains("****"));
    }
    assert!(hidden > 5, "{hidden}");
}

/// A line of .npmrc is quoted, too: from what is wrong on, and cut where the terminal ends.
#[test]
fn a_quoted_line_of_npmrc_is_not_cut_in_the_middle_of_a_secret() {
    let mut sandbox = Sandbox::new();
    sandbox.npm_is("11.6.0");
    let mut hidden = 0;
    for (columns, before) in [
        ("80", 0),
        ("80", 10),
        ("80", 18),
        ("600", 350),
        ("600", 360),
        ("600", 374),
        ("600", 378),
        ("600", 382),
    ] {
        sandbox.set("COLUMNS", columns);
        let value = format!("{}{TOKEN}{}", "p".repeat(before), "x".repeat(300));
        let npmrc = format!("//h.example/:_authToken={TOKEN}\nstrange={value}\n");
        sandbox.write(".npmrc", &npmrc);
        sandbox.write("package.json", r#"{"name":"cat","version":"1.0.0"}"#);
        let found = run(&sandbox, &["check", "--registry=http://127.0.0.1:9/"]);
        assert!(found.stdout.contains("npmrc-unknown-key"), "{found:?}");
        hidden += usize::from(found.stdout.contains("****"));
    }
    assert!(hidden > 3, "{hidden}");
}
