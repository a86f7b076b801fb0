//! One-time passwords on a terminal, and staging.

use serde_json::json;

use super::{NEEDS, Repository};
use crate::support::terminal::visible;

const QUESTION: &str = "type it, or press Enter to let npm ask";

/// A registry that wants a one-time password for each upload.
fn with_two_factor() -> Repository {
    let state = json!({
        "users": { "alice": { "twoFactor": "auth-and-writes", "otp": "123456" } },
        "tokens": { "token-of-alice": { "user": "alice", "kind": "session" } },
    });
    Repository::with_state(11, &state)
}

/// The passwords that were sent with uploads, in order.
fn sent(repository: &Repository) -> Vec<Option<String>> {
    let requests = repository.server.requests();
    let puts = requests.iter().filter(|request| request.method == "PUT");
    let otp = |headers: &[(String, String)]| {
        let mut headers = headers.iter();
        headers
            .find(|(name, _)| name == "npm-otp")
            .map(|(_, value)| value.clone())
    };
    puts.map(|request| otp(&request.headers)).collect()
}

#[test]
fn a_password_is_asked_for_once() {
    let repository = with_two_factor();
    let run = repository
        .sandbox
        .on_terminal(100, "release", &"123456\n".repeat(4));
    let screen = visible(&run.stdout);
    assert_eq!(run.code, Some(0), "{screen}");
    assert_eq!(screen.matches(QUESTION).count(), 1, "{screen}");
    assert_eq!(repository.arrived().len(), NEEDS.len());
    let sent = sent(&repository);
    assert_eq!(sent[0], None);
    assert!(
        sent[1..].iter().all(|otp| otp.as_deref() == Some("123456")),
        "{sent:?}"
    );
}

#[test]
fn a_password_that_is_not_taken_is_asked_for_again() {
    let repository = with_two_factor();
    let run = repository.sandbox.on_terminal(
        100,
        "release",
        &format!("000000\n{}", "123456\n".repeat(4)),
    );
    let screen = visible(&run.stdout);
    assert_eq!(run.code, Some(0), "{screen}");
    assert_eq!(screen.matches(QUESTION).count(), 2, "{screen}");
    assert!(
        screen.contains("did not accept that one-time password"),
        "{screen}"
    );
    assert_eq!(repository.arrived().len(), NEEDS.len());
}

#[test]
fn whoever_interrupts_the_question_sends_nothing() {
    let repository = with_two_factor();
    // Ctrl-C twice, and then a password that would be taken.
    let typed = "\u{3}\u{3}123456\n";
    let is_time = |screen: &str| screen.contains(QUESTION);
    let run = repository
        .sandbox
        .on_terminal_when(100, "release", is_time, typed);
    let screen = visible(&run.stdout);
    assert_eq!(run.code, Some(130), "{screen}");
    assert!(
        screen.contains("interrupted: nothing more is sent"),
        "{screen}"
    );
    assert!(screen.contains("pkg-a 1.0.0: waiting"), "{screen}");
    assert_eq!(repository.arrived(), [""; 0]);
    repository.assert_no_leftovers();
}

#[test]
fn a_password_of_the_user_is_sent_by_all() {
    let repository = with_two_factor();
    let run = repository.release(&["--otp", "123456"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let sent = sent(&repository);
    assert!(
        sent.iter().all(|otp| otp.as_deref() == Some("123456")),
        "{sent:?}"
    );
}

fn is_approved_in_order(major: u32) {
    let repository = Repository::with_state(
        major,
        &json!({ "packages": {
            "pkg-a": { "versions": { "0.9.0": {} }, "maintainers": ["alice"] },
            "pkg-b": { "versions": { "0.9.0": {} }, "maintainers": ["alice"] },
        }}),
    );
    let run = repository.release(&["--stage", "-w", "pkg-b", "-w", "pkg-a"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(repository.arrived().is_empty(), "nothing is published");
    let place = |text: &str| run.stderr.find(text);
    let (a, b) = (place("staged: pkg-a 1.0.0"), place("staged: pkg-b 1.0.0"));
    assert!(a.is_some() && a < b, "{run:?}");
    assert!(run.stderr.contains("approve them in this order"), "{run:?}");
    assert!(
        !run.stderr.contains("approve <id>"),
        "the ids are known: {run:?}"
    );
}

#[test]
fn npm_11_stages_a_release_that_is_approved_in_order() {
    is_approved_in_order(11);
}

#[test]
fn npm_12_stages_a_release_that_is_approved_in_order() {
    is_approved_in_order(12);
}

#[test]
fn a_rehearsal_releases_into_the_embedded_registry() {
    let repository = Repository::npm(11);
    let run = repository
        .sandbox
        .run(&["rehearse", "--release", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        repository.arrived().is_empty(),
        "no other registry is written to"
    );
    let document = run.json();
    let packages = document["packages"].as_array().expect("packages").iter();
    let names: Vec<&str> = packages.filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names.len(), NEEDS.len(), "{document:#}");
    let place = |name: &str| names.iter().position(|one| *one == name);
    assert!(place("pkg-a") < place("pkg-b") && place("pkg-b") < place("pkg-c"));
    // A rehearsal is not a release: it leaves no record.
    assert!(!repository.sandbox.home().join(".local").exists());
}

#[test]
fn a_rehearsed_release_that_fails_is_not_npms_failure() {
    let repository = Repository::npm(11);
    repository.script("pkg-a", "prepublishOnly", "exit 3");
    let run = repository.sandbox.run(&["rehearse", "--release"]);
    assert_eq!(run.code, Some(100), "{run:?}");
    assert!(
        run.stdout.contains("the release failed with 100"),
        "{run:?}"
    );
}

#[test]
fn a_web_page_stays_npms_own() {
    let mut repository = Repository::with_state(
        11,
        &json!({
            "users": { "alice": { "twoFactor": "auth-and-writes", "webLogin": true } },
            "tokens": { "token-of-alice": { "user": "alice", "kind": "session" } },
        }),
    );
    repository.sandbox.set("npm_config_browser", "false");
    let args = "release --no-verify -w pkg-a -w pkg-b";
    let run = repository.sandbox.on_terminal(100, args, "\n\n\n\n");
    let screen = visible(&run.stdout);
    assert_eq!(run.code, Some(0), "{screen}");
    assert!(screen.contains("/-/auth/"), "{screen}");
    assert!(!screen.contains(QUESTION), "no code is asked for: {screen}");
    assert_eq!(repository.arrived(), ["pkg-a", "pkg-b"]);
}
