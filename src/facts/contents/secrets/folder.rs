//! Searches files that are still in a folder.

use std::path::Path;

use super::recognize::holds_text;
use super::{Search, Searched, text_of};
use crate::file::{self, FileError, Listed};
use crate::pack::Packed;
use crate::threads::in_shares;

/// How many bytes of all files together are searched.
const MAX_ALL: u64 = 32 << 20;
/// How many bytes of a file are in memory at once.
const CHUNK_SIZE: u64 = 512 << 10;
/// At most this many bytes of other files are read, to tell whether they are text.
const HEAD: u64 = 8 << 10;
/// Pieces overlap by this many bytes; the longest secret is a private key of 4 KB.
const OVERLAP: usize = 8 << 10;

/// Searches the packed files of a folder, on as many threads as are useful.
pub(in crate::facts::contents) fn in_folder(folder: &Path, packed: &Packed) -> Searched {
    within(folder, packed, MAX_ALL)
}

fn within(folder: &Path, packed: &Packed, limit: u64) -> Searched {
    let (files, mut unread) = to_search(packed, limit);
    // A file whose start is not text would not have been searched.
    unread.retain(|path| {
        let head = file::read_head(&folder.join(path), HEAD);
        head.is_ok_and(|head| text_of(&head).is_some())
    });
    let each = in_shares(&files, |files| search(folder, files));
    let found = each.into_iter().flat_map(Search::found).collect();
    Searched { found, unread }
}

/// The files that are searched, with how many bytes of each are read, if any; and those that
/// have more.
fn to_search(packed: &Packed, limit: u64) -> (Vec<(&str, Option<u64>)>, Vec<String>) {
    let mut left = limit;
    let mut unread = Vec::new();
    // Small files first: one large file may use up the whole budget.
    let mut by_size: Vec<_> = packed.files.iter().collect();
    by_size.sort_by_key(|file| file.size);
    let files = by_size.into_iter().map(|file| {
        let mut read = holds_text(file).then(|| file.size.min(left));
        left -= read.unwrap_or_default();
        if read.is_some_and(|read| read < file.size) {
            unread.push(file.path.clone());
            read = read.filter(|read| *read > 0);
        }
        (file.path.as_str(), read)
    });
    (files.collect(), unread)
}

fn search(folder: &Path, files: &[(&str, Option<u64>)]) -> Search {
    let mut search = Search::default();
    let mut buffer = Vec::new();
    for &(path, size) in files {
        search.look_at_name(path);
        match size {
            None => {}
            Some(0) => {
                search.look_at_text(path, &[], 1);
            }
            // If a file is gone by now, npm will report it.
            Some(size) => {
                let _ = search.read(&folder.join(path), (path, size), &mut buffer);
            }
        }
    }
    search
}

impl Search {
    fn read(
        &mut self,
        absolute: &Path,
        (path, size): (&str, u64),
        buffer: &mut Vec<u8>,
    ) -> Result<(), FileError> {
        let mut listed = Listed::open(absolute, size)?;
        buffer.clear();
        let mut first = 1;
        while listed.read(CHUNK_SIZE, buffer)? > 0 {
            if !self.look_at_text(path, buffer, first) || listed.is_done() {
                break;
            }
            let seen = buffer.len().saturating_sub(OVERLAP);
            first += memchr::memchr_iter(b'\n', &buffer[..seen]).count();
            buffer.drain(..seen);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{FileKind, PackedFile};

    fn packed(folder: &Path, files: &[(&str, String)]) -> Packed {
        let listed = files.iter().map(|(path, text)| {
            std::fs::write(folder.join(path), text).unwrap();
            PackedFile {
                path: (*path).to_owned(),
                size: text.len() as u64,
                mode: 0o644,
                kind: FileKind::File,
            }
        });
        Packed {
            files: listed.collect(),
            bundled: Vec::new(),
            packed_size: None,
            integrity: None,
        }
    }

    #[test]
    fn a_secret_is_found_wherever_it_stands_in_a_large_file_and_once() {
        let token = ["glp", "at-", "Zk3mQ9vT7wLb2xRc8yHd"].concat();
        let folder = tempfile::tempdir().unwrap();
        let piece = usize::try_from(CHUNK_SIZE).unwrap();
        for before in [0, piece - OVERLAP, piece - 10, piece, 3 * piece] {
            let text = format!("{}{token}\n", "\u{e9}\n".repeat(before / 3));
            let all = packed(folder.path(), &[("a.js", text)]);
            let searched = in_folder(folder.path(), &all);
            let lines: Vec<usize> = searched.found.iter().map(|it| it.line).collect();
            assert_eq!(lines, [before / 3 + 1]);
            assert!(searched.unread.is_empty());
        }
    }

    #[test]
    fn what_is_beyond_the_limit_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let token = ["glp", "at-", "Zk3mQ9vT7wLb2xRc8yHd"].concat();
        let text = |at: usize| format!("{}{token}", " ".repeat(at));
        let files = [
            ("c.js", text(100)),
            ("binary", format!("{}\0", text(200))),
            ("a.js", text(0)),
            ("b.png", text(0)),
            (".env", text(300)),
        ];
        let all = packed(folder.path(), &files);
        let searched = within(folder.path(), &all, 100);
        assert_eq!(searched.unread, ["c.js", ".env"]);
        let found = searched.found.iter().map(|it| (it.path.as_str(), it.line));
        assert_eq!(found.collect::<Vec<_>>(), [("a.js", 1), (".env", 0)]);
    }
}
