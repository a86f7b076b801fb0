//! Finds git and runs it: no lock, no fetch, nothing to ask for, a limit to
//! what it may say.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use futures_util::future::join3;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use crate::environment::Environment;

/// Variables that tie git to one repository (`git rev-parse --local-env-vars`).
/// A hook of git's has them set, for the repository that it runs in.
pub const OF_A_REPOSITORY: [&str; 13] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Those of them that are paths from the folder on where we were started.
const PLACES: [&str; 3] = ["GIT_COMMON_DIR", "GIT_DIR", "GIT_WORK_TREE"];

/// What git says is read up to here; a million names need less.
const LONGEST_OUTPUT: u64 = 256 << 20;
/// What it complains of is read up to here.
const LONGEST_COMPLAINT: u64 = 64 << 10;

/// The git on PATH.
#[derive(Clone, Debug)]
pub struct Program {
    path: PathBuf,
    environment: Environment,
}

impl Program {
    /// Finds git; `None` where there is none.
    pub fn find(environment: &Environment) -> Option<Self> {
        let path = environment.variable("PATH")?;
        let path = which::which_in("git", Some(path), &environment.cwd).ok()?;
        Some(Self {
            path,
            environment: environment.clone(),
        })
    }

    /// A git that looks for its repository from a folder upward, whatever the
    /// variables of an outer hook say.
    pub fn at(&self, folder: &Path) -> Command {
        let mut command = self.here(folder);
        for name in OF_A_REPOSITORY {
            command.env_remove(name);
        }
        command
    }

    /// A git for the repository that the variables of a hook name, or else
    /// the folder.
    pub fn here(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.path);
        command
            .env_clear()
            .envs(&self.environment.variables)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            // A partial clone must not begin to fetch.
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("LC_ALL", "C")
            .args([
                "--no-optional-locks",
                "--literal-pathspecs",
                "-c",
                // It may be any program.
                "core.fsmonitor=false",
            ])
            .current_dir(folder);
        // git would take them from that folder on.
        for name in PLACES {
            if let Some(place) = self.environment.filled(name) {
                command.env(name, self.environment.cwd.join(place));
            }
        }
        command
    }
}

/// Runs it to its end; gives what it said.
///
/// # Errors
/// In git's own words, in one line, where it cannot be started or fails.
pub async fn output(mut command: Command, input: &[u8]) -> Result<Vec<u8>, String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("git cannot be started: {error}"))?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // A git that ends early tells why by itself.
            let _ = stdin.write_all(input).await;
        }
    };
    let read = async {
        let mut said = Vec::new();
        if let Some(stdout) = stdout {
            let mut stdout = stdout.take(LONGEST_OUTPUT);
            let _ = stdout.read_to_end(&mut said).await;
        }
        said
    };
    let complain = async {
        let mut said = Vec::new();
        if let Some(stderr) = stderr {
            let mut stderr = stderr.take(LONGEST_COMPLAINT);
            let _ = stderr.read_to_end(&mut said).await;
        }
        said
    };
    let ((), said, complaint) = join3(write, read, complain).await;
    if said.len() as u64 == LONGEST_OUTPUT {
        return Err("git says more than can be read".to_owned());
    }
    let status = child.wait().await.map_err(|error| error.to_string())?;
    if status.success() {
        return Ok(said);
    }
    let complaint = String::from_utf8_lossy(&complaint);
    let line = complaint.lines().find(|line| !line.trim().is_empty());
    Err(match line {
        Some(line) => printable(line),
        None => format!("git ends with {status}"),
    })
}

/// A name or a line of somebody else's, fit for a terminal.
pub fn printable(text: &str) -> String {
    let plain = |c: char| if c.is_control() { '?' } else { c };
    text.chars().map(plain).take(300).collect()
}
