use std::io::Write as _;

use serde_json::json;

use super::*;
use crate::npm::NpmVersion;

fn parse(text: &str) -> Result<Manifest, ManifestError> {
    Manifest::parse(Path::new("package.json"), text.as_bytes())
}

fn refuse(bytes: &[u8]) -> ManifestError {
    Manifest::parse(Path::new("p/package.json"), bytes).unwrap_err()
}

#[test]
fn a_manifest_is_read_with_its_byte_order_mark_and_line_ends() {
    let text =
        "\u{feff}{\r\n  \"name\": \"x\",\r\n  \"version\": \"1.0.0\",\r\n  \"name\": \"y\"\r\n}";
    let manifest = parse(text).unwrap();
    assert_eq!(&*manifest.text, text);
    let npm = NpmVersion::new(11, 0, 0);
    assert_eq!(manifest.name(&npm).as_str(), Some("y"));
    let place = manifest.locate("/version").unwrap();
    assert_eq!(&text[place.clone()], "\"1.0.0\"");
    assert_eq!(manifest.line_and_column(place.start), (3, 14));
}

#[test]
fn a_pointer_reaches_into_the_object() {
    let manifest = Manifest::from_json(json!({"a/b": {"~": [1, 2]}, "": 3}));
    assert_eq!(manifest.pointer("/a~1b/~0/1"), Some(&json!(2)));
    assert_eq!(manifest.pointer("/"), Some(&json!(3)));
    assert_eq!(manifest.pointer("/a"), None);
    assert_eq!(manifest.pointer(""), None);
    assert_eq!(manifest.locate(""), Some(0..manifest.text.len()));
}

#[test]
fn a_syntax_error_says_where_and_what_npm_says() {
    let error = refuse(b"{\n  \"name\": \"x\",\n}");
    let place = error.place().unwrap();
    assert_eq!((place.line, place.column, place.offset), (3, 1, 17));
    let says = error.npm_says().unwrap();
    assert_eq!(says.code.as_deref(), Some("EJSONPARSE"));
    assert!(
        says.text
            .starts_with("Invalid package.json: JSONParseError: ")
    );
    assert_eq!(
        error.to_string(),
        "p/package.json:3:1: Expected double-quoted property name in JSON: correct the JSON there"
    );
}

#[test]
fn each_kind_of_invalid_manifest_has_its_own_error() {
    use ManifestError as E;
    assert!(matches!(refuse(b""), E::Empty { .. }));
    assert!(matches!(refuse("\u{feff}\n ".as_bytes()), E::Empty { .. }));
    assert!(matches!(refuse(b"\xff\xfe{\0}\0"), E::Utf16 { .. }));
    assert!(matches!(refuse(b"{\0}\0"), E::Utf16 { .. }));
    for (text, kind) in [
        ("null", "null"),
        ("[]", "an array"),
        ("5", "a number"),
        ("\"x\"", "a string"),
    ] {
        let E::NotAnObject { found, .. } = refuse(text.as_bytes()) else {
            panic!("{text}");
        };
        assert_eq!(found, kind);
    }
    assert_eq!(
        refuse(b"null").npm_says().unwrap().text,
        "Can not normalize without content"
    );
    let deep = format!("{{\"a\":{}", "[".repeat(5_000));
    assert!(matches!(refuse(deep.as_bytes()), E::TooDeep { .. }));
    let large = vec![b' '; usize::try_from(MAX_MANIFEST).unwrap() + 1];
    assert!(matches!(refuse(&large), E::TooLarge { .. }));
}

#[test]
fn a_merge_conflict_is_named_and_placed() {
    let text = "{\n<<<<<<< HEAD\n \"a\": 1\n=======\n \"a\": 2\n>>>>>>> other\n}";
    let error = refuse(text.as_bytes());
    assert!(matches!(error, ManifestError::MergeConflict { .. }));
    assert_eq!(error.place().unwrap().line, 2);
    // A text that only mentions the markers is not a conflict.
    assert!(parse("{\"a\": \"<<<<<<< HEAD\"}").is_ok());
    assert!(matches!(
        refuse(b"{\n<<<<<<< HEAD\n"),
        ManifestError::Syntax { .. }
    ));
}

#[test]
fn invalid_utf8_is_replaced_as_node_does() {
    let manifest = Manifest::parse(Path::new("x"), b"{\"name\": \"a\xff\xc3\"}").unwrap();
    assert_eq!(manifest.object["name"], json!("a\u{fffd}\u{fffd}"));
}

#[test]
fn a_file_that_cannot_be_read_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.json");
    let missing = Manifest::read(&path).unwrap_err();
    assert!(matches!(missing, ManifestError::Missing { .. }));
    assert_eq!(missing.npm_says().unwrap().code.as_deref(), Some("ENOENT"));
    assert_eq!(missing.path(), path);
    std::fs::create_dir(&path).unwrap();
    let folder = Manifest::read(&path).unwrap_err();
    assert!(matches!(folder, ManifestError::Unreadable { .. }));
}

#[test]
fn every_error_says_what_to_do_next() {
    for error in [
        refuse(b""),
        refuse(b"null"),
        refuse(b"{"),
        refuse(b"\xff\xfe"),
    ] {
        let text = error.to_string();
        assert!(text.contains("p/package.json"), "{text}");
        assert!(text.contains(": ") && !text.ends_with('.'), "{text}");
    }
}

