//! The files in an existing tarball.

use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;

use base64::Engine as _;
use ring::digest::{Context, SHA512};

use super::digest::MAX_HEAD;
use super::error::TarballFault;
use super::{FileKind, PackError, Packed, PackedFile};
use crate::file;
use crate::manifest::archive::walk;
use crate::manifest::gunzip::{Gunzip, GzipFault};

/// How far a tarball is read. A larger one proves nothing: npm may accept it.
#[derive(Clone, Copy)]
struct Limits {
    /// Bytes, unpacked.
    unpacked: u64,
    /// Entries, folders and links included.
    entries: usize,
}

/// For a tarball in a file; npm itself fails at about 400 MB packed.
const FILE_LIMITS: Limits = Limits {
    unpacked: 4 << 30,
    entries: PackError::MAX_ENTRIES,
};
/// For a tarball that a registry sent.
const MEMORY_LIMITS: Limits = Limits {
    unpacked: 1 << 30,
    ..FILE_LIMITS
};

/// Why a tarball cannot be read.
#[derive(Debug)]
enum TarballError {
    /// It exceeds our limits.
    TooLarge,
    /// It is broken, or the file system fails.
    Other {
        reason: io::Error,
        fault: Option<TarballFault>,
    },
}

/// Reads the list, and passes the bytes of each file to `visit` (its path below the package,
/// and the bytes up to a limit).
pub(super) fn read(path: &Path, visit: &mut dyn FnMut(&str, &[u8])) -> Result<Packed, PackError> {
    let bad = |reason: io::Error, fault| PackError::BadTarball {
        path: path.to_owned(),
        reason: reason.to_string(),
        fault,
    };
    let file = file::open(path).map_err(|error| bad(error.into(), None))?;
    read_within(file, FILE_LIMITS, visit).map_err(|error| match error {
        TarballError::TooLarge => PackError::TooLarge,
        TarballError::Other { reason, fault } => bad(reason, fault),
    })
}

/// The same for a tarball in memory.
pub(super) fn read_from(source: &[u8], visit: &mut dyn FnMut(&str, &[u8])) -> io::Result<Packed> {
    read_within(source, MEMORY_LIMITS, visit).map_err(|error| match error {
        TarballError::TooLarge => too_large(),
        TarballError::Other { reason, .. } => reason,
    })
}

fn read_within(
    source: impl Read,
    limits: Limits,
    visit: &mut dyn FnMut(&str, &[u8]),
) -> Result<Packed, TarballError> {
    let mut source = Hashing {
        source,
        context: Context::new(&SHA512),
        size: 0,
    };
    let mut unpacked = Bounded {
        source: Gunzip::new(BufReader::new(&mut source)),
        left: limits.unpacked,
    };
    let files = entries(&mut unpacked, limits.entries, visit).and_then(|files| {
        // npm reads past the end of the archive, up to the gzip checksum.
        io::copy(&mut unpacked, &mut io::sink())?;
        Ok(files)
    });
    let fault = unpacked.source.fault();
    drop(unpacked);
    let files = files.map_err(|reason| TarballError::of(reason, fault))?;
    // Bytes after that count for the checksum, too.
    let rest = io::copy(&mut source, &mut io::sink());
    rest.map_err(|reason| TarballError::of(reason, None))?;
    let digest = source.context.finish();
    let sum = base64::engine::general_purpose::STANDARD.encode(digest.as_ref());
    Ok(Packed {
        packed_size: Some(source.size),
        integrity: Some(format!("sha512-{sum}")),
        ..Packed::of(files)
    })
}

impl TarballError {
    fn of(reason: io::Error, fault: Option<GzipFault>) -> Self {
        let fault = match reason.kind() {
            io::ErrorKind::FileTooLarge => return Self::TooLarge,
            io::ErrorKind::UnexpectedEof if fault.is_none() => Some(TarballFault::Cut),
            io::ErrorKind::InvalidData if fault.is_none() => Some(TarballFault::NoArchive),
            _ => fault.map(TarballFault::Gzip),
        };
        Self::Other { reason, fault }
    }
}

