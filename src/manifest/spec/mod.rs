//! How npm interprets a positional argument (`npm-package-arg`): by its text only; the file
//! system is not consulted.

mod git;
mod paths;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use super::hosted::Hosted;
use super::{js, name, range};
use crate::npm::NpmVersion;
pub use paths::absolute;

/// How npm interprets an argument.
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
    /// Any other git URL.
    Git,
    /// The http(s) URL of a tarball.
    Address,
    /// npm refuses it before it reads anything.
    Invalid {
        /// npm's code, or empty.
        code: &'static str,
        /// npm's message.
        text: String,
    },
}

/// How npm interprets an argument on this platform.
pub fn classify(argument: &str) -> SpecKind {
    classify_for(argument, cfg!(windows))
}

/// How npm interprets an argument on Windows, or anywhere else.
pub fn classify_for(argument: &str, windows: bool) -> SpecKind {
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
    // The version of npm makes no difference here; npm refuses later.
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

/// The package's name in an argument, if npm finds one there: `x` in `x` and in `x@1`, none in
/// `./x` or `owner/repository`.
pub fn name_of(argument: &str) -> Option<&str> {
    if is_url(argument) || is_scp(argument) {
        return None;
    }
    let end = argument
        .char_indices()
        .skip(1)
        .find(|&(_, c)| c == '@')
        .map(|(at, _)| at);
    let name = end.map_or(argument, |end| &argument[..end]);
    let is_place = has_slash(name, cfg!(windows)) || is_tarball(name);
    if !name.starts_with('@') && is_place {
        return None;
    }
    let npm = NpmVersion::new(11, 8, 0);
    (end.is_some() || name::is_valid_for_old_packages(name, &npm)).then_some(name)
}

/// `npa.resolve(name, spec)`.
fn resolve(spec: &str, argument: &str, windows: bool) -> SpecKind {
    if is_path(spec, windows) {
        return paths::path(spec, windows);
    }
    if starts_with_ignoring_case(spec, "npm:") {
        return alias(&spec[4..], windows);
    }
    if let Some(hosted) = Hosted::parse(spec) {
        let kind = if hosted.is_github_shortcut() {
            SpecKind::GitHub
        } else {
            SpecKind::Git
        };
        return git::with_committish(kind, hosted.committish());
    }
    if is_url(spec) {
        return git::address(spec);
    }
    if has_slash(spec, windows) || is_tarball(spec) {
        return paths::path(spec, windows);
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

/// Whether a registry spec contains a package's name, rather than only a version or tag.
fn has_name(argument: &str) -> bool {
    argument.char_indices().skip(1).any(|(_, c)| c == '@')
        || name::is_valid_for_old_packages(argument, &NpmVersion::new(11, 8, 0))
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
