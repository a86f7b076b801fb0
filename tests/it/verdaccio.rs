//! With a real Verdaccio: `check` predicts what happens to the real npm.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::npm_versions::{NpmInstall, npm};
use crate::support::packages::installed;
use crate::support::sandbox::{Run, Sandbox};

/// The version that the facts about Verdaccio were measured with.
const VERSION: &str = "6.2.0";
/// How long it may take to start.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A Verdaccio that runs until it is dropped.
pub(crate) struct Verdaccio {
    child: Child,
    pub(crate) port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Verdaccio {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn install(npm: &NpmInstall) -> PathBuf {
    // One of its dependencies requires node-fetch by a dist-tag, which not every mirror of the
    // npm registry has.
    let manifest = serde_json::json!({
        "private": true,
        "dependencies": { "verdaccio": VERSION },
        "overrides": { "node-fetch": "2.7.0" },
    });
    installed(npm, &format!("verdaccio-{VERSION}"), &manifest)
        .join("node_modules/verdaccio/bin/verdaccio")
}

impl Verdaccio {
    /// With its default rule: every account can publish.
    pub(crate) fn start(npm: &NpmInstall) -> Self {
        Self::with_rule(npm, "$authenticated")
    }

    fn with_rule(npm: &NpmInstall, publishers: &str) -> Self {
        let program = install(npm);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|socket| socket.local_addr())
            .expect("a port")
            .port();
        let config = format!(
            "storage: ./storage\nauth:\n  htpasswd:\n    file: ./htpasswd\nuplinks: {{}}\nmax_body_size: 100mb\nlog: {{ type: stdout, format: json, level: fatal }}\n\
            packages:\n  '@locked/*':\n    access: $all\n    publish: admin\n  '**':\n    access: $all\n    publish: {publishers}\n"
        );
        fs::write(folder.path().join("config.yaml"), config).expect("writable");
        let child = Command::new(&npm.node)
            .arg(&program)
            .args([
                "--config",
                "config.yaml",
                "--listen",
                &format!("127.0.0.1:{port}"),
            ])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Verdaccio starts");
        let mut verdaccio = Self {
            child,
            port,
            folder,
        };
        let begin = Instant::now();
        while verdaccio
            .request("GET", "/-/ping", "")
            .is_none_or(|(status, _)| status != 200)
        {
            assert!(
                verdaccio
                    .child
                    .try_wait()
                    .expect("it can be waited for")
                    .is_none(),
                "Verdaccio ended by itself"
            );
            assert!(begin.elapsed() < TIMEOUT, "Verdaccio does not answer");
            std::thread::sleep(Duration::from_millis(100));
        }
        verdaccio
    }

    /// Status and body.
    fn request(&self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .ok()?;
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}",
            self.port
        );
        stream.write_all(head.as_bytes()).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1)?.parse().ok()?;
        let (_, body) = answer.split_once("\r\n\r\n")?;
        Some((status, body.to_owned()))
    }

    /// Creates an account; returns its token.
    pub(crate) fn account(&self, name: &str) -> String {
        let body = serde_json::json!({ "name": name, "password": "pass-word-123" }).to_string();
        let (status, body) = self
            .request("PUT", &format!("/-/user/org.couchdb.user:{name}"), &body)
            .expect("an answer");
        assert_eq!(status, 201, "{body}");
        let start = body
            .find("\"token\"")
            .and_then(|at| body[at + 8..].find('"').map(|quote| at + 9 + quote))
            .expect("a token");
        let end = body[start..].find('"').expect("its end") + start;
        body[start..end].to_owned()
    }
}

/// Runs `check`, then publishes; both must agree, with the expected finding.
fn agree(
    verdaccio: &Verdaccio,
    npm: &NpmInstall,
    spec: &str,
    token: Option<&str>,
    expected: &[&str],
) {
    let mut sandbox = Sandbox::new();
    let (name, version) = spec.rsplit_once('@').expect("a version");
    let url = format!("http://127.0.0.1:{}/", verdaccio.port);
    let credential = token.map_or(String::new(), |token| {
        format!("//127.0.0.1:{}/:_authToken={token}\n", verdaccio.port)
    });
    fs::write(
        sandbox.home().join(".npmrc"),
        format!("registry={url}\n{credential}"),
    )
    .expect("writable");
    sandbox.write(
        "package.json",
        &serde_json::json!({ "name": name, "version": version }).to_string(),
    );
    sandbox.set_path(&[&npm.path_dir]);
    sandbox.set("npm_config_fetch_retries", "0");
    let check = sandbox.run(&["check", "--format", "json"]);
    let report = check.json();
    let package = &report["packages"][0];
    assert_eq!(package["registryKind"], "verdaccio", "{report:#}");
    let findings = package["findings"].as_array().expect("a list");
    let errors: Vec<&str> = findings
        .iter()
        .filter(|finding| finding["level"] == "error")
        .filter_map(|finding| finding["check"].as_str())
        .collect();
    assert_eq!(errors, expected, "{spec}: {report:#}");
    let publish = Run::of(sandbox.command(npm.program()).arg("publish"));
    assert_eq!(
        publish.code == Some(0),
        expected.is_empty(),
        "{spec}: {}",
        publish.stderr
    );
}

