//! The npm packages: what npm/assemble.mjs makes from built programs, and what the launcher
//! does if no program fits.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::git::has_mode;
#[cfg(unix)]
use crate::support::git::set_mode;
use crate::support::managers::clean_command;
use crate::support::npm_versions::{node_platform, npm};
use crate::support::sandbox::Run;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_safe-publish");

pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn targets() -> Vec<Value> {
    let text = fs::read(repository().join("packaging/targets.json")).expect("the table");
    serde_json::from_slice(&text).expect("an array")
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} in {value}"))
}

/// The target that this machine's packages are made for.
pub(crate) fn this_target() -> Value {
    let (system, machine) = node_platform();
    let fits = |target: &&Value| {
        target["os"] == system && target["cpu"] == machine && target["libc"] != "musl"
    };
    let all = targets();
    all.iter()
        .find(fits)
        .expect("a target for this machine")
        .clone()
}

/// The program without its symbols, which are most of a debug build.
pub(crate) fn stripped_program(folder: &Path) -> PathBuf {
    let small = folder.join("stripped");
    let strip = Command::new("strip")
        .arg("-o")
        .arg(&small)
        .arg(PROGRAM)
        .status();
    if !strip.is_ok_and(|status| status.success()) {
        fs::copy(PROGRAM, &small).expect("a writable folder");
    }
    small
}

/// Runs npm/assemble.mjs.
pub(crate) fn assemble(args: &[&str]) -> Run {
    let script = repository().join("npm/assemble.mjs");
    Run::of(Command::new(npm(11).node).arg(script).args(args))
}

/// Assembles the packages for this machine in a folder.
pub(crate) fn assemble_here(folder: &Path, program: &Path) -> PathBuf {
    let out = folder.join("set");
    let pair = format!("{}={}", text(&this_target(), "target"), program.display());
    let run = assemble(&["--out", out.to_str().expect("UTF-8"), "--only", &pair]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    out
}

fn manifest(folder: &Path) -> Value {
    let text = fs::read(folder.join("package.json")).expect("a manifest");
    serde_json::from_slice(&text).expect("JSON")
}

#[test]
fn one_package_per_target_and_a_launcher_that_pins_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("program");
    fs::write(&program, "").expect("writable");
    let mut args = vec![
        "--out".to_owned(),
        folder.path().join("set").display().to_string(),
    ];
    for target in targets() {
        args.push(format!("{}={}", text(&target, "target"), program.display()));
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let run = assemble(&args);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let launcher = manifest(&folder.path().join("set/cli"));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(launcher["version"], version);
    assert!(
        launcher.get("scripts").is_none(),
        "npm 12 and bun block install scripts"
    );
    assert_eq!(
        launcher["repository"]["url"],
        format!("git+{}.git", env!("CARGO_PKG_REPOSITORY"))
    );
    let pinned = launcher["optionalDependencies"]
        .as_object()
        .expect("an object");
    assert_eq!(pinned.len(), targets().len());
    for target in targets() {
        let npm = text(&target, "npm");
        assert_eq!(pinned[&format!("@safe-publish/cli-{npm}")], version);
        let package = manifest(&folder.path().join(format!("set/cli-{npm}")));
        assert_eq!(package["version"], version);
        assert_eq!(package["os"][0], target["os"]);
        assert_eq!(package["cpu"][0], target["cpu"]);
        assert_eq!(package["libc"][0], target["libc"]);
        assert!(package.get("bin").is_none() && package.get("scripts").is_none());
        let windows = target["os"] == "win32";
        let program = if windows {
            "bin/safe-publish.exe"
        } else {
            "bin/safe-publish"
        };
        let program = folder.path().join(format!("set/cli-{npm}")).join(program);
        assert!(has_mode(&program, 0o755));
    }
}

#[test]
fn a_set_without_a_target_is_not_assembled() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("set");
    let out = out.to_str().expect("UTF-8");
    let run = assemble(&["--out", out, "x86_64-apple-darwin=/dev/null"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("x86_64-pc-windows-msvc"),
        "{}",
        run.stderr
    );
    let run = assemble(&[
        "--out",
        out,
        "--only",
        "riscv64-unknown-linux-gnu=/dev/null",
    ]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("riscv64"), "{}", run.stderr);
    assert!(!Path::new(out).exists());
}

/// What npm packs from a folder.
fn packed(folder: &Path, home: &Path) -> Vec<String> {
    let install = npm(11);
    let mut command = clean_command(&install.program(), &install.path_dir, folder, home);
    let run = Run::of(command.args(["pack", "--dry-run", "--json"]));
    let files = run.json()[0]["files"].as_array().expect("a list").clone();
    files
        .iter()
        .map(|file| text(file, "path").to_owned())
        .collect()
}

#[test]
fn the_packages_hold_programs_schemas_and_both_licences_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let set = assemble_here(folder.path(), Path::new(PROGRAM));
    let launcher = packed(&set.join("cli"), folder.path());
    let (schemas, rest): (Vec<_>, Vec<_>) = launcher
        .iter()
        .map(String::as_str)
        .partition(|path| path.starts_with("schemas/"));
    let expected = [
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "bin/safe-publish.js",
        "package.json",
    ];
    assert_eq!(rest, expected);
    let sources = fs::read_dir(repository().join("schemas")).expect("a folder");
    assert_eq!(schemas.len(), sources.count() + 1, "the settings', too");
    let platform = packed(
        &set.join(format!("cli-{}", text(&this_target(), "npm"))),
        folder.path(),
    );
    let program = format!("bin/safe-publish{}", std::env::consts::EXE_SUFFIX);
    let expected = [
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        &program,
        "package.json",
    ];
    assert_eq!(platform, expected);
    for path in schemas {
        let text = fs::read(set.join("cli").join(path)).expect("there");
        let schema: Value = serde_json::from_slice(&text).expect("JSON");
        let address = format!("https://unpkg.com/@safe-publish/cli/{path}");
        assert_eq!(schema["$id"], address);
    }
}

