//! `check FILE.tgz` on tarballs of unusual shapes, and what the real npm does with them.

use std::io::Write as _;

use serde_json::Value;

use crate::rehearsal::logged_in;
use crate::support::npm_versions::npm;
use crate::support::sandbox::{Run, Sandbox};

/// An archive with a package.json and a file that does not compress.
pub(crate) fn archive() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let noise: String = (0..2000_u32)
        .map(|number| char::from(b'a' + (number.wrapping_mul(2_654_435_761) >> 24) as u8 % 26))
        .collect();
    let files = [
        (
            "package/package.json",
            r#"{"name":"cat","version":"1.0.0","license":"MIT","main":"a.js"}"#,
        ),
        ("package/a.js", noise.as_str()),
    ];
    for (path, text) in files {
        let mut header = tar::Header::new_ustar();
        header.set_mode(0o644);
        header.set_size(text.len() as u64);
        let appended = builder.append_data(&mut header, path, text.as_bytes());
        appended.expect("in memory");
    }
    builder.into_inner().expect("in memory")
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

/// What the content checks report about a tarball, and npm's result.
fn judged(sandbox: &Sandbox, tarball: &[u8]) -> (Option<Value>, Run) {
    std::fs::write(sandbox.project().join("x.tgz"), tarball).expect("writable");
    let run = sandbox.run(&["check", "./x.tgz", "--format=json"]);
    let findings = run.json()["packages"][0]["findings"].clone();
    let findings = findings.as_array().expect("findings").clone();
    let error = findings.into_iter().find(|one| one["level"] == "error");
    let mut command = sandbox.command(npm(11).path_dir.join("npm"));
    let published = Run::of(command.args(["publish", "./x.tgz"]));
    (error, published)
}

#[test]
fn a_damaged_tarball_is_an_error_as_for_npm() {
    let (_server, sandbox) = logged_in();
    let plain = archive();
    let whole = gzip(&plain);
    let spoilt = |from_end: usize| {
        let mut bytes = whole.clone();
        let at = bytes.len() - from_end;
        bytes[at] ^= 0xff;
        bytes
    };
    for (what, tarball) in [
        ("cut by one byte", whole[..whole.len() - 1].to_vec()),
        ("cut before the checksum", whole[..whole.len() - 8].to_vec()),
        ("another checksum", spoilt(6)),
        ("another length", spoilt(2)),
        (
            "garbage behind it",
            [&whole[..], b"more than ten bytes"].concat(),
        ),
        ("a byte behind it", [&whole[..], b"x"].concat()),
        ("cut in a file", gzip(&plain[..2000])),
    ] {
        let (error, published) = judged(&sandbox, &tarball);
        let error = error.unwrap_or_else(|| panic!("{what}: check finds nothing"));
        assert_eq!(error["check"], "contents-unpackable", "{what}: {error}");
        assert_ne!(published.code, Some(0), "{what}: {published:?}");
        let code = error["predicts"]["code"].as_str().expect("a code");
        let text = error["predicts"]["text"].as_str().expect("a text");
        let says = &published.stderr;
        assert!(
            says.contains(code) && says.contains(text),
            "{what}: {error} {says}"
        );
    }
}

#[test]
fn an_odd_tarball_that_npm_takes_is_no_error() {
    let plain = archive();
    let whole = gzip(&plain);
    let two_members = [gzip(&plain[..1024]), gzip(&plain[1024..])].concat();
    for (what, tarball) in [
        ("not compressed", plain.clone()),
        ("two members", two_members),
        ("zeros behind it", [&whole[..], &[0; 100]].concat()),
        ("no end", gzip(&plain[..plain.len() - 1024])),
        (
            "junk behind the files",
            gzip(&[&plain[..plain.len() - 1024], &[b'x'; 600]].concat()),
        ),
    ] {
        let (_server, sandbox) = logged_in();
        let (error, published) = judged(&sandbox, &tarball);
        assert_eq!(error, None, "{what}");
        assert_eq!(published.code, Some(0), "{what}: {published:?}");
    }
}

/// npm unpacks them all, and reads the result.
#[test]
fn of_two_manifests_the_last_one_is_judged() {
    let (_server, sandbox) = logged_in();
    let plain = archive();
    let mut again = tar::Builder::new(Vec::new());
    let text = r#"{"name":"cat","version":"2.0.0","license":"MIT","main":"a.js"}"#;
    let mut header = tar::Header::new_ustar();
    header.set_mode(0o644);
    header.set_size(text.len() as u64);
    let appended = again.append_data(&mut header, "package/package.json", text.as_bytes());
    appended.expect("in memory");
    let both = [
        &plain[..plain.len() - 1024],
        &again.into_inner().expect("in memory"),
    ]
    .concat();
    std::fs::write(sandbox.project().join("x.tgz"), gzip(&both)).expect("writable");
    let run = sandbox.run(&["check", "./x.tgz", "--format=json"]);
    assert_eq!(run.json()["packages"][0]["version"], "2.0.0", "{run:?}");
    let mut command = sandbox.command(npm(11).path_dir.join("npm"));
    let published = Run::of(command.args(["publish", "./x.tgz"]));
    assert!(published.stdout.contains("+ cat@2.0.0"), "{published:?}");
}
