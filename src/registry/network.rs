//! npm's settings for connecting to a registry.

use std::path::PathBuf;
use std::time::Duration;

/// How npm would connect. Defaults are npm's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// `strict-ssl`: whether certificates are verified.
    pub strict_ssl: bool,
    /// `ca`: PEM certificates that replace all roots.
    pub ca: Vec<String>,
    /// `cafile`: a PEM file that replaces all roots; it wins over `ca`.
    pub cafile: Option<PathBuf>,
    /// `NODE_EXTRA_CA_CERTS`: a PEM file that adds to the roots. Node ignores it if `ca` or
    /// `cafile` is set.
    pub extra_ca: Option<PathBuf>,
    /// The proxy for both http and https URLs, from npm's config: `https-proxy`, else `proxy`.
    pub proxy: Option<String>,
    /// `HTTPS_PROXY` (any case), used if the config has no proxy: for https URLs, and for http
    /// URLs, too.
    pub https_proxy_variable: Option<String>,
    /// `HTTP_PROXY`, then `PROXY` (any case): for http URLs only.
    pub http_proxy_variable: Option<String>,
    /// `noproxy`, else `NO_PROXY`: suffixes of host names, compared label by label.
    pub noproxy: Vec<String>,
    /// `maxsockets`, if the user set it: connections per host.
    pub max_sockets: Option<usize>,
    /// `fetch-retries`.
    pub retries: u32,
    /// `fetch-retry-mintimeout`: the pause before the first retry.
    pub retry_pause: Duration,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            strict_ssl: true,
            ca: Vec::new(),
            cafile: None,
            extra_ca: None,
            proxy: None,
            https_proxy_variable: None,
            http_proxy_variable: None,
            noproxy: Vec::new(),
            max_sockets: None,
            retries: 2,
            retry_pause: Duration::from_secs(10),
        }
    }
}

impl Network {
    /// The proxy that npm would use for a URL (`@npmcli/agent`, `proxy.js`).
    pub fn proxy_for(&self, url: &url::Url) -> Option<&str> {
        let host = url.host_str()?;
        if self
            .noproxy
            .iter()
            .any(|suffix| matches_labels(host, suffix))
        {
            return None;
        }
        let by_variable = match url.scheme() {
            "https" => self.https_proxy_variable.as_ref(),
            _ => self
                .https_proxy_variable
                .as_ref()
                .or(self.http_proxy_variable.as_ref()),
        };
        self.proxy.as_ref().or(by_variable).map(String::as_str)
    }
}

/// `a.example.com` ends in `example.com` and in `.example.com`; empty suffixes
/// match nothing, `*` is not a wildcard.
fn matches_labels(host: &str, suffix: &str) -> bool {
    let wanted: Vec<&str> = suffix
        .split('.')
        .filter(|label| !label.is_empty())
        .rev()
        .collect();
    let labels: Vec<&str> = host
        .split('.')
        .filter(|label| !label.is_empty())
        .rev()
        .collect();
    !wanted.is_empty()
        && labels.len() >= wanted.len()
        && wanted.iter().zip(&labels).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> url::Url {
        url::Url::parse(text).unwrap()
    }

    #[test]
    fn the_config_beats_the_variables_and_noproxy_beats_all() {
        let network = Network {
            https_proxy_variable: Some("http://s:1".into()),
            http_proxy_variable: Some("http://h:1".into()),
            noproxy: vec![".corp.example".into(), String::new()],
            ..Network::default()
        };
        assert_eq!(network.proxy_for(&url("https://a/")), Some("http://s:1"));
        assert_eq!(network.proxy_for(&url("http://a/")), Some("http://s:1"));
        assert_eq!(network.proxy_for(&url("https://npm.corp.example/")), None);
        assert_eq!(
            network.proxy_for(&url("https://notcorp.example/")),
            Some("http://s:1")
        );
        let network = Network {
            proxy: Some("http://c:1".into()),
            ..network
        };
        assert_eq!(network.proxy_for(&url("https://a/")), Some("http://c:1"));
        let network = Network {
            https_proxy_variable: None,
            proxy: None,
            ..network
        };
        assert_eq!(network.proxy_for(&url("https://a/")), None);
        assert_eq!(network.proxy_for(&url("http://a/")), Some("http://h:1"));
    }
}
