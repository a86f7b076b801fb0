//! Git URLs among npm's arguments.

use super::SpecKind;

/// `fromURL`.
pub(super) fn address(spec: &str) -> SpecKind {
    if let Some(committish) = git_ssh(spec) {
        return with_committish(SpecKind::Git, committish);
    }
    let normal;
    let text = if spec.starts_with("git+file://") {
        normal = spec.replace('\\', "/");
        &normal
    } else {
        spec
    };
    // The url crate is more lenient for schemes without ports.
    let authority = text
        .split_once(':')
        .and_then(|(_, rest)| rest.strip_prefix("//"))
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let bad = host.contains('\\') || authority.ends_with('@');
    let parsed = url::Url::parse(text).ok();
    let Some(url) = parsed.filter(|url| url.is_special() || !bad) else {
        return SpecKind::Invalid {
            code: "ERR_INVALID_URL",
            text: "Invalid URL".to_owned(),
        };
    };
    match url.scheme() {
        "git" | "git+http" | "git+https" | "git+rsync" | "git+ftp" | "git+file" | "git+ssh" => {
            with_committish(SpecKind::Git, url.fragment().unwrap_or_default())
        }
        "http" | "https" => SpecKind::Address,
        scheme => SpecKind::Invalid {
            code: "EUNSUPPORTEDPROTOCOL",
            text: format!("Unsupported URL Type \"{scheme}:\": {text}"),
        },
    }
}

/// What follows the `#` of `git+ssh://git@host:owner/name#…`, which is not a URL: the text
/// after the colon is not a port.
fn git_ssh(spec: &str) -> Option<&str> {
    let rest = spec.strip_prefix("git+ssh://")?;
    let (rest, committish) = rest.split_once('#').unwrap_or((rest, ""));
    let (host, path) = rest.split_once(':')?;
    let port = rest.match_indices(':').any(|(at, _)| {
        let tail = &rest[at + 1..];
        let digits = tail.trim_start_matches(|c: char| c.is_ascii_digit());
        digits.len() < tail.len() && (digits.is_empty() || digits.starts_with('/'))
    });
    let whole = !host.is_empty() && !path.is_empty() && !port;
    (whole && !committish.contains(['\n', '\r'])).then_some(committish)
}

/// `setGitAttrs`: a branch (or commit), a range and a folder may each be given once, but not
/// both of the first two.
pub(super) fn with_committish(kind: SpecKind, committish: &str) -> SpecKind {
    let (mut branch, mut range, mut folder) = (false, false, false);
    for part in committish.split("::") {
        let refused = match part.split_once(':') {
            None if part.is_empty() => None,
            None if range => Some("cannot override existing semver range with a committish"),
            None if branch => Some("cannot override existing committish with a second committish"),
            None => {
                branch = true;
                None
            }
            Some(("semver", _)) if branch => {
                Some("cannot override existing committish with a semver range")
            }
            Some(("semver", _)) if range => {
                Some("cannot override existing semver range with a second semver range")
            }
            Some(("semver", text)) => {
                range |= !text.is_empty();
                None
            }
            Some(("path", _)) if folder => Some("cannot override existing path with a second path"),
            Some(("path", _)) => {
                folder = true;
                None
            }
            Some(_) => None,
        };
        if let Some(text) = refused {
            return SpecKind::Invalid {
                code: "",
                text: text.to_owned(),
            };
        }
    }
    kind
}
