//! The package.json inside a tarball.

use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use super::{MAX_MANIFEST, Manifest, ManifestError};

/// How far a tarball is unpacked in search of its package.json, in bytes.
const FARTHEST: u64 = 1 << 30;

/// The longest path that is read from an extended header, in bytes.
const MAX_PATH: u64 = 64 << 10;

/// Reads the package.json in the top folder of a `.tgz`, `.tar.gz` or `.tar`,
/// whatever that folder is called. Reads no further than that file, and holds
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
    let mut manifest = None;
    let seen = walk(reader, |path, _, entry| {
        let kind = entry.header().entry_type();
        let is_file = matches!(kind, EntryType::Regular | EntryType::Continuous);
        if !is_file || !is_manifest(path) {
            return Ok(ControlFlow::Continue(()));
        }
        let mut bytes = Vec::new();
        entry.take(MAX_MANIFEST + 1).read_to_end(&mut bytes)?;
        manifest = Some(bytes);
        Ok(ControlFlow::Break(()))
    });
    match (seen.map_err(|error| bad(path, &error))?, manifest) {
        (_, Some(bytes)) => Manifest::parse(path, &bytes),
        (0, None) => Err(ManifestError::NotATarball {
            path: path.to_owned(),
            reason: "it holds no entries".to_owned(),
        }),
        (_, None) => Err(ManifestError::NotInTarball {
            path: path.to_owned(),
        }),
    }
}

/// Visits the entries of a tar archive (path, what a link leads to, header and bytes)
/// until `visit` breaks off, and says how many there were. Holds nothing that has no limit: the crate's own iterator
/// reads extended headers whole, whatever their size.
///
/// # Errors
/// When the archive is broken, or `visit` fails.
pub(crate) fn walk<R: Read>(
    reader: R,
    mut visit: impl FnMut(&[u8], Option<&[u8]>, &mut Entry<'_, R>) -> io::Result<ControlFlow<()>>,
) -> io::Result<usize> {
    let mut archive = Archive::new(reader);
    let (mut name, mut link) = (None, None);
    let mut seen = 0;
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        seen += 1;
        match entry.header().entry_type() {
            EntryType::GNULongName => name = Some(long(&mut entry)?),
            EntryType::GNULongLink => link = Some(long(&mut entry)?),
            EntryType::XHeader => {
                let data = extended(&mut entry)?;
                name = pax_value(&data, b"path").or(name);
                link = pax_value(&data, b"linkpath").or(link);
            }
            EntryType::XGlobalHeader => {}
            _ => {
                let header = entry.header();
                let path = name
                    .take()
                    .unwrap_or_else(|| header.path_bytes().into_owned());
                let own = header.link_name_bytes().map(std::borrow::Cow::into_owned);
                let link = link.take().or(own);
                if visit(&path, link.as_deref(), &mut entry)?.is_break() {
                    break;
                }
            }
        }
    }
    Ok(seen)
}

fn extended(entry: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut data = Vec::new();
    entry.take(MAX_PATH).read_to_end(&mut data)?;
    Ok(data)
}

/// The name in an entry of GNU's tar, which ends with a zero.
fn long(entry: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut data = extended(entry)?;
    let end = data.iter().position(|byte| *byte == 0);
    data.truncate(end.unwrap_or(data.len()));
    Ok(data)
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

/// A record of an extended header: `27 path=package/package.json\n`.
fn pax_value(data: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let mut rest = data;
    let mut found = None;
    while let Some(space) = rest.iter().position(|&byte| byte == b' ') {
        let length: usize = std::str::from_utf8(&rest[..space]).ok()?.parse().ok()?;
        let record = rest.get(space + 1..length)?;
        let value = record.strip_prefix(key);
        if let Some(value) = value.and_then(|value| value.strip_prefix(b"=")) {
            found = Some(value.strip_suffix(b"\n").unwrap_or(value).to_vec());
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
