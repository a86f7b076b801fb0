//! The usual set-up of a run: a registry with an account, and a sandbox that is logged in
//! there.

use std::fs;
use std::path::{Path, PathBuf};

use super::git::set_mode;
use super::npm_versions::npm;
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

/// An npm that records how it was called, and then runs this JavaScript.
pub(crate) fn fake_npm(sandbox: &mut Sandbox, script: &str) {
    let log = sandbox.root().join("npm.log").display().to_string();
    let text = format!(
        "#!/usr/bin/env node\nconst fs = require('node:fs');\n\
         const lines = (words) => words.map((word) => `${{word}}\\n`).join('');\n\
         fs.writeFileSync({}, lines(process.argv.slice(2)));\n\
         fs.writeFileSync({}, lines(Object.entries(process.env).map((pair) => pair.join('='))));\n\
         {script}\n",
        serde_json::json!(log),
        serde_json::json!(format!("{log}.env")),
    );
    let bin = npm_of(sandbox.root(), "11.19.1", &text);
    sandbox.set_path(&[&bin, &npm(11).path_dir]);
}

/// A folder for PATH with an npm of this version and this script, as it is installed
/// on this system.
pub(crate) fn npm_of(below: &Path, version: &str, script: &str) -> PathBuf {
    let root = below.join(format!("installed-{version}"));
    let package = root.join("node_modules/npm");
    fs::create_dir_all(package.join("bin")).expect("a fresh folder");
    let manifest = serde_json::json!({ "name": "npm", "version": version });
    fs::write(package.join("package.json"), manifest.to_string()).expect("writable");
    let cli = package.join("bin/npm-cli.js");
    fs::write(&cli, script).expect("writable");
    set_mode(&cli, 0o755);
    #[cfg(unix)]
    std::os::unix::fs::symlink(&cli, root.join("npm")).expect("a fresh folder");
    // It is never started: its npm-cli.js is.
    #[cfg(windows)]
    fs::write(root.join("npm.cmd"), "@exit /b 70\r\n").expect("writable");
    root
}
