//! npm's configuration: its ini dialect, its layers, its arguments and its
//! credentials, as npm reads them.

pub mod arguments;
pub mod config;
pub mod credentials;
pub mod definitions;
pub mod expand;
mod field;
pub mod ini;
mod old_url;
pub mod package;
pub mod placeholder;
mod prefix;
pub(crate) mod settings;
#[cfg(test)]
mod tests;
pub mod unread;
mod validate;
pub mod value;

pub use arguments::CommandLine;
pub use config::Config;
pub use package::{PackageConfig, RegistryProblem, TagPlan};
pub use unread::Unread;

/// The key under which npm stores a registry's credentials: host (lower case), port unless it
/// is the scheme's default, and the path up to its last slash. Scheme, userinfo, query and
/// fragment do not count (`nerf-dart.js`).
pub fn nerf_dart(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let folder = url.path().rfind('/').map_or("/", |at| &url.path()[..=at]);
    format!("//{host}{port}{folder}")
}

/// [`nerf_dart`] for any text, by npm's own steps; `None` if npm fails with ERR_INVALID_URL. It
/// accepts some texts that are not http URLs, and rejects some that are, such as `a:b:c`.
pub(crate) fn nerf_dart_of(text: &str) -> Option<String> {
    let parsed = url::Url::parse(text).ok()?;
    let host_of = |url: &url::Url| {
        let host = url.host_str().unwrap_or_default().to_owned();
        url.port()
            .map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
    };
    let (scheme, host, path) = (parsed.scheme(), host_of(&parsed), parsed.path());
    let from = url::Url::parse(&format!("{scheme}://{host}{path}")).ok()?;
    let folder = from.join(".").ok()?;
    Some(format!("//{}{}", host_of(&folder), folder.path()))
}
