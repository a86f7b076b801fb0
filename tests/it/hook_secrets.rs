//! What the hook sends to a registry that only the commit names, and what
//! `check` says before it sends a variable's value.

use std::fs;

use serde_json::json;

use crate::rehearsal_fence::everything_below;
use crate::support::git::{Repository, has_mode, line};
use crate::support::real_registry::RealRegistry;

const SECRET: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY";

/// A repository whose commit names somebody's registry.
struct Case {
    repository: Repository,
    somebody: RealRegistry,
}

impl Case {
    fn new(npmrc: impl Fn(&str, &str) -> String) -> Self {
        let mut repository = Repository::new();
        let somebody = RealRegistry::start();
        repository.sandbox.set("AWS_SECRET_ACCESS_KEY", SECRET);
        repository.sandbox.set("NPM_TOKEN", SECRET);
        repository.package(".", &json!({ "name": "cat", "version": "1.2.3" }));
        repository
            .sandbox
            .write(".npmrc", &npmrc(&somebody.url(), &somebody.host()));
        repository.commit("first");
        Self {
            repository,
            somebody,
        }
    }

    /// Runs the hook; returns its output, which must not contain the secret, and whether the
    /// registry was asked.
    fn run_hook(&self) -> (String, bool) {
        let input = line("v1.2.3", &self.repository.head());
        let run = self.repository.run_hook(&[], &input);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(!run.stderr.contains(SECRET), "{}", run.stderr);
        (run.stderr, !self.somebody.heard().is_empty())
    }

    /// Whether the secret, or any of our credentials, arrived.
    fn secret_arrived(&self) -> bool {
        let heard = self.somebody.heard();
        heard.iter().any(|request| {
            let headers = request.headers.iter();
            request.line.contains(SECRET)
                || headers.clone().any(|(_, value)| value.contains(SECRET))
                || headers
                    .clone()
                    .any(|(name, _)| name.ends_with("authorization"))
        })
    }
}

#[test]
fn no_variable_of_a_committed_credential_reaches_a_registry_that_only_the_commit_names() {
    for field in [
        "_authToken=${AWS_SECRET_ACCESS_KEY}",
        "_authToken=${NPM_TOKEN}",
        "_authToken=x${NPM_TOKEN}",
        "_auth=${NPM_TOKEN}",
        "_authToken=literal",
    ] {
        let case = Case::new(|url, host| format!("registry={url}\n//{host}/:{field}\n"));
        let (_, asked) = case.run_hook();
        assert!(
            asked && !case.secret_arrived(),
            "{field}: {:?}",
            case.somebody.heard()
        );
    }
    let case = Case::new(|url, host| {
        format!("registry={url}\n//{host}/:username=${{NPM_TOKEN}}\n//{host}/:_password=eA==\n")
    });
    case.run_hook();
    assert!(!case.secret_arrived());
}

#[test]
fn no_variable_in_a_committed_url_is_sent() {
    for path in [
        "${AWS_SECRET_ACCESS_KEY}/",
        "?key=${NPM_TOKEN}",
        "x/${NPM_TOKEN}",
    ] {
        for key in ["registry", "@s:registry=x\nregistry"] {
            let case = Case::new(|url, _| format!("{key}={url}{path}\n"));
            let (text, asked) = case.run_hook();
            assert!(!asked, "{path}: {:?}", case.somebody.heard());
            assert!(
                text.contains("cat is not checked: the URL of its registry contains a variable"),
                "{text}"
            );
        }
    }
}

#[test]
fn a_committed_file_that_calls_itself_the_users_is_not_trusted() {
    let case = Case::new(|url, _| format!("userconfig=own/.npmrc\nregistry={url}\n"));
    let host = case.somebody.host();
    let file = format!("//{host}/:_authToken=${{NPM_TOKEN}}\n");
    case.repository.sandbox.write("own/.npmrc", &file);
    case.repository.commit("another file");
    let (_, asked) = case.run_hook();
    assert!(
        asked && !case.secret_arrived(),
        "{:?}",
        case.somebody.heard()
    );
}

#[test]
fn no_credential_goes_by_a_proxy_that_the_commit_names() {
    // The user's own registry, and its token.
    let case = Case::new(|url, _| format!("proxy={url}\n"));
    let npmrc = format!(
        "registry={0}\n{1}:_authToken={SECRET}\n",
        case.repository.registry,
        case.repository.registry.trim_start_matches("http:")
    );
    fs::write(case.repository.sandbox.home().join(".npmrc"), npmrc).expect("writable");
    let (_, asked) = case.run_hook();
    assert!(
        asked && !case.secret_arrived(),
        "{:?}",
        case.somebody.heard()
    );
    let case =
        Case::new(|url, host| format!("registry={url}\nproxy=http://x:${{NPM_TOKEN}}@{host}\n"));
    case.run_hook();
    assert!(!case.secret_arrived(), "{:?}", case.somebody.heard());
}

#[test]
fn a_literal_credential_of_publish_config_is_not_sent() {
    let case = Case::new(|url, _| format!("registry={url}\n"));
    let (url, host) = (case.somebody.url(), case.somebody.host());
    let config = json!({ "registry": url, format!("//{host}/:_authToken"): SECRET });
    case.repository.package(
        ".",
        &json!({ "name": "cat", "version": "1.2.3", "publishConfig": config }),
    );
    case.repository.commit("second");
    let (_, was_asked) = case.run_hook();
    assert!(was_asked, "without a credential");
    assert!(!case.secret_arrived());
}

