//! Facts about a tarball.

use std::sync::Arc;

use serde_json::{Value, json};

use super::fake_of;
use crate::facts::Facts;
use crate::facts::contents::{Contents, Searched, Stage};
use crate::pack::{Edition, FileKind, Packed, PackedFile};

/// [`super::fake`] with a tarball of these files, each of one byte.
pub(crate) fn packed(paths: &[&str], set: impl FnOnce(&mut Contents)) -> Facts {
    packed_of(json!({ "name": "cat", "version": "1.0.0" }), paths, set)
}

/// The same with another manifest.
pub(crate) fn packed_of(manifest: Value, paths: &[&str], set: impl FnOnce(&mut Contents)) -> Facts {
    let files = paths.iter().map(|path| PackedFile {
        path: (*path).to_owned(),
        size: 1,
        mode: 0o644,
        kind: FileKind::File,
    });
    let mut contents = Contents {
        packed: Arc::new(Packed {
            files: files.collect(),
            bundled: Vec::new(),
            packed_size: None,
            integrity: None,
        }),
        scripts: Vec::new(),
        stage: Stage::Before,
        is_tarball: false,
        entries: Vec::new(),
        bins: Vec::new(),
        unused: Vec::new(),
        links: Vec::new(),
        secrets: Searched::default(),
        other_npm: None,
        edition: Edition::Npm11,
    };
    set(&mut contents);
    fake_of(manifest).with(|facts| facts.contents = Some(Ok(contents)))
}
