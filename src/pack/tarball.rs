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

/// How much of a tarball is unpacked; npm itself fails at about 400 MB packed.
const MAX_UNPACKED: u64 = 4 << 30;

/// Reads the list, and hands the bytes of each file to `visit` (its path below
/// the package, and the bytes up to a limit).
pub(super) fn read(path: &Path, visit: &mut dyn FnMut(&str, &[u8])) -> Result<Packed, PackError> {
    let bad = |error: &io::Error| PackError::BadTarball {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let file = file::open(path).map_err(|error| bad(&error.into()))?;
    read_from(file, visit).map_err(|error| bad(&error))
}

/// The same for a tarball in memory.
pub(super) fn read_from(
    source: impl Read,
    visit: &mut dyn FnMut(&str, &[u8]),
) -> io::Result<Packed> {
    let mut source = Hashing {
        source,
        context: Context::new(&SHA512),
        size: 0,
    };
    let files = entries(&mut source, visit)?;
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
    visit: &mut dyn FnMut(&str, &[u8]),
) -> io::Result<Vec<PackedFile>> {
    let unpacked = MultiGzDecoder::new(source).take(MAX_UNPACKED);
    let mut files = Vec::new();
    walk(unpacked, |path, link, entry| {
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
        if files.len() >= PackError::MAX_FILES {
            return Err(io::Error::other("it holds too many files"));
        }
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
