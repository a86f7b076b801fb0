//! Tarballs of unusual shapes, compared with npm's own unpacking.

use safe_publish::manifest::read_tarball;
use serde_json::{Value, json};
use tar::EntryType;

use super::{differ, text};

/// Entries with exactly these names, which `tar` itself would clean.
fn tarball(entries: &[(&str, EntryType)]) -> Vec<u8> {
    let data = br#"{"name": "x", "version": "1.0.0"}"#;
    let mut builder = tar::Builder::new(Vec::new());
    for (path, kind) in entries {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        let data: &[u8] = if kind.is_file() { data } else { b"" };
        header.set_size(data.len() as u64);
        header.set_cksum();
        builder.append(&header, data).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn a_tarballs_manifest_is_found_where_npm_finds_it() {
    let file = EntryType::Regular;
    let shapes: Vec<Vec<(&str, EntryType)>> = vec![
        vec![("package/package.json", file)],
        vec![("./package.json", file)],
        vec![("./package/package.json", file)],
        vec![("package.json", file)],
        vec![("a/./package.json", file)],
        vec![("/package.json", file)],
        vec![("/a/package.json", file)],
        vec![("../package.json", file)],
        vec![("a/../package.json", file)],
        vec![("a\\package.json", file)],
        vec![("a/b/package.json", file)],
        vec![("a/Package.json", file)],
        vec![("package/package.json", EntryType::Symlink)],
        vec![("package/package.json", EntryType::Directory)],
        vec![("package/package.json", EntryType::Continuous)],
        vec![("package/x", file), ("other/package.json", file)],
        vec![("package/x", file)],
        vec![
            ("package/", EntryType::Directory),
            ("package/package.json", file),
        ],
        vec![],
    ];
    let folder = tempfile::tempdir().unwrap();
    let cases: Vec<Value> = shapes
        .iter()
        .enumerate()
        .map(|(index, entries)| {
            let path = folder.path().join(format!("{index}.tar"));
            std::fs::write(&path, tarball(entries)).unwrap();
            let names: Vec<&str> = entries.iter().map(|(name, _)| *name).collect();
            json!({"ask": "tarball", "path": path, "cache": folder.path().join("cache"), "entries": names})
        })
        .collect();
    differ(&cases, |case, answer| {
        let ours = read_tarball(text(case, "path").as_ref());
        let ours = ours.map_or(Value::Null, |manifest| manifest.object["name"].clone());
        (ours.to_string(), answer["name"].to_string())
    });
}
