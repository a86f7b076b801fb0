//! What else is read from npm's configuration: the way to the registry, and
//! every secret that must not reach any output.

use std::path::PathBuf;
use std::time::Duration;

use super::config::Config;
use super::network::Network;
use super::package::PackageConfig;
use super::value::Value;
use crate::environment::Environment;

/// The last parts of keys whose values are secrets.
const SECRET_FIELDS: [&str; 6] = ["_authToken", "_auth", "_password", "otp", "password", "key"];

impl Config {
    /// How npm would connect.
    pub fn network(&self, environment: &Environment) -> Network {
        let usual = Network::default();
        let any_case = |wanted: &str| {
            let mut variables = environment.variables.iter();
            let found = variables
                .find(|(name, value)| name.eq_ignore_ascii_case(wanted) && !value.is_empty());
            found.map(|(_, value)| value.clone())
        };
        let truthy = |key: &str| {
            self.get(key)
                .filter(|entry| entry.value.is_truthy())
                .map(|entry| entry.value.to_text())
        };
        let noproxy = match self.get("noproxy").filter(|entry| entry.value.is_truthy()) {
            Some(entry) => entry.value.to_text(),
            None => any_case("no_proxy").unwrap_or_default(),
        };
        let cafile = truthy("cafile").map(PathBuf::from);
        let ca = match self.get("ca").map(|entry| &entry.value) {
            Some(Value::List(values)) => values
                .iter()
                .map(Value::to_text)
                .filter(|pem| !pem.is_empty())
                .collect(),
            Some(Value::Text(pem)) if !pem.is_empty() => vec![pem.clone()],
            _ => Vec::new(),
        };
        Network {
            strict_ssl: self
                .valid("strict-ssl")
                .is_none_or(|(_, value)| value.as_flag()),
            ca,
            cafile,
            extra_ca: environment.filled("NODE_EXTRA_CA_CERTS").map(PathBuf::from),
            proxy: truthy("https-proxy").or_else(|| truthy("proxy")),
            https_proxy_variable: any_case("https_proxy"),
            http_proxy_variable: any_case("http_proxy").or_else(|| any_case("proxy")),
            noproxy: noproxy
                .split(',')
                .map(|suffix| suffix.trim().to_owned())
                .filter(|suffix| !suffix.is_empty())
                .collect(),
            retries: self.number("fetch-retries").map_or(usual.retries, whole),
            retry_pause: self
                .number("fetch-retry-mintimeout")
                .map_or(usual.retry_pause, |pause| {
                    Duration::from_millis(u64::from(whole(pause)))
                }),
        }
    }

    /// Every credential in any layer, won or lost, and the passwords in URLs.
    pub fn secrets(&self) -> Vec<String> {
        let entries = self.entries().iter();
        entries
            .filter_map(|entry| secret_of(&entry.key, &entry.value))
            .collect()
    }
}

impl PackageConfig<'_> {
    /// The credentials in publishConfig: npm sends those, too.
    pub fn secrets(&self) -> Vec<String> {
        let entries = self.publish_config().into_iter().flatten();
        entries
            .flat_map(|(key, value)| secret_of(key, &Value::from_json(value)))
            .collect()
    }
}

/// The secret in a value, by its key, or by being a URL with a password.
fn secret_of(key: &str, value: &Value) -> Option<String> {
    let text = value.to_text();
    let field = key.rsplit(':').next().unwrap_or_default();
    if SECRET_FIELDS.contains(&field) || field.eq_ignore_ascii_case("_authtoken") {
        return Some(text);
    }
    url::Url::parse(&text).ok()?.password().map(str::to_owned)
}

/// A count that a setting names, within reason.
fn whole(number: f64) -> u32 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped first"
    )]
    let whole = number.clamp(0.0, 3_600_000.0) as u32;
    whole
}
