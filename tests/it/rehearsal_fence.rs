//! What programs in a rehearsal can reach: inside the fence only the embedded registry; without
//! it none of the user's settings.

use std::fs;
use std::path::Path;

use safe_publish::rehearsal::{Registry, State, new_token, seed};
use serde_json::json;

use crate::rehearsal::{manifest, rehearsal_that_waits, sandbox};
use crate::support::git::has_mode;
use crate::support::http;
use crate::support::npm_versions::npm;
use crate::support::real_registry::RealRegistry;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

/// A token for the real registry.
const TOKEN: &str = "npm_0123456789abcdefghijklmnopqrstuvwxyz";

/// Files in which npm, pnpm, yarn and bun keep tokens, relative to the home folder.
const FILES: [&str; 7] = [
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".bunfig.toml",
    ".config/pnpm/rc",
    ".config/pnpm/auth.ini",
    ".config/.bunfig.toml",
];

/// A sandbox whose user has a token for a registry in every such file.
fn with_tokens(real: &RealRegistry) -> Sandbox {
    let mut sandbox = sandbox(&real.url());
    for name in FILES {
        let path = sandbox.home().join(name);
        fs::create_dir_all(path.parent().expect("below home")).expect("writable");
        let text = format!(
            "registry={}\n//{}/:_authToken={TOKEN}\n",
            real.url(),
            real.host()
        );
        fs::write(path, text).expect("writable");
    }
    let config = sandbox.home().join(".config").display().to_string();
    sandbox.set("XDG_CONFIG_HOME", &config);
    sandbox
}

/// Ways out of a rehearsal that bypass its settings. Each must fail.
#[cfg(target_os = "linux")]
fn ways_out(real: &RealRegistry, home: &Path) -> Vec<String> {
    let (url, host) = (real.url(), real.host());
    let home = home.display();
    fs::write(
        Path::new(&home.to_string()).join("send.cjs"),
        format!(
            "const request = require('http').request('{url}cat', {{ method: 'PUT' }});\n\
             request.on('response', () => process.exit(0)).on('error', () => process.exit(1)).end('{{}}');\n"
        ),
    )
    .expect("writable");
    vec![
        format!(
            "env -i PATH=\"$PATH\" HOME='{home}' npm publish --ignore-scripts --fetch-retries=0"
        ),
        format!(
            "env -i PATH=\"$PATH\" npm publish --ignore-scripts --fetch-retries=0 --registry={url} --//{host}/:_authToken={TOKEN}"
        ),
        format!("env -i PATH=\"$PATH\" node '{home}/send.cjs'"),
        format!(
            "env -i PATH=\"$PATH\" curl -sS -T package.json -H 'authorization: Bearer {TOKEN}' {url}cat"
        ),
    ]
}

/// Rehearses a package with a script.
fn rehearse(sandbox: &Sandbox, scripts: &serde_json::Value) -> Run {
    manifest(
        sandbox,
        &json!({ "name": "cat", "version": "1.0.0", "license": "MIT", "scripts": scripts }),
    );
    sandbox.run(&["rehearse"])
}

fn is_fenced(run: &Run) -> bool {
    let open = run
        .stderr
        .contains("the network is not blocked (a network namespace");
    let closed = run.stderr.contains("can only reach that registry");
    assert!(open != closed, "one of the two is said: {run:?}");
    closed
}

/// The fence is Linux's.
#[cfg(target_os = "linux")]
#[test]
fn behind_the_fence_no_program_reaches_a_registry() {
    let real = RealRegistry::start();
    let sandbox = with_tokens(&real);
    let each = ways_out(&real, &sandbox.home()).into_iter();
    let script = each
        .map(|way| format!("{way} && echo IT-GOT-OUT"))
        .collect::<Vec<_>>()
        .join("; ");
    let run = rehearse(
        &sandbox,
        &json!({ "prepack": format!("{script}; true"), "postinstall": format!("{script}; true") }),
    );
    if !is_fenced(&run) {
        // This machine does not permit namespaces, and the rehearsal says so.
        return;
    }
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("installs with npm install"), "{run:?}");
    real.assert_only_read("inside the fence");
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(!said.lines().any(|line| line == "IT-GOT-OUT"), "{run:?}");
}

