//! What npm takes a positional argument for (`npm-package-arg`): decided by
//! its letters alone, the file system is not consulted.

use std::path::{Component, Path, PathBuf};

use super::hosted::Hosted;
use super::{js, name, range};
use crate::npm::NpmVersion;

/// What npm takes an argument for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecKind {
    /// A folder, as written, without `file:`. See [`absolute`].
    Folder(PathBuf),
    /// A tarball, as written, without `file:`. See [`absolute`].
    Tarball(PathBuf),
    /// A package on the registry: `dist`, `name@1.0.0`, `@scope/name`, `npm:x`.
    Registry,
    /// `owner/repository` and `github:owner/repository`.
    GitHub,
    /// Any other git address.
    Git,
    /// A tarball's http(s) address.
    Address,
    /// npm refuses it before it reads anything.
    Invalid {
        /// npm's code, or empty.
        code: &'static str,
        /// npm's words.
        text: String,
    },
}

/// What npm takes an argument for, on this platform.
pub fn classify(argument: &str) -> SpecKind {
    classify_for(argument, cfg!(windows))
}

/// The path that npm would open for a [`SpecKind::Folder`] or
/// [`SpecKind::Tarball`]: `~/` is the home folder, the rest is relative to the
/// working folder. `..` is resolved by its letters, as Node does.
pub fn absolute(path: &Path, cwd: &Path, home: Option<&Path>) -> PathBuf {
    let path = match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => cwd.join(path),
    };
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

/// `npa(argument)`.
fn classify_for(argument: &str, windows: bool) -> SpecKind {
    let name_end = argument
        .char_indices()
        .skip(1)
        .find(|&(_, c)| c == '@')
        .map(|(at, _)| at);
    let name_part = name_end.map_or(argument, |end| &argument[..end]);
    if is_url(argument) {
        return resolve(argument, argument, windows);
    }
    if is_scp(argument) {
        return resolve(&format!("git+ssh://{argument}"), argument, windows);
    }
    if !name_part.starts_with('@') && (has_slash(name_part, windows) || is_tarball(name_part)) {
        return resolve(argument, argument, windows);
    }
    // Any npm will do: it knows no version here, and refuses later.
    let npm = NpmVersion::new(11, 8, 0);
    let Some(end) = name_end else {
        return if name::is_valid_for_old_packages(argument, &npm) {
            SpecKind::Registry
        } else {
            resolve(argument, argument, windows)
        };
    };
    let reasons = name::errors(name_part, &npm);
    if !reasons.is_empty() {
        let reasons = reasons.join("; ");
        return SpecKind::Invalid {
            code: "EINVALIDPACKAGENAME",
            text: format!(
                "Invalid package name \"{name_part}\" of package \"{argument}\": {reasons}."
            ),
        };
    }
    match &argument[end + 1..] {
        "" => SpecKind::Registry,
        spec => resolve(spec, argument, windows),
    }
}

/// `npa.resolve(name, spec)`.
fn resolve(spec: &str, argument: &str, windows: bool) -> SpecKind {
    if is_path(spec, windows) {
        return path(spec);
    }
    if starts_with_ignoring_case(spec, "npm:") {
        return alias(&spec[4..], windows);
    }
    if let Some(hosted) = Hosted::parse(spec) {
        return if hosted.is_github_shortcut() {
            SpecKind::GitHub
        } else {
            SpecKind::Git
        };
    }
    if is_url(spec) {
        return address(spec);
    }
    if has_slash(spec, windows) || is_tarball(spec) {
        return path(spec);
    }
    let word = js::trim(spec);
    if range::is_valid_range(word, true) || js::encodes_as_itself(word) {
        return SpecKind::Registry;
    }
    SpecKind::Invalid {
        code: "EINVALIDTAGNAME",
        text: format!(
            "Invalid tag name \"{word}\" of package \"{argument}\": Tags may not have any \
             characters that encodeURIComponent encodes."
        ),
    }
}

fn alias(inner: &str, windows: bool) -> SpecKind {
    let refused = |text: &str| SpecKind::Invalid {
        code: "",
        text: text.to_owned(),
    };
    if starts_with_ignoring_case(inner, "npm:") {
        return match alias(&inner[4..], windows) {
            SpecKind::Registry => refused("nested aliases not supported"),
            other => other,
        };
    }
    match classify_for(inner, windows) {
        SpecKind::Registry if !has_name(inner) => refused("aliases must have a name"),
        SpecKind::Registry | SpecKind::Invalid { .. } => classify_for(inner, windows),
        _ => refused("aliases only work for registry deps"),
    }
}

/// Whether a registry spec carries a package's name, rather than being a
/// version or tag alone.
fn has_name(argument: &str) -> bool {
    argument.char_indices().skip(1).any(|(_, c)| c == '@')
        || name::is_valid_for_old_packages(argument, &NpmVersion::new(11, 8, 0))
}

