//! GitLab redirects its clients to npmjs for a name that it does not have. npm follows, and
//! compares with npmjs's package of that name: `check` predicts what the real npm does.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::npm_versions::npm;
use crate::support::sandbox::{Run, Sandbox};

/// The path of project 123's registry on its host.
const PROJECT: &str = "api/v4/projects/123/packages/npm/";

/// Acts as GitLab under its own address, and as the proxy through which npmjs is reached.
struct Hosts {
    host: String,
    stop: Arc<AtomicBool>,
    /// Requests for npmjs that came with a credential.
    leaks: Arc<Mutex<Vec<String>>>,
}

impl Hosts {
    /// Starts them with these versions of the package on npmjs; `None` if npmjs does not have
    /// it.
    fn start(on_npmjs: Option<&[&str]>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let host = listener.local_addr().expect("bound").to_string();
        let stop = Arc::new(AtomicBool::new(false));
        let leaks = Arc::new(Mutex::new(Vec::new()));
        let packument = on_npmjs.map(packument);
        let (stopped, leaked) = (Arc::clone(&stop), Arc::clone(&leaks));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                answer(stream, packument.as_ref(), &leaked);
            }
        });
        Self { host, stop, leaks }
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(&self.host);
    }
}

fn packument(versions: &[&str]) -> Value {
    let versions: BTreeMap<&str, Value> = versions
        .iter()
        .map(|&version| (version, json!({ "name": "cat", "version": version })))
        .collect();
    json!({ "name": "cat", "dist-tags": {}, "versions": versions })
}

/// One request: npmjs answers with the packument; GitLab accepts what is sent and has nothing.
fn answer(stream: TcpStream, packument: Option<&Value>, leaks: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let header = |name: &str| {
        let lines = head.iter().filter_map(|line| line.split_once(':'));
        let mut values = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value.trim().to_owned())
    };
    let length = header("content-length").and_then(|text| text.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let mut words = head[0].split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let npmjs = target.strip_prefix("http://registry.npmjs.org/");
    if npmjs.is_some() && header("authorization").is_some() {
        leaks.lock().expect("no panic").push(target.to_owned());
    }
    let is_packument = target.ends_with("/cat") || target.ends_with("%2fcat");
    let (status, location, body) = match (npmjs, method) {
        (Some(_), _) => match packument {
            Some(packument) => ("200 OK", String::new(), packument.to_string()),
            None => ("404 Not Found", String::new(), "{}".to_owned()),
        },
        (None, "PUT") => ("201 Created", String::new(), "{}".to_owned()),
        (None, _) if is_packument => {
            let name = target.rsplit('/').next().unwrap_or_default();
            let to = format!("location: http://registry.npmjs.org/{name}\r\n");
            ("302 Found", to, String::new())
        }
        (None, _) => ("404 Not Found", String::new(), "{}".to_owned()),
    };
    let _ = write!(
        reader.into_inner(),
        "HTTP/1.1 {status}\r\n{location}content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// What `check` reports about a project, and whether the real npm publishes it.
fn outcome(major: u32, on_npmjs: Option<&[&str]>, args: &[&str], scoped: bool) -> (Value, bool) {
    let hosts = Hosts::start(on_npmjs);
    let host = &hosts.host;
    let mut sandbox = Sandbox::new();
    let install = npm(major);
    sandbox.set_path(&[&install.path_dir]);
    let (manifest, chosen) = if scoped {
        // As GitLab's documentation advises: the project to publish, the instance
        // to install.
        let registry = format!("http://{host}/{PROJECT}");
        (
            json!({ "name": "@acme/cat", "version": "1.0.0", "publishConfig": { "@acme:registry": registry } }),
            format!("@acme:registry=http://{host}/api/v4/packages/npm/"),
        )
    } else {
        (
            json!({ "name": "cat", "version": "1.0.0" }),
            format!("registry=http://{host}/{PROJECT}"),
        )
    };
    sandbox.write("package.json", &manifest.to_string());
    sandbox.write(
        ".npmrc",
        &format!(
            "{chosen}\n//{host}/{PROJECT}:_authToken=t\n//{host}/api/v4/packages/npm/:_authToken=t\n\
             proxy=http://{host}\nnoproxy=127.0.0.1\nfetch-retries=0\n"
        ),
    );
    let ours = Run::of(
        sandbox
            .command(env!("CARGO_BIN_EXE_safe-publish"))
            .args(["check", "--format", "json"])
            .args(args),
    );
    let npms = Run::of(sandbox.command(install.program()).arg("publish").args(args));
    let leaks = hosts.leaks.lock().expect("no panic").clone();
    assert!(leaks.is_empty(), "a credential reached npmjs: {leaks:?}");
    let report = serde_json::from_str(&ours.stdout).unwrap_or_else(|_| panic!("{}", ours.stderr));
    (report, npms.code == Some(0))
}

fn ids(report: &Value) -> Vec<&str> {
    let findings = report["packages"][0]["findings"].as_array();
    let errors = findings.into_iter().flatten();
    let errors = errors.filter(|finding| finding["level"] == "error");
    errors
        .filter_map(|finding| finding["check"].as_str())
        .collect()
}

#[test]
fn an_unused_name_is_free() {
    for major in [10, 11, 12] {
        for scoped in [false, true] {
            let (report, published) = outcome(major, None, &[], scoped);
            assert!(published, "npm {major}");
            assert_eq!(report["verdict"], "ready", "npm {major}: {report}");
        }
    }
}

#[test]
fn a_namesake_on_npmjs_is_what_npm_compares_with() {
    for major in [10, 11, 12] {
        for (versions, args, id) in [
            (&["1.0.0"][..], &["--tag", "latest"][..], "version-taken"),
            (&["2.0.0"], &[], "version-behind-latest"),
        ] {
            for scoped in [false, true] {
                let (report, published) = outcome(major, Some(versions), args, scoped);
                assert_eq!(published, major == 10, "npm {major}, {versions:?}");
                let expected: &[&str] = if published { &[] } else { &[id] };
                assert_eq!(ids(&report), expected, "npm {major}: {report}");
            }
            let forced = [args, &["--force"]].concat();
            let (report, published) = outcome(major, Some(versions), &forced, false);
            assert!(published, "npm {major}: --force skips the comparison");
            assert_eq!(report["verdict"], "ready", "npm {major}: {report}");
        }
    }
}
