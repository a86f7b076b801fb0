//! Sizes and checksums of packed files, to compare two tarballs.

use std::collections::BTreeMap;
use std::path::Path;

use ring::digest::{SHA256, digest};

use super::{FileKind, Packed};
use crate::file;

/// Only this many bytes of a larger file are hashed, and passed on from a tarball; its size is
/// compared as well.
pub const MAX_HEAD: u64 = 8 << 20;

/// A file's size and checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the first 8 MB; `None` where they cannot be read.
    pub sha256: Option<[u8; 32]>,
}

/// Files by their path below the package.
pub type Digests = BTreeMap<String, Digest>;

/// The digest of a file that begins with `head`.
pub fn digest_of(head: &[u8], size: u64) -> Digest {
    Digest {
        size,
        sha256: digest(&SHA256, head).as_ref().try_into().ok(),
    }
}

/// The digests of files that are still in a folder.
pub(super) fn of_folder(folder: &Path, packed: &Packed) -> Digests {
    let files = packed.files.iter();
    files
        .filter(|listed| listed.kind == FileKind::File)
        .map(|listed| {
            let head = file::read_head(&folder.join(&listed.path), MAX_HEAD);
            let unread = Digest {
                size: listed.size,
                sha256: None,
            };
            let digest = head.map_or(unread, |head| digest_of(&head, listed.size));
            (listed.path.clone(), digest)
        })
        .collect()
}
