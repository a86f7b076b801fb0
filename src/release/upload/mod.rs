//! Uploads tarballs with the real npm, one process for each, and keeps the journal meanwhile.

pub(crate) mod arguments;
pub(crate) mod attempt;
pub(crate) mod folder;
pub(crate) mod otp;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use attempt::{Challenge, NpmExit, NpmRuns};
use folder::ProjectConfig;
use otp::{MAX_QUESTIONS, OneTimePassword};

use super::journal::{Entry, Journal, UploadState};
use crate::output::Output;

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
    /// No more uploads may start.
    pub(crate) is_stopped: Cell<bool>,
    /// The running npm processes, by the version that they send.
    pub(crate) running: RefCell<BTreeMap<String, u32>>,
}

impl Uploads<'_> {
    /// How many uploads may run now: one at a time if a person may have to be asked, or was
    /// asked.
    pub(crate) fn limit(&self) -> usize {
        let may_ask = self.otp.can_ask() && (!self.has_gone_well.get() || self.otp.was_wanted());
        match (self.is_stopped.get(), may_ask) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => MAX_UPLOADS,
        }
    }

    /// Starts no more uploads. The second call also stops the running npms; whether their
    /// packages arrive is then unknown.
    pub(crate) fn stop(&self) {
        if self.is_stopped.replace(true) {
            for process in self.running.borrow().values() {
                attempt::stop(*process);
            }
        }
    }

    /// Uploads one tarball; returns npm's run.
    pub(crate) async fn upload(&self, upload: &Upload<'_>) -> Result<NpmExit, UploadFailure> {
        let folder = upload.tarball.parent().unwrap_or(Path::new("."));
        self.project.write(folder)?;
        self.note(upload, UploadState::Sending, None);
        let ended = self.attempts(upload, folder).await;
        self.running.borrow_mut().remove(upload.spec);
        ProjectConfig::remove(folder);
        let ended = ended?;
        if ended.code == 0 {
            self.note(upload, UploadState::Accepted, None);
            self.has_gone_well.set(true);
            return Ok(ended);
        }
        // After a signal, the fate of the request is unknown.
        if ended.code < 128 {
            self.note(upload, UploadState::Packed, None);
        }
        Err(UploadFailure::Npm(ended))
    }

    /// The version proved to be on the registry although npm failed.
    pub(crate) fn stands(&self, upload: &Upload<'_>) {
        self.note(upload, UploadState::Accepted, None);
        self.has_gone_well.set(true);
    }

    async fn attempts(&self, upload: &Upload<'_>, folder: &Path) -> io::Result<NpmExit> {
        let started = |process: Option<u32>| {
            let own = process.map(|process| (upload.spec.to_owned(), process));
            self.running.borrow_mut().extend(own);
            self.note(upload, UploadState::Sending, process);
        };
        for asked in 0.. {
            let code = self.otp.code();
            let code = code.as_deref();
            let ended = self
                .runs
                .quietly(folder, &upload.args, code, started)
                .await?;
            let Some(challenge) = ended.challenge() else {
                return Ok(ended);
            };
            let was_stale = code.is_some();
            self.otp.forget();
            if !self.otp.can_ask() || asked == MAX_QUESTIONS {
                return Ok(ended);
            }
            let typed = match challenge {
                Challenge::Web => None,
                Challenge::Code => {
                    let question = question(upload, was_stale);
                    self.otp.ask(&question, self.output).await
                }
            };
            if typed.is_none() {
                return self.runs.on_terminal(folder, &upload.args, started).await;
            }
        }
        unreachable!("the questions are counted")
    }

    fn note(&self, upload: &Upload<'_>, sent: UploadState, process: Option<u32>) {
        let entry = Entry {
            sent,
            integrity: upload.integrity.to_owned(),
            shasum: upload.shasum.to_owned(),
            at: jiff::Timestamp::now(),
            process,
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