/// A script that prints every file in which it could find a token, and its variables;
/// or publishes again.
fn look() -> String {
    let files = json!(FILES);
    format!(
        "const {{ env }} = process;\n\
         const {{ spawnSync }} = require('node:child_process');\n\
         const fs = require('node:fs');\n\
         if (process.argv[2] === 'publish') {{\n\
           spawnSync('npm publish --ignore-scripts', {{ shell: true, stdio: 'inherit' }});\n\
           process.exit(0);\n\
         }}\n\
         const home = env.USERPROFILE ?? env.HOME;\n\
         const files = {files}.flatMap((name) => [`${{env.HOME}}/${{name}}`, `${{home}}/${{name}}`,\n\
           `${{env.XDG_CONFIG_HOME}}/${{name.replace('.config/', '')}}`]);\n\
         for (const file of [...files, env.npm_config_userconfig, env.npm_config_globalconfig]) {{\n\
           try {{ console.log(fs.readFileSync(file, 'utf8')); }} catch {{ /* it is not there */ }}\n\
         }}\n\
         for (const [name, value] of Object.entries(env)) console.log(`${{name}}=${{value}}`);\n"
    )
}

#[test]
fn without_a_fence_the_settings_are_out_of_reach_and_the_rest_is_said() {
    let real = RealRegistry::start();
    let mut sandbox = with_tokens(&real);
    sandbox.set("SAFE_PUBLISH_FENCE", "off");
    sandbox.write("look.cjs", &look());
    let run = rehearse(
        &sandbox,
        &json!({ "prepack": "node look.cjs", "postpublish": "node look.cjs publish" }),
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr
            .contains("the network is not blocked (SAFE_PUBLISH_FENCE is off)"),
        "{run:?}"
    );
    real.assert_only_read("without a fence");
    assert!(!format!("{run:?}").contains(TOKEN), "{run:?}");
    assert!(run.stdout.contains("HOME="), "it looked: {run:?}");
    for name in ["HOME", "USERPROFILE"] {
        let lost = format!("\n{name}={}\n", sandbox.home().display());
        assert!(!run.stdout.contains(&lost), "{run:?}");
    }
}

#[test]
fn a_failing_script_of_the_package_itself_is_a_problem() {
    let real = RealRegistry::start();
    let sandbox = with_tokens(&real);
    let run = rehearse(&sandbox, &json!({ "postinstall": "exit 3" }));
    assert_eq!(run.code, Some(100), "{run:?}");
    assert!(run.stdout.contains("does not install"), "{run:?}");
}

#[test]
fn a_dependencys_script_that_fails_without_the_network_is_recognised() {
    let state =
        json!({ "users": { "bob": {} }, "tokens": { "t": { "user": "bob", "kind": "session" } } });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let sandbox = sandbox(&server.url());
    let dependency = json!({ "name": "needs-network", "version": "1.0.0", "scripts": { "postinstall": "exit 3" } });
    sandbox.write("dep/package.json", &dependency.to_string());
    let npm = sandbox
        .command(npm(11).program())
        .args(["publish", "./dep", "--ignore-scripts"])
        .arg(format!("--//{}/:_authToken=t", server.host()))
        .output()
        .expect("npm starts");
    assert!(npm.status.success(), "{npm:?}");
    manifest(
        &sandbox,
        &json!({ "name": "cat", "version": "1.0.0", "license": "MIT", "dependencies": { "needs-network": "1" } }),
    );
    let run = sandbox.run(&["rehearse"]);
    if is_fenced(&run) {
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(
            run.stdout
                .contains("installs with npm install, without scripts"),
            "{run:?}"
        );
        assert!(
            run.stdout.contains("exit 3"),
            "npm's error is shown: {run:?}"
        );
    } else {
        assert_eq!(run.code, Some(100), "{run:?}");
    }
}

/// Everything below a folder: path, contents of files.
pub(crate) fn everything_below(folder: &Path) -> Vec<(std::path::PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let about = fs::symlink_metadata(&path).expect("it is there");
        let text = if about.is_file() {
            fs::read(&path).unwrap_or_default()
        } else {
            Vec::new()
        };
        found.push((path.clone(), String::from_utf8_lossy(&text).into_owned()));
        if about.is_dir() {
            found.extend(everything_below(&path));
        }
    }
    found
}

