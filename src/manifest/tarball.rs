//! The package.json inside a tarball.

use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tar::EntryType;

use super::archive::walk;
use super::gunzip::Gunzip;
use super::{MAX_MANIFEST, Manifest, ManifestError};

/// How many bytes of a tarball are unpacked in search of its package.json.
const MAX_UNPACKED: u64 = 1 << 30;

/// Reads the package.json in the top folder of a `.tgz`, `.tar.gz` or `.tar`, whatever that
/// folder is called. Of several the last one counts, as for npm, which unpacks them all.
///
/// # Errors
/// When it cannot be read, is not a tarball, has no package.json in its top folder (or not
/// within the first GiB), or npm could not use that package.json.
pub fn read_tarball(path: &Path) -> Result<Manifest, ManifestError> {
    let file = super::open(path).map_err(|error| match error {
        ManifestError::Missing { path } => ManifestError::NoTarball { path },
        other => other,
    })?;
    unpack(path, BufReader::new(file), MAX_UNPACKED)
}

/// The manifest in a tarball, compressed or not, of which at most `limit` bytes are unpacked.
pub(super) fn unpack(
    path: &Path,
    reader: impl BufRead,
    limit: u64,
) -> Result<Manifest, ManifestError> {
    search(path, Gunzip::new(reader).take(limit))
}

fn search(path: &Path, reader: impl Read) -> Result<Manifest, ManifestError> {
    let mut manifest = None;
    let seen = walk(reader, &mut |entry, body| {
        let is_file = matches!(entry.kind, EntryType::Regular | EntryType::Continuous);
        if !is_file || !is_manifest(entry.path) {
            return Ok(ControlFlow::Continue(()));
        }
        let mut bytes = Vec::new();
        body.take(MAX_MANIFEST + 1).read_to_end(&mut bytes)?;
        manifest = Some(bytes);
        Ok(ControlFlow::Continue(()))
    });
    // A fault after it belongs to the tarball, not to the manifest.
    match (seen, manifest) {
        (_, Some(bytes)) => Manifest::parse(path, &bytes),
        (Err(error), None) => Err(bad(path, &error)),
        (Ok(0), None) => Err(ManifestError::NotATarball {
            path: path.to_owned(),
            reason: "it holds no entries".to_owned(),
        }),
        (Ok(_), None) => Err(ManifestError::NotInTarball {
            path: path.to_owned(),
        }),
    }
}

/// Whether this is package.json once the first folder is removed.
fn is_manifest(name: &[u8]) -> bool {
    let mut name = String::from_utf8_lossy(name).into_owned();
    if cfg!(windows) {
        name = name.replace('\\', "/");
    }
    let Some((_, rest)) = name.split_once('/') else {
        return false;
    };
    let parts: Vec<&str> = rest
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    parts == ["package.json"]
}

fn bad(path: &Path, error: &std::io::Error) -> ManifestError {
    ManifestError::NotATarball {
        path: PathBuf::from(path),
        reason: error.to_string(),
    }
}
