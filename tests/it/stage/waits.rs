//! What the wrapper and `verify` do with a version that npm is scanning, that is staged, or
//! that the registry does not mention.

use serde_json::json;

use super::{id_of, registry, run_npm, sandbox, status};

#[test]
fn what_npm_scans_is_accepted_and_not_visible() {
    let server = registry(&json!({ "scanMilliseconds": 86_400_000 }));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let run = sandbox.run(&["--timeout", "2"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr
            .contains("accepted: cat 1.1.0 was accepted; npm is still scanning it"),
        "{run:?}"
    );
    assert_eq!(status(&server, "1.1.0"), "validating");
    let run = sandbox.run(&["verify", "cat@1.1.0", "--timeout", "2", "--format", "json"]);
    assert_eq!(run.code, Some(103), "{run:?}");
    assert_eq!(run.json()["packages"][0]["outcome"], "validating");
    let again = run_npm(&sandbox, &["publish"]);
    assert!(
        again.stderr.contains("previously staged version"),
        "{again:?}"
    );
}

#[test]
fn a_scan_of_ten_seconds_is_waited_for_and_one_that_blocks_is_an_error() {
    let server = registry(&json!({ "scanMilliseconds": 10_000 }));
    let first = sandbox(&server, 11, "cat", "1.1.0");
    let run = first.run(&["--timeout", "90"]);
    assert!(
        run.code == Some(0) && run.stderr.contains("visible: cat 1.1.0"),
        "{run:?}"
    );
    let server = registry(&json!({ "scanBlocks": true }));
    let second = sandbox(&server, 11, "cat", "1.1.0");
    let run = second.run(&["--timeout", "60"]);
    assert!(
        run.code == Some(103) && run.stderr.contains("blocked:"),
        "{run:?}"
    );
}

#[test]
fn a_staged_version_ends_the_wait_with_the_commands_for_it() {
    let server = registry(&json!({}));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let id = id_of(&run_npm(&sandbox, &["stage", "publish"]));
    let run = sandbox.run(&["verify", "cat@1.1.0", "--timeout", "60"]);
    assert_eq!(run.code, Some(103), "{run:?}");
    let text = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains(&format!(
            "npm stage approve {id} --registry {}",
            server.url()
        )),
        "{text}"
    );
}

/// Both cases without an answer: staged, and a registry without a status endpoint.
fn without_status(status: u16) -> serde_json::Value {
    json!({ "method": "GET", "path": "/status", "with": { "status": { "status": status } } })
}

#[test]
fn a_registry_without_the_status_endpoint_is_waited_for_as_any_other() {
    for answer in [401, 403, 404, 405, 500, 503] {
        let server = registry(&json!({
            "scanMilliseconds": 1000,
            "faults": [without_status(answer)],
        }));
        let sandbox = sandbox(&server, 11, "cat", "1.1.0");
        let published = run_npm(&sandbox, &["publish"]);
        assert_eq!(published.code, Some(0), "{published:?}");
        let run = sandbox.run(&["verify", "cat@1.1.0", "--timeout", "60"]);
        assert!(
            run.code == Some(0) && run.stderr.contains("visible: cat 1.1.0"),
            "{answer}: {run:?}"
        );
    }
    let server = registry(&json!({
        "scanMilliseconds": 86_400_000,
        "faults": [without_status(404)],
    }));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let run = sandbox.run(&["--timeout", "1", "--format", "json"]);
    assert_eq!(run.code, Some(103), "nobody vouches for it: {run:?}");
    assert!(run.stdout.contains(r#""outcome": "not-seen""#), "{run:?}");
}

#[test]
fn a_version_that_the_stage_has_lost_is_not_seen() {
    let server = registry(&json!({ "faults": [
        without_status(404),
        { "method": "GET", "path": "/-/stage", "with": { "status": { "status": 200, "body": { "items": [], "total": 0 } } } },
    ] }));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let staged = sandbox.run(&["stage", "publish"]);
    assert_eq!(staged.code, Some(0), "npm has said so: {staged:?}");
    let run = sandbox.run(&["verify", "cat@1.1.0", "--timeout", "1"]);
    assert!(
        run.code == Some(103) && run.stderr.contains("not seen:"),
        "{run:?}"
    );
}

#[test]
fn a_version_that_was_removed_and_one_that_was_blocked_end_the_wait() {
    let server = registry(&json!({
        "scanBlocks": true,
        "packages": { "cat": {
            "versions": { "1.0.0": {} },
            "unpublishedVersions": { "0.9.0": "20 days ago" },
            "maintainers": ["alice"],
        } },
    }));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let run = sandbox.run(&["verify", "cat@0.9.0", "--timeout", "60"]);
    assert!(
        run.code == Some(103) && run.stderr.contains("deleted: cat 0.9.0"),
        "{run:?}"
    );
    assert_eq!(run_npm(&sandbox, &["publish"]).code, Some(0));
    let run = sandbox.run(&["verify", "cat@1.1.0", "--timeout", "60", "--format", "json"]);
    assert_eq!(run.code, Some(103), "{run:?}");
    assert_eq!(run.json()["packages"][0]["outcome"], "blocked", "{run:?}");
}

/// A line in a log, and the same on a terminal's progress line.
#[test]
fn a_scan_shows_in_a_log_and_on_a_terminal() {
    let server = registry(&json!({ "scanMilliseconds": 86_400_000 }));
    let sandbox = sandbox(&server, 11, "cat", "1.1.0");
    let run = sandbox.run(&["--timeout", "1", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains(r#""outcome": "validating""#), "{run:?}");
    let line = "the registry has accepted cat 1.1.0 and is scanning";
    assert!(run.stderr.contains(line), "{run:?}");
    let quiet = sandbox.run(&["verify", "cat@1.1.0", "--timeout", "1", "--quiet"]);
    assert!(
        quiet.code == Some(103) && !quiet.stderr.contains(line),
        "{quiet:?}"
    );
    #[cfg(target_os = "linux")]
    {
        let mut sandbox = sandbox;
        sandbox.set("LANG", "C.UTF-8");
        let shown = sandbox.on_terminal(120, "verify cat@1.1.0 --timeout 2", "");
        assert!(
            shown.code == Some(103) && shown.stdout.contains(line),
            "{shown:?}"
        );
    }
}