fn entries(
    unpacked: impl Read,
    mut left: usize,
    visit: &mut dyn FnMut(&str, &[u8]),
) -> io::Result<Vec<PackedFile>> {
    let mut files = Vec::new();
    let seen = walk(unpacked, &mut |entry, body| {
        left = left.checked_sub(1).ok_or_else(too_large)?;
        let Some(path) = unpacked_path(entry.path) else {
            return Ok(ControlFlow::Continue(()));
        };
        let kind = if entry.kind.is_hard_link() {
            FileKind::HardLink {
                to: entry.link.and_then(unpacked_path).unwrap_or_default(),
            }
        } else if entry.kind.is_file() || entry.kind.is_contiguous() {
            FileKind::File
        } else {
            // Folders and symbolic links, which no client unpacks.
            return Ok(ControlFlow::Continue(()));
        };
        let mut head = Vec::new();
        body.take(MAX_HEAD).read_to_end(&mut head)?;
        visit(&path, &head);
        files.push(PackedFile {
            path,
            size: entry.size,
            mode: entry.mode.unwrap_or(0o644) & 0o7777,
            kind,
        });
        Ok(ControlFlow::Continue(()))
    })?;
    if seen == 0 {
        let text = "it is not a tar archive";
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    Ok(files)
}

fn too_large() -> io::Error {
    let text = PackError::TooLarge.to_string();
    io::Error::new(io::ErrorKind::FileTooLarge, text)
}

/// Fails if its source has more bytes than allowed.
struct Bounded<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        let left = self.left.checked_sub(count as u64);
        self.left = left.ok_or_else(too_large)?;
        Ok(count)
    }
}

/// The path that a client gives a file: without its first part (`package/`). `None` for files
/// that it leaves out: a path of one part, or one that leads upwards.
fn unpacked_path(path: &[u8]) -> Option<String> {
    let path = String::from_utf8_lossy(path);
    let (_, below) = path.split_once('/')?;
    let parts: Vec<&str> = below
        .split('/')
        .filter(|it| !matches!(*it, "" | "."))
        .collect();
    let leads_upwards = path.split('/').any(|part| part == "..");
    (!leads_upwards && !parts.is_empty()).then(|| parts.join("/"))
}

/// Hashes everything that is read through it.
struct Hashing<R> {
    source: R,
    context: Context,
    size: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        self.context.update(&into[..count]);
        self.size += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tarball(files: usize, size: usize) -> Vec<u8> {
        let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut builder = tar::Builder::new(gzip);
        for number in 0..files {
            let mut header = tar::Header::new_gnu();
            header.set_size(size as u64);
            let path = format!("package/{number}");
            let zeros = vec![0; size];
            builder.append_data(&mut header, path, &zeros[..]).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn paths_are_those_that_npm_gives_them() {
        for (written, unpacked) in [
            ("package/a.js", Some("a.js")),
            ("other/lib/a.js", Some("lib/a.js")),
            ("./package/a.js", Some("package/a.js")),
            ("/etc/a.js", Some("etc/a.js")),
            ("package//./a.js", Some("a.js")),
            ("a.js", None),
            ("package/", None),
            ("package/lib/../a.js", None),
            ("../a.js", None),
        ] {
            let path = unpacked_path(written.as_bytes());
            assert_eq!(path.as_deref(), unpacked, "{written}");
        }
    }

    #[test]
    fn what_has_too_many_entries_or_unpacks_to_too_much_is_no_broken_tarball() {
        let limits = Limits {
            unpacked: 1 << 20,
            entries: 3,
        };
        let read = |bytes: &[u8]| read_within(bytes, limits, &mut |_, _| {});
        assert_eq!(read(&tarball(3, 100)).unwrap().files.len(), 3);
        for large in [tarball(4, 0), tarball(1, 2 << 20)] {
            assert!(matches!(read(&large), Err(TarballError::TooLarge)));
        }
        let whole = tarball(3, 100);
        let mut plain = Vec::new();
        Gunzip::new(&whole[..]).read_to_end(&mut plain).unwrap();
        assert_eq!(read(&plain).unwrap().files.len(), 3);
        let by_gzip = TarballFault::Gzip(GzipFault::Cut);
        for (cut, expected) in [
            (&whole[..60], by_gzip),
            (&whole[..whole.len() - 1], by_gzip),
            (&plain[..600], TarballFault::Cut),
        ] {
            let TarballError::Other { fault, .. } = read(cut).unwrap_err() else {
                panic!("it is cut, not large");
            };
            assert_eq!(fault, Some(expected));
        }
    }
}
