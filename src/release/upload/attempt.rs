//! One run of npm with one tarball.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::SystemTime;

use tokio::process::Command;

use crate::environment::Environment;
use crate::file;
use crate::npm::Npm;
use crate::npm::run::{exit_code, wait_for};
use crate::private;
use crate::process::Groups;

/// At most this many bytes of each of npm's streams are read.
const MAX_OUTPUT: u64 = 1 << 20;

/// What is the same for each run.
#[derive(Debug)]
pub(crate) struct NpmRuns<'a> {
    /// The npm.
    pub(crate) npm: &'a Npm,
    /// `npm stage publish` instead of `npm publish`.
    pub(crate) staged: bool,
    /// Returned by [`super::arguments::shared`].
    pub(crate) args: Vec<String>,
    /// The environment that npm inherits.
    pub(crate) environment: &'a Environment,
    /// Variables that we set.
    pub(crate) variables: Vec<(String, PathBuf)>,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub(crate) struct NpmExit {
    /// npm's exit code; 128 or more for a signal.
    pub(crate) code: i32,
    /// Its standard output; empty if it had the terminal.
    pub(crate) stdout: String,
    /// Its standard error; empty if it had the terminal.
    pub(crate) stderr: String,
    /// When it began.
    pub(crate) since: SystemTime,
}

/// What npm needs from a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// A one-time password.
    Code,
    /// A visit to a web page.
    Web,
}

impl NpmExit {
    /// What npm needs from a person, if that is why it ended. npm 11 and 12 name a web page;
    /// npm 10 does not, so a code is asked for.
    pub(crate) fn challenge(&self) -> Option<Challenge> {
        let document: serde_json::Value = serde_json::from_str(&self.stdout).ok()?;
        let error = document.get("error").filter(|_| self.code != 0)?;
        if error.get("code")?.as_str()? != "EOTP" {
            return None;
        }
        let has_page = error
            .get("authUrl")
            .is_some_and(serde_json::Value::is_string);
        Some(if has_page {
            Challenge::Web
        } else {
            Challenge::Code
        })
    }
}

impl NpmRuns<'_> {
    fn command(&self, folder: &Path, args: &[OsString]) -> Command {
        let (program, script) = self.npm.program();
        let mut command = Command::new(program);
        command.args(script);
        if self.staged {
            command.arg("stage");
        }
        command
            .arg("publish")
            .args(args)
            .args(&self.args)
            .current_dir(folder)
            .env_clear()
            .envs(crate::release::pack::inherited(self.environment))
            .envs(self.variables.iter().cloned());
        command
    }

    /// Runs npm without a terminal, so that it asks nobody, and in a process group of its own:
    /// a Ctrl-C in the middle of an upload would stop it. `started` gets the number of its
    /// process.
    pub(crate) async fn quietly(
        &self,
        folder: &Path,
        args: &[OsString],
        otp: Option<&str>,
        (groups, started): (&Groups, impl FnOnce(Option<u32>)),
    ) -> io::Result<NpmExit> {
        let since = SystemTime::now();
        let logs = ["out", "err"].map(|end| folder.with_extension(end));
        for log in &logs {
            private::write(log, b"")?;
        }
        let open = |log: &PathBuf| File::options().append(true).open(log);
        let mut command = self.command(folder, args);
        if let Some(otp) = otp {
            command.env("npm_config_otp", otp);
        }
        command
            .arg("--json")
            .stdin(Stdio::null())
            .stdout(open(&logs[0])?)
            .stderr(open(&logs[1])?);
        let (mut child, group) = groups.spawn(&mut command)?;
        started(child.id());
        let code = exit_code(child.wait().await?);
        group.ended();
        let [stdout, stderr] = logs.map(|log| {
            let bytes = file::read_head(&log, MAX_OUTPUT).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Ok(NpmExit {
            code,
            stdout,
            stderr,
            since,
        })
    }

    /// Runs npm on the terminal, so that it can ask questions and show a page. Its standard
    /// output goes to our standard error, because ours holds the report.
    pub(crate) async fn on_terminal(
        &self,
        folder: &Path,
        args: &[OsString],
        started: impl FnOnce(Option<u32>),
    ) -> io::Result<NpmExit> {
        let since = SystemTime::now();
        let mut command = self.command(folder, args);
        let mut child = command.stdout(Stdio::from(io::stderr())).spawn()?;
        started(child.id());
        Ok(NpmExit {
            code: wait_for(&mut child, false).await?,
            stdout: String::new(),
            stderr: String::new(),
            since,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(code: i32, stdout: &str) -> NpmExit {
        NpmExit {
            code,
            stdout: stdout.to_owned(),
            stderr: String::new(),
            since: SystemTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_challenge_is_read_from_npms_document() {
        let code = r#"{"error":{"code":"EOTP","summary":"x"}}"#;
        let web = r#"{"error":{"code":"EOTP","authUrl":"https://h/a","doneUrl":"https://h/d"}}"#;
        assert_eq!(ended(1, code).challenge(), Some(Challenge::Code));
        assert_eq!(ended(1, web).challenge(), Some(Challenge::Web));
        for (code, stdout) in [
            (0, code),
            (1, r#"{"error":{"code":"E403"}}"#),
            (1, "npm error code EOTP"),
            (1, ""),
        ] {
            assert_eq!(ended(code, stdout).challenge(), None, "{stdout}");
        }
    }
}
