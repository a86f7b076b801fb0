#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
//! What a preflight costs: `cargo bench`. It prints figures and judges nothing, because
//! machines are shared and noisy. The registry is the embedded one, in this process.

#[path = "../measure/mod.rs"]
mod measure;
mod packing;
mod starts;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use safe_publish::environment::Environment;
use safe_publish::manifest::Manifest;
use safe_publish::npmrc::{CommandLine, Config};
use safe_publish::rehearsal::{Registry, State};
use serde_json::json;

use measure::{is_asked_for, megabytes, peak_memory, timed};

const RUNS: usize = 15;

fn main() {
    if !is_asked_for() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let check = Check {
        folder: folder.path(),
    };
    fs::create_dir(folder.path().join("home")).expect("writable");
    fs::write(
        folder.path().join("package.json"),
        r#"{"name":"cat","version":"9.0.0"}"#,
    )
    .expect("writable");

    println!(
        "{:<34} {:>8.2} ms (bar: 1)",
        "npm's configuration resolved",
        milliseconds(resolution(folder.path()))
    );
    without_latency(&check);
    with_latency(&check);
    large_packument(&check);
    explanation(&check);
    starts::measure(&check);
    let (url, host) = serve(0);
    check.point_to(&url, &host);
    packing::measure(&check);
    let size = fs::metadata(env!("CARGO_BIN_EXE_safe-publish")).map_or(0, |binary| binary.len());
    println!("{:<34} {:>8.1} MB", "size of the binary", megabytes(size));
}

/// A registry on loopback, and npm's own dry run beside it.
fn without_latency(check: &Check<'_>) {
    let (url, host) = serve(0);
    check.point_to(&url, &host);
    let (ours, memory) = check.measure("check, no latency");
    if let Ok(npm) = which::which("npm") {
        let npms = median(5, || {
            let mut command = check.command(npm.as_os_str());
            timed(command.args(["publish", "--dry-run"]))
        });
        println!(
            "{:<34} {:>8.1} ms",
            "npm publish --dry-run",
            milliseconds(npms)
        );
        println!(
            "{:<34} {:>8.3}    (bar: 0.1)",
            "  check as a part of that",
            ours.as_secs_f64() / npms.as_secs_f64()
        );
    }
    println!("{:<34} {:>8.1} MB (bar: 24)", "  peak memory", memory);
    println!(
        "{:<34} {:>8.1} ms (bar: 10)",
        "hook run, no version tag",
        milliseconds(check.hook())
    );
    check.make_repository();
    check.measure("check, in a git repository");
}

/// A registry that answers after 100 ms.
fn with_latency(check: &Check<'_>) {
    let (url, host) = serve(100);
    check.point_to(&url, &host);
    let (slow, _) = check.measure("check, 100 ms latency");
    println!(
        "{:<34} {:>8.2}    (bar: 1.35)",
        "  round trips",
        slow.as_secs_f64() / 0.1
    );
}

fn large_packument(check: &Check<'_>) {
    let mut times = Vec::new();
    let mut peak = 0.0;
    for megabytes in [0, 10] {
        let (url, host) = serve_packument(megabytes << 20);
        check.point_to(&url, &host);
        let (time, memory) = check.measure(&format!("check, {megabytes} MB packument"));
        times.push(time);
        peak = memory;
    }
    println!(
        "{:<34} {:>8.1} ms (bar: 30)",
        "  the packument adds",
        milliseconds(times[1].saturating_sub(times[0]))
    );
    println!("{:<34} {:>8.1} MB (bar: 24)", "  peak memory", peak);
}

/// A debug log of ten megabytes, explained.
fn explanation(check: &Check<'_>) {
    let mut log = String::new();
    for line in 0.. {
        if log.len() > 10 << 20 {
            break;
        }
        log.push_str(&format!(
            "{line} silly placeDep ROOT cat-{}@1.0.0 OK for: root@1.0.0 want: ^1.0.0\n",
            line % 977
        ));
    }
    log.push_str("1 error code E404\n2 error 404 Not Found - PUT https://registry.npmjs.org/cat - Not found\n");
    fs::write(check.folder.join("debug.log"), log).expect("writable");
    let program = env!("CARGO_BIN_EXE_safe-publish");
    let args = ["explain", "debug.log"];
    let time = median(RUNS, || timed(check.command(program).args(args)));
    let peak = peak_memory(check.command(program).args(args));
    println!(
        "{:<34} {:>8.1} ms (bar: 100)",
        "explain, 10 MB log",
        milliseconds(time)
    );
    println!(
        "{:<34} {:>8.1} MB (bar: 64)",
        "  peak memory",
        megabytes(peak)
    );
}

/// Runs in its own folder.
struct Check<'a> {
    folder: &'a Path,
}

