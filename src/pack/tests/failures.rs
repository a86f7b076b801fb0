//! Where npm itself fails.

use super::*;

fn fails(more: &Value, tree: &str) -> PackError {
    let bench = Bench::new(&manifest(more), tree);
    bench.pack(Edition::Npm11).unwrap_err()
}

fn code(error: &PackError) -> &str {
    match error {
        PackError::Unreadable { code, .. } => code,
        other => panic!("{other}"),
    }
}

#[test]
fn an_ignore_file_that_cannot_be_read() {
    assert_eq!(code(&fails(&json!({}), "a.js\n.npmignore/")), "EISDIR");
    assert_eq!(
        code(&fails(&json!({}), "lib/.gitignore -> nowhere")),
        "ENOENT"
    );
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
    let bench = Bench { root };
    let packed = bench.pack(Edition::Npm12).unwrap();
    assert_eq!(paths(&packed), "a.js real.json");
    assert!(packed.find("package.json").is_none());
    fs::write(bench.root.path().join(".npmignore"), "*").unwrap();
    assert_eq!(bench.pack(Edition::Npm12), Err(PackError::Nothing));
}

#[test]
fn a_name_that_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt as _;
    let bench = Bench::new(&manifest(&json!({})), "a.js");
    let odd = std::ffi::OsStr::from_bytes(b"bad-\xff.js");
    fs::write(bench.root.path().join(odd), "").unwrap();
    assert!(matches!(
        bench.pack(Edition::Npm11),
        Err(PackError::NotUtf8 { .. })
    ));
    fs::write(bench.root.path().join(".npmignore"), "bad-*").unwrap();
    assert_eq!(
        bench.pack(Edition::Npm11).map(|packed| paths(&packed)),
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
