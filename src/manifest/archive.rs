//! Entries of a tar archive, read as npm's own `tar` reads them.

use std::io::{self, Read};
use std::ops::ControlFlow;

use tar::{EntryType, Header};

const BLOCK: usize = 512;

/// The longest path that is read from an extended header, in bytes.
const MAX_PATH: u64 = 64 << 10;

/// What the headers state about an entry.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// Its path.
    pub(crate) path: &'a [u8],
    /// The target, if it is a link.
    pub(crate) link: Option<&'a [u8]>,
    /// What it is.
    pub(crate) kind: EntryType,
    /// In bytes.
    pub(crate) size: u64,
    /// The permission bits, if they can be read.
    pub(crate) mode: Option<u32>,
}

/// Handles an entry and its bytes, and decides whether to continue.
pub(crate) type Visit<'a> =
    &'a mut dyn FnMut(&Entry<'_>, &mut dyn Read) -> io::Result<ControlFlow<()>>;

/// What extended headers state about the entry that follows them.
#[derive(Default)]
struct PaxHeaders {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
}

/// Visits the entries of an archive until `visit` breaks off, and returns how many there were.
/// Like npm, it skips blocks that are not headers, ends at two blocks of zeros, and fails if an
/// entry is cut off. It holds nothing without a limit.
///
/// # Errors
/// Where an entry is cut off, or reading or `visit` fails.
pub(crate) fn walk(mut reader: impl Read, visit: Visit<'_>) -> io::Result<usize> {
    let mut header = Header::new_old();
    let mut extended = PaxHeaders::default();
    let (mut seen, mut zeros) = (0, 0);
    while zeros < 2 && read_block(&mut reader, header.as_mut_bytes())? {
        if header.as_bytes().iter().all(|byte| *byte == 0) {
            zeros += 1;
            continue;
        }
        zeros = 0;
        let Some((kind, size)) = about(&header) else {
            continue;
        };
        seen += 1;
        let is_extended = matches!(
            kind,
            EntryType::GNULongName
                | EntryType::GNULongLink
                | EntryType::XHeader
                | EntryType::XGlobalHeader
        );
        let size = extended.size.filter(|_| !is_extended).unwrap_or(size);
        let mut body = reader.by_ref().take(size);
        if is_extended {
            extended.read(kind, &mut body)?;
        } else {
            let whole = std::mem::take(&mut extended);
            if whole
                .visit(&header, (kind, size), &mut body, visit)?
                .is_break()
            {
                break;
            }
        }
        let rest = body.limit() + padding(size);
        skip(&mut reader, rest)?;
    }
    Ok(seen)
}

/// Reads a block; `false` if the archive ends first.
fn read_block(reader: &mut impl Read, block: &mut [u8; BLOCK]) -> io::Result<bool> {
    match reader.read_exact(block) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Kind and size of an entry; `None` if this is not a header.
fn about(header: &Header) -> Option<(EntryType, u64)> {
    // The checksum's own field counts as blanks.
    let field = 148..156;
    let bytes = header.as_bytes().iter().enumerate();
    let sum = bytes.map(|(at, byte)| {
        let byte = if field.contains(&at) { b' ' } else { *byte };
        u32::from(byte)
    });
    if header.cksum().ok()? != sum.sum::<u32>() {
        return None;
    }
    let kind = header.entry_type();
    // Some programs write the size that a folder has on disk.
    let is_folder = kind.is_dir() || (kind.is_file() && header.path_bytes().ends_with(b"/"));
    if is_folder {
        return Some((EntryType::Directory, 0));
    }
    Some((kind, header.entry_size().ok()?))
}

fn padding(size: u64) -> u64 {
    (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64
}

fn skip(reader: &mut impl Read, length: u64) -> io::Result<()> {
    let skipped = io::copy(&mut reader.take(length), &mut io::sink())?;
    if skipped < length {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "it ends within a file",
        ));
    }
    Ok(())
}

impl PaxHeaders {
    fn read(&mut self, kind: EntryType, body: &mut impl Read) -> io::Result<()> {
        let mut data = Vec::new();
        match kind {
            EntryType::XGlobalHeader => return Ok(()),
            _ => body.take(MAX_PATH).read_to_end(&mut data)?,
        };
        match kind {
            EntryType::GNULongName => self.path = Some(until_zero(data)),
            EntryType::GNULongLink => self.link = Some(until_zero(data)),
            _ => {
                self.path = pax_value(&data, b"path").or(self.path.take());
                self.link = pax_value(&data, b"linkpath").or(self.link.take());
                let size = pax_value(&data, b"size");
                let size = size.and_then(|size| std::str::from_utf8(&size).ok()?.parse().ok());
                self.size = size.or(self.size);
            }
        }
        Ok(())
    }

    fn visit(
        self,
        header: &Header,
        (kind, size): (EntryType, u64),
        body: &mut dyn Read,
        visit: Visit<'_>,
    ) -> io::Result<ControlFlow<()>> {
        let path = self
            .path
            .unwrap_or_else(|| header.path_bytes().into_owned());
        let link = header.link_name_bytes().map(std::borrow::Cow::into_owned);
        let link = self.link.or(link);
        let entry = Entry {
            path: &path,
            link: link.as_deref(),
            kind,
            size,
            mode: header.mode().ok(),
        };
        visit(&entry, body)
    }
}

/// The name in an entry of GNU tar, which ends at a zero byte.
fn until_zero(mut data: Vec<u8>) -> Vec<u8> {
    let end = data.iter().position(|byte| *byte == 0);
    data.truncate(end.unwrap_or(data.len()));
    data
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

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[&str]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for path in files {
            let mut header = Header::new_ustar();
            header.set_size(3);
            builder.append_data(&mut header, path, &b"abc"[..]).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn paths(archive: &[u8]) -> Result<Vec<String>, io::ErrorKind> {
        let mut paths = Vec::new();
        let walked = walk(archive, &mut |entry, _| {
            paths.push(String::from_utf8_lossy(entry.path).into_owned());
            Ok(ControlFlow::Continue(()))
        });
        walked.map(|_| paths).map_err(|error| error.kind())
    }

    /// Each as npm 10, 11 and 12 treat it.
    #[test]
    fn an_archive_ends_where_npm_ends_it() {
        let whole = archive(&["package/a", "package/b"]);
        let both = Ok(vec!["package/a".to_owned(), "package/b".to_owned()]);
        assert_eq!(paths(&whole), both);
        // Each entry has two blocks, and two end the archive.
        let bare = &whole[..4 * BLOCK];
        let junk = vec![b'x'; BLOCK];
        for kept in [
            bare.to_vec(),
            whole[..5 * BLOCK].to_vec(),
            [bare, &b"x".repeat(100)].concat(),
            [bare, &junk].concat(),
            [&whole[..], &archive(&["package/c"])].concat(),
            [&whole[..2 * BLOCK], &junk, &whole[2 * BLOCK..]].concat(),
        ] {
            assert_eq!(paths(&kept), both);
        }
        for length in [3 * BLOCK + 1, 4 * BLOCK - 1] {
            assert_eq!(paths(&whole[..length]), Err(io::ErrorKind::UnexpectedEof));
        }
    }
}