#[test]
fn the_users_own_registry_gets_the_users_own_credential() {
    let case = Case::new(|url, _| format!("registry={url}\n"));
    let npmrc = format!("//{}/:_authToken={SECRET}\n", case.somebody.host());
    fs::write(case.repository.sandbox.home().join(".npmrc"), npmrc).expect("writable");
    let (_, asked) = case.run_hook();
    assert!(asked && case.secret_arrived());
}

#[test]
fn check_names_a_foreign_variable_before_it_is_sent() {
    let case = Case::new(|url, host| {
        format!("registry={url}\n//{host}/:_authToken=${{AWS_SECRET_ACCESS_KEY}}\n")
    });
    let run = case.repository.sandbox.run(&["check"]);
    let line = "warning: .npmrc:2 sends the value of AWS_SECRET_ACCESS_KEY to 127.0.0.1\n";
    assert!(
        run.stderr.contains(line) || run.stdout.contains(line),
        "{run:?}"
    );
    let case = Case::new(|url, _| format!("registry={url}${{AWS_SECRET_ACCESS_KEY}}/\n"));
    let run = case.repository.sandbox.run(&["check"]);
    let line = ".npmrc:1 sends the value of AWS_SECRET_ACCESS_KEY to the registry of that line";
    assert!(run.stderr.contains(line), "{run:?}");
    assert!(!format!("{run:?}").contains(SECRET), "{run:?}");
    let case =
        Case::new(|url, host| format!("registry={url}\n//{host}/:_authToken=${{NPM_TOKEN}}\n"));
    let run = case.repository.sandbox.run(&["check"]);
    assert!(!run.stderr.contains("sends the value"), "{run:?}");
}

/// Starts the hook on a commit whose registry never answers, and ends it while it waits.
/// Gives its code, what it leaves in the temporary folder, and whose folder that is.
fn ended_by(
    end: impl FnOnce(&mut std::process::Child),
) -> (Option<i32>, Vec<(std::path::PathBuf, String)>, Repository) {
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let host = silent.local_addr().expect("bound").to_string();
    let mut repository = Repository::new();
    let key = format!("//{host}/:_authToken");
    repository.package(
        ".",
        &json!({ "name": "cat", "version": "1.2.3", "publishConfig": { key: SECRET } }),
    );
    let npmrc =
        format!("registry=http://{host}/\n//{host}/:_authToken={SECRET}\n_auth = {SECRET}\n");
    repository.sandbox.write(".npmrc", &npmrc);
    repository.commit("first");
    let temporary = repository.sandbox.own_temporary_folder();
    let mut command = repository
        .sandbox
        .command(env!("CARGO_BIN_EXE_safe-publish"));
    let mut child = command
        .args(["hook", "run", "--timeout=60"])
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = line("v1.2.3", &repository.head());
    std::io::Write::write_all(&mut stdin, input.as_bytes()).expect("it reads");
    drop(stdin);
    // It waits for the registry now.
    let _connection = silent.accept().expect("it asks");
    end(&mut child);
    let status = child.wait().expect("it ends");
    (status.code(), everything_below(&temporary), repository)
}

#[test]
fn a_killed_hook_leaves_nothing_secret_and_nothing_that_others_can_read() {
    let (_, left, _repository) = ended_by(|child| child.kill().expect("it runs"));
    assert!(
        left.iter().any(|(path, _)| path.ends_with(".npmrc")),
        "{left:?}"
    );
    for (path, text) in left {
        let is_private = [0o400, 0o600, 0o700]
            .iter()
            .any(|mode| has_mode(&path, *mode));
        assert!(is_private, "{}", path.display());
        assert!(!text.contains(SECRET), "{}: {text}", path.display());
    }
}

/// 0.0.0.0 leads to this machine, but does not count as this machine.
#[test]
#[cfg(target_os = "linux")]
fn a_token_of_the_users_is_not_sent_in_clear_text_where_the_commit_says_http() {
    let port = |host: &str| host.rsplit(':').next().map(str::to_owned).expect("a port");
    let case = Case::new(|_, host| format!("registry=http://0.0.0.0:{}/\n", port(host)));
    let own = format!(
        "//0.0.0.0:{}/:_authToken={SECRET}\n",
        port(&case.somebody.host())
    );
    let home = case.repository.sandbox.home();
    fs::write(home.join(".npmrc"), own).expect("a writable home");
    let (_, asked) = case.run_hook();
    assert!(
        asked && !case.secret_arrived(),
        "{:?}",
        case.somebody.heard()
    );
}

#[test]
#[cfg(unix)]
fn an_interrupted_hook_leaves_nothing_at_all() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let (ended, left, _repository) = ended_by(|child| {
            let mut kill = std::process::Command::new("/bin/kill");
            let sent = kill.args([signal, &child.id().to_string()]).status();
            assert!(sent.expect("kill starts").success());
        });
        assert_eq!(ended, Some(code));
        assert!(left.is_empty(), "{signal}: {left:?}");
    }
}
