//! Unusual files, large ones, and the secrets in them.

use std::fmt::Write as _;

use super::*;

#[test]
fn odd_files_are_noted_and_the_rest_goes_on() {
    let fixture = Fixture::new(&[(
        "home/.npmrc",
        "tag=x\n[section]\n//h/:_authToken=lost-secret\n",
    )]);
    fs::create_dir(fixture.folder.path().join("proj/.npmrc")).unwrap();
    let mut bytes = b"access=public\n#".to_vec();
    bytes.extend([0xff, 0xfe, b'\n']);
    fs::create_dir_all(fixture.folder.path().join("prefix/etc")).unwrap();
    fs::write(fixture.folder.path().join("prefix/etc/npmrc"), bytes).unwrap();
    let config = fixture.load(&[]);
    assert_eq!(config.text("tag").as_deref(), Some("x"));
    assert_eq!(config.text("access").as_deref(), Some("public"));
    let project = config
        .files()
        .iter()
        .find(|file| file.layer == Layer::Project);
    assert!(matches!(project.unwrap().state, FileState::Unreadable(_)));
    let kinds = kinds(&config);
    assert!(matches!(&kinds[0], ProblemKind::InSection { key, .. } if key == "//h/:_authToken"));
    assert_eq!(kinds[1], ProblemKind::NotUtf8);
    assert!(config.secrets().contains(&"lost-secret".to_owned()));
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_is_an_unreadable_file() {
    let fixture = Fixture::new(&[]);
    std::os::unix::fs::symlink(".npmrc", fixture.folder.path().join("proj/.npmrc")).unwrap();
    let config = fixture.load(&[]);
    let project = config
        .files()
        .iter()
        .find(|file| file.layer == Layer::Project);
    assert!(matches!(project.unwrap().state, FileState::Unreadable(_)));
}

#[test]
fn three_megabytes_are_read_in_one_line_and_many_lines_in_no_time() {
    let fixture = Fixture::new(&[]);
    fixture.write("proj/.npmrc", &format!("tag={}", "x".repeat(3_000_000)));
    assert_eq!(fixture.load(&[]).text("tag").unwrap().len(), 3_000_000);
    let mut lines = String::new();
    for at in 0..50_000 {
        let _ = writeln!(lines, "//h/{at}/:_authToken=x");
    }
    fixture.write("proj/.npmrc", &lines);
    let config = fixture.load(&[]);
    let last = config.get("//h/49999/:_authToken").unwrap();
    assert_eq!(last.value, Value::Text("x".to_owned()));
}

#[test]
fn secrets_are_known_at_any_place() {
    let fixture = Fixture::new(&[
        (
            "home/.npmrc",
            "//h/:_authToken=abc#def\nproxy=http://user:pass-word@proxy/\n",
        ),
        ("proj/.npmrc", "//h/:_authToken=winner\n"),
    ])
    .with("npm_config_//h/:_password", "c2VjcmV0");
    let secrets = fixture
        .load(&["--otp=123456", "--//x/:_authToken", "loose"])
        .secrets();
    for secret in [
        "abc",
        "abc#def",
        "user:pass-word",
        "winner",
        "c2VjcmV0",
        "123456",
        "loose",
    ] {
        assert!(secrets.contains(&secret.to_owned()), "{secret}");
    }
}
