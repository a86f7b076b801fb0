//! Where npm itself fails.

use super::*;

fn fails(more: &Value, tree: &str) -> PackError {
    let fixture = Fixture::new(&manifest(more), tree);
    fixture.pack(Edition::Npm11).unwrap_err()
}

/// npm's message without the temporary folder's name.
fn says(fixture: &Fixture) -> String {
    let error = fixture.pack(Edition::Npm11).unwrap_err();
    let (_, says) = error.npm_says().unwrap();
    says.replace(&fixture.root.path().display().to_string(), "")
}

#[test]
fn an_ignore_file_that_cannot_be_read() {
    for (tree, expected) in [
        (
            "a.js\n.npmignore/",
            "EISDIR: illegal operation on a directory, read",
        ),
        (
            "lib/.gitignore/",
            "EISDIR: illegal operation on a directory, read",
        ),
        (
            "lib/.gitignore -> nowhere",
            "ENOENT: no such file or directory, open '/lib/.gitignore'",
        ),
    ] {
        let fixture = Fixture::new(&manifest(&json!({})), tree);
        assert_eq!(says(&fixture), expected, "{tree}");
    }
}

/// Drops root's right to read what a mode forbids, for this thread.
#[cfg(target_os = "linux")]
fn obey_modes() {
    use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
    let mut sets = capabilities(None).unwrap();
    sets.effective -= CapabilitySet::DAC_OVERRIDE | CapabilitySet::DAC_READ_SEARCH;
    set_capabilities(None, sets).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn files_and_folders_without_permission() {
    obey_modes();
    // As npm 11.19 reports it to a user without rights.
    for (tree, forbidden, expected) in [
        ("a.js", "a.js", "EACCES: permission denied, open '/a.js'"),
        (
            "lib/a.js",
            "lib",
            "EACCES: permission denied, scandir '/lib'",
        ),
        (
            "a.js\n.npmignore = lib",
            ".npmignore",
            "EACCES: permission denied, open '/.npmignore'",
        ),
    ] {
        let fixture = Fixture::new(&manifest(&json!({})), tree);
        let path = fixture.root.path().join(forbidden);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
        let says = says(&fixture);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(says, expected, "{tree}");
    }
    let fixture = Fixture::new(&manifest(&json!({})), "a.js\nlib/b.js\n.npmignore = lib");
    let folder = fixture.root.path().join("lib");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o0)).unwrap();
    let packed = fixture.pack(Edition::Npm11).map(|packed| paths(&packed));
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(packed.as_deref(), Ok("a.js"));
}

#[test]
fn a_files_field_of_the_wrong_type() {
    for files in [json!({}), json!(true), json!([1]), json!([null])] {
        let error = fails(&json!({"files": files}), "a.js");
        assert!(matches!(error, PackError::BadFiles { .. }), "{files}");
    }
}

#[test]
fn a_package_json_that_is_a_link_is_not_packed() {
    let root = tempfile::tempdir().unwrap();
    lay(
        root.path(),
        "real.json = {\"name\":\"p\"}\npackage.json -> real.json\na.js",
    );
    let fixture = Fixture { root };
    let packed = fixture.pack(Edition::Npm12).unwrap();
    assert_eq!(paths(&packed), "a.js real.json");
    assert!(packed.find("package.json").is_none());
    fs::write(fixture.root.path().join(".npmignore"), "*").unwrap();
    assert_eq!(fixture.pack(Edition::Npm12), Err(PackError::Nothing));
}

#[test]
fn a_name_that_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt as _;
    let fixture = Fixture::new(&manifest(&json!({})), "a.js");
    let odd = std::ffi::OsStr::from_bytes(b"bad-\xff.js");
    fs::write(fixture.root.path().join(odd), "").unwrap();
    assert!(matches!(
        fixture.pack(Edition::Npm11),
        Err(PackError::NotUtf8 { .. })
    ));
    fs::write(fixture.root.path().join(".npmignore"), "bad-*").unwrap();
    assert_eq!(
        fixture.pack(Edition::Npm11).map(|packed| paths(&packed)),
        Ok("a.js".to_owned())
    );
}

#[test]
fn a_pattern_that_is_too_long() {
    let long = format!(".npmignore = {}", "x".repeat(70_000));
    assert_eq!(fails(&json!({}), &long), PackError::PatternTooLong);
}

#[test]
fn a_tarball_is_read_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.tgz");
    let gzip = flate2::write::GzEncoder::new(
        fs::File::create(&path).unwrap(),
        flate2::Compression::fast(),
    );
    let mut archive = tar::Builder::new(gzip);
    let mut header = tar::Header::new_gnu();
    header.set_size(2);
    header.set_mode(0o755);
    archive
        .append_data(&mut header, "package/package.json", &b"{}"[..])
        .unwrap();
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Link);
    link.set_size(0);
    archive
        .append_link(&mut link, "package/b.json", "package/package.json")
        .unwrap();
    archive.into_inner().unwrap().finish().unwrap();
    let packed = read_tarball(&path).unwrap();
    assert_eq!(packed.files[0].mode, 0o755);
    assert_eq!(
        packed.files[1].kind,
        FileKind::HardLink {
            to: "package.json".to_owned()
        }
    );
    assert_eq!(packed.packed_size, Some(fs::metadata(&path).unwrap().len()));
    assert!(packed.integrity.unwrap().starts_with("sha512-"));
    fs::write(&path, "no tarball").unwrap();
    assert!(matches!(
        read_tarball(&path),
        Err(PackError::BadTarball { .. })
    ));
}

#[test]
fn more_patterns_than_are_examined_are_no_failure_of_npm() {
    // Each takes a few hundred bytes, however short it is written.
    let lines = |count: usize| "x*/**/y*\n".repeat(count);
    let of = |files: &[(&str, String)]| {
        let fixture = Fixture::new(&manifest(&json!({})), "lib/a/a.js");
        for (path, text) in files {
            std::fs::write(fixture.root.path().join(path), text).unwrap();
        }
        fixture
            .pack(Edition::Npm11)
            .map(|packed| packed.files.len())
    };
    assert_eq!(of(&[(".npmignore", lines(2_000))]), Ok(2));
    let many = lines(50_000);
    assert_eq!(of(&[(".npmignore", many)]), Err(PackError::TooManyPatterns));
    // Those of one file count before any folder is entered.
    let flat = Fixture::new(&manifest(&json!({})), "a.js");
    std::fs::write(flat.root.path().join(".npmignore"), lines(50_000)).unwrap();
    let error = flat.pack(Edition::Npm11).unwrap_err();
    assert_eq!(error, PackError::TooManyPatterns);
    // Those of all folders on a path count together.
    let each = |path: &'static str| (path, lines(4_000));
    let three = [
        each(".npmignore"),
        each("lib/.npmignore"),
        each("lib/a/.npmignore"),
    ];
    assert_eq!(of(&three[..1]), Ok(2));
    assert_eq!(of(&three), Err(PackError::TooManyPatterns));
    // Braces multiply.
    let braces = "{a,b}{c,d}{e,f}{g,h}{i,j}{k,l}{m,n}{o,p}{q,r}{s,t}*\n".repeat(100);
    assert_eq!(
        of(&[(".npmignore", braces)]),
        Err(PackError::TooManyPatterns)
    );
    let large = "#".repeat(2 << 20);
    let error = of(&[(".npmignore", large)]).unwrap_err();
    assert!(matches!(error, PackError::TooLong { .. }), "{error}");
    assert_eq!(error.npm_says(), None);
}
