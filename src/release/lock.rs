//! One release of a repository at a time. The lock file is never removed, because a new file
//! would be another lock. The operating system frees the lock when the process ends, however it
//! ends.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use crate::private;

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    /// Closing it frees the lock.
    _file: File,
}

/// Why there is no lock.
#[derive(Debug)]
pub(crate) enum LockProblem {
    /// Another release holds it.
    Held,
    /// The file cannot be created or locked.
    Io(io::Error),
}

impl From<io::Error> for LockProblem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Takes the lock, or says why it is not free. It does not wait.
pub(crate) fn take(path: &Path) -> Result<Lock, LockProblem> {
    if let Some(folder) = path.parent() {
        private::create_folders(folder)?;
    }
    Ok(Lock {
        _file: open_locked(path)?,
    })
}

/// Rust opens files so that child processes do not inherit them: an npm or a daemon that
/// outlives us does not hold the lock.
#[cfg(unix)]
fn open_locked(path: &Path) -> Result<File, LockProblem> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::FlockOperation;
    use rustix::io::Errno;

    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(path)?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::WOULDBLOCK) => Err(LockProblem::Held),
        Err(errno) => Err(LockProblem::Io(errno.into())),
    }
}

/// A file that is not shared: a second process cannot open it.
#[cfg(windows)]
fn open_locked(path: &Path) -> Result<File, LockProblem> {
    use std::os::windows::fs::OpenOptionsExt as _;

    /// ERROR_SHARING_VIOLATION
    const IN_USE: i32 = 32;
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create(true)
        .truncate(false)
        .share_mode(0);
    options
        .open(path)
        .map_err(|error| match error.raw_os_error() {
            Some(IN_USE) => LockProblem::Held,
            _ => LockProblem::Io(error),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_release_is_kept_out_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/x.lock");
        let first = take(&path).unwrap();
        assert!(matches!(take(&path), Err(LockProblem::Held)));
        drop(first);
        assert!(path.exists(), "the file stays");
        take(&path).unwrap();
        let below_a_file = take(&path.join("x.lock"));
        assert!(matches!(below_a_file, Err(LockProblem::Io(_))));
    }
}
