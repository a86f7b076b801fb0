//! What else is read from npm's configuration: the connection to the registry, and every secret
//! that must not reach any output.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use super::arguments::ArgumentProblem;
use super::config::Config;
use super::package::PackageConfig;
use super::placeholder::Placeholder;
use super::value::Value;
use crate::environment::Environment;
use crate::origin::Layer;
use crate::registry::Network;
use crate::secret::{self, proxy_userinfo};

/// Whether a key's value is a secret, judging by its last part.
pub(crate) fn is_secret(key: &str) -> bool {
    const SECRET: [&str; 7] = [
        "_authtoken",
        "-authtoken",
        "_auth",
        "_password",
        "otp",
        "password",
        "key",
    ];
    let field = key.rsplit(':').next().unwrap_or_default();
    SECRET.contains(&field.to_ascii_lowercase().as_str())
}

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
            self.option(key)
                .filter(|(_, value)| value.is_truthy())
                .map(|(_, value)| value.to_text())
        };
        let noproxy = truthy("noproxy")
            .filter(|noproxy| !noproxy.is_empty())
            .or_else(|| any_case("no_proxy"))
            .unwrap_or_default();
        let (ca, cafile) = self.authorities();
        Network {
            strict_ssl: self
                .option("strict-ssl")
                .is_none_or(|(_, value)| value != Value::Bool(false)),
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
            max_sockets: self
                .number("maxsockets")
                .map(|count| whole(count).clamp(1, 256) as usize),
            retries: self.number("fetch-retries").map_or(usual.retries, whole),
            retry_pause: self
                .number("fetch-retry-mintimeout")
                .map_or(usual.retry_pause, |pause| {
                    Duration::from_millis(u64::from(whole(pause)))
                }),
        }
    }

    /// The certificates that replace all roots. `ca` and `cafile` both set npm's one option;
    /// the last of them counts, from the weakest layer to the strongest. A `cafile` that does
    /// not exist is ignored.
    fn authorities(&self) -> (Vec<String>, Option<PathBuf>) {
        let mut all: Vec<_> = self
            .entries()
            .into_iter()
            .filter(|entry| matches!(entry.key.as_str(), "ca" | "cafile"))
            .collect();
        all.sort_by_key(|entry| std::cmp::Reverse(entry.layer));
        let (mut ca, mut cafile) = (Vec::new(), None);
        for entry in all {
            if entry.key == "cafile" {
                let file = self.path_of(entry).filter(|file| {
                    let missing = |error: std::io::Error| error.kind() == ErrorKind::NotFound;
                    !std::fs::metadata(file).is_err_and(missing)
                });
                if file.is_some() {
                    (ca, cafile) = (Vec::new(), file);
                }
                continue;
            }
            cafile = None;
            ca = match &entry.value {
                Value::List(values) => values.iter().map(Value::to_text).collect(),
                Value::Text(pem) => vec![pem.clone()],
                _ => Vec::new(),
            };
            ca.retain(|pem| !pem.is_empty());
        }
        (ca, cafile)
    }

    /// Every credential in any layer, effective or not, even those that npm does not read, and
    /// the userinfo of URLs.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = self.written_secrets().to_vec();
        for entry in self.entries() {
            let text = entry.value.to_text();
            if is_secret(&entry.key) {
                secrets.push(text);
            } else if entry.key.ends_with("proxy") {
                secrets.extend(proxy_userinfo(&text).map(str::to_owned));
            } else {
                secrets.extend(secret::values(&text));
            }
        }
        for problem in &self.command_line().problems {
            if let ArgumentProblem::Loose { written, word } = problem
                && is_secret(written.trim_start_matches('-'))
            {
                secrets.push(word.clone());
            }
        }
        // A finding shows a placeholder that is used as a secret.
        secrets.retain(|text| Placeholder::of(text).is_none());
        secrets
    }

    /// The layers whose values are in files.
    pub(super) fn is_file_layer(layer: Layer) -> bool {
        matches!(layer, Layer::Project | Layer::User | Layer::Global)
    }
}

impl PackageConfig<'_> {
    /// The credentials in publishConfig, which npm sends, too.
    pub fn secrets(&self) -> Vec<String> {
        let entries = self.publish_config().into_iter().flatten();
        entries
            .filter_map(|(key, value)| secret_of(key, &Value::from_json(value)))
            .collect()
    }
}

/// The secret in a value: because of its key, or because it is a URL with a password.
fn secret_of(key: &str, value: &Value) -> Option<String> {
    let text = value.to_text();
    if is_secret(key) {
        return Some(text);
    }
    secret::values(&text).pop()
}

/// A number from a setting, bounded.
fn whole(number: f64) -> u32 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped first"
    )]
    let whole = number.clamp(0.0, 3_600_000.0) as u32;
    whole
}
