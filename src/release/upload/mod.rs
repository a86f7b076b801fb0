//! Uploads tarballs with the real npm, one process for each, and keeps the journal meanwhile.

pub(crate) mod arguments;
pub(crate) mod attempt;
pub(crate) mod folder;
pub(crate) mod otp;
pub(crate) mod stop;

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::io;
use std::path::Path;

use attempt::{Challenge, NpmExit, NpmRuns};
use folder::ProjectConfig;
use otp::{MAX_QUESTIONS, OneTimePassword};
use stop::Stop;

use super::journal::{Entry, Journal, UploadState};
use crate::npm::run::is_signal;
use crate::output::Output;
use crate::process::Groups;

/// At most this many uploads run at once where no person has to be asked.
const MAX_UPLOADS: usize = 4;

/// One tarball, and npm's arguments for it.
#[derive(Clone, Debug)]
pub(crate) struct Upload<'a> {
    /// `name@version`.
    pub(crate) spec: &'a str,
    /// The tarball, alone in its private folder.
    pub(crate) tarball: &'a Path,
    /// Returned by [`arguments::of_tarball`].
    pub(crate) args: Vec<OsString>,
    /// `sha512-…`.
    pub(crate) integrity: &'a str,
    /// SHA-1 in hexadecimal.
    pub(crate) shasum: &'a str,
}

/// Why npm did not upload a tarball.
#[derive(Debug)]
pub(crate) enum UploadFailure {
    /// npm ended with an error.
    Npm(NpmExit),
    /// npm could not be run.
    Io(io::Error),
    /// The uploads were stopped before the registry had taken it.
    NotSent,
}

impl From<io::Error> for UploadFailure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The uploads of a release.
#[derive(Debug)]
pub(crate) struct Uploads<'a> {
    /// npm.
    pub(crate) runs: NpmRuns<'a>,
    /// What npm reads in the project's folder.
    pub(crate) project: ProjectConfig,
    /// The one-time password.
    pub(crate) otp: OneTimePassword,
    /// Where questions are shown.
    pub(crate) output: &'a Output,
    /// The journal.
    pub(crate) journal: RefCell<Journal>,
    /// At least one upload has succeeded.
    pub(crate) has_gone_well: Cell<bool>,
    /// No more are to be started.
    pub(crate) stop: Stop,
    /// The npms that are running, except for one that has the terminal.
    pub(crate) running: Groups,
}

impl Uploads<'_> {
    /// How many uploads may run now: one at a time if a person may have to be asked, or was
    /// asked.
    pub(crate) fn limit(&self) -> usize {
        let may_ask = self.otp.can_ask() && (!self.has_gone_well.get() || self.otp.may_be_wanted());
        match (self.stop.is_set(), may_ask) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => MAX_UPLOADS,
        }
    }

    /// Starts no more uploads. The second call also stops the running npms; whether their
    /// packages arrive is then unknown.
    pub(crate) fn stop(&self) {
        if self.stop.set() {
            self.running.terminate();
        }
    }

    /// Uploads one tarball; returns npm's run.
    pub(crate) async fn upload(&self, upload: &Upload<'_>) -> Result<NpmExit, UploadFailure> {
        let folder = upload.tarball.parent().unwrap_or(Path::new("."));
        self.project.write(folder)?;
        self.note(upload, UploadState::Sending, None);
        let ended = self.attempts(upload, folder).await;
        ProjectConfig::remove(folder);
        match ended {
            Ok(ended) if ended.code == 0 => {
                self.stands(upload);
                Ok(ended)
            }
            // Nobody knows what became of the request.
            Ok(ended) if is_signal(ended.code) => Err(UploadFailure::Npm(ended)),
            failed => {
                self.note(upload, UploadState::Packed, None);
                Err(failed.map_or_else(|failure| failure, UploadFailure::Npm))
            }
        }
    }

    /// The registry has the version, whatever npm ended with.
    pub(crate) fn stands(&self, upload: &Upload<'_>) {
        self.note(upload, UploadState::Accepted, None);
        self.has_gone_well.set(true);
    }

    /// Runs npm, and again with each password that somebody types.
    async fn attempts(&self, upload: &Upload<'_>, folder: &Path) -> Result<NpmExit, UploadFailure> {
        let mut code = self.otp.code();
        for questions in 0.. {
            let ended = self.attempt(upload, folder, code.as_deref()).await?;
            let Some(challenge) = ended.challenge() else {
                return Ok(ended);
            };
            self.otp.refuse(code.as_deref());
            if !self.otp.can_ask() || questions == MAX_QUESTIONS {
                return Ok(ended);
            }
            let _turn = self.otp.terminal().await;
            let was_stale = code.is_some();
            // Another upload may have asked meanwhile.
            code = self.otp.code();
            if code.is_none() && challenge == Challenge::Code {
                let question = question(upload, was_stale);
                code = self.otp.ask(&question, self.output, &self.stop).await;
            }
            if code.is_none() {
                return self.attempt_on_terminal(upload, folder).await;
            }
        }
        unreachable!("the questions are counted")
    }

    async fn attempt(
        &self,
        upload: &Upload<'_>,
        folder: &Path,
        otp: Option<&str>,
    ) -> Result<NpmExit, UploadFailure> {
        self.unless_stopped()?;
        let started = |process| self.note(upload, UploadState::Sending, process);
        let runs = &self.runs;
        Ok(runs
            .quietly(folder, &upload.args, otp, (&self.running, started))
            .await?)
    }

    async fn attempt_on_terminal(
        &self,
        upload: &Upload<'_>,
        folder: &Path,
    ) -> Result<NpmExit, UploadFailure> {
        self.unless_stopped()?;
        let started = |process| self.note(upload, UploadState::Sending, process);
        Ok(self.runs.on_terminal(folder, &upload.args, started).await?)
    }

    fn unless_stopped(&self) -> Result<(), UploadFailure> {
        if self.stop.is_set() {
            return Err(UploadFailure::NotSent);
        }
        Ok(())
    }

    fn note(&self, upload: &Upload<'_>, sent: UploadState, process: Option<u32>) {
        let entry = Entry {
            process,
            ..Entry::now(sent, upload.integrity, upload.shasum)
        };
        self.journal.borrow_mut().note(upload.spec, entry);
    }
}

/// The question that a person is asked.
fn question(upload: &Upload<'_>, was_stale: bool) -> String {
    let why = if was_stale {
        "the registry did not accept that one-time password for"
    } else {
        "the registry asks for a one-time password for"
    };
    format!(
        "{why} {}\ntype it, or press Enter to let npm ask: ",
        upload.spec
    )
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
