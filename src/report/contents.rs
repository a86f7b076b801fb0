//! `contents` in JSON: what is packed for one package. A frozen copy, as in [`super::json`].

use serde::Serialize;

use crate::pack::Packed;

/// The contract's `contents`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Contents<'a> {
    certain: bool,
    scripts: &'a [String],
    files: Vec<File<'a>>,
    file_count: usize,
    packed_size: Option<u64>,
    unpacked_size: u64,
    integrity: Option<&'a str>,
    bundled: &'a [String],
}

#[derive(Debug, Serialize)]
struct File<'a> {
    path: &'a str,
    size: u64,
    mode: u32,
}

/// Writes a list. `scripts`: those that may still change it.
pub(super) fn contents<'a>(packed: &'a Packed, scripts: &'a [String]) -> Contents<'a> {
    let files = packed.files.iter().map(|file| File {
        path: &file.path,
        size: file.size,
        mode: file.mode,
    });
    Contents {
        certain: scripts.is_empty(),
        scripts,
        files: files.collect(),
        file_count: packed.files.len(),
        packed_size: packed.packed_size,
        unpacked_size: packed.unpacked_size(),
        integrity: packed.integrity.as_deref(),
        bundled: &packed.bundled,
    }
}