/// Ends a process that is not our child.
fn end_process(id: &str) {
    let mut command = if cfg!(windows) {
        std::process::Command::new("taskkill")
    } else {
        std::process::Command::new("/bin/kill")
    };
    let args: &[&str] = if cfg!(windows) {
        &["/F", "/PID", id]
    } else {
        &[id]
    };
    let ended = Run::of(command.args(args));
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

/// Puts a token into every kind of setting that can contain one.
fn write_secret_settings(sandbox: &Sandbox, real: &RealRegistry) {
    let (url, host) = (real.url(), real.host());
    let npmrc = format!(
        "registry={url}\n//{host}/:_authToken={TOKEN}\n//{host}/:key=\"-----BEGIN {TOKEN}\"\n_authtoken={TOKEN}\n\
         https-proxy=http://bob:{TOKEN}@h.example:1\n//{host}/:tokenHelper=/{TOKEN}\n \"_auth\" ={TOKEN}\nkey[]={TOKEN}\n\
         email={TOKEN}\nmessage={TOKEN}\n[{TOKEN}]\nx={TOKEN}\n",
    );
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    let global = format!("//{host}/:_password={TOKEN}\n");
    fs::write(sandbox.root().join("no-global-npmrc"), global).expect("writable");
}

#[test]
fn a_killed_rehearsal_leaves_nothing_secret_and_nothing_that_others_can_read() {
    let real = RealRegistry::start();
    let sandbox = with_tokens(&real);
    write_secret_settings(&sandbox, &real);
    let (mut child, script) = rehearsal_that_waits(&sandbox);
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let folder = sandbox.root().join("tmp");
    let left = everything_below(&folder);
    end_process(&script);
    assert!(
        left.iter().any(|(path, _)| path.ends_with("npmrc")),
        "{left:?}"
    );
    for (path, text) in left {
        assert!(!text.contains(TOKEN), "{}: {text}", path.display());
        let name = path.strip_prefix(&folder).expect("below");
        // Files that npm itself creates have npm's modes; other users cannot enter the folder.
        let is_ours = name.components().count() <= 2 && !name.ends_with("cache");
        let is_private = has_mode(&path, 0o600) || has_mode(&path, 0o700);
        assert!(!is_ours || is_private, "{}", path.display());
    }
}

#[test]
fn a_private_registry_answers_only_with_its_key_or_a_token() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let token = new_token();
        let mut state: State = seed(std::iter::empty(), &token);
        let package = json!({ "versions": { "1.0.0": {} } });
        let package = serde_json::from_value(package).expect("a package");
        state.packages.insert("cat".to_owned(), package);
        let registry = Registry::start_private(state, None).await.expect("a port");
        let (url, host) = (registry.url(), registry.host());
        let without_key = format!("http://{host}/");
        assert!(url.starts_with(&without_key) && url.len() == without_key.len() + 33);
        let status = async |url: String, token: Option<&str>| {
            let header = token.map(|token| format!("Bearer {token}"));
            let host = host.clone();
            let asking = tokio::task::spawn_blocking(move || {
                let path = url.split_once(&host).expect("ours").1;
                let headers: Vec<_> = header
                    .iter()
                    .map(|text| ("authorization", text.as_str()))
                    .collect();
                http::send(&host, &format!("GET {path}"), &headers, b"")
                    .expect("an answer")
                    .status
            });
            asking.await.expect("no panic")
        };
        assert_eq!(status(format!("{url}cat"), None).await, 200);
        assert_eq!(status(format!("{without_key}cat"), None).await, 403);
        assert_eq!(status(format!("{without_key}-/ping"), None).await, 403);
        assert_eq!(
            status(format!("{without_key}cat"), Some("wrong")).await,
            403
        );
        assert_eq!(status(format!("{without_key}cat"), Some(&token)).await, 200);
        let other = format!("{without_key}{}/cat", "0".repeat(32));
        assert_eq!(status(other, None).await, 403);
    });
}
