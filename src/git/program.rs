//! Finds git and runs it: no lock, no fetch, no prompt, and bounded
//! output.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::environment::Environment;
use crate::process::{self, Limits};

/// Variables that tie git to one repository (`git rev-parse --local-env-vars`). In a git hook
/// they are set for that repository.
pub const LOCAL_VARIABLES: [&str; 13] = [
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

/// The ones that are paths relative to the folder where we were started.
const PLACES: [&str; 3] = ["GIT_COMMON_DIR", "GIT_DIR", "GIT_WORK_TREE"];

/// Most bytes of standard output that are read; a million names need less.
const MAX_OUTPUT: usize = 256 << 20;
/// Most bytes of standard error that are read.
const MAX_COMPLAINT: usize = 64 << 10;

/// The git on PATH.
#[derive(Clone, Debug)]
pub struct Program {
    path: PathBuf,
    environment: Environment,
}

impl Program {
    /// Finds git; `None` if it is not on PATH.
    pub fn find(environment: &Environment) -> Option<Self> {
        let path = environment.search_path()?;
        let path = which::which_in("git", Some(path), &environment.cwd).ok()?;
        Some(Self {
            path,
            environment: environment.clone(),
        })
    }

    /// A git that looks for its repository from a folder upward, whatever the variables of an
    /// outer hook are.
    pub fn at(&self, folder: &Path) -> Command {
        let mut command = self.here(folder);
        for name in LOCAL_VARIABLES {
            command.env_remove(name);
        }
        command
    }

    /// A git for the repository that a hook's variables name, otherwise for the folder's.
    pub fn here(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.path);
        command
            .env_clear()
            .envs(&self.environment.variables)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            // A partial clone must not start to fetch.
            .env("GIT_NO_LAZY_FETCH", "1")
            // The same for git before 2.45: no protocol is allowed.
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("LC_ALL", "C")
            .args([
                "--no-optional-locks",
                "--literal-pathspecs",
                "-c",
                // This setting may name any program.
                "core.fsmonitor=false",
            ])
            .current_dir(folder);
        // git would resolve them in that folder.
        for name in PLACES {
            if let Some(place) = self.environment.filled(name) {
                command.env(name, self.environment.cwd.join(place));
            }
        }
        command
    }
}

/// Runs git to its end; returns its standard output.
///
/// # Errors
/// One line, git's own if it fails.
pub async fn output(command: Command, input: &[u8]) -> Result<Vec<u8>, String> {
    let limits = Limits {
        stdout: MAX_OUTPUT,
        stderr: MAX_COMPLAINT,
    };
    let run = process::output(command, input, limits)
        .await
        .map_err(|error| format!("git cannot be started: {error}"))?;
    if run.stdout.len() == MAX_OUTPUT {
        return Err(format!("git printed more than {} MiB", MAX_OUTPUT >> 20));
    }
    if run.status.success() {
        return Ok(run.stdout);
    }
    let complaint = String::from_utf8_lossy(&run.stderr);
    let line = complaint.lines().find(|line| !line.trim().is_empty());
    Err(match line {
        Some(line) => printable(line),
        None => format!("git ended with {}", run.status),
    })
}

/// A name or a line from outside, safe to print on a terminal.
pub fn printable(text: &str) -> String {
    let plain = |c: char| if c.is_control() { '?' } else { c };
    text.chars().map(plain).take(300).collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn git_is_looked_for_in_absolute_folders_only() {
        let folder = tempfile::tempdir().unwrap();
        let git = folder.path().join("git");
        fs::write(&git, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).unwrap();
        let found = |path: &str| {
            let environment = Environment::bare(folder.path()).with("PATH", path);
            Program::find(&environment).map(|program| program.path)
        };
        for path in ["", ".", ":", "./", "bin:", "../."] {
            assert_eq!(found(path), None, "{path:?}");
        }
        let absolute = format!(".:{}", folder.path().display());
        assert_eq!(found(&absolute), Some(git));
    }
}
