//! What a request was about, by its URL: a package, or one of the registry's own endpoints,
//! which are not packages.

use super::codes;
use crate::explain::NpmError;

/// What a request was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum Endpoint {
    /// A package's document.
    Package,
    /// A package's archive.
    Tarball,
    /// `/-/whoami`.
    Whoami,
    /// `/-/ping`.
    Ping,
    /// `/-/stage`.
    Stage,
    /// `/-/user/org.couchdb.user:…`, where old tools log in.
    Login,
    /// The exchange of an identity token.
    TokenExchange,
    /// `/-/package/…/trust`: the trusted publishers of a package.
    Trust,
    /// Anything else below `/-/`.
    Service,
    /// The host that mints identity tokens, or the transparency log.
    Signing,
}

/// Below `/-/`, the longest first.
const SERVICES: [(&str, Endpoint); 5] = [
    ("/-/user/", Endpoint::Login),
    ("/-/whoami", Endpoint::Whoami),
    ("/-/ping", Endpoint::Ping),
    ("/-/stage", Endpoint::Stage),
    ("/-/npm/v1/oidc/token/exchange", Endpoint::TokenExchange),
];

/// What sigstore's sentences are about, when its code is lost.
const OF_SIGSTORE: &str =
    "tlog entry|signing certificate|identity token|TUF metadata|trusted_root.json";

impl Endpoint {
    /// The endpoint of a failed request; sigstore's errors have no URL.
    pub(super) fn of_error(error: &NpmError) -> Option<Self> {
        let by_code = error.code.as_deref().is_some_and(codes::is_of_sigstore);
        if by_code
            || OF_SIGSTORE
                .split('|')
                .any(|words| error.text.contains(words))
        {
            return Some(Self::Signing);
        }
        if error.text.contains("trusted publisher config") {
            return Some(Self::Trust);
        }
        // A publish names the registry here.
        if error.text == "This command requires you to be logged in." {
            return Some(Self::Whoami);
        }
        let by_code = error.code.as_deref().and_then(Self::of_code);
        by_code.or_else(|| error.url.as_deref().map(Self::of))
    }

    /// The endpoint that one of pnpm's codes names: `ERR_PNPM_WHOAMI_FAILED`.
    fn of_code(code: &str) -> Option<Self> {
        let names = [
            ("WHOAMI_", Self::Whoami),
            ("PING_", Self::Ping),
            ("LOGIN_", Self::Login),
            ("STAGE_", Self::Stage),
        ];
        let code = code.strip_prefix("ERR_PNPM_")?;
        let named = names.iter().find(|(name, _)| code.contains(name));
        named.map(|(_, endpoint)| *endpoint)
    }

    /// The endpoint of a URL.
    pub(in crate::explain) fn of(url: &str) -> Self {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        if path.contains("sigstore.dev") || path.contains("/idtoken/") {
            return Self::Signing;
        }
        if path.to_lowercase().ends_with(".tgz") {
            return Self::Tarball;
        }
        // `/-/user/NAME/package`: the packages of an account.
        if path.contains("/-/user/") && path.ends_with("/package") {
            return Self::Service;
        }
        let below_package = path.split_once("/-/package/");
        if below_package.is_some_and(|(_, rest)| is_trust(rest)) {
            return Self::Trust;
        }
        let known = SERVICES.iter().find(|(part, _)| path.contains(part));
        match known {
            Some((_, endpoint)) => *endpoint,
            // GitLab's own URLs have `/-/` before `packages`.
            None if path.replace("/-/packages/", "/").contains("/-/") => Self::Service,
            None => Self::Package,
        }
    }

    /// Whether the URL ends in a package's name.
    pub(in crate::explain) fn names_a_package(self) -> bool {
        matches!(
            self,
            Self::Package | Self::Tarball | Self::Stage | Self::TokenExchange
        )
    }
}

/// Whether what follows `/-/package/` is `NAME/trust` or `NAME/trust/ID`.
fn is_trust(rest: &str) -> bool {
    let name = usize::from(rest.starts_with('@') && !rest.to_lowercase().contains("%2f"));
    rest.split('/').nth(name + 1) == Some("trust")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_not_a_package() {
        let table = [
            ("https://h/@acme%2fcat", Endpoint::Package),
            ("https://h/cat/-/cat-1.0.0.tgz", Endpoint::Tarball),
            (
                "https://h/api/v4/projects/7/packages/npm/-/whoami",
                Endpoint::Whoami,
            ),
            (
                "https://h/api/v4/groups/7/-/packages/npm/cat",
                Endpoint::Package,
            ),
            ("https://h/-/ping?write=true", Endpoint::Ping),
            ("https://h/npm/-/user/org.couchdb.user:al", Endpoint::Login),
            ("https://h/-/user/al/package?format=cli", Endpoint::Service),
            ("https://h/-/stage/package/cat", Endpoint::Stage),
            (
                "https://h/-/npm/v1/oidc/token/exchange/package/cat",
                Endpoint::TokenExchange,
            ),
            ("https://h/-/package/cat/visibility", Endpoint::Service),
            ("https://h/-/package/@acme%2fcat/trust", Endpoint::Trust),
            ("https://h/-/package/cat/trust/0aa", Endpoint::Trust),
            ("https://h/-/package/@acme/cat/trust", Endpoint::Trust),
            ("https://h/-/package/trust/dist-tags", Endpoint::Service),
            ("https://h/-/package/cat/dist-tags/trust", Endpoint::Service),
            (
                "https://rekor.sigstore.dev/api/v1/log/entries",
                Endpoint::Signing,
            ),
        ];
        for (url, endpoint) in table {
            assert_eq!(Endpoint::of(url), endpoint, "{url}");
        }
    }
}
