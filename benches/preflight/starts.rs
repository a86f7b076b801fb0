//! What starting costs: the program, the npm package's launcher, and npx.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Check, RUNS, median, milliseconds, timed};

/// Prints the three side by side, if Node and npm are on PATH.
pub(crate) fn measure(check: &Check<'_>) {
    let program = env!("CARGO_BIN_EXE_safe-publish");
    let version = concat!("safe-publish ", env!("CARGO_PKG_VERSION"));
    print("start: the program", version, || {
        let mut command = check.command(program);
        command.arg("--version");
        command
    });
    let (Ok(node), Ok(npx)) = (which::which("node"), which::which("npx")) else {
        return;
    };
    let modules = check.folder.join("node_modules");
    if !assemble(&node, &modules.join("@safe-publish")) {
        return;
    }
    let launcher = modules.join("@safe-publish/cli/bin/safe-publish.js");
    print("start: node", "", || {
        let mut command = check.command(&node);
        command.args(["-e", "0"]);
        command
    });
    print("start: the npm package's launcher", version, || {
        let mut command = check.command(&node);
        command.arg(&launcher).arg("--version");
        command
    });
    link(&launcher, &modules.join(".bin"));
    print("start: npx, package installed", version, || {
        let mut command = check.command(&npx);
        command.args(["@safe-publish/cli", "--version"]);
        command
    });
}

/// Prints the time of a command, which must print this: npx with an option in front of the
/// package's name would show npm's own version.
fn print(what: &str, printed: &str, command: impl Fn() -> Command) {
    let first = command().stdout(Stdio::piped()).output();
    let first = String::from_utf8(first.expect("it starts").stdout);
    assert_eq!(first.expect("UTF-8").trim_end(), printed, "{what}");
    let time = median(RUNS, || timed(&mut command()));
    println!("{what:<34} {:>8.1} ms", milliseconds(time));
}

/// Creates the packages for this machine, laid out as npm does. Returns whether it is a
/// supported target.
fn assemble(node: &Path, scope: &Path) -> bool {
    let arch = std::env::consts::ARCH;
    let target = match std::env::consts::OS {
        "linux" => format!("{arch}-unknown-linux-gnu"),
        "macos" => format!("{arch}-apple-darwin"),
        "windows" => format!("{arch}-pc-windows-msvc"),
        _ => return false,
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("npm/assemble.mjs");
    let pair = format!("{target}={}", env!("CARGO_BIN_EXE_safe-publish"));
    let mut command = Command::new(node);
    command
        .stdout(Stdio::null())
        .arg(script)
        .arg("--out")
        .arg(scope)
        .arg("--only");
    command
        .arg(pair)
        .status()
        .is_ok_and(|status| status.success())
}

fn link(launcher: &Path, bin: &Path) {
    fs::create_dir(bin).expect("writable");
    #[cfg(unix)]
    std::os::unix::fs::symlink(launcher, bin.join("safe-publish")).expect("writable");
    #[cfg(windows)]
    {
        let batch = format!("@node \"{}\" %*\r\n", launcher.display());
        fs::write(bin.join("safe-publish.cmd"), batch).expect("writable");
    }
}
