//! Whole screens as people see them, in pipes of 80 and 120 columns and on
//! terminals of 40 to 200.

#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::fs;

use serde_json::json;

use crate::support::npm_versions;
use crate::support::registry::Server;
use crate::support::sandbox::{Run, Sandbox};
use crate::support::terminal::visible;

fn server(faults: &serde_json::Value) -> Server {
    let state = json!({
        "users": { "alice": {}, "bob": {} },
        "tokens": { "token-of-alice": { "user": "alice" } },
        "packages": {
            "cat-utils": {
                "versions": { "1.4.0": {}, "1.5.0": {} },
                "distTags": { "latest": "1.5.0" },
                "maintainers": ["alice"],
            },
            "bobs-tool": { "versions": { "1.0.0": {} }, "maintainers": ["bob"] },
            "big": { "versions": { "4.0.0": {} }, "maintainers": ["alice"] },
        },
        "faults": faults,
    });
    Server::start(serde_json::from_value(state).expect("a state"))
}

fn sandbox(server: &Server, manifest: &serde_json::Value) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.npm_is("11.19.1");
    let npmrc = format!(
        "registry={}\n//{}/:_authToken=token-of-alice\nfetch-retries=0\n",
        server.url(),
        server.host()
    );
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    let text = serde_json::to_string_pretty(manifest).expect("JSON");
    sandbox.write("package.json", &text);
    sandbox
}

fn manifest(name: &str, version: &str) -> serde_json::Value {
    json!({ "name": name, "version": version, "license": "MIT" })
}

fn workspace(sandbox: &Sandbox, count: usize, blocked: &[usize]) {
    sandbox.write(
        "package.json",
        r#"{"name":"root","private":true,"workspaces":["packages/*"]}"#,
    );
    for at in 0..count {
        let mut member = manifest(&format!("@alice/p{at:04}"), "1.0.0");
        member["publishConfig"] = json!({ "access": "public" });
        if blocked.contains(&at) {
            member["dependencies"] = json!({ "x": "workspace:*" });
        }
        sandbox.write(
            &format!("packages/p{at:04}/package.json"),
            &member.to_string(),
        );
    }
}

/// Makes everything equal that differs from run to run.
fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT");
    settings.add_filter(r"\d+\.\d\d s", "0.00 s");
    settings.add_filter(r"\d+ requests?", "N requests");
    settings.add_filter(r"\d{4}-\d\d-\d\d", "2026-11-01");
    settings.add_filter(r"/[^ \n]*/\.tmp[A-Za-z0-9]+", "/tmp/sandbox");
    settings.set_prepend_module_to_snapshot(false);
    settings
}

/// The screen of one run at both widths.
fn screen(sandbox: &mut Sandbox, args: &[&str], look: impl Fn(&Run) -> String) -> String {
    let mut screens = String::new();
    for columns in ["80", "120"] {
        sandbox.set("COLUMNS", columns);
        let run = sandbox.run(args);
        let _ = write!(
            screens,
            "-- {columns} columns, code {:?}\n{}",
            run.code,
            look(&run)
        );
    }
    screens
}

fn stdout(run: &Run) -> String {
    run.stdout.clone()
}

#[test]
fn ready() {
    let server = server(&json!([]));
    let mut sandbox = sandbox(&server, &manifest("cat-utils", "1.6.0"));
    let screen = screen(&mut sandbox, &["check"], stdout);
    settings().bind(|| insta::assert_snapshot!("screen_ready", screen));
}

#[test]
fn a_new_name_and_a_jump() {
    let server = server(&json!([]));
    let mut new = sandbox(&server, &manifest("cat-utlis", "1.0.0"));
    let mut jump = sandbox(&server, &manifest("big", "40.0.0"));
    let screens = screen(&mut new, &["check"], stdout) + &screen(&mut jump, &["check"], stdout);
    settings().bind(|| insta::assert_snapshot!("screen_new_name", screens));
}

#[test]
fn blocked_by_one() {
    let server = server(&json!([]));
    let mut sandbox = sandbox(&server, &manifest("cat-utils", "1.5.0"));
    let screen = screen(&mut sandbox, &["check"], stdout);
    settings().bind(|| insta::assert_snapshot!("screen_blocked_by_1", screen));
}

#[test]
fn blocked_by_five() {
    let server = server(&json!([]));
    let mut manifest = manifest("bobs-tool", "1.0.0");
    manifest["private"] = json!(true);
    manifest["dependencies"] = json!({ "a": "workspace:*", "b": "link:../b" });
    let mut sandbox = sandbox(&server, &manifest);
    let screen = screen(&mut sandbox, &["check"], stdout);
    settings().bind(|| insta::assert_snapshot!("screen_blocked_by_5", screen));
}

