//! install.ps1 in every PowerShell of the machine, from a release on loopback.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use ring::digest::{SHA256, digest};

use crate::distribution::{PROGRAM, repository};
use crate::support::sandbox::Run;

/// Windows' own, and the one that may be installed beside it.
const SHELLS: [&str; 2] = ["powershell", "pwsh"];

/// A release of this version for this machine, on loopback, until the process ends.
struct Release {
    folder: tempfile::TempDir,
    url: String,
}

impl Release {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files = folder.path().join(concat!("v", env!("CARGO_PKG_VERSION")));
        fs::create_dir(&files).expect("fresh");
        let archive = files.join(archive());
        let pack = format!(
            "Compress-Archive -LiteralPath '{PROGRAM}' -DestinationPath '{}'",
            archive.display()
        );
        let run = Run::of(shell(SHELLS[0]).args(["-Command", &pack]));
        assert_eq!(run.code, Some(0), "{run:?}");
        let release = Self {
            url: serve(folder.path()),
            folder,
        };
        release.write_checksum(&fs::read(archive).expect("packed"));
        release
    }

    /// Writes the checksum of these bytes beside the archive.
    fn write_checksum(&self, bytes: &[u8]) {
        let mut sum = String::new();
        for byte in digest(&SHA256, bytes).as_ref() {
            write!(sum, "{byte:02x}").expect("a string takes everything");
        }
        let name = archive();
        let path = self
            .folder
            .path()
            .join(concat!("v", env!("CARGO_PKG_VERSION")))
            .join(format!("{name}.sha256"));
        fs::write(path, format!("{sum}  {name}\n")).expect("writable");
    }

    /// Runs install.ps1; the user's PATH stays as it is.
    fn install(&self, word: &str, prefix: &Path, args: &[&str]) -> Run {
        let mut command = shell(word);
        command
            .arg("-File")
            .arg(repository().join("install.ps1"))
            .arg("-Prefix")
            .arg(prefix)
            .arg("-KeepPath")
            .args(args)
            .env("SAFE_PUBLISH_DOWNLOAD", &self.url);
        Run::of(&mut command)
    }
}

fn archive() -> String {
    format!(
        "safe-publish-{}-pc-windows-msvc.zip",
        std::env::consts::ARCH
    )
}

/// A PowerShell without a profile.
fn shell(word: &str) -> Command {
    let mut command = Command::new(word);
    // The modules of a PowerShell 7 that started the tests do not fit 5.1.
    command.env_remove("PSModulePath");
    command.args([
        "-NoProfile",
        "-NonInteractive",
        "-ExecutionPolicy",
        "Bypass",
    ]);
    command
}

/// Those that are there: Windows' own always is.
fn shells() -> Vec<&'static str> {
    let found = SHELLS.into_iter();
    let found: Vec<_> = found.filter(|word| which::which(word).is_ok()).collect();
    assert!(found.contains(&SHELLS[0]), "{found:?}");
    found
}

/// Serves the files of a folder, until the process ends.
fn serve(folder: &Path) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let folder = folder.to_path_buf();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(&stream, &folder);
        }
    });
    url
}

fn answer(mut stream: &TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let path = first.split(' ').nth(1).unwrap_or_default();
    let file: PathBuf = folder.join(path.trim_start_matches('/'));
    let (status, body) = match fs::read(file) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/octet-stream\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )?;
    stream.write_all(&body)
}

#[test]
fn a_release_is_verified_installed_and_removed() {
    let release = Release::new();
    for word in shells() {
        let prefix = release.folder.path().join(format!("a folder for {word}"));
        let program = prefix.join("bin").join("safe-publish.exe");
        for _ in 0..2 {
            let run = release.install(word, &prefix, &[]);
            assert_eq!(run.code, Some(0), "{word}: {run:?}");
            assert!(run.stdout.contains("SHA-256 verified"), "{word}: {run:?}");
            let shown = Run::of(Command::new(&program).arg("--version")).stdout;
            assert_eq!(
                shown.trim_end(),
                concat!("safe-publish ", env!("CARGO_PKG_VERSION"))
            );
        }
        let run = release.install(word, &prefix, &["-Uninstall"]);
        assert_eq!(run.code, Some(0), "{word}: {run:?}");
        assert!(!program.exists(), "{word}");
        let run = release.install(word, &prefix, &["-Uninstall"]);
        assert!(run.stdout.contains("nothing to remove"), "{word}: {run:?}");
    }
}

#[test]
fn what_is_not_the_release_is_not_installed() {
    let release = Release::new();
    release.write_checksum(b"another archive");
    for word in shells() {
        let prefix = release.folder.path().join(word);
        let run = release.install(word, &prefix, &[]);
        assert_eq!(run.code, Some(1), "{word}: {run:?}");
        assert!(run.stderr.contains("wrong SHA-256"), "{word}: {run:?}");
        let run = release.install(word, &prefix, &["-Release", "v99.0.0"]);
        assert_eq!(run.code, Some(1), "{word}: {run:?}");
        assert!(run.stderr.contains("v99.0.0"), "{word}: {run:?}");
        assert!(!prefix.exists(), "{word}");
    }
}
