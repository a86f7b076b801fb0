//! The URL of a registry, joined with paths as npm does it.

use std::fmt;

use url::Url;

/// The host of npm's own public registry.
pub const NPMJS_HOST: &str = "registry.npmjs.org";

/// npm's default registry.
pub const NPMJS: &str = "https://registry.npmjs.org/";

/// An absolute http or https URL that packages are sent to. Its userinfo, if
/// any, is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistryUrl {
    url: Url,
    text: String,
}

impl RegistryUrl {
    /// Takes a registry as it was configured; `None` if it is not an absolute http(s) URL. The
    /// value is kept unchanged: a missing slash at the end matters for the credential (see
    /// [`crate::npmrc::nerf_dart`]).
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim()).ok()?;
        (matches!(url.scheme(), "http" | "https") && url.host().is_some()).then(|| Self {
            url,
            text: text.trim().to_owned(),
        })
    }

    /// The parsed URL.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The host name, lower-cased.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether this is npm's own public registry.
    pub fn is_npmjs(&self) -> bool {
        self.host() == NPMJS_HOST
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// Whether the host is this machine, or one that only this machine's network knows: a name
    /// without a domain, as the services of Docker Compose and of CI jobs have it, a name of
    /// which no public server knows anything (RFC 2606, RFC 6762, ICANN's `internal`), or a
    /// private address (RFC 1918, RFC 4193).
    pub fn is_in_private_network(&self) -> bool {
        const SUFFIXES: [&str; 5] = [".test", ".local", ".internal", ".localdomain", ".home.arpa"];
        match self.url.host() {
            _ if self.is_loopback() => true,
            Some(url::Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                !name.contains('.') || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
            }
            Some(url::Host::Ipv4(address)) => address.is_private() || address.is_link_local(),
            Some(url::Host::Ipv6(address)) => {
                address.is_unique_local() || address.is_unicast_link_local()
            }
            None => false,
        }
    }

    /// The URL of a path below the registry. As in `npm-registry-fetch`, one slash is dropped
    /// from the registry's end and one is inserted.
    pub fn join(&self, path: &str) -> String {
        format!(
            "{}/{path}",
            self.text.strip_suffix('/').unwrap_or(&self.text)
        )
    }

    /// The URL of a package's packument: `@scope/name` becomes `@scope%2fname`.
    pub fn package(&self, name: &str) -> String {
        self.join(&escaped_name(name))
    }
}

/// A package's name in a URL: only the first slash is escaped, in lower case
/// (`npm-package-arg`, `escapedName`).
pub fn escaped_name(name: &str) -> String {
    name.replacen('/', "%2f", 1)
}

/// The path of npmjs's endpoint that reports the state of a version.
pub fn version_status_path(name: &str, version: &str) -> String {
    format!("-/package/{}/version/{version}/status", escaped_name(name))
}

/// The path of the list of staged versions, as npm asks for it.
pub(crate) const STAGE_PATH: &str = "-/stage?page=0&perPage=100";

/// The path of the list of a package's staged versions, as npm asks for it.
pub fn stage_path(name: &str) -> String {
    let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("{STAGE_PATH}&package={name}")
}

impl fmt::Display for RegistryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::secret::mask_known_shapes(&self.text))
    }
}

impl fmt::Debug for RegistryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_join_as_npm_joins_them() {
        for registry in ["http://h/npm/", "http://h/npm"] {
            let registry = RegistryUrl::parse(registry).unwrap();
            assert_eq!(registry.package("@s/p"), "http://h/npm/@s%2fp");
            assert_eq!(registry.join("-/whoami"), "http://h/npm/-/whoami");
        }
    }

    #[test]
    fn only_absolute_http_urls_are_registries() {
        for text in [
            "",
            "foo",
            "foo.example",
            "localhost:4873",
            "file:///x",
            "${REG}",
        ] {
            assert!(RegistryUrl::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn hosts_of_a_private_network_are_known() {
        let is_private = |host: &str| {
            let registry = RegistryUrl::parse(&format!("http://{host}:4873/"));
            registry.unwrap().is_in_private_network()
        };
        for host in [
            "localhost",
            "127.0.0.1",
            "verdaccio",
            "host.docker.internal",
            "npm.default.svc.cluster.local",
            "npm.test",
            "10.1.2.3",
            "172.17.0.1",
            "192.168.1.2",
            "[fd00::2]",
        ] {
            assert!(is_private(host), "{host}");
        }
        for host in [
            "npm.example",
            "registry.npmjs.org",
            "172.32.0.1",
            "8.8.8.8",
            "[2001:db8::1]",
            "npmtest.example",
        ] {
            assert!(!is_private(host), "{host}");
        }
    }

    #[test]
    fn a_password_in_the_url_is_not_shown() {
        let registry = RegistryUrl::parse("https://u:pass@h.example/").unwrap();
        assert_eq!(registry.to_string(), "https://****@h.example/");
        assert_eq!(format!("{registry:?}"), "https://****@h.example/");
    }
}
