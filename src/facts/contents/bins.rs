//! The first lines of the packed commands.

use std::path::Path;

use super::entries::{Entry, EntryKind};
use super::targets::Target;
use crate::file;
use crate::git::index::Tracked;

/// At most this many bytes of a command are read.
pub(super) const HEAD: usize = 512;

/// A packed command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinFile {
    /// Its path.
    pub path: String,
    /// Where package.json names it.
    pub pointer: String,
    /// Its first line.
    pub first_line: FirstLine,
    /// git tracks it, so it is not a build product.
    pub tracked: bool,
}

/// What the first line of a command starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstLine {
    /// `#!`, as it should.
    Shebang,
    /// `#!`, with a carriage return at the line's end.
    CarriageReturn,
    /// A byte order mark before `#!`.
    ByteOrderMark,
    /// With the shell's empty command (`":" //# …; exec node …`): a shell runs the file as a
    /// script, and starts the program that the line names.
    Shell,
    /// With other text.
    Text,
    /// The file is not text.
    Binary,
}

/// The commands among the entries. `read` returns the start of a file.
pub(super) fn of(
    entries: &[Entry],
    tracked: Option<(&Tracked, &Path)>,
    read: &dyn Fn(&str, u64) -> Option<Vec<u8>>,
) -> Vec<BinFile> {
    let bins = entries.iter().filter(|entry| entry.kind == EntryKind::Bin);
    let described = |entry: &Entry| {
        let Target::Packed(path) = &entry.target else {
            return None;
        };
        let head = read(path, HEAD as u64)?;
        Some(BinFile {
            path: path.clone(),
            pointer: entry.pointer.clone(),
            first_line: first_line(&head),
            tracked: tracked.is_some_and(|(git, folder)| git.has(&folder.join(path))),
        })
    };
    bins.filter_map(described).collect()
}

/// The start of a file.
pub(super) fn head(path: &Path, limit: u64) -> Option<Vec<u8>> {
    file::read_head(path, limit).ok()
}

fn first_line(head: &[u8]) -> FirstLine {
    if head.contains(&0) {
        return FirstLine::Binary;
    }
    let bare = head.strip_prefix(b"\xef\xbb\xbf");
    if bare.is_some_and(|bare| bare.starts_with(b"#!")) {
        return FirstLine::ByteOrderMark;
    }
    if !head.starts_with(b"#!") {
        let empty_commands = [&b":"[..], b"\":\"", b"':'", b"\"\":", b"'':"];
        let is_shell = empty_commands.iter().any(|empty| head.starts_with(empty));
        return if is_shell {
            FirstLine::Shell
        } else {
            FirstLine::Text
        };
    }
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or(head);
    if line.len() < head.len() && line.ends_with(b"\r") {
        FirstLine::CarriageReturn
    } else {
        FirstLine::Shebang
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_classified() {
        for (head, expected) in [
            (&b"#!/usr/bin/env node\nx"[..], FirstLine::Shebang),
            (b"#!/usr/bin/env node\r\nx", FirstLine::CarriageReturn),
            (
                b"\xef\xbb\xbf#!/usr/bin/env node\n",
                FirstLine::ByteOrderMark,
            ),
            (b"\":\" //# ; exec node \"$0\" \"$@\"\n", FirstLine::Shell),
            (b"':' //; exec node \"$0\"\n", FirstLine::Shell),
            (b"require('x')\r\n", FirstLine::Text),
            (b"", FirstLine::Text),
            (b"\x7fELF\0", FirstLine::Binary),
        ] {
            assert_eq!(first_line(head), expected, "{head:?}");
        }
    }
}
