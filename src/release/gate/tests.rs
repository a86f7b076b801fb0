use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::*;
use crate::facts::AskedDependency;
use crate::facts::fake::{fake, fake_of, known};
use crate::finding::{Level, Outcome};
use crate::npm::NpmVersion;
use crate::plan::DependencyPlan;
use crate::registry::documents::DependencyState;

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
    let judged = judged(source, packed, files, |_| {});
    let errors = judged.findings.iter().filter(|it| it.level == Level::Error);
    let errors: Vec<_> = errors
        .map(|found| (found.check, found.finding.message.clone()))
        .collect();
    assert_eq!(judged.outcome == Outcome::Blocked, !errors.is_empty());
    errors
}

/// The levels and messages about dependencies for a package written and packed so, of
/// which the registry says `state`.
fn missing(
    manifest: &Value,
    files: &[&str],
    state: Option<DependencyState>,
) -> Vec<(Level, String)> {
    let ask = |facts: &mut Facts| {
        let Some(state) = state else { return };
        let (pointer, name) = ("/dependencies/old-owl".to_owned(), "old-owl".to_owned());
        facts.package.dependencies = vec![DependencyPlan {
            registry: facts.package.registry.as_ref().unwrap().value.clone(),
            wanted: "1".to_owned(),
            credential: None,
            pointer,
            name,
        }];
        let state = known(state);
        facts.answers.dependencies = vec![AskedDependency { state, kind: None }];
    };
    let judged = judged(manifest, manifest, files, ask);
    let own = judged.findings.into_iter();
    let own = own.filter(|found| found.check == "dependency-missing");
    own.map(|found| (found.level, found.finding.message))
        .collect()
}

/// What is said of `cat` 1.0.0. Beside it are `dog` 2.0.0, whose 1.0.0 is out, the first
/// prerelease of `elk`, the private `pig`, and `old-owl`, which is published as `owl`.
fn judged(
    source: &Value,
    packed: &Value,
    files: &[&str],
    change: impl FnOnce(&mut Facts),
) -> Judged {
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
    let mut repository = RepositoryPackages::default();
    for (written, name, version, published, is_private) in [
        ("dog", "dog", "2.0.0", &["1.0.0"][..], false),
        ("elk", "elk", "2.0.0-beta.3", &[], false),
        ("pig", "pig", "1.0.0", &[], true),
        ("old-owl", "owl", "1.0.0", &[], false),
    ] {
        let published = published.iter().map(|&it| it.to_owned()).collect();
        let sibling = Sibling {
            version: Some(version.to_owned()),
            published: Some(published),
            is_private,
        };
        let source = Manifest::from_json(json!({ "name": written }));
        repository.add(&source, name.to_owned(), sibling);
    }
    judge(
        &tarball,
        &fake_of(source.clone()).with(change),
        &Manifest::from_json(source),
        &repository,
        &RULES,
    )
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
        for (field, level) in [
            ("dependencies", Level::Error),
            ("peerDependencies", Level::Error),
            ("optionalDependencies", Level::Warning),
        ] {
            let found = missing(&needs(field, range), &[], None);
            let levels: Vec<Level> = found.iter().map(|(level, _)| *level).collect();
            let expected = if wanted { vec![] } else { vec![level] };
            assert_eq!(levels, expected, "{field} {range}: {found:?}");
        }
    }
    let manifest = needs("devDependencies", "^3.0.0");
    assert_eq!(ids(&manifest, &manifest, &[]), [""; 0]);
}

/// npm-pick-manifest: `*` and nothing take what `latest` names, also a prerelease, and
/// no other range does.
#[test]
fn a_prerelease_is_taken_for_any_version_and_for_no_other_range() {
    for (range, wanted) in [
        ("*", true),
        ("", true),
        (" * ", true),
        ("npm:elk@*", true),
        ("^2.0.0-beta.1", true),
        ("beta", true),
        ("x", false),
        (">=1", false),
        (">=0.0.0-0", false),
    ] {
        let found = missing(&json!({ "dependencies": { "elk": range } }), &[], None);
        assert_eq!(found.is_empty(), wanted, "`{range}`: {found:?}");
    }
}

#[test]
fn what_npm_installs_without_is_no_error() {
    for manifest in [
        json!({ "peerDependencies": { "dog": "9" }, "peerDependenciesMeta": { "dog": { "optional": true } } }),
        json!({ "optionalDependencies": { "dog": "9" } }),
        json!({ "optionalDependencies": { "dog": "1" }, "dependencies": { "dog": "9" } }),
        json!({ "dependencies": { "dog": "1" }, "peerDependencies": { "dog": "9" } }),
    ] {
        let found = missing(&manifest, &[], None);
        assert_eq!(found.len(), 1, "{manifest}: {found:?}");
        assert_eq!(found[0].0, Level::Warning, "{manifest}");
    }
}

#[test]
fn a_private_package_is_missing_unless_the_tarball_holds_it() {
    let manifest = json!({ "dependencies": { "pig": "1" }, "bundleDependencies": ["pig"] });
    let found = missing(&manifest, &[], None);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, Level::Warning);
    assert!(found[0].1.contains("`pig` is private in this repository"));
    let bundled = ["node_modules/pig/package.json"];
    assert_eq!(missing(&manifest, &bundled, None), []);
}

#[test]
fn the_old_name_of_a_renamed_package_is_reported_once_and_with_both_names() {
    let manifest = json!({ "dependencies": { "old-owl": "1", "owl": "1" } });
    for (state, expected) in [
        (None, Some(Level::Warning)),
        (Some(DependencyState::Missing), Some(Level::Error)),
        (Some(DependencyState::Found), None),
    ] {
        let found = missing(&manifest, &[], state.clone());
        let levels: Vec<Level> = found.iter().map(|(level, _)| *level).collect();
        assert_eq!(levels, Vec::from_iter(expected), "{state:?}: {found:?}");
        let has_both = |message: &str| message.contains("`old-owl`") && message.contains("`owl`");
        assert!(
            found.iter().all(|(_, message)| has_both(message)),
            "{found:?}"
        );
    }
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
