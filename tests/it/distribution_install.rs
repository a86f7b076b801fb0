//! install.sh, from a release's archives and from a checkout. Archives are packed with
//! GNU tar, on Linux only.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::distribution::{PROGRAM, repository, stripped_program, text, this_target};
use crate::support::sandbox::{Run, search_path};

/// The files that it installs below a prefix.
const FILES: [&str; 5] = [
    "bin/safe-publish",
    "share/bash-completion/completions/safe-publish",
    "share/zsh/site-functions/_safe-publish",
    "share/fish/vendor_completions.d/safe-publish.fish",
    "share/man/man1/safe-publish.1",
];

/// A folder with a release of this version, for the given targets.
pub(crate) fn release(folder: &Path, targets: &[&str]) -> PathBuf {
    let out = folder
        .join("downloads")
        .join(concat!("v", env!("CARGO_PKG_VERSION")));
    let program = stripped_program(folder);
    for target in targets {
        let mut archive = Command::new(repository().join("packaging/archive.sh"));
        let run = Run::of(archive.arg(target).arg(&program).arg(&out).arg(PROGRAM));
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    folder.join("downloads")
}

fn files_below(folder: &Path) -> Vec<String> {
    let found = crate::rehearsal::files_below(folder);
    let files = found.iter().filter(|path| Path::new(path).is_file());
    files
        .map(|path| path[folder.as_os_str().len() + 1..].to_owned())
        .collect()
}

/// An installer, a prefix, and the variables that it sees.
struct Installer {
    folder: tempfile::TempDir,
    script: PathBuf,
}

impl Installer {
    /// The script of this repository, which is a checkout.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("path")).expect("fresh");
        fs::create_dir(folder.path().join("prefix")).expect("fresh");
        let script = repository().join("install.sh");
        Self { folder, script }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a script on PATH before the system's programs.
    fn fake(&self, name: &str, text: &str) {
        let path = self.path("path").join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("writable");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("ours");
    }

    fn run(&self, downloads: Option<&Path>, args: &[&str]) -> Run {
        let prefix = self.path("prefix").display().to_string();
        self.start(downloads, &[args, &["--prefix", &prefix]].concat())
    }

    /// Starts it with exactly these arguments.
    fn start(&self, downloads: Option<&Path>, args: &[&str]) -> Run {
        let mut command = Command::new("/bin/sh");
        command.arg(&self.script).args(args);
        command.env_clear().env("HOME", self.path("home"));
        command.env("PATH", search_path(&[&self.path("path")]));
        if let Some(downloads) = downloads {
            command.env(
                "SAFE_PUBLISH_DOWNLOAD",
                format!("file://{}", downloads.display()),
            );
        }
        Run::of(&mut command)
    }

    fn installed(&self) -> Vec<String> {
        files_below(&self.path("prefix"))
    }
}

fn sorted(files: &[&str]) -> Vec<String> {
    let mut files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
    files.sort();
    files
}

#[test]
fn a_release_is_installed_whole_and_removed_whole() {
    let installer = Installer::new();
    let target = this_target();
    let downloads = release(installer.folder.path(), &[text(&target, "target")]);
    let run = installer.run(Some(&downloads), &["--release", env!("CARGO_PKG_VERSION")]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("SHA-256 verified"), "{run:?}");
    assert_eq!(installer.installed(), sorted(&FILES));
    let man = fs::read_to_string(installer.path("prefix").join(FILES[4])).expect("text");
    assert!(man.contains(".SH SYNOPSIS"), "{man}");
    let version = Run::of(Command::new(installer.path("prefix").join(FILES[0])).arg("--version"));
    assert_eq!(
        version.stdout,
        concat!("safe-publish ", env!("CARGO_PKG_VERSION"), "\n")
    );

    let run = installer.run(None, &["--uninstall"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        installer.installed().is_empty(),
        "{:?}",
        installer.installed()
    );
    let run = installer.run(None, &["--uninstall"]);
    assert!(run.stdout.contains("nothing to remove"), "{run:?}");
}

#[test]
fn an_archive_without_its_right_checksum_is_not_installed() {
    let installer = Installer::new();
    let target = this_target();
    let downloads = release(installer.folder.path(), &[text(&target, "target")]);
    let archive = format!(
        "v{}/safe-publish-{}.tar.gz",
        env!("CARGO_PKG_VERSION"),
        text(&target, "target")
    );
    let checksum = downloads.join(format!("{archive}.sha256"));
    let wrong = format!("{}  x\n", "0".repeat(64));
    fs::write(&checksum, wrong).expect("ours");
    let run = installer.run(Some(&downloads), &["--release", env!("CARGO_PKG_VERSION")]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("has the wrong SHA-256"), "{run:?}");
    fs::remove_file(checksum).expect("ours");
    let run = installer.run(Some(&downloads), &["--release", env!("CARGO_PKG_VERSION")]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("without its checksum"), "{run:?}");
    assert!(installer.installed().is_empty());
}

#[test]
fn linux_gets_musls_build_unless_its_glibc_is_new_enough() {
    let installer = Installer::new();
    let fetched = |getconf: &str| {
        installer.fake("getconf", getconf);
        let run = installer.run(Some(&installer.path("nothing")), &["--release", "9.9.9"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        let line = run
            .stdout
            .lines()
            .next()
            .expect("what it fetches")
            .to_owned();
        line.rsplit('-').next().expect("the library").to_owned()
    };
    assert_eq!(fetched("echo glibc 2.36"), "gnu.tar.gz");
    assert_eq!(fetched("echo glibc 2.17"), "gnu.tar.gz");
    assert_eq!(fetched("echo glibc 2.12.1"), "musl.tar.gz");
    assert_eq!(fetched("exit 1"), "musl.tar.gz");
}

/// Cargo, as the script calls it: the program appears where a build puts it.
fn fake_cargo(installer: &Installer) {
    let program = format!(
        "target=${{CARGO_TARGET_DIR:-$(dirname \"$5\")/target}}/release\nmkdir -p \"$target\"\ncp {PROGRAM} \"$target/safe-publish\""
    );
    installer.fake("cargo", &program);
}

/// A copy of the files that the script reads, as a separate checkout.
fn checkout(installer: &mut Installer, repository_line: &str) {
    let folder = installer.path("checkout");
    fs::create_dir(&folder).expect("fresh");
    fs::copy(repository().join("install.sh"), folder.join("install.sh")).expect("ours");
    let manifest = format!(
        "version = \"{}\"\nrepository = \"{repository_line}\"\n",
        env!("CARGO_PKG_VERSION")
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("ours");
    installer.script = folder.join("install.sh");
}

fn git(folder: &Path, args: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@b.example"]);
    let run = Run::of(command.args(args).current_dir(folder));
    assert_eq!(run.code, Some(0), "git {args:?}: {run:?}");
}

/// curl, as the script calls it, for a repository's releases in a folder.
fn fake_curl(installer: &Installer, downloads: &Path) {
    let text = format!(
        "while [ $# -gt 1 ]; do [ \"$1\" != -o ] || to=$2; shift; done\n\
         cp '{}'/\"${{1#https://github.com/somebody/safe-publish/releases/download/}}\" \"$to\"",
        downloads.display()
    );
    installer.fake("curl", &text);
}

#[test]
fn where_it_was_built_is_verified_by_gh_where_somebody_is_logged_in() {
    let mut installer = Installer::new();
    let target = this_target();
    let downloads = release(installer.folder.path(), &[text(&target, "target")]);
    checkout(&mut installer, "https://github.com/somebody/safe-publish");
    fake_curl(&installer, &downloads);
    let log = installer.path("gh.log");
    let gh = |login: &str, verdict: &str| {
        let text = format!(
            "[ \"$1\" != auth ] || exit {login}\necho \"$@\" >'{}'\necho attested by another\nexit {verdict}",
            log.display()
        );
        installer.fake("gh", &text);
        installer.run(None, &["--release"])
    };
    let run = gh("0", "1");
    assert_eq!(run.code, Some(1), "{run:?}");
    for said in ["verifying the attestation", "gh: attested by another"] {
        assert!(run.stderr.contains(said), "{said}: {run:?}");
    }
    assert!(installer.installed().is_empty(), "{run:?}");
    let run = gh("0", "0");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("attestation verified"), "{run:?}");
    let asked = fs::read_to_string(&log).expect("it was asked");
    assert!(asked.starts_with("attestation verify "), "{asked}");
    assert!(asked.ends_with("--repo somebody/safe-publish\n"), "{asked}");
    // Without an account the checksum has to do.
    fs::remove_file(&log).expect("ours");
    let run = gh("1", "1");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!log.exists() && run.stdout.contains("SHA-256 verified"));
}

#[test]
fn a_checkout_is_built_unless_it_is_a_released_version() {
    let mut installer = Installer::new();
    let target = this_target();
    let downloads = release(installer.folder.path(), &[text(&target, "target")]);
    fake_cargo(&installer);
    checkout(&mut installer, "https://github.com/somebody/safe-publish");
    let folder = installer.path("checkout");
    let is_built = |run: &Run| {
        assert_eq!(run.code, Some(0), "{run:?}");
        run.stdout.contains("building ")
    };
    // No git, no tag, a tag, and a change after the tag.
    assert!(is_built(&installer.run(Some(&downloads), &[])));
    fs::remove_dir_all(folder.join("target")).expect("built");
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "all"]);
    assert!(is_built(&installer.run(Some(&downloads), &[])));
    fs::remove_dir_all(folder.join("target")).expect("built");
    git(&folder, &["tag", concat!("v", env!("CARGO_PKG_VERSION"))]);
    assert!(!is_built(&installer.run(Some(&downloads), &[])));
    assert!(is_built(&installer.run(Some(&downloads), &["--build"])));
    // A release that does not exist.
    assert!(is_built(
        &installer.run(Some(&installer.path("nothing")), &[])
    ));
}

#[test]
fn while_no_repository_is_named_nothing_is_asked_for() {
    let mut installer = Installer::new();
    fake_cargo(&installer);
    checkout(&mut installer, "https://github.com/OWNER/safe-publish");
    installer.fake("curl", "echo \"curl was called\" >&2; exit 1");
    let run = installer.run(None, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.stderr.contains("curl was called"), "{run:?}");
    assert!(run.stdout.contains("building "), "{run:?}");
    let run = installer.run(None, &["--release"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("no release to fetch"), "{run:?}");
}

#[test]
fn what_cannot_work_is_said_before_a_build_is_begun() {
    let installer = Installer::new();
    installer.fake("cargo", "echo \"cargo was called\" >&2; exit 1");
    let file = installer.path("file");
    fs::write(&file, "").expect("writable");
    let below_a_file = format!("--prefix={}", file.display());
    for (args, said) in [
        (&["--wrong"][..], "unknown option --wrong"),
        (&["--prefix"], "--prefix needs a folder"),
        (&["--prefix", ""], "--prefix is empty"),
        (&["--prefix="], "--prefix is empty"),
        (
            &["--build", "--uninstall"],
            "--build and --uninstall cannot be combined",
        ),
        (
            &["--release=1.0.0", "--build"],
            "--release and --build cannot be combined",
        ),
        (&["--build", &below_a_file], "is not permitted"),
    ] {
        let run = installer.start(None, args);
        assert_eq!(run.code, Some(1), "{args:?}: {run:?}");
        assert!(run.stderr.contains(said), "{args:?}: {run:?}");
        assert!(
            run.stderr.contains("install.sh: help: "),
            "{args:?}: {run:?}"
        );
        assert!(
            !run.stderr.contains("cargo was called"),
            "{args:?}: {run:?}"
        );
    }
    assert_eq!(installer.start(None, &["--help"]).code, Some(0));
}
