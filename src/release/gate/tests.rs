use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::*;
use crate::facts::fake::{fake, fake_of};
use crate::finding::{Level, Outcome};
use crate::npm::NpmVersion;

const RULES: Rules<'static> = Rules {
    levels: &BTreeMap::new(),
    allow: &[],
    strict: false,
};

fn write(folder: &Path, manifest: &Value, files: &[&str]) -> PathBuf {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut add = |path: &str, text: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        let path = format!("package/{path}");
        builder
            .append_data(&mut header, path, text.as_bytes())
            .unwrap();
    };
    add("package.json", &manifest.to_string());
    for file in files {
        add(file, "text");
    }
    let path = folder.join("package.tgz");
    let bytes = builder.into_inner().unwrap().finish().unwrap();
    std::fs::File::create(&path)
        .unwrap()
        .write_all(&bytes)
        .unwrap();
    path
}

fn read(path: &Path) -> Result<Tarball, String> {
    Tarball::read(path, &fake().package.manifest, &NpmVersion::new(11, 0, 0))
}

/// The errors for a package `cat` 1.0.0 whose package.json is `source` and whose tarball has
/// `packed`.
fn errors(source: &Value, packed: &Value, files: &[&str]) -> Vec<(&'static str, String)> {
    let folder = tempfile::tempdir().unwrap();
    let with_usual = |value: &Value| {
        let mut value = value.clone();
        for (key, usual) in [("name", "cat"), ("version", "1.0.0"), ("license", "MIT")] {
            value[key] = json!(usual);
        }
        value
    };
    let (source, packed) = (with_usual(source), with_usual(packed));
    let tarball = read(&write(folder.path(), &packed, files)).unwrap();
    let sibling = |version: &str, published: &[&str], is_private| Sibling {
        version: Some(version.to_owned()),
        published: Some(published.iter().map(|&it| it.to_owned()).collect()),
        is_private,
    };
    let repository = RepositoryPackages(BTreeMap::from([
        ("dog".to_owned(), sibling("2.0.0", &["1.0.0"], false)),
        ("pig".to_owned(), sibling("1.0.0", &[], true)),
    ]));
    let judged = judge(
        &tarball,
        &fake_of(source.clone()),
        &Manifest::from_json(source),
        &repository,
        &RULES,
    );
    let all: Vec<_> = judged
        .findings
        .into_iter()
        .filter(|found| found.level == Level::Error)
        .collect();
    assert_eq!(judged.outcome == Outcome::Blocked, !all.is_empty());
    all.into_iter()
        .map(|found| (found.check, found.finding.message))
        .collect()
}

fn ids(source: &Value, packed: &Value, files: &[&str]) -> Vec<&'static str> {
    errors(source, packed, files)
        .into_iter()
        .map(|(id, _)| id)
        .collect()
}

#[test]
fn ranges_of_siblings_have_to_be_satisfied() {
    let needs = |field: &str, range: &str| json!({ field: { "dog": range } });
    for (range, wanted) in [
        ("^2.0.0", true),
        ("2.0.0", true),
        ("^1.0.0", true),
        ("latest", true),
        ("npm:dog@^2", true),
        ("^3.0.0", false),
        ("1.2.3", false),
        ("npm:dog@3", false),
    ] {
        for field in ["dependencies", "peerDependencies", "optionalDependencies"] {
            let manifest = needs(field, range);
            let found = ids(&manifest, &manifest, &[]);
            assert_eq!(found.is_empty(), wanted, "{field} {range}: {found:?}");
            assert!(found.iter().all(|id| *id == "dependency-missing"));
        }
    }
    let manifest = needs("devDependencies", "^3.0.0");
    assert_eq!(ids(&manifest, &manifest, &[]), [""; 0]);
}

#[test]
fn what_a_packer_left_of_workspace_is_reported() {
    let source = json!({ "dependencies": { "dog": "workspace:packages/dog" } });
    let packed = |range: &str| json!({ "dependencies": { "dog": range } });
    for left in [
        "packages/dog",
        "workspace:9.9.9",
        "workspace:../dog",
        "catalog:",
    ] {
        assert_eq!(
            ids(&source, &packed(left), &[]),
            ["dependency-protocol"],
            "{left}"
        );
    }
    assert_eq!(ids(&source, &packed("2.0.0"), &[]), [""; 0]);
    // Where the author did not write `workspace:`, the same value is intended.
    let meant = packed("owner/dog");
    assert_eq!(ids(&meant, &meant, &[]), [""; 0]);
}

#[test]
fn what_only_yarn_packs_is_refused() {
    for (file, wanted) in [
        (".npmrc", 1),
        ("yarn.lock", 1),
        ("package-lock.json", 1),
        ("npm-shrinkwrap.json", 0),
        ("template/yarn.lock", 0),
        ("index.js", 0),
    ] {
        let found = ids(&json!({}), &json!({}), &[file]);
        assert_eq!(found.len(), wanted, "{file}: {found:?}");
    }
}

#[test]
fn a_private_tarball_is_refused() {
    assert_eq!(
        ids(&json!({}), &json!({ "private": true }), &[]),
        ["manifest-private"]
    );
}

#[test]
fn what_is_truncated_or_no_tarball_is_no_package() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = json!({ "name": "cat", "version": "1.0.0" });
    let path = write(folder.path(), &manifest, &["a", "b", "c"]);
    let whole = std::fs::read(&path).unwrap();
    let tarball = read(&path).unwrap();
    assert_eq!(tarball.size, whole.len() as u64);
    assert!(tarball.is_as_planned(&fake()));
    for length in [0, 10, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(read(&path).is_err(), "{length} bytes");
    }
}

#[test]
fn the_name_and_version_are_the_tarballs() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str, version: &str| {
        let path = write(
            folder.path(),
            &json!({ "name": name, "version": version }),
            &[],
        );
        read(&path).unwrap()
    };
    assert!(of("cat", "v1.0.0+build").is_as_planned(&fake()));
    assert!(!of("cat", "1.0.1").is_as_planned(&fake()));
    assert!(!of("dog", "1.0.0").is_as_planned(&fake()));
    let mut scoped = of("@acme/cat", "1.0.0");
    scoped.rename().unwrap();
    assert!(scoped.path.ends_with("acme-cat-1.0.0.tgz") && scoped.path.exists());
}
