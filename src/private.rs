//! Folders and files that only their owner can read: temporary folders of the rehearsal and the
//! hook.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

/// The temporary folders of this process, whether or not they are still there.
static MADE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A temporary folder with mode 0700, which is removed when it is dropped.
///
/// # Errors
/// When it cannot be created.
pub(crate) fn temporary_folder(prefix: &str) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    #[cfg(unix)]
    builder.permissions(mode);
    let folder = builder.tempdir()?;
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.push(folder.path().to_owned());
    Ok(folder)
}

/// Removes what is left of the temporary folders, before the process ends at a place
/// where nothing is dropped.
pub(crate) fn remove_temporary_folders() {
    let made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.iter().for_each(|folder| remove(folder));
}

/// Removes a folder, again where somebody writes into it meanwhile.
fn remove(folder: &Path) {
    for _ in 0..3 {
        let _ = fs::remove_dir_all(folder);
        if !folder.exists() {
            return;
        }
    }
}

/// Creates a folder and its missing parents with mode 0700.
///
/// # Errors
/// When it cannot be created.
pub(crate) fn create_folders(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file with mode 0600.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    let mut options = fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes.as_ref())
}

/// Sets an existing file's mode to 0600.
///
/// # Errors
/// When it is not ours.
#[cfg(target_os = "linux")]
pub(crate) fn set_mode(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn other_users_cannot_read_them() {
        let folder = temporary_folder("safe-publish-test-").unwrap();
        assert!(
            MADE.lock()
                .unwrap()
                .iter()
                .any(|made| made == folder.path())
        );
        let below = folder.path().join("a/b");
        create_folders(&below).unwrap();
        write(&below.join("c"), "text").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.path()), 0o700);
        assert_eq!(
            (mode(&below), mode(below.parent().unwrap())),
            (0o700, 0o700)
        );
        assert_eq!(mode(&below.join("c")), 0o600);
    }

    #[test]
    fn a_folder_is_removed_with_everything_below_it() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("made");
        create_folders(&made.join("a/b")).unwrap();
        write(&made.join("a/c"), "text").unwrap();
        remove(&made);
        assert!(!made.exists());
        remove(&made);
    }
}
