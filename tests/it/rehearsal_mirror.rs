//! What a rehearsal passes on from the registries of its dependencies.

use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value, json};

use crate::rehearsal::{logged_in, manifest};
use crate::support::npm_versions::npm;
use crate::support::sandbox::Run;

#[test]
fn a_dependency_with_a_large_packument_and_tarball_is_installed() {
    let (real, sandbox) = logged_in();
    let engines: serde_json::Map<String, Value> = (0..40_000)
        .map(|number| (format!("engine-{number}"), json!("*")))
        .collect();
    let dependency = json!({ "name": "dep-cat", "version": "2.0.0", "engines": engines });
    sandbox.write("dep/package.json", &dependency.to_string());
    let mut noise = vec![0; 1 << 20];
    SystemRandom::new().fill(&mut noise).expect("random bytes");
    std::fs::write(sandbox.project().join("dep/noise.bin"), noise).expect("writable");
    let npm_program = npm(11).program();
    let published = Run::of(sandbox.command(&npm_program).args(["publish", "./dep"]));
    assert_eq!(published.code, Some(0), "{published:?}");
    assert!(real.arrived()[0].tarball.len() > 1 << 20);
    let package = json!({ "name": "needy-cat", "version": "1.0.0", "dependencies": { "dep-cat": "2" }, "files": [] });
    manifest(&sandbox, &package);
    let run = sandbox.run(&["rehearse", "--format=json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.json()["packages"][0]["installed"], "whole", "{run:?}");
}
