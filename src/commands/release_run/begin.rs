//! What a release holds while it runs: the lock, the journal, a private folder.

use std::path::Path;

use super::{Context, Item};
use crate::error::Error;
use crate::facts::Facts;
use crate::output::Output;
use crate::private;
use crate::release::ReleasePlan;
use crate::release::journal::{self, FOLDER_PREFIX, Journal};
use crate::release::lock::{self, Lock, LockProblem};
use crate::verify::Expected;

/// The lock and the journal of this release.
#[derive(Debug)]
pub(in crate::commands) struct Session {
    pub(in crate::commands) journal: Journal,
    /// What an earlier run sent.
    pub(super) earlier: Vec<Expected>,
    /// A journal that cannot be written is reported once.
    is_reported: bool,
    _lock: Option<Lock>,
}

fn registry(plan: &ReleasePlan) -> String {
    let mut packages = plan.prepared.plan.packages.iter();
    let registry = packages.find_map(|package| package.registry.as_ref().ok());
    registry.map_or(String::new(), |registry| registry.value.to_string())
}

/// The journal for a plan that nothing follows: it is not written.
pub(in crate::commands) fn read_only(plan: &ReleasePlan) -> Session {
    let mut session = Session::new(None, journal::place(&plan.root, &registry(plan)));
    session.journal.read_only();
    session
}

/// Takes the lock and reads the journal.
///
/// # Errors
/// When another release of this repository to this registry is running.
pub(in crate::commands) fn begin(plan: &ReleasePlan, output: &Output) -> Result<Session, Error> {
    let registry = registry(plan);
    let Some(path) = journal::place(&plan.root, &registry) else {
        return Ok(Session::new(None, None));
    };
    match lock::take(&path.with_extension("lock")) {
        Ok(lock) => Ok(Session::new(Some(lock), Some(path))),
        Err(LockProblem::Held) => Err(Error::new(
            format!("releasing {}", plan.root.display()),
            format!("another release of this repository to {registry} is running"),
        )
        .next("wait until it ends, and run the same command again")),
        Err(LockProblem::Io(error)) => {
            output.err(&format!(
                "note: this release keeps no journal, because {} cannot be used: {error}\n",
                path.display()
            ));
            Ok(Session::new(None, None))
        }
    }
}

/// Creates the folder for the tarballs.
///
/// # Errors
/// When it cannot be created.
pub(super) fn private_folder() -> Result<tempfile::TempDir, Error> {
    private::temporary_folder(FOLDER_PREFIX).map_err(|error| {
        Error::new("creating a folder for the tarballs", error)
            .next("free space in the folder for temporary files, or set another one in TMPDIR")
    })
}

impl Session {
    fn new(lock: Option<Lock>, journal: Option<std::path::PathBuf>) -> Self {
        Self {
            journal: Journal::open(journal),
            earlier: Vec::new(),
            is_reported: false,
            _lock: lock,
        }
    }

    /// Notes which packages this run sends.
    pub(super) fn begin_in(&mut self, folder: &Path, context: Context<'_>, items: &[Item]) {
        let commit = items.iter().find_map(|item| commit(&item.facts));
        self.journal.begin(commit, folder);
        self.report_write_error(context.output);
    }

    /// Removes the private folders of this run and of earlier ones. What cannot be removed
    /// is left to the next run.
    pub(in crate::commands) fn clean(&mut self, output: &Output) {
        self.journal.clean();
        self.report_write_error(output);
    }

    fn report_write_error(&mut self, output: &Output) {
        if let Some(write_error) = self.journal.write_error().filter(|_| !self.is_reported) {
            output.err(&format!(
                "note: the journal of this release cannot be written: {write_error}\n"
            ));
            self.is_reported = true;
        }
    }
}

/// The commit that is checked out.
pub(super) fn commit(facts: &Facts) -> Option<String> {
    facts.work_tree().ok()?.commit.clone()
}