/// An installation as a package manager leaves it: the launcher, and the named platform
/// packages.
struct Installed {
    folder: tempfile::TempDir,
}

impl Installed {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = folder.path().join("program");
        fs::write(&program, "#!/bin/sh\necho \"started $*\"\n").expect("writable");
        let mut args = vec![
            "--out".to_owned(),
            folder
                .path()
                .join("node_modules/@safe-publish")
                .display()
                .to_string(),
        ];
        args.extend(
            targets()
                .iter()
                .map(|target| format!("{}={}", text(target, "target"), program.display())),
        );
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        assert_eq!(assemble(&args).code, Some(0));
        let installed = Self { folder };
        for target in targets() {
            let name = format!("cli-{}", text(&target, "npm"));
            fs::rename(installed.package(&name), installed.folder.path().join(name)).expect("ours");
        }
        installed
    }

    fn package(&self, name: &str) -> PathBuf {
        self.folder
            .path()
            .join("node_modules/@safe-publish")
            .join(name)
    }

    fn add(&self, platform: &str) {
        let name = format!("cli-{platform}");
        fs::rename(self.folder.path().join(&name), self.package(&name)).expect("ours");
    }

    /// Starts the launcher as if on another machine, by Node's values.
    fn start(&self, major: u32, machine: &str) -> Run {
        let install = npm(major);
        let disguise = self.folder.path().join("disguise.cjs");
        fs::write(&disguise, machine).expect("writable");
        let launcher = self.package("cli/bin/safe-publish.js");
        let folder = self.folder.path();
        let mut command = clean_command(&install.node, folder, folder, folder);
        Run::of(
            command
                .arg("--require")
                .arg(disguise)
                .arg(launcher)
                .arg("word"),
        )
    }
}

fn disguise(platform: &str, arch: &str) -> String {
    format!(
        "Object.defineProperty(process, 'platform', {{ value: '{platform}' }});\n\
         Object.defineProperty(process, 'arch', {{ value: '{arch}' }});\n"
    )
}