/// A tarball with these files, and the given extended headers before each.
fn tarball(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, data) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *data).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn read(bytes: &[u8]) -> Result<Manifest, ManifestError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.tgz");
    std::fs::write(&path, bytes).unwrap();
    read_tarball(&path)
}

#[test]
fn the_manifest_is_found_in_the_top_folder_whatever_its_name() {
    let text = br#"{"name": "x"}"#;
    for folder in ["package", "odd name", "@s", &"long".repeat(40)] {
        let inner = format!("{folder}/inner/package.json");
        let path = format!("{folder}/package.json");
        let tar = tarball(&[(&inner, b"{}"), ("package.json", b"[]"), (&path, text)]);
        for bytes in [gzip(&tar), tar] {
            let manifest = read(&bytes).unwrap_or_else(|error| panic!("{folder}: {error}"));
            assert_eq!(manifest.object["name"], json!("x"), "{folder}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_backslash_in_a_tarball_is_a_letter() {
    let text = b"{}";
    assert!(read(&tarball(&[("a\\package.json", text)])).is_err());
}

#[test]
fn an_extended_header_names_the_next_file() {
    let record = b"29 path=package/package.json\n";
    let mut builder = tar::Builder::new(Vec::new());
    for (kind, path, data) in [
        (tar::EntryType::XHeader, "pax", record.as_slice()),
        (tar::EntryType::Regular, "short", b"{\"a\": 1}"),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(data.len() as u64);
        header.set_path(path).unwrap();
        header.set_cksum();
        builder.append(&header, data).unwrap();
    }
    let manifest = read(&builder.into_inner().unwrap()).unwrap();
    assert_eq!(manifest.object["a"], json!(1));
}

#[test]
fn nothing_after_the_manifest_is_read() {
    let mut tar = tarball(&[("package/package.json", b"{}")]);
    tar.truncate(1024);
    tar.extend(std::iter::repeat_n(0xff, 4096));
    assert!(read(&tar).is_ok());
}

#[test]
fn an_invalid_tarball_differs_from_one_without_a_manifest() {
    use ManifestError as E;
    let other = tarball(&[("package/index.js", b"x")]);
    assert!(matches!(read(&gzip(&other)), Err(E::NotInTarball { .. })));
    for bytes in [
        b"".to_vec(),
        b"hello".to_vec(),
        vec![b'x'; 5_000],
        gzip(b"hello"),
    ] {
        let error = read(&bytes).unwrap_err();
        assert!(matches!(error, E::NotATarball { .. }), "{error:?}");
    }
    let mut cut = gzip(&tarball(&[
        ("package/x", &[b'x'; 9_000]),
        ("package/package.json", b"{}"),
    ]));
    cut.truncate(40);
    assert!(matches!(read(&cut), Err(E::NotATarball { .. })));
    let bad = tarball(&[("package/package.json", b"{")]);
    assert!(matches!(read(&bad), Err(E::Syntax { .. })));
    assert!(matches!(
        read_tarball(Path::new("/nowhere/x.tgz")),
        Err(E::NoTarball { .. })
    ));
}

#[test]
fn a_huge_manifest_or_name_in_a_tarball_costs_no_memory() {
    let huge = vec![b' '; usize::try_from(MAX_MANIFEST).unwrap() + 10];
    let tar = gzip(&tarball(&[("package/package.json", &huge)]));
    assert!(matches!(read(&tar), Err(ManifestError::TooLarge { .. })));
    // A name of 8 MB in an extended header: only its first bytes are read, and they match no
    // file.
    let mut name = b"package/package.json".to_vec();
    name.splice(0..0, std::iter::repeat_n(b'x', 8 << 20));
    let mut builder = tar::Builder::new(Vec::new());
    for (kind, data) in [
        (tar::EntryType::GNULongName, name.as_slice()),
        (tar::EntryType::Regular, b"{}"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(data.len() as u64);
        header.set_path("x").unwrap();
        header.set_cksum();
        builder.append(&header, data).unwrap();
    }
    let tar = builder.into_inner().unwrap();
    assert!(matches!(
        read(&tar),
        Err(ManifestError::NotInTarball { .. })
    ));
}

#[test]
fn a_folder_or_link_called_package_json_is_not_a_manifest() {
    for kind in [tar::EntryType::Directory, tar::EntryType::Symlink] {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        header.set_path("package/package.json").unwrap();
        header.set_cksum();
        builder.append(&header, std::io::empty()).unwrap();
        let tar = builder.into_inner().unwrap();
        let error = read(&tar).unwrap_err();
        assert!(
            matches!(error, ManifestError::NotInTarball { .. }),
            "{error:?}"
        );
    }
}

#[test]
fn a_tarball_without_end_is_given_up() {
    let mut header = tar::Header::new_gnu();
    header.set_path("package/video").unwrap();
    header.set_size(1 << 40);
    header.set_cksum();
    let endless = header.as_bytes().as_slice().chain(std::io::repeat(b'x'));
    let error = tarball::unpack(
        Path::new("x.tgz"),
        std::io::BufReader::new(endless),
        4 << 20,
    )
    .unwrap_err();
    let ManifestError::NotATarball { reason, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(reason, "it ends within a file");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    for path in ["/dev/zero", "/dev/null", "/"] {
        let error = read_tarball(Path::new(path)).unwrap_err();
        assert!(
            matches!(error, ManifestError::Unreadable { .. }),
            "{error:?}"
        );
    }
}
