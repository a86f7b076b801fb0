use std::path::{Path, PathBuf};

use super::*;

fn folder(path: &str) -> SpecKind {
    SpecKind::Folder(PathBuf::from(path))
}

fn tarball(path: &str) -> SpecKind {
    SpecKind::Tarball(PathBuf::from(path))
}

#[test]
fn a_bare_name_is_a_package_even_if_such_a_folder_exists() {
    for word in ["dist", "name@1.0.0", "@scope/name", "name@", "npm:x", "-"] {
        assert_eq!(classify(word), SpecKind::Registry, "{word}");
    }
    assert_eq!(classify("packages/a"), SpecKind::GitHub);
    assert_eq!(classify("github:a/b"), SpecKind::GitHub);
}

#[test]
fn a_path_is_known_by_how_it_begins_or_ends() {
    for path in [".", "./dist", "../x", "/abs", "~/x", "dist/", "a/b/c", ".x"] {
        assert_eq!(classify(path), folder(path), "{path}");
    }
    assert_eq!(classify("file:dist"), folder("dist"));
    assert_eq!(classify("FILE:dist"), folder("FILE:dist"));
    assert_eq!(classify("name@./dist"), folder("./dist"));
    for path in ["x.tgz", "./x.tar.gz", "X.TAR"] {
        assert_eq!(classify(path), tarball(path), "{path}");
    }
}

#[test]
fn a_windows_path_is_a_path() {
    assert_eq!(classify_for(r"C:\x", true), folder(r"C:\x"));
    assert_eq!(classify_for(r"packages\a", true), folder(r"packages\a"));
    assert_eq!(
        classify_for(r"\\server\share", true),
        folder(r"\\server\share")
    );
    assert_eq!(classify_for(r".\x.tgz", true), tarball(r".\x.tgz"));
    assert_eq!(classify_for(r"C:\x", false), folder(r"C:\x"));
}

#[test]
fn a_drive_is_a_folder_of_the_root_where_there_are_no_drives() {
    assert_eq!(classify_for("C:/x", false), folder("/C:/x"));
    assert_eq!(classify_for("C:", false), folder("/C:"));
    assert_eq!(classify_for("C:/x", true), folder("C:/x"));
}

#[test]
fn the_tilde_is_home_wherever_a_url_puts_it_first() {
    for argument in ["~/x", "/~/x", "../~/x", "file:~/x"] {
        assert_eq!(classify(argument), folder("~/x"), "{argument}");
    }
    assert_eq!(classify("~//x"), folder("/x"));
    assert_eq!(classify("~/.."), folder("."));
    assert_eq!(classify("~/../../x"), folder("../x"));
    assert_eq!(classify("/~"), folder("~"));
}

#[test]
fn a_root_before_dots_is_the_working_folder() {
    assert_eq!(classify("/../x"), folder("../x"));
    assert_eq!(classify("file:///./x"), folder("./x"));
}

#[test]
fn two_dots_remove_the_nothing_between_slashes() {
    assert_eq!(classify("/a//.."), folder("/a"));
    assert_eq!(classify("file:~/a//.."), folder("~/a"));
    assert_eq!(classify("../a://../b"), folder("../a:/b"));
    assert_eq!(classify("C:a//./../b"), folder("C:a/b"));
    assert_eq!(classify("a/..//"), folder(".//"));
    assert_eq!(classify("./../a//"), folder("../a//"));
}

#[test]
fn addresses_are_distinguished_from_repositories() {
    assert_eq!(classify("https://example.com/x.tgz"), SpecKind::Address);
    assert_eq!(classify("https://github.com/a/b"), SpecKind::Git);
    assert_eq!(
        classify("https://github.com/a/b/archive/x.tgz"),
        SpecKind::Address
    );
    assert_eq!(classify("git@github.com:a/b"), SpecKind::Git);
    assert_eq!(classify("git+ssh://git@host.example:a/b"), SpecKind::Git);
    assert_eq!(classify("gitlab:a/b"), SpecKind::Git);
}

#[test]
fn what_npm_refuses_outright_is_invalid() {
    for (argument, expected) in [
        ("a b", "EINVALIDTAGNAME"),
        ("_a@1.0.0", "EINVALIDPACKAGENAME"),
        ("ftp://x/y", "EUNSUPPORTEDPROTOCOL"),
    ] {
        let SpecKind::Invalid { code, .. } = classify(argument) else {
            panic!("{argument}");
        };
        assert_eq!(code, expected);
    }
}

#[test]
fn a_path_is_resolved_from_the_working_folder_or_home() {
    let (cwd, home) = (Path::new("/cwd/a"), Path::new("/home/x"));
    let at = |path: &str| absolute(Path::new(path), cwd, Some(home));
    assert_eq!(at("../b/./c"), Path::new("/cwd/b/c"));
    assert_eq!(at("~/d"), Path::new("/home/x/d"));
    assert_eq!(at("/e"), Path::new("/e"));
}

#[test]
fn two_branches_after_the_hash_are_one_too_many() {
    for argument in [
        "a/b#c::d",
        "https://github.com/a/b#semver:^1::c",
        "a/b#path:c::path:d",
    ] {
        assert!(
            matches!(classify(argument), SpecKind::Invalid { code: "", .. }),
            "{argument}"
        );
    }
    assert_eq!(classify("a/b#c::path:d"), SpecKind::GitHub);
}

#[test]
fn addresses_that_only_a_lenient_reader_takes_are_invalid() {
    for argument in ["git://C:\\", "git+ssh://@", "https://"] {
        assert!(
            matches!(
                classify(argument),
                SpecKind::Invalid {
                    code: "ERR_INVALID_URL",
                    ..
                }
            ),
            "{argument}"
        );
    }
    assert_eq!(classify("git://#@/"), SpecKind::Git);
    assert_eq!(classify("git+ssh://\\git@host.example"), SpecKind::Git);
}
