//! Folders on disk, each read once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::error::PackError;
use crate::manifest::glob::Name;

/// The kind of a name in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, a socket or a device.
    Other,
}

/// A name in a folder.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: Rc<Name>,
    pub(super) kind: Kind,
    /// The name is not UTF-8: npm cannot open the file by it.
    pub(super) garbled: bool,
}

/// The names in a folder.
pub(super) fn read(path: &Path) -> std::io::Result<Vec<Entry>> {
    std::fs::read_dir(path)?
        .map(|entry| {
            let entry = entry?;
            let kind = entry.file_type()?;
            let name = entry.file_name();
            Ok(Entry {
                garbled: name.to_str().is_none(),
                name: Rc::new(Name::new(&name.to_string_lossy())),
                kind: if kind.is_file() {
                    Kind::File
                } else if kind.is_dir() {
                    Kind::Folder
                } else if kind.is_symlink() {
                    Kind::Link
                } else {
                    Kind::Other
                },
            })
        })
        .collect()
}

/// The folders that were read so far.
#[derive(Debug, Default)]
pub(super) struct Tree {
    read: HashMap<PathBuf, Rc<[Entry]>>,
    count: usize,
}

impl Tree {
    /// The names in a folder.
    pub(super) fn folder(&mut self, path: &Path) -> Result<Rc<[Entry]>, PackError> {
        if let Some(entries) = self.read.get(path) {
            return Ok(Rc::clone(entries));
        }
        let entries: Rc<[Entry]> = read(path)
            .map_err(|error| PackError::unreadable(path, "scandir", &error))?
            .into();
        self.count += entries.len();
        if self.count > PackError::MAX_FILES {
            return Err(PackError::TooMany);
        }
        self.read.insert(path.to_owned(), Rc::clone(&entries));
        Ok(entries)
    }
}
