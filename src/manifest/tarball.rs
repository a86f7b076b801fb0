//! The package.json inside a tarball.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType};

use super::{LARGEST_MANIFEST, Manifest, ManifestError};

/// How far a tarball is unpacked in search of its package.json, in bytes.
const FARTHEST: u64 = 1 << 30;

/// The longest path that is read from an extended header, in bytes.
const LONGEST_PATH: u64 = 64 << 10;

/// Reads the package.json in the top folder of a `.tgz`, `.tar.gz` or `.tar`,
/// whatever that folder is called. Reads no farther than that file, and holds
/// no more than that file: npm itself unpacks everything, and of two such
/// files would take the last.
///
/// # Errors
/// When it cannot be read, is not a tarball, holds no package.json in its top
/// folder (nor in its first GiB), or that is none.
pub fn read_tarball(path: &Path) -> Result<Manifest, ManifestError> {
    let file = super::open(path).map_err(|error| match error {
        ManifestError::Missing { path } => ManifestError::NoTarball { path },
        other => other,
    })?;
    unpack(path, BufReader::new(file), FARTHEST)
}

/// The manifest in a tarball, packed or not, of which at most `limit` bytes
/// are unpacked.
pub(super) fn unpack(
    path: &Path,
    mut reader: impl Read,
    limit: u64,
) -> Result<Manifest, ManifestError> {
    let mut start = [0; 2];
    let read = read_start(&mut reader, &mut start).map_err(|error| bad(path, &error))?;
    let whole = start[..read].chain(reader);
    if start == [0x1f, 0x8b] {
        search(path, MultiGzDecoder::new(whole).take(limit))
    } else {
        search(path, whole.take(limit))
    }
}

fn read_start(reader: &mut impl Read, start: &mut [u8; 2]) -> std::io::Result<usize> {
    let mut read = 0;
    while read < start.len() {
        match reader.read(&mut start[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

fn search(path: &Path, reader: impl Read) -> Result<Manifest, ManifestError> {
    let bad = |error: std::io::Error| bad(path, &error);
    let mut archive = Archive::new(reader);
    // Raw, so that nothing is held that has no limit: the crate itself reads
    // extended headers whole, whatever their size.
    let entries = archive.entries().map_err(bad)?.raw(true);
    let mut long_name: Option<Vec<u8>> = None;
    let mut seen = false;
    for entry in entries {
        let mut entry = entry.map_err(bad)?;
        seen = true;
        let kind = entry.header().entry_type();
        match kind {
            EntryType::GNULongName | EntryType::XHeader => {
                let mut data = Vec::new();
                (&mut entry)
                    .take(LONGEST_PATH)
                    .read_to_end(&mut data)
                    .map_err(bad)?;
                long_name = if kind == EntryType::XHeader {
                    pax_path(&data).or(long_name)
                } else {
                    Some(data.into_iter().take_while(|&byte| byte != 0).collect())
                };
                continue;
            }
            EntryType::GNULongLink | EntryType::XGlobalHeader => continue,
            _ => {}
        }
        let name = long_name
            .take()
            .unwrap_or_else(|| entry.header().path_bytes().into_owned());
        let is_file = matches!(kind, EntryType::Regular | EntryType::Continuous);
        if is_file && is_manifest(&name) {
            let mut bytes = Vec::new();
            entry
                .take(LARGEST_MANIFEST + 1)
                .read_to_end(&mut bytes)
                .map_err(bad)?;
            return Manifest::parse(path, &bytes);
        }
    }
    if seen {
        Err(ManifestError::NotInTarball {
            path: path.to_owned(),
        })
    } else {
        Err(ManifestError::NotATarball {
            path: path.to_owned(),
            reason: "it holds no entries".to_owned(),
        })
    }
}

/// Whether this is package.json once the first folder is taken off.
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

/// The `path` record of an extended header: `27 path=package/package.json\n`.
fn pax_path(data: &[u8]) -> Option<Vec<u8>> {
    let mut rest = data;
    let mut found = None;
    while let Some(space) = rest.iter().position(|&byte| byte == b' ') {
        let length: usize = std::str::from_utf8(&rest[..space]).ok()?.parse().ok()?;
        let record = rest.get(space + 1..length)?;
        if let Some(path) = record.strip_prefix(b"path=") {
            found = Some(path.strip_suffix(b"\n").unwrap_or(path).to_vec());
        }
        rest = &rest[length..];
    }
    found
}

fn bad(path: &Path, error: &std::io::Error) -> ManifestError {
    ManifestError::NotATarball {
        path: PathBuf::from(path),
        reason: error.to_string(),
    }
}
