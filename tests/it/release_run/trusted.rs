//! Trusted publishing: the job's environment reaches npm, which exchanges its identity token
//! for each package.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::json;

use super::Repository;
use crate::support::http;

/// What GitHub gives a job: a URL that issues identity tokens. It ends with the process.
fn identity_provider() -> String {
    let token = http::unsigned_token(&json!({
        "repository": "acme/cat",
        "workflow_ref": "acme/cat/.github/workflows/release.yml@refs/heads/main",
        "repository_visibility": "private",
        "runner_environment": "github-hosted",
    }));
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 8192];
            let read = stream.read(&mut request).unwrap_or(0);
            let head = String::from_utf8_lossy(&request[..read]).to_ascii_lowercase();
            let is_asked_well = head.contains("authorization: bearer of-the-job");
            let (status, body) = if is_asked_well {
                ("200 OK", json!({ "value": token }).to_string())
            } else {
                ("401 Unauthorized", "{}".to_owned())
            };
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(body.as_bytes());
        }
    });
    format!("http://{address}/token?api-version=2.0")
}

#[test]
fn the_environment_of_a_job_reaches_npm() {
    let package = json!({
        "versions": { "0.9.0": {} },
        "maintainers": ["alice"],
        "trustedPublisher": { "repository": "acme/cat", "workflow": "release.yml" },
    });
    let packages = json!({ "packages": { "pkg-a": package, "pkg-d": package } });
    let mut repository = Repository::with_state(11, &packages);
    let registry = format!("registry={}\n", repository.server.url());
    std::fs::write(repository.sandbox.home().join(".npmrc"), registry).expect("our own file");
    for (name, value) in [
        ("CI", "true"),
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "acme/cat"),
        (
            "GITHUB_WORKFLOW_REF",
            "acme/cat/.github/workflows/release.yml@refs/heads/main",
        ),
        ("RUNNER_ENVIRONMENT", "github-hosted"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", &identity_provider()),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-job"),
    ] {
        repository.sandbox.set(name, value);
    }
    let run = repository.release(&["-w", "pkg-a", "-w", "pkg-d"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut arrived = repository.arrived();
    arrived.sort();
    assert_eq!(arrived, ["pkg-a", "pkg-d"]);
    let requests = repository.server.requests();
    let exchanges = requests
        .iter()
        .filter(|request| request.target.contains("/oidc/token/exchange/package/"));
    assert_eq!(exchanges.count(), 2, "each package has its own exchange");
    assert!(!format!("{run:?}").contains("of-the-job"));
}
