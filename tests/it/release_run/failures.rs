//! What stops a release, and how the same command completes it.

use serde_json::{Value, json};

use super::{Repository, states};

fn state(document: &Value, name: &str) -> String {
    let all = states(document);
    let found = all.into_iter().find(|(known, _)| known == name);
    found.expect("a package").1
}

#[test]
fn a_script_that_fails_sends_nothing() {
    let repository = Repository::npm(11);
    let fail = "console.log('the build is broken'); process.exitCode = 3;";
    repository.node_script("pkg-b", "prepublishOnly", fail);
    let run = repository.release(&["--format", "json"]);
    assert_eq!(run.code, Some(100), "{run:?}");
    assert_eq!(repository.arrived(), [""; 0]);
    let document = run.json();
    assert_eq!(state(&document, "pkg-b"), "failed");
    assert_eq!(state(&document, "pkg-a"), "publish");
    assert!(run.stderr.contains("the build is broken"), "{run:?}");
    assert!(
        run.stdout.contains("`prepublishOnly` ended with 3"),
        "{run:?}"
    );
    repository.assert_no_leftovers();
}

#[test]
fn scripts_get_npms_settings() {
    let repository = Repository::npm(11);
    let ask = "const { npm_config_registry, npm_config_npm_version, npm_config_tag } = process.env;
        process.exitCode = npm_config_registry && npm_config_npm_version && npm_config_tag === 'next' ? 0 : 7;";
    repository.node_script("pkg-a", "prepublishOnly", ask);
    let run = repository.release(&["-w", "pkg-a", "--tag", "next"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(repository.arrived(), ["pkg-a"]);
}

#[test]
fn a_refusal_leaves_dependants_waiting_and_the_same_command_completes() {
    let refusal = json!({ "status": { "status": 403, "body": { "error": "You do not have permission to publish \"pkg-b\"." } } });
    let faults = json!({ "faults": [
        { "method": "PUT", "path": "/pkg-b", "times": 1, "with": refusal },
    ]});
    let repository = Repository::with_state(11, &faults);
    let run = repository.release(&["--format", "json"]);
    assert_eq!(run.code, Some(104), "{run:?}");
    let document = run.json();
    let wanted = [
        ("pkg-a", "published"),
        ("pkg-b", "failed"),
        ("pkg-c", "waiting"),
        ("pkg-d", "published"),
        ("pkg-e", "waiting"),
    ];
    for (name, wanted) in wanted {
        assert_eq!(state(&document, name), wanted, "{name}: {document:#}");
    }
    let failed = document["packages"].as_array().expect("packages").iter();
    let failed = failed
        .clone()
        .find(|one| one["name"] == "pkg-b")
        .expect("b");
    assert_eq!(failed["explanation"]["error"]["code"], "E403", "{failed:#}");
    assert_eq!(document["order"].as_array().expect("order").len(), 5);

    let again = repository.release(&[]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(repository.arrived().len(), 5);
    assert!(
        again.stdout.contains("\npkg-e 1.0.0: published"),
        "{again:?}"
    );
    assert!(again.stdout.contains("\npkg-a 1.0.0: out"), "{again:?}");
}

#[test]
fn in_github_actions_a_failed_release_has_annotations_and_a_summary() {
    let refusal = json!({ "status": { "status": 403, "body": { "error": "You do not have permission to publish \"pkg-b\"." } } });
    let faults = json!({ "faults": [{ "method": "PUT", "path": "/pkg-b", "with": refusal }] });
    let mut repository = Repository::with_state(11, &faults);
    let summary = repository.sandbox.root().join("summary.md");
    std::fs::write(&summary, "").expect("writable");
    repository
        .sandbox
        .set("GITHUB_STEP_SUMMARY", &summary.display().to_string());
    let run = repository.release(&["--format", "github"]);
    assert_eq!(run.code, Some(104), "{run:?}");
    let annotation = "\n::error title=pkg-b@1.0.0%3A failed::npm said: E403";
    assert!(run.stdout.contains(annotation), "{run:?}");
    let summary = std::fs::read_to_string(&summary).expect("a summary");
    for line in [
        "### safe-publish release: 2 published, 1 failed, 2 waiting\n",
        "\n| pkg-a&#64;1.0.0 | published |  |\n",
        "\n| pkg-c&#64;1.0.0 | waiting | it needs pkg-b, not published |\n",
    ] {
        assert!(summary.contains(line), "{summary}");
    }
}

#[test]
fn with_fail_fast_nothing_more_is_sent() {
    let refusal = json!({ "status": { "status": 403 } });
    let faults = json!({ "faults": [
        { "method": "PUT", "path": "/pkg-", "times": 1, "with": refusal },
    ]});
    let repository = Repository::with_state(11, &faults);
    repository.script("pkg-d", "x", "");
    let run = repository.release(&["--fail-fast", "-w", "pkg-a", "-w", "pkg-b"]);
    // Nothing is published, so the code is npm's own.
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(repository.arrived(), [""; 0]);
}

#[test]
fn a_lost_answer_is_looked_up() {
    let faults = json!({ "faults": [
        { "method": "PUT", "path": "/pkg-a", "times": 1, "with": { "afterWriting": 500 } },
    ]});
    let repository = Repository::with_state(11, &faults);
    let run = repository.release(&["--format", "json", "--fetch-retries=0"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(state(&run.json(), "pkg-a"), "published");
    assert_eq!(repository.arrived().len(), 5);
}