/// A file that makes npm report musl as the C library.
#[cfg(unix)]
fn musl(arch: &str) -> String {
    disguise("linux", arch)
        + "const fs = require('node:fs'), read = fs.readFileSync;\n\
           fs.readFileSync = (file, ...rest) => file === '/usr/bin/ldd' ? '#!/bin/sh musl' : read(file, ...rest);\n"
}

/// The tests that start a shell script as the program are for Unix.
#[cfg(unix)]
#[test]
fn the_program_is_chosen_by_the_c_library_and_not_by_what_is_there() {
    let installed = Installed::new();
    // npm 10 with a lock file installs both.
    installed.add("linux-x64-gnu");
    installed.add("linux-x64-musl");
    let chosen = |installed: &Installed, machine: &str, mark: &str| {
        for libc in ["gnu", "musl"] {
            let program = installed.package(&format!("cli-linux-x64-{libc}/bin/safe-publish"));
            fs::write(program, format!("#!/bin/sh\necho {libc} $*\n")).expect("writable");
        }
        let run = installed.start(12, machine);
        assert_eq!(run.stdout, format!("{mark} word\n"), "{}", run.stderr);
    };
    chosen(&installed, &musl("x64"), "musl");
    let glibc = musl("x64").replace("#!/bin/sh musl", "the GNU C Library");
    chosen(&installed, &glibc, "gnu");
    // Without ldd, Node itself names its C library.
    let nothing = "'#!/bin/sh musl'";
    let report = |version: &str| {
        let throws = musl("x64").replace(nothing, "JSON.parse('no file')");
        format!("{throws}process.report.getReport = () => ({{ header: {{ {version} }} }});\n")
    };
    chosen(&installed, &report(""), "musl");
    chosen(&installed, &report("glibcVersionRuntime: '2.36'"), "gnu");
}

#[cfg(unix)]
#[test]
fn a_static_program_replaces_a_missing_dynamic_one_but_not_the_reverse() {
    let installed = Installed::new();
    installed.add("linux-x64-musl");
    let glibc = musl("x64").replace("#!/bin/sh musl", "the GNU C Library");
    let run = installed.start(12, &glibc);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "started word\n"),
        "{}",
        run.stderr
    );

    let installed = Installed::new();
    installed.add("linux-x64-gnu");
    let run = installed.start(12, &musl("x64"));
    assert_eq!(run.code, Some(102));
    assert!(
        run.stderr
            .contains("@safe-publish/cli-linux-x64-musl is not installed, but linux-x64-gnu is"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_is_missing_is_named_with_the_reason() {
    let installed = Installed::new();
    for major in [11, 12] {
        let run = installed.start(major, &disguise("darwin", "arm64"));
        assert_eq!(run.code, Some(102));
        assert!(
            run.stderr
                .contains("@safe-publish/cli-darwin-arm64 is not installed"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("--omit=optional"), "{}", run.stderr);

        let run = installed.start(major, &disguise("freebsd", "x64"));
        assert_eq!(run.code, Some(102));
        assert!(run.stderr.contains("has no build for it"), "{}", run.stderr);
        assert!(
            run.stderr.contains("cargo install safe-publish"),
            "{}",
            run.stderr
        );
    }
    installed.add("win32-x64");
    let run = installed.start(12, &disguise("darwin", "arm64"));
    // Its program has another name, and is there anyway.
    assert!(run.stderr.contains("but win32-x64 is"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_program_that_cannot_be_started_is_an_error_and_no_crash() {
    let installed = Installed::new();
    let platform = text(&this_target(), "npm").to_owned();
    installed.add(&platform);
    let program = installed.package(&format!("cli-{platform}/bin/safe-publish"));
    set_mode(&program, 0o644);
    for major in [11, 12] {
        let run = installed.start(major, "");
        assert_eq!(run.code, Some(102), "{}", run.stderr);
        assert!(run.stderr.starts_with("error: starting "), "{}", run.stderr);
        assert!(run.stderr.contains("help: "), "{}", run.stderr);
    }
}
