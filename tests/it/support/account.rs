//! The usual set-up of a run: a registry with an account, and a sandbox that is logged in
//! there.

use std::fs;

use super::registry::Server;
use super::sandbox::Sandbox;

/// A registry with the account `alice` and her package `taken` 1.0.0.
pub(crate) fn state() -> safe_publish::rehearsal::State {
    serde_json::from_value(serde_json::json!({
        "users": { "alice": {} },
        "tokens": { "token-of-alice": { "user": "alice" } },
        "packages": { "taken": { "versions": { "1.0.0": {} }, "maintainers": ["alice"] } },
    }))
    .expect("a state")
}

/// A sandbox that is logged in as `alice`, with this package.json.
pub(crate) fn sandbox(server: &Server, manifest: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let npmrc = format!(
        "registry={}\n//{}/:_authToken=token-of-alice\n",
        server.url(),
        server.host()
    );
    fs::write(sandbox.home().join(".npmrc"), npmrc).expect("writable");
    sandbox.write("package.json", manifest);
    sandbox
}

/// An npm that records how it was called, and then runs a script.
#[cfg(unix)]
pub(crate) fn fake_npm(sandbox: &mut Sandbox, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    let root = sandbox.root().join("npm");
    fs::create_dir_all(root.join("bin")).expect("writable");
    fs::write(
        root.join("package.json"),
        r#"{"name":"npm","version":"11.19.1","license":"MIT"}"#,
    )
    .expect("writable");
    let log = sandbox.root().join("npm.log");
    let text = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\nenv > {}.env\n{script}\n",
        log.display(),
        log.display()
    );
    let path = root.join("bin/npm");
    fs::write(&path, text).expect("writable");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("writable");
    sandbox.set_path(&[&root.join("bin")]);
}