#[test]
fn check_predicts_npms_result_on_verdaccio() {
    let npm = npm(11);
    let verdaccio = Verdaccio::start(&npm);
    let alice = verdaccio.account("alice");
    assert!(verdaccio.folder.path().join("htpasswd").exists());

    agree(&verdaccio, &npm, "cat-utils@1.0.0", Some(&alice), &[]);
    agree(
        &verdaccio,
        &npm,
        "cat-utils@1.0.0",
        Some(&alice),
        &["version-taken"],
    );
    agree(&verdaccio, &npm, "cat-utils@1.1.0", Some(&alice), &[]);
    agree(
        &verdaccio,
        &npm,
        "cat-utils@1.0.5",
        Some(&alice),
        &["version-behind-latest"],
    );
    agree(&verdaccio, &npm, "cat-utils@1.2.0", None, &["auth-missing"]);
    // Verdaccio accepts capitals, and scopes that npmjs would not know.
    agree(&verdaccio, &npm, "CatUtils@1.0.0", Some(&alice), &[]);
    agree(&verdaccio, &npm, "@anything/cat@1.0.0", Some(&alice), &[]);
}

/// Made-up credentials, as test set-ups write them: the lines of the .npmrc after `//host/:`,
/// and check's result for them.
const DUMMIES: [(&str, &str); 6] = [
    ("_authToken=fake", "auth-rejected"),
    ("_authToken=${UNSET_TOKEN}", "auth-variable-unset"),
    ("_authToken=XXXXX-XXXXX-XXXXX-XXXXX", "auth-placeholder"),
    ("_authToken=a\"b", "auth-malformed"),
    // "a:b" and "alice".
    ("_auth=YTpi", "auth-rejected"),
    ("_auth=YWxpY2U=", "auth-malformed"),
];

/// A project with one of these credentials: check's result, and how npm ends.
fn with_dummy(verdaccio: &Verdaccio, npm: &NpmInstall, number: usize) -> (Run, Run) {
    let mut sandbox = Sandbox::new();
    let port = verdaccio.port;
    let (credential, _) = DUMMIES[number];
    let npmrc = format!("registry=http://127.0.0.1:{port}/\n//127.0.0.1:{port}/:{credential}\n");
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    let name = format!("dummy-{number}");
    let manifest = serde_json::json!({ "name": name, "version": "1.0.0", "license": "MIT" });
    sandbox.write("package.json", &manifest.to_string());
    sandbox.set_path(&[&npm.path_dir]);
    let check = sandbox.run(&["check", "--format", "json"]);
    let publish = Run::of(sandbox.command(npm.program()).arg("publish"));
    (check, publish)
}

/// A test set-up's Verdaccio may let everybody publish. No endpoint tells who may, so a
/// credential that it does not accept is only a warning there, even a malformed one.
#[test]
fn a_dummy_credential_on_this_machine_never_blocks() {
    for major in [10, 11, 12] {
        let npm = npm(major);
        for (publishers, takes_all) in [("$all", true), ("$authenticated", false)] {
            let verdaccio = Verdaccio::with_rule(&npm, publishers);
            for (number, (credential, id)) in DUMMIES.iter().enumerate() {
                let (check, publish) = with_dummy(&verdaccio, &npm, number);
                let about = format!("npm {major}, publish: {publishers}, {credential}");
                let report = check.json();
                assert_eq!(check.code, Some(0), "{about}: {report:#}");
                let findings = &report["packages"][0]["findings"];
                let warns = |finding: &serde_json::Value| {
                    finding["check"] == *id && finding["level"] == "warning"
                };
                let findings = findings.as_array().expect("a list");
                assert!(findings.iter().any(warns), "{about}: {report:#}");
                let published = publish.code == Some(0);
                assert_eq!(published, takes_all, "{about}: {}", publish.stderr);
            }
        }
    }
}

/// Verdaccio's rules on packages cannot be read, so nothing is predicted or claimed.
#[test]
fn a_locked_package_is_neither_predicted_nor_denied() {
    let npm = npm(11);
    let verdaccio = Verdaccio::start(&npm);
    let alice = verdaccio.account("alice");
    let mut sandbox = Sandbox::new();
    let port = verdaccio.port;
    fs::write(
        sandbox.home().join(".npmrc"),
        format!("registry=http://127.0.0.1:{port}/\n//127.0.0.1:{port}/:_authToken={alice}\n"),
    )
    .expect("writable");
    sandbox.write(
        "package.json",
        r#"{"name":"@locked/cat","version":"1.0.0"}"#,
    );
    let run = sandbox.run(&["check", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.json()["packages"][0]["account"], "alice");
    sandbox.set_path(&[&npm.path_dir]);
    let publish = Run::of(sandbox.command(npm.program()).arg("publish"));
    assert!(
        publish
            .stderr
            .contains("is not allowed to publish package @locked/cat"),
        "{}",
        publish.stderr
    );
}
