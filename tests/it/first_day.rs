//! What people do on their first day: Ctrl-C while it waits, arguments after `--`, URLs instead
//! of folders, formats that a command does not have, a full disk, another folder than the
//! working folder.

use serde_json::{Value, json};

use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};

fn set_up(faults: &Value) -> (Sandbox, Server) {
    let state = json!({
        "users": { "alice": {} },
        "tokens": { "tok-alice-1": { "user": "alice" } },
        "packages": { "cat": { "versions": { "0.9.0": {} }, "maintainers": ["alice"] } },
        "faults": faults,
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let mut sandbox = Sandbox::new();
    sandbox.npm_is("11.19.1");
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.0.0","license":"MIT"}"#,
    );
    let npmrc = format!(
        "registry={}\n//{}/:_authToken=tok-alice-1\n",
        server.url(),
        server.host()
    );
    std::fs::write(sandbox.home().join(".npmrc"), npmrc).expect("our own file");
    (sandbox, server)
}

#[test]
#[cfg(unix)]
fn an_interrupt_while_it_waits_for_the_version_ends_it() {
    use std::io::Read as _;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use crate::support::npm_versions::npm;

    let hidden = json!([{
        "method": "GET", "path": "/cat/1.0.0", "with": { "status": { "status": 404 } },
    }]);
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let (mut sandbox, server) = set_up(&hidden);
        sandbox.set_path(&[&npm(11).path_dir]);
        let mut child = sandbox
            .command(env!("CARGO_BIN_EXE_safe-publish"))
            .args(["--timeout", "120"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let begin = Instant::now();
        let published = || {
            let seen = server.requests();
            let put = seen.iter().position(|request| request.method == "PUT");
            put.is_some_and(|put| {
                seen[put..]
                    .iter()
                    .any(|request| request.target.contains("/cat/1.0.0"))
            })
        };
        while !published() {
            assert!(begin.elapsed() < Duration::from_secs(60), "npm publishes");
            std::thread::sleep(Duration::from_millis(50));
        }
        let id = child.id().to_string();
        let shown = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(shown.expect("kill runs").success());
        let status = child.wait().expect("it ends");
        let mut stderr = String::new();
        let mut pipe = child.stderr.take().expect("a pipe");
        pipe.read_to_string(&mut stderr).expect("text");
        assert_eq!(status.code(), Some(code), "{stderr}");
        assert!(stderr.contains("was interrupted"), "{stderr}");
        assert!(stderr.contains("--registry http"), "{stderr}");
    }
}

#[test]
fn arguments_after_two_hyphens_are_npms_for_check_as_for_the_publish() {
    let (sandbox, _server) = set_up(&json!([]));
    let run = sandbox.run(&["check", "--format", "json", "--", "--tag", "next"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.json()["packages"][0]["tag"], "next");
}

#[test]
fn what_npm_reads_from_the_network_is_not_ready() {
    let (sandbox, _server) = set_up(&json!([]));
    for word in ["user/repository", "https://127.0.0.1:9/cat.tgz"] {
        let run = sandbox.run(&["check", word]);
        assert_eq!(run.code, Some(101), "{word}: {}", run.stdout);
    }
}

#[test]
fn a_format_that_a_command_does_not_have_is_a_wrong_command_line() {
    let (sandbox, _server) = set_up(&json!([]));
    for args in [
        ["explain", "version-burnt"],
        ["verify", "cat@0.9.0"],
        ["config", "."],
    ] {
        let run = sandbox.run(&[args[0], args[1], "--format", "sarif"]);
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.stdout);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_that_cannot_be_written_is_not_a_success() {
    let (sandbox, _server) = set_up(&json!([]));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let output = sandbox
        .command(env!("CARGO_BIN_EXE_safe-publish"))
        .args(["check", "--format", "gitlab"])
        .stdout(full.expect("Linux has it"))
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(102));
}

#[test]
fn remedies_act_where_the_package_lies() {
    let (sandbox, _server) = set_up(&json!([]));
    sandbox.write(
        "elsewhere/package.json",
        r#"{"name":"cat","version":"0.9.0"}"#,
    );
    let run = sandbox.run(&["check", "./elsewhere"]);
    let help = "npm --prefix elsewhere version 0.9.1";
    assert!(run.stdout.contains(help), "{}", run.stdout);
    sandbox.write(
        "package.json",
        r#"{"name":"root","private":true,"workspaces":["elsewhere"]}"#,
    );
    let run = sandbox.run(&["check", "--workspaces"]);
    let help = "npm version -w cat 0.9.1";
    assert!(run.stdout.contains(help), "{}", run.stdout);
    let run = sandbox.run(&["check"]);
    assert!(
        run.stdout.contains("safe-publish --workspaces"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_dead_proxy_is_named_and_its_password_is_not() {
    let (mut sandbox, _server) = set_up(&json!([]));
    sandbox.set("HTTP_PROXY", "http://user:hushhush@127.0.0.1:9/");
    let run = sandbox.run(&["check"]);
    assert_eq!(run.code, Some(101), "{}", run.stdout);
    assert!(run.stdout.contains("proxy: http://"), "{}", run.stdout);
    assert!(!run.stdout.contains("hushhush"), "{}", run.stdout);
}

#[test]
fn a_good_run_is_short_and_with_quiet_it_is_silent() {
    let (sandbox, _server) = set_up(&json!([]));
    let run = sandbox.run(&["check"]);
    assert!(run.stdout.lines().count() <= 8, "{}", run.stdout);
    let run: Run = sandbox.run(&["check", "--quiet"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""));
}

#[test]
fn the_bash_completion_knows_the_words_of_a_command() {
    let (sandbox, _server) = set_up(&json!([]));
    let script = sandbox.run(&["completions", "bash"]).stdout;
    let cases: Vec<&str> = script
        .lines()
        .filter_map(|line| line.trim().strip_prefix("cmd=\"")?.strip_suffix('"'))
        .filter(|label| !label.is_empty())
        .collect();
    assert!(cases.len() > 5, "{cases:?}");
    for label in cases {
        assert!(
            script.contains(&format!("{label})")),
            "no words for {label}"
        );
    }
}

/// `.invalid` never resolves (RFC 6761).
#[test]
fn a_host_that_does_not_exist_comes_before_everything_else() {
    let mut sandbox = Sandbox::new();
    sandbox.set("COLUMNS", "80");
    sandbox.write(
        "package.json",
        r#"{"name":"cat","version":"1.0.0","license":"MIT"}"#,
    );
    sandbox.write(".npmrc", "registry=http://registry.invalid/\n");
    let run = sandbox.run(&["check"]);
    let text = run.stdout;
    let at = |words: &str| text.find(words).unwrap_or(usize::MAX);
    assert!(
        at("registry-unreachable") < at("npm login"),
        "the host first: {text}"
    );
    assert!(at(".npmrc:1") < usize::MAX, "what set it: {text}");
    assert!(text.lines().count() <= 12, "{text}");
    assert_eq!(text.matches("undecided[").count(), 1, "{text}");
}
