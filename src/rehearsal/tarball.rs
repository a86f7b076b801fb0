//! Lists the files of a packed tarball, and unpacks it where npm would put it.

use std::io;
use std::path::{Component, Path};

use flate2::read::GzDecoder;

/// A file in a tarball.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedFile {
    /// Its path below the package's folder.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// The files of a tarball, in its order.
///
/// # Errors
/// When it is not a gzipped tar.
pub(super) fn files(tarball: &[u8]) -> io::Result<Vec<PackedFile>> {
    let mut archive = tar::Archive::new(GzDecoder::new(tarball));
    let mut files = Vec::new();
    for entry in archive.entries()? {
        let entry = entry?;
        if entry.header().entry_type().is_file() {
            let path = inner(&entry.path()?);
            files.push(PackedFile {
                path,
                size: entry.size(),
            });
        }
    }
    Ok(files)
}

/// Unpacks into a folder, without the first part of each path.
///
/// # Errors
/// When it is not a gzipped tar, or the folder cannot be written.
pub(super) fn unpack(tarball: &[u8], folder: &Path) -> io::Result<()> {
    let mut archive = tar::Archive::new(GzDecoder::new(tarball));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = inner(&entry.path()?);
        let plain = Path::new(&path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !entry.header().entry_type().is_file() || !plain || path.is_empty() {
            continue;
        }
        let target = folder.join(&path);
        std::fs::create_dir_all(target.parent().unwrap_or(folder))?;
        entry.unpack(&target)?;
    }
    Ok(())
}

fn inner(path: &Path) -> String {
    let parts: Vec<String> = path
        .components()
        .skip(1)
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}