#[test]
fn a_registry_that_is_down_is_one_entry_in_twelve_lines() {
    let server = server(&json!([]));
    let mut sandbox = sandbox(&server, &manifest("cat-utils", "1.6.0"));
    drop(server);
    let screen = screen(&mut sandbox, &["check"], stdout);
    for one in screen.split("-- ").skip(1) {
        assert!(one.lines().count() <= 13, "{one}");
        assert_eq!(one.matches("undecided[").count(), 1, "{one}");
    }
    settings().bind(|| insta::assert_snapshot!("screen_registry_down", screen));
    // Nobody can log in where nothing answers.
    fs::write(
        sandbox.home().join(".npmrc"),
        "registry=http://127.0.0.1:9/\n",
    )
    .expect("writable");
    sandbox.set("COLUMNS", "80");
    let run = sandbox.run(&["check"]);
    let text = run.stdout;
    assert_eq!(run.code, Some(100), "{text}");
    assert!(text.lines().count() <= 12, "{text}");
    assert!(text.contains("reads (registry-unreachable"), "{text}");
}

#[test]
fn a_thousand_ready_packages_are_a_few_lines() {
    let server = server(&json!([]));
    let sandbox = sandbox(&server, &manifest("root", "1.0.0"));
    workspace(&sandbox, 1000, &[]);
    let run = sandbox.run(&["check", "--workspaces", "--timeout", "600"]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    assert!(run.stdout.lines().count() <= 60, "{}", run.stdout);
    let quiet = ["check", "--workspaces", "--timeout", "600", "--quiet"];
    let run = sandbox.run(&quiet);
    assert_eq!(run.stdout + &run.stderr, "");
}

/// A command's own options, examples and a link, no wider than a usual terminal.
#[test]
fn the_help_of_each_command_has_examples_and_a_link() {
    let sandbox = Sandbox::new();
    let commands = safe_publish::cli::command_names();
    for command in commands.iter().filter(|name| *name != "help") {
        let run = sandbox.on_terminal(80, &format!("{command} --help"), "");
        let text = visible(&run.stdout);
        assert_eq!(run.code, Some(0), "{text}");
        let (_, examples) = text.split_once("\nExamples:\n").expect("examples");
        let lines = examples.lines().take_while(|line| line.starts_with("  "));
        assert!(lines.count() >= 3, "{text}");
        assert!(examples.contains("\nMore: https://"), "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
    }
}

#[test]
fn of_152_packages_the_exceptions_are_shown() {
    let server = server(&json!([]));
    let mut sandbox = sandbox(&server, &manifest("root", "1.0.0"));
    workspace(&sandbox, 152, &[7, 9]);
    let args = ["check", "--workspaces", "--timeout", "600"];
    let screen = screen(&mut sandbox, &args, stdout);
    for one in screen.split("-- ").skip(1) {
        assert!(one.contains("152 packages: 150 ready, 2 blocked: @alice/p0007, @alice/p0009"));
        assert!(one.lines().count() <= 30, "{one}");
    }
    settings().bind(|| insta::assert_snapshot!("screen_152_packages", screen));
}

#[test]
fn where_all_are_private_nothing_would_be_published() {
    let server = server(&json!([]));
    let sandbox = sandbox(&server, &manifest("root", "1.0.0"));
    workspace(&sandbox, 0, &[]);
    for at in 0..5 {
        let member = json!({ "name": format!("p{at}"), "version": "1.0.0", "private": true });
        sandbox.write(&format!("packages/p{at}/package.json"), &member.to_string());
    }
    let run = sandbox.run(&["check", "--workspaces"]);
    assert!(
        run.stdout.starts_with("nothing would be published"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("p0, p1, p2, p3, p4"), "{}", run.stdout);
}

#[test]
fn success_and_an_unknown_failure() {
    let npm = npm_versions::npm(11);
    let put = json!({ "method": "PUT", "path": "/cat-utils", "with": { "status": { "status": 418, "body": { "error": "I am a teapot" } } } });
    let mut screens = String::new();
    for faults in [json!([]), json!([put])] {
        for columns in ["80", "120"] {
            let server = server(&faults);
            let mut sandbox = sandbox(&server, &manifest("cat-utils", "1.6.0"));
            sandbox.set_path(&[&npm.path_dir]);
            sandbox.set("COLUMNS", columns);
            // The width of npm's messages is not up to us.
            let run = sandbox.run(&["--loglevel=silent"]);
            let _ = write!(
                screens,
                "-- {columns} columns, code {:?}\n{}{}",
                run.code, run.stdout, run.stderr
            );
        }
    }
    settings().bind(|| insta::assert_snapshot!("screen_success_and_unknown_failure", screens));
}

#[test]
fn an_interruption_says_that_nothing_was_sent() {
    use std::io::Read as _;
    use std::process::Stdio;

    let hang = json!([{ "path": "/cat-utils", "with": "hang" }]);
    let server = server(&hang);
    let sandbox = sandbox(&server, &manifest("cat-utils", "1.6.0"));
    let mut child = sandbox
        .command(env!("CARGO_BIN_EXE_safe-publish"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // It listens for signals before any request.
    while server.requests().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it runs");
    let mut stderr = String::new();
    let mut pipe = child.stderr.take().expect("piped");
    pipe.read_to_string(&mut stderr).expect("text");
    let code = child.wait().expect("it ends").code();
    assert_eq!(code, Some(130), "{stderr}");
    settings().bind(|| insta::assert_snapshot!("screen_ctrl_c", stderr));
}

#[test]
fn every_line_ends_before_the_edge_of_the_terminal() {
    let server = server(&json!([]));
    let mut manifest = manifest("bobs-tool", "1.0.0");
    manifest["private"] = json!(true);
    manifest["dependencies"] = json!({ "a": "workspace:*", "b": "https://h.example/a/very/long/address/that/does/not/fit/into/a/line/of/forty.tgz" });
    let blocked = sandbox(&server, &manifest);
    let many = sandbox(&server, &manifest);
    workspace(&many, 30, &[3]);
    for columns in [40, 80, 120, 200] {
        for (sandbox, args) in [
            (&blocked, "check"),
            (&blocked, "check --verbose"),
            (&many, "check --workspaces"),
        ] {
            let run = sandbox.on_terminal(columns, args, "");
            let text = visible(&run.stdout);
            assert_eq!(run.code, Some(100), "{text}");
            assert!(run.stdout.contains("\u{1b}[1m"), "bold: {}", run.stdout);
            for line in text.lines() {
                let width = line.chars().count();
                assert!(
                    width <= columns.min(120),
                    "{columns}, {args}: {width}: {line}\n{text}"
                );
            }
        }
    }
}

#[test]
fn a_terminal_gets_colours_unless_switched_off_and_no_braille_without_unicode() {
    let mut sandbox = {
        let server = server(&json!([]));
        sandbox(&server, &manifest("cat-utils", "1.6.0"))
    };
    let coloured = sandbox.on_terminal(80, "check", "");
    assert!(coloured.stdout.contains("\u{1b}["), "{}", coloured.stdout);
    let plain = sandbox.on_terminal(80, "check --color never", "");
    assert!(!plain.stdout.contains("\u{1b}[1m"), "{}", plain.stdout);
    sandbox.set("NO_COLOR", "1");
    let plain = sandbox.on_terminal(80, "check", "");
    assert!(!plain.stdout.contains("\u{1b}[1m"), "{}", plain.stdout);

    let slow = json!([{ "path": "/cat-utils", "with": "hang" }]);
    let server = server(&slow);
    let mut sandbox = sandbox_at(&server);
    let braille = |text: &str| text.chars().any(|c| ('\u{2800}'..='\u{28ff}').contains(&c));
    let run = sandbox.on_terminal(80, "check --timeout 1", "");
    assert!(braille(&run.stdout), "{}", run.stdout);
    assert!(
        !braille(&visible(&run.stdout)),
        "the spinner leaves nothing: {}",
        visible(&run.stdout)
    );
    sandbox.set("LANG", "C");
    let run = sandbox.on_terminal(80, "check --timeout 1", "");
    assert!(run.stdout.is_ascii(), "{}", run.stdout);
}

fn sandbox_at(server: &Server) -> Sandbox {
    sandbox(server, &manifest("cat-utils", "1.6.0"))
}

#[test]
fn the_question_before_a_publish_takes_yes_and_nothing_else() {
    let server = server(&json!([]));
    let mut sandbox = sandbox(&server, &manifest("cat-utils", "1.6.0"));
    let no = sandbox.on_terminal(80, "--confirm --no-verify", "n\n");
    assert_eq!(no.code, Some(100), "{}", no.stdout);
    assert!(
        no.stdout.contains("publish cat-utils 1.6.0? [y/N]"),
        "{}",
        no.stdout
    );
    // The npm of the sandbox ends with 70.
    let yes = sandbox.on_terminal(80, "--confirm --no-verify", "y\n");
    assert_eq!(yes.code, Some(70), "{}", yes.stdout);
    sandbox.write("safe-publish.json", r#"{"confirm":true}"#);
    let by_setting = sandbox.on_terminal(80, "--no-verify", "\n");
    assert_eq!(by_setting.code, Some(100), "{}", by_setting.stdout);
    sandbox.set("CI", "true");
    let in_ci = sandbox.on_terminal(80, "--no-verify", "");
    assert_eq!(in_ci.code, Some(70), "{}", in_ci.stdout);
    assert_eq!(sandbox.run(&["--no-verify"]).code, Some(70));
}

#[test]
fn a_yes_after_an_interruption_publishes_nothing() {
    let server = server(&json!([]));
    let sandbox = sandbox(&server, &manifest("cat-utils", "1.6.0"));
    let is_time = |screen: &str| screen.contains("[y/N]");
    let run = sandbox.on_terminal_when(80, "--confirm --no-verify", is_time, "\u{3}y\n");
    // The npm of the sandbox would end with 70.
    assert_eq!(run.code, Some(130), "{}", run.stdout);
}

#[test]
fn a_blocked_report_in_a_pipe_is_on_standard_error_as_well() {
    let server = server(&json!([]));
    let sandbox = sandbox(&server, &manifest("cat-utils", "1.5.0"));
    let run = sandbox.run(&["check"]);
    assert!(
        run.stdout.contains("error[version-taken]"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("error[version-taken]"),
        "{}",
        run.stderr
    );
    let json = sandbox.run(&["check", "--format", "json"]);
    assert_eq!(json.json()["packages"][0]["latest"], "1.5.0");
}