/// `fromURL`.
fn address(spec: &str) -> SpecKind {
    if is_git_ssh(spec) {
        return SpecKind::Git;
    }
    let normal;
    let text = if spec.starts_with("git+file://") {
        normal = spec.replace('\\', "/");
        &normal
    } else {
        spec
    };
    let Ok(url) = url::Url::parse(text) else {
        return SpecKind::Invalid {
            code: "ERR_INVALID_URL",
            text: "Invalid URL".to_owned(),
        };
    };
    match url.scheme() {
        "git" | "git+http" | "git+https" | "git+rsync" | "git+ftp" | "git+file" | "git+ssh" => {
            SpecKind::Git
        }
        "http" | "https" => SpecKind::Address,
        scheme => SpecKind::Invalid {
            code: "EUNSUPPORTEDPROTOCOL",
            text: format!("Unsupported URL Type \"{scheme}:\": {text}"),
        },
    }
}

/// `git+ssh://git@host:owner/name`, which is no URL: the text after the colon
/// is not a port.
fn is_git_ssh(spec: &str) -> bool {
    let Some(rest) = spec.strip_prefix("git+ssh://") else {
        return false;
    };
    let rest = rest.split('#').next().unwrap_or_default();
    let Some((host, path)) = rest.split_once(':') else {
        return false;
    };
    let port = rest.match_indices(':').any(|(at, _)| {
        let tail = &rest[at + 1..];
        let digits = tail.trim_start_matches(|c: char| c.is_ascii_digit());
        digits.len() < tail.len() && (digits.is_empty() || digits.starts_with('/'))
    });
    !host.is_empty() && !path.is_empty() && !port && !rest.contains('\n')
}

fn path(spec: &str) -> SpecKind {
    let bare = if starts_with_ignoring_case(spec, "file:") {
        strip_file(&spec[5..])
    } else {
        spec
    };
    if is_tarball(spec) {
        SpecKind::Tarball(PathBuf::from(bare))
    } else {
        SpecKind::Folder(PathBuf::from(bare))
    }
}

/// What follows `file:`: up to three slashes are one, and none before `.`.
fn strip_file(rest: &str) -> &str {
    let slashes = rest.len() - rest.trim_start_matches('/').len();
    let (lead, tail) = rest.split_at(slashes);
    let dots = tail.split('/').next().unwrap_or_default();
    match lead.len() {
        0 => rest,
        1..=3 if matches!(dots, "." | "..") || dots == "~" => tail,
        _ => &rest[slashes - 1..],
    }
}

/// `/^(?:git[+])?[a-z]+:/i`.
fn is_url(text: &str) -> bool {
    let scheme = text.find(':').map(|colon| &text[..colon]);
    let letters = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic());
    scheme.is_some_and(|scheme| {
        letters(scheme) || (starts_with_ignoring_case(scheme, "git+") && letters(&scheme[4..]))
    })
}

/// `/^[^@]+@[^:.]+\.[^:]+:.+$/i`: `git@host.example:owner/name`.
fn is_scp(text: &str) -> bool {
    let Some((user, rest)) = text.split_once('@') else {
        return false;
    };
    let Some((host, path)) = rest.split_once(':') else {
        return false;
    };
    let Some((first, more)) = host.split_once('.') else {
        return false;
    };
    let one_line = !path.contains(['\n', '\r', '\u{2028}', '\u{2029}']);
    !user.is_empty() && !first.is_empty() && !more.is_empty() && !path.is_empty() && one_line
}

fn has_slash(text: &str, windows: bool) -> bool {
    text.contains('/') || (windows && text.contains('\\'))
}

/// `/[.](?:tgz|tar\.gz|tar)$/i`.
fn is_tarball(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    [".tgz", ".tar.gz", ".tar"]
        .iter()
        .any(|end| text.ends_with(end))
}

fn is_path(spec: &str, windows: bool) -> bool {
    let bytes = spec.as_bytes();
    starts_with_ignoring_case(spec, "file:")
        || spec.starts_with(['.', '/'])
        || spec.starts_with("~/")
        || (windows && spec.starts_with('\\'))
        || (bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':'))
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(path: &str) -> SpecKind {
        SpecKind::Folder(PathBuf::from(path))
    }

    fn tarball(path: &str) -> SpecKind {
        SpecKind::Tarball(PathBuf::from(path))
    }

    #[test]
    fn a_bare_word_is_a_package_though_a_folder_has_that_name() {
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
        assert_eq!(classify("FILE:./dist"), folder("./dist"));
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
    fn addresses_are_told_from_repositories() {
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
        let (cwd, home) = (Path::new("/work/a"), Path::new("/home/x"));
        let at = |path: &str| absolute(Path::new(path), cwd, Some(home));
        assert_eq!(at("../b/./c"), Path::new("/work/b/c"));
        assert_eq!(at("~/d"), Path::new("/home/x/d"));
        assert_eq!(at("/e"), Path::new("/e"));
    }
}
