//! The files in an existing tarball.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;

use base64::Engine as _;
use flate2::read::MultiGzDecoder;
use ring::digest::{Context, SHA512};

use super::digest::MAX_HEAD;
use super::{FileKind, PackError, Packed, PackedFile};
use crate::file;
use crate::manifest::tarball::walk;

/// Up to where a tarball is read. What has more is no proof of anything: npm may take it.
#[derive(Clone, Copy)]
struct Limits {
    /// Bytes, unpacked.
    unpacked: u64,
    /// Entries, folders and links included.
    entries: usize,
}

/// Of a tarball in a file; npm itself fails at about 400 MB packed.
const OF_FILE: Limits = Limits {
    unpacked: 4 << 30,
    entries: PackError::MAX_ENTRIES,
};
/// Of one that a registry sent.
const IN_MEMORY: Limits = Limits {
    unpacked: 1 << 30,
    ..OF_FILE
};

/// Reads the list, and hands the bytes of each file to `visit` (its path below
/// the package, and the bytes up to a limit).
pub(super) fn read(path: &Path, visit: &mut dyn FnMut(&str, &[u8])) -> Result<Packed, PackError> {
    let bad = |error: &io::Error| PackError::BadTarball {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let file = file::open(path).map_err(|error| bad(&error.into()))?;
    read_within(file, OF_FILE, visit).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => PackError::TooLarge,
        _ => bad(&error),
    })
}

/// The same for a tarball in memory.
pub(super) fn read_from(source: &[u8], visit: &mut dyn FnMut(&str, &[u8])) -> io::Result<Packed> {
    read_within(source, IN_MEMORY, visit)
}

fn read_within(
    source: impl Read,
    limits: Limits,
    visit: &mut dyn FnMut(&str, &[u8]),
) -> io::Result<Packed> {
    let mut source = Hashing {
        source,
        context: Context::new(&SHA512),
        size: 0,
    };
    let files = entries(&mut source, limits, visit)?;
    // Bytes behind the archive count for the checksum.
    io::copy(&mut source, &mut io::sink())?;
    let digest = source.context.finish();
    let sum = base64::engine::general_purpose::STANDARD.encode(digest.as_ref());
    Ok(Packed {
        packed_size: Some(source.size),
        integrity: Some(format!("sha512-{sum}")),
        ..Packed::of(files)
    })
}

fn entries(
    source: &mut Hashing<impl Read>,
    limits: Limits,
    visit: &mut dyn FnMut(&str, &[u8]),
) -> io::Result<Vec<PackedFile>> {
    let unpacked = Bounded {
        source: MultiGzDecoder::new(source),
        left: limits.unpacked,
    };
    let mut files = Vec::new();
    let mut left = limits.entries;
    walk(unpacked, |path, link, entry| {
        left = left.checked_sub(1).ok_or_else(too_large)?;
        let kind = entry.header().entry_type();
        let path = below_first(&String::from_utf8_lossy(path));
        let kind = if kind.is_hard_link() {
            FileKind::HardLink {
                to: below_first(&String::from_utf8_lossy(link.unwrap_or_default())),
            }
        } else if kind.is_file() || kind.is_contiguous() {
            FileKind::File
        } else {
            // Folders and symbolic links: no client keeps them.
            return Ok(ControlFlow::Continue(()));
        };
        let size = entry.header().size()?;
        let mode = entry.header().mode().unwrap_or(0o644);
        let mut head = Vec::new();
        entry.take(MAX_HEAD).read_to_end(&mut head)?;
        visit(&path, &head);
        files.push(PackedFile {
            path,
            size,
            mode: mode & 0o7777,
            kind,
        });
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(files)
}

fn too_large() -> io::Error {
    let text = PackError::TooLarge.to_string();
    io::Error::new(io::ErrorKind::FileTooLarge, text)
}

/// Fails where its source has more bytes than it may.
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

/// Clients drop the first part of every path (`package/`).
fn below_first(path: &str) -> String {
    let path = path.trim_start_matches("./");
    path.split_once('/')
        .map_or(path, |(_, rest)| rest)
        .to_owned()
}

/// Hashes what is read through it.
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
    fn what_has_too_many_entries_or_unpacks_to_too_much_is_no_broken_tarball() {
        let limits = Limits {
            unpacked: 1 << 20,
            entries: 3,
        };
        let read = |bytes: &[u8]| read_within(bytes, limits, &mut |_, _| {});
        assert_eq!(read(&tarball(3, 100)).unwrap().files.len(), 3);
        for large in [tarball(4, 0), tarball(1, 2 << 20)] {
            let error = read(&large).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge, "{error}");
        }
        let broken = read(&tarball(3, 100)[..60]).unwrap_err();
        assert_ne!(broken.kind(), io::ErrorKind::FileTooLarge, "{broken}");
    }
}