impl Check<'_> {
    fn point_to(&self, url: &str, host: &str) {
        let npmrc = format!("registry={url}\n//{host}/:_authToken=token-of-alice\n");
        fs::write(self.folder.join("home/.npmrc"), npmrc).expect("writable");
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.folder.join("home"))
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .current_dir(self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// `hook run` for a push of a branch.
    fn hook(&self) -> Duration {
        let id = "1234567890123456789012345678901234567890";
        let line = format!("refs/heads/main {id} refs/heads/main {id}\n");
        let file = self.folder.join("pushed");
        fs::write(&file, line).expect("writable");
        median(RUNS, || {
            let mut command = self.command(env!("CARGO_BIN_EXE_safe-publish"));
            let input = fs::File::open(&file).expect("written above");
            timed(command.args(["hook", "run", "origin"]).stdin(input))
        })
    }

    /// Puts the folder under git, with its package.json committed.
    fn make_repository(&self) {
        for args in [
            &["init", "-q"][..],
            &["add", "package.json"],
            &[
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@b",
                "commit",
                "-qm",
                "a",
            ],
        ] {
            timed(self.command("git").args(args));
        }
    }

    /// Median time, and peak memory in MB if the system reports it.
    fn measure(&self, what: &str) -> (Duration, f64) {
        let program = env!("CARGO_BIN_EXE_safe-publish");
        let run = || timed(self.command(program).arg("check"));
        run();
        let time = median(RUNS, run);
        println!("{what:<34} {:>8.1} ms", milliseconds(time));
        let peak = (0..5)
            .map(|_| peak_memory(self.command(program).arg("check")))
            .max()
            .unwrap_or(0);
        (time, megabytes(peak))
    }
}

/// Three files and forty variables, read and resolved for a package.
fn resolution(folder: &Path) -> Duration {
    let home = folder.join("home");
    let lines = "registry=https://npm.example/\n//npm.example/:_authToken=${TOKEN}\n@acme:registry=https://acme.example/\nfund=false\n";
    for file in [
        folder.join(".npmrc"),
        home.join(".npmrc"),
        home.join("global-npmrc"),
    ] {
        fs::write(file, lines).expect("writable");
    }
    let mut environment = Environment::bare(folder);
    environment.home = Some(home.clone());
    for number in 0..38 {
        environment = environment.with(&format!("VARIABLE_{number}"), "value");
    }
    let environment = environment
        .with(
            "npm_config_globalconfig",
            &home.join("global-npmrc").display().to_string(),
        )
        .with("TOKEN", "token");
    let manifest = Manifest::from_json(json!({ "name": "@acme/cat", "version": "1.0.0" }));
    let time = median(101, || {
        let begin = Instant::now();
        let config = Config::load(
            CommandLine::parse(&[], None),
            &environment,
            None,
            &|_, _| false,
        );
        let package = config.for_package(&manifest);
        let registry = package.registry("@acme/cat").expect("a URL").value;
        std::hint::black_box((
            package.tag(),
            package.access(),
            package.auth_check(&registry),
            package.request_credential(registry.url()),
        ));
        begin.elapsed()
    });
    fs::remove_file(folder.join(".npmrc")).expect("written above");
    time
}

fn median(runs: usize, run: impl Fn() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..runs).map(|_| run()).collect();
    times.sort();
    times[runs / 2]
}

/// The embedded registry on a separate thread, until the process ends.
fn serve(latency: u64) -> (String, String) {
    let state = json!({
        "users": { "alice": {} },
        "tokens": { "token-of-alice": { "user": "alice", "kind": "session" } },
        "packages": { "cat": { "versions": { "1.0.0": {} }, "maintainers": ["alice"] } },
        "latencyMilliseconds": latency,
    });
    let state: State = serde_json::from_value(state).expect("a state");
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async move {
            let registry = Registry::start(state, None).await.expect("a port");
            send.send((registry.url(), registry.host()))
                .expect("somebody waits");
            std::future::pending::<()>().await;
        });
    });
    receive.recv().expect("the registry starts")
}

/// A server that only has the packument, ready to send.
fn serve_packument(size: usize) -> (String, String) {
    let packument = packument(size);
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let host = listener.local_addr().expect("bound").to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let packument = packument.clone();
            std::thread::spawn(move || {
                let mut request = [0; 4096];
                while let Ok(read @ 1..) = stream.read(&mut request) {
                    let head = String::from_utf8_lossy(&request[..read]).into_owned();
                    let path = head.split(' ').nth(1).unwrap_or_default();
                    let (status, body) = match path {
                        "/cat?write=true" => ("200 OK", packument.as_str()),
                        "/-/whoami" => ("200 OK", r#"{"username":"alice"}"#),
                        _ => ("404 Not Found", "{}"),
                    };
                    let head = format!(
                        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                        body.len()
                    );
                    if stream
                        .write_all(head.as_bytes())
                        .and_then(|()| stream.write_all(body.as_bytes()))
                        .is_err()
                    {
                        return;
                    }
                }
            });
        }
    });
    (format!("http://{host}/"), host)
}

/// Versions as npm writes them, with dependencies and scripts, up to a size.
fn packument(size: usize) -> String {
    let mut versions = serde_json::Map::new();
    let mut length = 0;
    let mut minor = 0;
    while length < size || minor == 0 {
        let dependencies: serde_json::Map<_, _> = (0..30)
            .map(|index| (format!("dependency-{index}"), json!("^1.2.3")))
            .collect();
        let version = json!({
            "name": "cat",
            "version": format!("1.{minor}.0"),
            "description": "A cat among packages",
            "dependencies": dependencies,
            "scripts": { "test": "node --test", "build": "tsc --build" },
            "dist": { "integrity": format!("sha512-{}", "A".repeat(86)), "shasum": "a".repeat(40), "tarball": "http://127.0.0.1/cat.tgz" },
        });
        length += version.to_string().len();
        versions.insert(format!("1.{minor}.0"), version);
        minor += 1;
    }
    json!({ "name": "cat", "dist-tags": { "latest": "1.0.0" }, "versions": versions, "time": {}, "maintainers": [{ "name": "alice" }] }).to_string()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
