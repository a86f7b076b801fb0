//! The npm packages, published with safe-publish itself to the embedded registry and to a real
//! Verdaccio, then installed and run by every package manager.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::distribution::{PROGRAM, assemble_here, stripped_program, text, this_target};
use crate::support::managers::{Manager, clean_command, managers};
use crate::support::npm_versions::{NpmInstall, npm};
use crate::support::registry::Server;
use crate::support::sandbox::Run;
use crate::verdaccio::Verdaccio;

/// A home folder, the packages for this machine, and an npm to publish them with.
struct Desk {
    folder: tempfile::TempDir,
    npm: NpmInstall,
}

impl Desk {
    /// Assembles the packages.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("home")).expect("fresh");
        let program = stripped_program(folder.path());
        assemble_here(folder.path(), &program);
        Self {
            folder,
            npm: npm(11),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Publishes the packages, the launcher last.
    fn publish(&self, registry: &str, host: &str, token: &str) -> Run {
        let npmrc = format!("registry={registry}\n//{host}/:_authToken={token}\n");
        fs::write(self.path("home/.npmrc"), npmrc).expect("writable");
        let (set, home) = (self.path("set"), self.path("home"));
        let program = Path::new(PROGRAM);
        Run::of(clean_command(program, &self.npm.path_dir, &set, &home).arg("release"))
    }
}

/// The project folder of each manager's installation.
type Projects = Vec<(Manager, PathBuf)>;

/// Installs with every manager, and runs the package without installing it.
fn install_with_all(desk: &Desk, registry: &str) -> Projects {
    let home = desk.path("home");
    // Readers need no credential. bunx does not read the project's files.
    let npmrc = format!("registry={registry}\n");
    fs::write(home.join(".npmrc"), npmrc).expect("writable");
    let mut projects = Vec::new();
    for (number, manager) in managers().into_iter().enumerate() {
        let project = desk.path(&format!("project-{number}"));
        manager.project(&project, registry);
        let run = Run::of(&mut manager.command(&project, &home, manager.add));
        assert_eq!(run.code, Some(0), "{}: {run:?}", manager.name);

        let empty = desk.path(&format!("empty-{number}"));
        manager.project(&empty, registry);
        let mut args = manager.once.to_vec();
        args.extend(["explain", "version-taken"]);
        let run = Run::of(&mut manager.command(&empty, &home, &args));
        assert_eq!(run.code, Some(0), "{}: {run:?}", manager.name);
        assert!(
            run.stdout.contains("version-taken"),
            "{}: {run:?}",
            manager.name
        );
        projects.push((manager, project));
    }
    projects
}

/// Streams, arguments and exit codes, without any registry.
fn run_in_all(desk: &Desk, projects: &Projects) {
    let home = desk.path("home");
    let version = format!("safe-publish {}\n", env!("CARGO_PKG_VERSION"));
    for (manager, project) in projects {
        let run = manager.start(project, &home, &["--version"]);
        assert_eq!(run.stdout, version, "{}: {run:?}", manager.name);
        assert_eq!(run.code, Some(0), "{}", manager.name);
        // There is no such command.
        let run = manager.start(project, &home, &["explain", "no such thing"]);
        assert_eq!(run.code, Some(2), "{}: {run:?}", manager.name);
        assert!(
            run.stderr.contains("no such thing"),
            "{}: {run:?}",
            manager.name
        );
    }
}

fn names() -> [String; 2] {
    let version = env!("CARGO_PKG_VERSION");
    let platform = text(&this_target(), "npm").to_owned();
    [
        format!("@safe-publish/cli-{platform}@{version}"),
        format!("@safe-publish/cli@{version}"),
    ]
}

#[test]
fn published_into_the_embedded_registry_and_run_by_every_manager() {
    let refused = json!({
        "method": "PUT", "path": "/@safe-publish%2fcli-", "times": 1,
        "with": { "status": { "status": 403, "body": { "error": "not now" } } },
    });
    let state = json!({
        "users": { "alice": {} },
        "orgs": { "safe-publish": { "members": { "alice": "owner" } } },
        "tokens": { "token-of-alice": { "user": "alice", "kind": "session" } },
        "faults": [refused],
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let desk = Desk::new();
    let publish = || desk.publish(&server.url(), &server.host(), "token-of-alice");
    let arrived = || -> Vec<String> {
        let packages = server.arrived();
        let names = packages
            .iter()
            .map(|one| format!("{}@{}", one.name, one.version));
        names.collect()
    };
    // The program's package is refused, so its launcher waits: nobody could use it.
    let run = publish();
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains(": waiting"), "{run:?}");
    assert!(arrived().is_empty());
    // The same command continues, and then has nothing left to do.
    let run = publish();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(arrived(), names(), "the launcher comes last");
    let run = publish();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(arrived(), names());

    let projects = install_with_all(&desk, &server.url());
    drop(server);
    run_in_all(&desk, &projects);
}

#[test]
fn published_into_verdaccio_and_run_by_every_manager() {
    let desk = Desk::new();
    let verdaccio = Verdaccio::start(&desk.npm);
    let alice = verdaccio.account("alice");
    let host = format!("127.0.0.1:{}", verdaccio.port);
    let registry = format!("http://{host}/");
    let run = desk.publish(&registry, &host, &alice);
    assert_eq!(run.code, Some(0), "{run:?}");
    let projects = install_with_all(&desk, &registry);
    let prefix = install_globally(&desk, &registry);
    without_optional_packages(&desk, &registry);
    drop(verdaccio);
    run_in_all(&desk, &projects);
    #[cfg(unix)]
    run_from_a_read_only_prefix(&prefix, &desk);
    #[cfg(windows)]
    drop(prefix);
}

fn install_globally(desk: &Desk, registry: &str) -> PathBuf {
    let prefix = desk.path("prefix");
    for major in [10, 11, 12] {
        let install = npm(major);
        let mut command = clean_command(
            &install.program(),
            &install.path_dir,
            desk.folder.path(),
            &desk.path("home"),
        );
        let registry = format!("--registry={registry}");
        command.args([
            "install",
            "--global",
            &registry,
            "@safe-publish/cli",
            "--prefix",
        ]);
        let run = Run::of(command.arg(&prefix));
        assert_eq!(run.code, Some(0), "npm {major}: {run:?}");
        let (program, home) = (global_program(&prefix), desk.path("home"));
        let mut command = clean_command(&program, &install.path_dir, &prefix, &home);
        let run = Run::of(command.arg("--version"));
        assert!(
            run.stdout.starts_with("safe-publish "),
            "npm {major}: {run:?}"
        );
    }
    prefix
}

/// The path at which npm installs the command of a global package.
fn global_program(prefix: &Path) -> PathBuf {
    if cfg!(windows) {
        prefix.join("safe-publish.cmd")
    } else {
        prefix.join("bin/safe-publish")
    }
}

/// Nothing is written at run time, so another user's prefix works.
#[cfg(unix)]
fn run_from_a_read_only_prefix(prefix: &Path, desk: &Desk) {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;

    let install = npm(11);
    let program = global_program(prefix);
    let mut command = clean_command(&program, &install.path_dir, prefix, &desk.path("home"));
    if rustix::process::geteuid().is_root() {
        // The user `nobody`, who cannot read root's folders.
        command.uid(65_534).gid(65_534);
        let mut folder = Some(desk.folder.path());
        while let Some(path) = folder.filter(|path| path.starts_with(std::env::temp_dir())) {
            let mode = fs::metadata(path).expect("there").permissions().mode();
            fs::set_permissions(path, fs::Permissions::from_mode(mode | 0o555)).expect("root's");
            folder = path
                .parent()
                .filter(|parent| *parent != std::env::temp_dir());
        }
    } else {
        fs::set_permissions(prefix, fs::Permissions::from_mode(0o555)).expect("ours");
    }
    let run = Run::of(command.arg("--version"));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.starts_with("safe-publish "), "{run:?}");
}

/// A manager silently omits an optional dependency if it was told to, or if it installs for
/// another platform; the launcher reports that.
fn without_optional_packages(desk: &Desk, registry: &str) {
    let foreign = if cfg!(windows) {
        ["--os=linux", "--cpu=x64"]
    } else {
        ["--os=win32", "--cpu=x64"]
    };
    let managers = managers();
    let with = |start: &'static str| {
        managers
            .iter()
            .filter(move |one| one.name.starts_with(start))
    };
    let runs = with("npm")
        .flat_map(|npm| [(npm, &["--omit=optional"][..]), (npm, &foreign)])
        .chain(with("pnpm").map(|pnpm| (pnpm, &["--no-optional"][..])));
    for (number, (manager, more)) in runs.enumerate() {
        let project = desk.path(&format!("omitted-{number}"));
        manager.project(&project, registry);
        let args = [manager.add, more].concat();
        let run = Run::of(&mut manager.command(&project, &desk.path("home"), &args));
        assert_eq!(run.code, Some(0), "{}: {run:?}", manager.name);
        let run = manager.start(&project, &desk.path("home"), &["--version"]);
        assert_eq!(run.code, Some(102), "{}: {run:?}", manager.name);
        for said in [
            "is not installed",
            "--omit=optional",
            "npm install @safe-publish/cli-",
        ] {
            assert!(run.stderr.contains(said), "{}: {run:?}", manager.name);
        }
    }
}
