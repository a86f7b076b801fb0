//! Which repository a URL names: the scheme, a user, `.git` and a trailing slash do not count.

use url::Url;

use super::hosted::Hosted;

/// The lower-case host without `www.`, and the path of a URL; `None` if it cannot be parsed.
pub(crate) fn place(url: &str) -> Option<(String, String)> {
    let url = Url::parse(url.strip_prefix("git+").unwrap_or(url)).ok()?;
    let host = url.host_str()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    let path = url.path().trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    (!path.is_empty()).then(|| (host, path.to_owned()))
}

/// Whether two texts, each written as people write `repository`, certainly name the same
/// repository. The hosts ignore case.
pub(crate) fn is_one(left: &str, right: &str) -> bool {
    let place = |text: &str| {
        let url = Hosted::parse(text).map_or_else(|| text.to_owned(), |it| it.normalized());
        let (host, path) = place(&url)?;
        Some((host, path.to_lowercase()))
    };
    place(left).is_some_and(|left| Some(left) == place(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_repository_is_known_however_it_is_written() {
        for text in [
            "acme/cat",
            "github:Acme/Cat",
            "git@github.com:acme/cat.git",
            "https://www.github.com/acme/cat/",
            "git+ssh://git@github.com/acme/cat.git",
        ] {
            assert!(
                is_one(text, "git+https://github.com/acme/cat.git"),
                "{text}"
            );
        }
        for text in [
            "acme/dog",
            "gitlab:acme/cat",
            "https://github.com/",
            "cat",
            "",
        ] {
            assert!(
                !is_one(text, "git+https://github.com/acme/cat.git"),
                "{text}"
            );
            assert!(!is_one("", text), "{text}");
        }
    }
}
